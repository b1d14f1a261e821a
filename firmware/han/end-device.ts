/** A device's end of the home network: joins the hub, keeps its keys, comes back after a power cut. */
import { aesMmo } from "../../hal/base/aes-mmo.ts";
import { sameBytes } from "../../hal/base/bytes.ts";
import type { Cancel, Listener } from "../../hal/board.ts";
import type { JournalChange } from "../kernel/journal.ts";
import type { Eui64 } from "../wire/message.ts";
import type { EstablishmentCommand, EstablishmentStep } from "../wire/suite.ts";
import * as frames from "./device-frames.ts";
import type { ApsFrame } from "./frames/aps.ts";
import { decodeBeacon } from "./frames/beacon.ts";
import { decodeMacCommand, type MacFrame, MacType } from "./frames/mac.ts";
import type { NwkCommand } from "./frames/nwk.ts";
import { GB_PROTOCOL, MAX_TRANSFER_BYTES, type TunnelCommand, TunnelStatus } from "./frames/tunneling.ts";
import { installCodeValid, linkKeyOf } from "./install-code.ts";
import { actAll } from "./joining/act-all.ts";
import {
  type Candidate,
  type DeviceAction,
  type DeviceEvent,
  type DeviceState,
  deviceStep,
} from "./joining/device-machine.ts";
import type { HanDeviceOptions, HanDeviceState, HanEvent } from "./options.ts";
import type { HanFailure, HanMessage, HanPort } from "./port.ts";
import type { ApsOutcome } from "./stack/aps-sender.ts";
import { Node } from "./stack/node.ts";
import { INCOMING_PREFIX, Peer } from "./stack/peer.ts";
import { type Membership, membershipChange, NETWORK_KEY, readMembership } from "./store.ts";
import { Tunnel } from "./tunnel.ts";

const ALL_CHANNELS = Array.from({ length: 16 }, (_, i) => 11 + i);
const HUB_ADDRESS = 0x0000;
/** Messages in a row the hub did not acknowledge, after which it is looked for anew. */
const LOST_AFTER = 2;
const LAST_TUNNEL = 0xfffe;
const NO_TUNNEL = 0xffff;
/** Journal key: hash of the network key that the kept incoming counters belong to. */
const FORMER_NETWORK = "han/was";
/** Journal key: hash of the last link key; a hub that takes the place of another knows no more of it, and lets in by that. */
const FORMER_LINK = "han/was-link";

export class HanDevice implements HanPort {
  readonly #options: HanDeviceOptions;
  readonly #node: Node;
  readonly #tunnel: Tunnel;
  readonly #messages = new Set<Listener<HanMessage>>();
  #state: DeviceState = { phase: "off" };
  #timer: Cancel = () => {};
  /** Where the joining device is; the network follows once its key came. */
  #joining: { readonly network: Candidate; readonly shortAddress: number } | undefined;
  #membership: Membership | undefined;
  #hub: Peer | undefined;
  /** Of the key establishment under way. */
  #exchange: unknown;
  #tunnelNumber = 0;
  #unanswered = 0;

  /** Starts the stack; a device that was in a network goes back to it by itself. */
  static async start(options: HanDeviceOptions): Promise<HanDevice> {
    const device = new HanDevice(options, await options.board.entropy.bytes(3));
    await device.#restore();
    return device;
  }

