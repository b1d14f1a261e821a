/**
 * The application-support layer of one device: whole messages and commands to and from its peers, secured
 * with link keys, acknowledged, in blocks where they are long.
 */
import { concat } from "../../../hal/base/bytes.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import type { Listener, TransmitOutcome } from "../../../hal/board.ts";
import type { Eui64 } from "../../wire/message.ts";
import {
  type ApsAddress,
  type ApsFrame,
  type ApsHeader,
  ApsType,
  decodeAps,
  encodeApsHeader,
} from "../frames/aps.ts";
import { type ApsCommand, decodeApsCommand, encodeApsCommand } from "../frames/aps-command.ts";
import { KeyId, keyTransportKey, open, type SecurityHeader, secure } from "../frames/security.ts";
import type { HanOptions, HanReason } from "../options.ts";
import { ApsReceiver, type Reception } from "./aps-receiver.ts";
import { type ApsOutcome, type ApsRequest, ApsSender } from "./aps-sender.ts";
import { OutgoingCounter } from "./counters.ts";
import type { Link } from "./link.ts";
import type { Peer } from "./peer.ts";

export interface ApsMessage {
  readonly address: ApsAddress;
  readonly payload: Uint8Array;
  /** It came under the peer's link key. */
  readonly secured: boolean;
}

export interface ApsHandlers {
  onData(peer: Peer, message: ApsMessage): Promise<void>;
  /** The peer has spoken under its link key, or under its former one. */
  onKeyProved(peer: Peer): Promise<void>;
  refused(reason: HanReason, eui64: Eui64): Promise<void>;
  after(delayMs: number, action: () => Promise<void>): () => void;
}

/** What one peer has under way. */
interface Lane {
  readonly sender: ApsSender;
  readonly receiver: ApsReceiver;
}

export class ApsLayer {
  readonly #options: HanOptions;
  readonly #link: Link;
  readonly #handlers: ApsHandlers;
  readonly #counter: OutgoingCounter;
  readonly #lanes = new Map<Eui64, Lane>();
  #sequence: number;

  constructor(options: HanOptions, link: Link, handlers: ApsHandlers, firstCounter: number) {
    this.#options = options;
    this.#link = link;
    this.#handlers = handlers;
    this.#counter = new OutgoingCounter(options.journal, "han/out/aps");
    this.#sequence = firstCounter;
  }

  async send(peer: Peer, request: ApsRequest, done: Listener<ApsOutcome>): Promise<void> {
    await this.#lane(peer).sender.send(request, done);
  }

