/**
 * What the hub and the other devices have in common: radio, network, application-support and cluster layers
 * in one stack, their events in turn, and what is told to listeners.
 */
import type { Cancel, Listener, RadioFrame } from "../../../hal/board.ts";
import { HalError } from "../../../hal/board.ts";
import type { Eui64 } from "../../wire/message.ts";
import type { EstablishmentCommand } from "../../wire/suite.ts";
import { type ApsFrame, ApsType, decodeAps } from "../frames/aps.ts";
import type { MacFrame } from "../frames/mac.ts";
import { decodeNwkCommand, type NwkCommand, type NwkHeader } from "../frames/nwk.ts";
import type { TunnelCommand } from "../frames/tunneling.ts";
import type { HanEvent, HanOptions, HanReason } from "../options.ts";
import { ApsLayer, type ApsMessage } from "./aps-layer.ts";
import { Link } from "./link.ts";
import type { Peer } from "./peer.ts";
import { ZclLayer } from "./zcl-layer.ts";

/** What differs between the hub and the others. */
export interface NodeRole {
  readonly isHub: boolean;
  onMac(frame: MacFrame, radio: RadioFrame): Promise<void>;
  onTransportKey(frame: ApsFrame): Promise<void>;
  onNwkCommand(peer: Peer, command: NwkCommand): Promise<void>;
  onStranger(eui64: Eui64, header: NwkHeader, payload: Uint8Array): Promise<void>;
  /** Any authentic frame of a peer, before what it carries. */
  onHeard(peer: Peer): Promise<void>;
  /** It has spoken under its link key, or under its former one. */
  onKeyProved(peer: Peer): Promise<void>;
  onTunnel(peer: Peer, command: TunnelCommand, sequence: number): Promise<void>;
  onEstablishment(peer: Peer, command: EstablishmentCommand): Promise<void>;
  peerOf(eui64: Eui64): Peer | undefined;
}

/** One refusal of a kind in this time is told; a flood is not. */
const REFUSAL_QUIET_MS = 1000;

export class Node {
  readonly link: Link;
  readonly aps: ApsLayer;
  readonly zcl: ZclLayer;
  readonly options: HanOptions;
  readonly #role: NodeRole;
  readonly #listeners = new Set<Listener<HanEvent>>();
  readonly #quietUntilMs = new Map<HanReason, number>();

  /** `seed`: three random bytes. Throws `hal/absent` without a radio. */
  constructor(options: HanOptions, role: NodeRole, seed: Uint8Array) {
    const { radio } = options.board;
    if (radio === undefined)
      throw new HalError("hal/absent", `board ${options.board.id}: the HAN needs a radio`);
    this.options = options;
    this.#role = role;
    const after = this.after.bind(this);
    const refused = this.refused.bind(this);
    this.link = new Link(options, radio, this.#linkHandlers(), seed);
    this.aps = new ApsLayer(
      options,
      this.link,
      { onData: this.#onData.bind(this), onKeyProved: (peer) => role.onKeyProved(peer), refused, after },
      seed[2]!,
    );
    this.zcl = new ZclLayer(
      {
        send: (peer, request, done) => this.aps.send(peer, request, done),
        after,
        nowS: () => options.nowS(),
        onTunnel: (peer, command, sequence) => role.onTunnel(peer, command, sequence),
        onEstablishment: (peer, command) => role.onEstablishment(peer, command),
      },
      options.keyEstablishment,
      role.isHub,
    );
    const receive = (frame: RadioFrame): Promise<void> => this.link.receive(frame);
    radio.onFrame(options.event?.("han-frame", receive) ?? receive);
  }

  after(delayMs: number, action: () => Promise<void>): Cancel {
    return this.options.after?.(delayMs, action) ?? this.options.board.clock.after(delayMs, action);
  }

  onEvent(listener: Listener<HanEvent>): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async report(event: HanEvent): Promise<void> {
    const { kind, ...rest } = event;
    this.options.observe({ kind: "han", event: kind, ...rest });
    for (const listener of [...this.#listeners]) await listener(event);
  }

  /** Tells of a refused frame, but not of each one in a flood. */
  async refused(reason: HanReason, eui64: Eui64): Promise<void> {
    const nowMs = this.options.board.clock.uptimeMs();
    if (nowMs < (this.#quietUntilMs.get(reason) ?? 0)) return;
    this.#quietUntilMs.set(reason, nowMs + REFUSAL_QUIET_MS);
    await this.report({ kind: "refused", eui64, reason });
  }

  #linkHandlers(): ConstructorParameters<typeof Link>[2] {
    const role = this.#role;
    return {
      onMac: (frame, radio) => role.onMac(frame, radio),
      onUnsecured: (frame) => this.#onUnsecured(frame.payload),
      onNwk: (peer, header, payload) => this.#onNwk(peer, header, payload),
      onStranger: (eui64, header, payload) => role.onStranger(eui64, header, payload),
      peerOf: (eui64) => role.peerOf(eui64),
      refused: (reason, eui64) => this.refused(reason, eui64),
    };
  }

  async #onUnsecured(nwkPayload: Uint8Array): Promise<void> {
    const frame = decodeAps(nwkPayload);
    const isCommand = frame.header.type === ApsType.command;
    if (isCommand && frame.security !== undefined) await this.#role.onTransportKey(frame);
  }

  async #onNwk(peer: Peer, header: NwkHeader, payload: Uint8Array): Promise<void> {
    await this.#role.onHeard(peer);
    if (header.type === "command") await this.#onNwkCommand(peer, payload);
    else if (header.source === peer.shortAddress) await this.aps.receive(peer, payload);
  }

  /** Durable before visible: no leave or rejoin is taken twice, power cuts included. */
  async #onNwkCommand(peer: Peer, payload: Uint8Array): Promise<void> {
    const command = decodeNwkCommand(payload);
    await this.options.journal.commit([peer.floors()]);
    await this.#role.onNwkCommand(peer, command);
  }

  async #onData(peer: Peer, message: ApsMessage): Promise<void> {
    await this.zcl.receive(peer, message);
  }
}