  private constructor(options: HanDeviceOptions, seed: Uint8Array) {
    this.#options = options;
    const role = {
      isHub: false,
      onMac: this.#onMac.bind(this),
      onTransportKey: this.#onTransportKey.bind(this),
      onNwkCommand: this.#onNwkCommand.bind(this),
      onStranger: async () => {},
      onHeard: async () => {},
      onKeyProved: () => this.#step({ kind: "key-proved" }),
      onTunnel: this.#onTunnel.bind(this),
      onEstablishment: this.#onEstablishment.bind(this),
      peerOf: (eui64: Eui64) => (this.#hub?.eui64 === eui64 ? this.#hub : undefined),
    };
    this.#node = new Node(options, role, seed);
    this.#tunnel = new Tunnel({
      transfer: async (tunnel, data, done) => {
        if (this.#hub === undefined) return await done("timeout");
        await this.#node.zcl.sendTunnel(this.#hub, { command: "transfer", tunnel, data }, async (outcome) => {
          await this.#countAnswer(outcome === "delivered");
          await done(outcome);
        });
      },
      after: (delayMs, action) => this.#node.after(delayMs, action),
    });
  }

  get state(): HanDeviceState {
    return this.#state.phase;
  }

  /** The hub this device belongs to. */
  get hub(): Eui64 | undefined {
    return this.#membership?.hub;
  }

  /** Looks for a network that takes this device; events tell what comes of it. Does nothing while in one. */
  async join(): Promise<void> {
    if (this.#state.phase !== "off") return;
    if (!installCodeValid(this.#options.installCode)) {
      const eui64 = this.#node.link.eui64;
      return await this.#node.report({ kind: "join-failed", eui64, reason: "bad-install-code-crc" });
    }
    await this.#step({ kind: "join", channels: this.#options.channels ?? ALL_CHANNELS });
  }

  /** Tells the hub, and forgets the network. */
  async leave(): Promise<void> {
    await this.#step({ kind: "leave" });
  }

  onEvent(listener: Listener<HanEvent>): Cancel {
    return this.#node.onEvent(listener);
  }

  onMessage(listener: Listener<HanMessage>): Cancel {
    this.#messages.add(listener);
    return () => this.#messages.delete(listener);
  }

  async send(to: Eui64, bytes: Uint8Array, done: Listener<"delivered" | HanFailure>): Promise<void> {
    if (this.#membership === undefined) return await done("not-joined");
    if (to !== this.#membership.hub) return await done("no-route");
    await this.#tunnel.send(bytes, done);
  }

  async readHubTime(done: Listener<number | undefined>): Promise<void> {
    if (this.#hub?.linkKey === undefined) return await done(undefined);
    await this.#node.zcl.readTime(this.#hub, done);
  }

  async #restore(): Promise<void> {
    const stored = this.#options.journal.get(NETWORK_KEY);
    if (stored === undefined) return;
    await this.#enter(readMembership(stored));
    await this.#step({ kind: "restore" });
  }

  async #enter(membership: Membership): Promise<void> {
    this.#membership = membership;
    this.#hub = new Peer(this.#options.journal, membership.hub, HUB_ADDRESS, membership.linkKey);
    await this.#node.link.enter(membership.network);
  }

  async #step(event: DeviceEvent): Promise<void> {
    const { state, actions } = deviceStep(this.#state, event);
    this.#state = state;
    await actAll(actions, (action) => this.#act(action));
  }

  async #act(action: DeviceAction): Promise<void> {
    const { link } = this.#node;
    switch (action.do) {
      case "timer":
        this.#timer();
        this.#timer = this.#node.after(action.delayMs, () => this.#step({ kind: "timeout" }));
        return;
      case "stop-timer":
        return this.#timer();
      case "scan":
        return await frames.scan(link, action.channel);
      case "associate":
        this.#joining = undefined;
        return await frames.associate(link, action.network);
      case "poll":
        return await frames.poll(link, action.network);
      case "use-address":
        this.#joining = action;
        return await link.tune(action.network.channel, action.network.panId, action.shortAddress);
      case "announce":
        return await frames.announce(this.#node);
      case "challenge":
        return await this.readHubTime(() => {});
      case "establish":
        return await this.#establish();
      case "request-rejoin":
        await link.enter(this.#membership!.network);
        return await frames.requestRejoin(link, this.#membership!.hub);
      case "say-leave":
        return await frames.sayLeave(link, this.#membership!.hub);
      case "forget":
        return await this.#forget();
      case "report": {
        const reason = action.reason === undefined ? {} : { reason: action.reason };
        return await this.#node.report({ kind: action.event, eui64: link.eui64, ...reason });
      }
    }
  }

  /** Counters are kept, both ways: what was heard in this network is not taken again after joining it anew. */
  async #forget(): Promise<void> {
    const hub = this.#hub;
    this.#membership = undefined;
    this.#hub = undefined;
    this.#joining = undefined;
    this.#exchange = undefined;
    this.#tunnelNumber = 0;
    this.#node.link.network = undefined;
    await this.#tunnel.stop();
    if (hub === undefined) return;
    await this.#node.aps.forget(hub.eui64);
    await this.#options.journal.commit([membershipChange(undefined), hub.floors()]);
  }

  async #onMac(frame: MacFrame): Promise<void> {
    if (frame.type === MacType.beacon) return await this.#onBeacon(frame);
    if (frame.type !== MacType.command) return;
    const command = decodeMacCommand(frame.payload);
    if (command.command !== "association-response" || this.#state.phase !== "associating") return;
    const { status, shortAddress } = command;
    await this.#step({ kind: "association", status, shortAddress });
  }

  async #onBeacon(frame: MacFrame): Promise<void> {
    const { state } = this;
    const scanning = this.#state.phase === "scanning" ? this.#state : undefined;
    if (scanning === undefined || state !== "scanning") return;
    if (typeof frame.source !== "number" || frame.sourcePan === undefined) return;
    const { extendedPanId, permitJoining } = decodeBeacon(frame.payload);
    const channel = scanning.channels[scanning.at]!;
    const network = {
      channel,
      panId: frame.sourcePan,
      hubAddress: frame.source,
      extendedPanId,
      permitJoining,
    };
    await this.#step({ kind: "beacon", network });
  }

  async #onTransportKey(frame: ApsFrame): Promise<void> {
    const joining = this.#joining;
    if (this.#state.phase !== "keying" || joining === undefined) return;
    const installKey = linkKeyOf(this.#options.board.crypto, this.#options.installCode);
    const { aps } = this.#node;
    const former = this.#options.journal.get(FORMER_LINK);
    const command =
      aps.openTransportKey(frame, installKey) ?? (former && aps.openTransportKey(frame, former));
    if (command?.command !== "transport-network-key" || command.destination !== this.#node.link.eui64) {
      return await this.#step({ kind: "wrong-key" });
    }
    const { network, shortAddress } = joining;
    const { channel, panId, extendedPanId } = network;
    const { key, keySequence, source } = command;
    const joined = { channel, panId, extendedPanId, shortAddress, key, keySequence };
    const membership = { network: joined, hub: source, linkKey: undefined };
    await this.#options.journal.commit([membershipChange(membership), ...this.#freshCounters(key)]);
    await this.#enter(membership);
    await this.#step({ kind: "network-key" });
  }

  /** Another network key starts incoming counters afresh; the same one, known by its hash, does not. */
  #freshCounters(networkKey: Uint8Array): readonly JournalChange[] {
    const { board, journal } = this.#options;
    const mark = aesMmo(board.crypto, networkKey);
    const known = journal.get(FORMER_NETWORK);
    if (known !== undefined && sameBytes(known, mark)) return [];
    const old = journal.keys(INCOMING_PREFIX).map((key) => ({ key, value: null }));
    return [...old, { key: FORMER_NETWORK, value: mark }];
  }

  async #establish(): Promise<void> {
    const { keyEstablishment } = this.#options;
    await this.#takeExchange(await keyEstablishment.begin(this.#options, this.#membership!.hub));
  }

  async #onEstablishment(hub: Peer, command: EstablishmentCommand): Promise<void> {
    if (this.#state.phase !== "establishing") return;
    const { keyEstablishment } = this.#options;
    const step = await keyEstablishment.proceed(this.#options, hub.eui64, this.#exchange, command);
    await this.#takeExchange(step);
  }

  async #takeExchange(step: EstablishmentStep): Promise<void> {
    this.#exchange = step.state;
    if (step.linkKey !== undefined) return await this.#keepLinkKey(step.linkKey);
    const { failure: reason, retryAfterS, answerWithinS: withinS } = step;
    const tell = async (): Promise<void> => {
      const pause = retryAfterS === undefined ? {} : { retryAfterS };
      if (reason !== undefined) await this.#step({ kind: "establish-failed", reason, ...pause });
      else if (withinS !== undefined) await this.#step({ kind: "answer-promised", withinS });
    };
    if (step.send === undefined) await tell();
    else await this.#node.zcl.sendEstablishment(this.#hub!, step.send, tell);
  }

  async #keepLinkKey(linkKey: Uint8Array): Promise<void> {
    const membership = { ...this.#membership!, linkKey };
    const { board, journal } = this.#options;
    const hash = { key: FORMER_LINK, value: aesMmo(board.crypto, linkKey) };
    await journal.commit([membershipChange(membership), hash]);
    this.#membership = membership;
    this.#hub!.linkKey = linkKey;
    await this.#step({ kind: "established" });
  }

  async #onNwkCommand(hub: Peer, command: NwkCommand): Promise<void> {
    if (command.command === "leave" && command.request) {
      if (hub.linkKey !== undefined) return await this.#step({ kind: "unwanted" });
      await frames.sayLeave(this.#node.link, hub.eui64);
      return await this.#step({ kind: "removed" });
    }
    if (command.command !== "rejoin-response") return;
    const linkKeyKnown = hub.linkKey !== undefined;
    if (command.status !== 0 && linkKeyKnown) return await this.#step({ kind: "unwanted" });
    await this.#step({ kind: "rejoin-answer", status: command.status, linkKeyKnown });
  }

  async #onTunnel(hub: Peer, command: TunnelCommand, sequence: number): Promise<void> {
    switch (command.command) {
      case "request":
        return await this.#giveTunnel(hub, command, sequence);
      case "close":
        if (command.tunnel === this.#tunnel.id) this.#tunnel.closed();
        return;
      case "transfer":
        return await this.#takeTransfer(hub, command.tunnel, command.data);
      case "transfer-error":
        if (command.tunnel === this.#tunnel.id) this.#tunnel.closed();
        return;
      case "response":
        return;
    }
  }

  /** A hub has one tunnel to a device: a new one replaces the old. */
  async #giveTunnel(
    hub: Peer,
    request: TunnelCommand & { command: "request" },
    sequence: number,
  ): Promise<void> {
    const status = tunnelStatus(request);
    const granted = status === TunnelStatus.success;
    if (granted) this.#tunnelNumber = (this.#tunnelNumber % LAST_TUNNEL) + 1;
    const tunnel = granted ? this.#tunnelNumber : NO_TUNNEL;
    const answer = { command: "response", tunnel, status, maxTransferBytes: MAX_TRANSFER_BYTES } as const;
    const opened: Listener<ApsOutcome> = async (outcome) => {
      if (outcome !== "delivered" || !granted) return;
      await this.#tunnel.opened(tunnel);
      await this.#node.report({ kind: "tunnel-opened", eui64: this.#node.link.eui64 });
    };
    await this.#node.zcl.sendTunnel(hub, answer, opened, sequence);
  }

  async #takeTransfer(hub: Peer, tunnel: number, bytes: Uint8Array): Promise<void> {
    // After a power cut the hub may use the old number until it has asked anew: the link key vouches for it.
    if (this.#tunnelNumber !== 0 && tunnel !== this.#tunnelNumber) {
      const error = { command: "transfer-error", tunnel, status: 0 } as const;
      return await this.#node.zcl.sendTunnel(hub, error);
    }
    for (const listener of [...this.#messages]) await listener({ from: hub.eui64, bytes });
  }

  async #countAnswer(delivered: boolean): Promise<void> {
    this.#unanswered = delivered ? 0 : this.#unanswered + 1;
    if (this.#unanswered < LOST_AFTER) return;
    this.#unanswered = 0;
    await this.#step({ kind: "lost" });
  }
}

function tunnelStatus({ protocol, flowControl }: TunnelCommand & { command: "request" }): number {
  if (protocol !== GB_PROTOCOL) return TunnelStatus.protocolUnsupported;
  return flowControl ? TunnelStatus.flowControlUnsupported : TunnelStatus.success;
}