  /** One unacknowledged broadcast under the network key. */
  async broadcast(destination: number, address: ApsAddress, payload: Uint8Array): Promise<void> {
    const header: ApsHeader = {
      type: ApsType.data,
      broadcast: true,
      ackRequest: false,
      secured: false,
      counter: this.#nextCounter(),
      address,
    };
    await this.#link.sendNwk({
      type: "data",
      destination,
      payload: concat(encodeApsHeader(header), payload),
    });
  }

  /** The network key for a device that has none yet, sealed with the key its install code makes. */
  async transportKey(
    shortAddress: number,
    linkKey: Uint8Array,
    command: ApsCommand,
    done: Listener<TransmitOutcome>,
  ): Promise<void> {
    const header = encodeApsHeader({
      type: ApsType.command,
      broadcast: false,
      ackRequest: false,
      secured: true,
      counter: this.#nextCounter(),
    });
    const { crypto } = this.#options.board;
    const source = this.#link.eui64;
    const security = { keyId: KeyId.keyTransport, frameCounter: await this.#counter.take(), source };
    const key = keyTransportKey(crypto, linkKey);
    const payload = secure(crypto, key, source, header, security, encodeApsCommand(command));
    await this.#link.sendNwk({ type: "data", destination: shortAddress, payload, secured: false }, done);
  }

  /** Opens a transport-key command with the install code's key. Undefined: sealed with another. */
  openTransportKey(frame: ApsFrame, linkKey: Uint8Array): ApsCommand | undefined {
    const { security, headerBytes, payload } = frame;
    if (security?.source === undefined || security.keyId !== KeyId.keyTransport) return undefined;
    const { crypto } = this.#options.board;
    const key = keyTransportKey(crypto, linkKey);
    const opened = open(crypto, key, security.source, headerBytes, security, payload);
    return opened === undefined ? undefined : decodeApsCommand(opened);
  }

  /** Ends what is under way with a peer. */
  async forget(eui64: Eui64): Promise<void> {
    const lane = this.#lanes.get(eui64);
    this.#lanes.delete(eui64);
    await lane?.sender.stop();
  }

  /** Takes the payload of an authentic NWK data frame. Throws `han/malformed`. */
  async receive(peer: Peer, nwkPayload: Uint8Array): Promise<void> {
    const frame = decodeAps(nwkPayload);
    const payload =
      frame.security === undefined ? frame.payload : await this.#open(peer, frame, frame.security);
    if (payload === undefined) return;
    if (frame.header.type === ApsType.ack) return await this.#lane(peer).sender.acknowledged(frame.header);
    if (frame.header.type === ApsType.data) await this.#receiveData(peer, frame.header, payload);
  }

  async #open(peer: Peer, frame: ApsFrame, security: SecurityHeader): Promise<Uint8Array | undefined> {
    const { crypto, clock } = this.#options.board;
    const held = peer.linkKey === undefined ? peer.former : { key: peer.linkKey, apsIn: peer.apsIn };
    if (security.keyId !== KeyId.data || held === undefined) return undefined;
    const payload = open(crypto, held.key, peer.eui64, frame.headerBytes, security, frame.payload);
    if (payload === undefined) {
      await this.#handlers.refused("frame-not-authentic", peer.eui64);
      return undefined;
    }
    const freshness = held.apsIn.judge(security.frameCounter, clock.uptimeMs());
    if (freshness === "replayed") await this.#handlers.refused("replayed-frame-counter", peer.eui64);
    if (freshness !== "fresh") return undefined;
    await this.#handlers.onKeyProved(peer);
    return payload;
  }

  async #receiveData(peer: Peer, header: ApsHeader, payload: Uint8Array): Promise<void> {
    const message = { address: header.address!, secured: header.secured };
    if (header.broadcast) return await this.#handlers.onData(peer, { ...message, payload });
    const reception = this.#lane(peer).receiver.take(header, payload, this.#options.board.clock.uptimeMs());
    const { whole } = reception;
    // Durable before visible: after a power cut no frame of this message is accepted again.
    if (whole !== undefined && header.secured) await this.#options.journal.commit([peer.floors()]);
    const handUp = async (): Promise<void> => {
      if (whole !== undefined) await this.#handlers.onData(peer, { ...message, payload: whole });
    };
    // What the tunnel carries is handed up first: who takes a message over makes it durable before its sender
    // may forget it. In joining the answer may be a goodbye, after which no acknowledgement would leave.
    if (header.secured) await handUp();
    if (header.ackRequest && reception.acknowledge) await this.#acknowledge(peer, header, reception);
    if (!header.secured) await handUp();
  }

  async #acknowledge(peer: Peer, data: ApsHeader, reception: Reception): Promise<void> {
    const { destinationEndpoint, sourceEndpoint, cluster, profile } = data.address!;
    const header: ApsHeader = {
      type: ApsType.ack,
      broadcast: false,
      ackRequest: false,
      secured: data.secured,
      counter: data.counter,
      address: { destinationEndpoint: sourceEndpoint, sourceEndpoint: destinationEndpoint, cluster, profile },
      ...(reception.block === undefined
        ? {}
        : { block: { first: reception.block === 0, number: reception.block, bitfield: 0xff } }),
    };
    await this.#transmit(peer, header, new Uint8Array(0), () => {});
  }

  #lane(peer: Peer): Lane {
    const known = this.#lanes.get(peer.eui64);
    if (known !== undefined) return known;
    const sender = new ApsSender({
      transmit: (header, payload, done) => this.#transmit(peer, header, payload, done),
      after: this.#handlers.after,
      nextCounter: () => this.#nextCounter(),
      fault: (error) => {
        if (hasCode(error, "hal/power-lost")) throw error;
        this.#options.observe({ kind: "fault", where: "han-transmit", error: String(error) });
      },
    });
    const lane = { sender, receiver: new ApsReceiver() };
    this.#lanes.set(peer.eui64, lane);
    return lane;
  }

  async #transmit(
    peer: Peer,
    header: ApsHeader,
    payload: Uint8Array,
    done: Listener<TransmitOutcome>,
  ): Promise<void> {
    const bytes = encodeApsHeader(header);
    const sealed = header.secured ? await this.#seal(peer, bytes, payload) : concat(bytes, payload);
    if (sealed === undefined) return await done("no-ack");
    const request = { type: "data", destination: peer.shortAddress, payload: sealed } as const;
    await this.#link.sendNwk(request, async (outcome) => {
      if (outcome === "sent") peer.stats.successes++;
      else peer.stats.failures++;
      await done(outcome);
    });
  }

  async #seal(peer: Peer, header: Uint8Array, payload: Uint8Array): Promise<Uint8Array | undefined> {
    const key = peer.linkKey ?? peer.former?.key;
    if (key === undefined) return undefined;
    const security = { keyId: KeyId.data, frameCounter: await this.#counter.take() };
    return secure(this.#options.board.crypto, key, this.#link.eui64, header, security, payload);
  }

  #nextCounter(): number {
    return this.#sequence++ & 0xff;
  }
}
