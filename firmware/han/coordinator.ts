/** The hub's end of the home network: forms it, admits the devices of its log, keeps their keys. */
import { euiText } from "../../hal/base/eui64.ts";
import type { Cancel, Listener } from "../../hal/board.ts";
import type { JournalChange } from "../kernel/journal.ts";
import type { Eui64 } from "../wire/message.ts";
import type { EstablishmentCommand } from "../wire/suite.ts";
import { euiBytes } from "./frames/bytes.ts";
import { Association, type MacFrame } from "./frames/mac.ts";
import { decodeNwkCommand, type NwkCommand, type NwkHeader } from "./frames/nwk.ts";
import type { TunnelCommand } from "./frames/tunneling.ts";
import { HistoricLog } from "./historic-log.ts";
import * as frames from "./hub-frames.ts";
import { HubTunnels } from "./hub-tunnels.ts";
import { linkKeyOf, withCrc } from "./install-code.ts";
import { actAll } from "./joining/act-all.ts";
import { Admission } from "./joining/admission.ts";
import { type HubAction, type HubEvent, HubTiming, hubStep } from "./joining/hub-machine.ts";
import { bringTo, entryOf, freeAddress, keysOf, type Member, NO_ADDRESS, newMember } from "./member.ts";
import type {
  HanCoordinatorOptions,
  HanDeviceEntry,
  HanEvent,
  HanEventKind,
  HanKeys,
  HanReason,
} from "./options.ts";
import type { HanFailure, HanMessage, HanPort } from "./port.ts";
import { restored, type ToldDevice } from "./restore.ts";
import { Node } from "./stack/node.ts";
import type { Peer } from "./stack/peer.ts";
import {
  DEVICE_PREFIX,
  NETWORK_KEY,
  networkChange,
  newNetwork,
  type Registration,
  readHubNetwork,
  readRegistration,
  registrationChange,
} from "./store.ts";

/** Devices in the hub's log at most. */
export const LOG_SIZE = 16;
const DEFAULT_CHANNEL = 20;
const HUB_ADDRESS = 0x0000;

export class HanCoordinator implements HanPort {
  readonly #options: HanCoordinatorOptions;
  readonly #node: Node;
  readonly #members = new Map<Eui64, Member>();
  readonly #admission: Admission;
  readonly #tunnels: HubTunnels;
  readonly #messages = new Set<Listener<HanMessage>>();
  /** Devices that were taken off the log. */
  readonly historic: HistoricLog;
  #window: Cancel | undefined;
  #halfWindow: Cancel = () => {};

  /** Forms the network at the first start; afterwards takes up the one in the journal, and its devices. */
  static async start(options: HanCoordinatorOptions): Promise<HanCoordinator> {
    const hub = new HanCoordinator(options, await options.board.entropy.bytes(3));
    await hub.#restore();
    return hub;
  }

  private constructor(options: HanCoordinatorOptions, seed: Uint8Array) {
    this.#options = options;
    this.historic = new HistoricLog(options.journal, options.board.crypto);
    const role = {
      isHub: true,
      onMac: (frame: MacFrame) => this.#admission.take(frame),
      onTransportKey: async () => {},
      onNwkCommand: this.#onNwkCommand.bind(this),
      onStranger: this.#onStranger.bind(this),
      onHeard: (peer: Peer) => this.#stepOf(peer.eui64, { kind: "secured-frame" }),
      onKeyProved: this.#onKeyProved.bind(this),
      onTunnel: async (peer: Peer, command: TunnelCommand) => {
        const member = this.#members.get(peer.eui64);
        if (member !== undefined) await this.#tunnels.take(member, command);
      },
      onEstablishment: this.#onEstablishment.bind(this),
      peerOf: (eui64: Eui64) => this.#peerOf(eui64),
    };
    this.#node = new Node(options, role, seed);
    this.#admission = new Admission(this.#node.link, {
      windowOpen: () => this.joinWindowOpen,
      onAssociation: this.#onAssociation.bind(this),
      onAssociated: (eui64) => this.#stepOf(eui64, { kind: "associated" }),
      nowMs: () => options.board.clock.uptimeMs(),
    });
    this.#tunnels = new HubTunnels(this.#node, {
      onMessage: this.#onMessage.bind(this),
      report: (kind, member) => this.#report(kind, member.registration.eui64),
    });
  }

  get extendedPanId(): Uint8Array {
    return euiBytes(this.#node.link.network!.extendedPanId);
  }

  get joinWindowOpen(): boolean {
    return this.#window !== undefined;
  }

  /**
   * Lists a device. `installCode`: 6, 8, 12 or 16 bytes without CRC; not looked at for a device that stands there
   * ("already"), which keeps its key. Throws `han/install-code` for a code of another length.
   */
  async allow(
    eui64: Uint8Array,
    installCode: Uint8Array,
    deviceType: number,
  ): Promise<"added" | "already" | "full"> {
    const name = euiText(eui64);
    if (this.#members.has(name)) return "already";
    const installKey = linkKeyOf(this.#options.board.crypto, withCrc(installCode));
    if (this.#members.size >= LOG_SIZE) {
      await this.#report("log-full", name, "device-log-full");
      return "full";
    }
    const unjoined = { shortAddress: NO_ADDRESS, onNetwork: false, linkKey: undefined };
    const registration: Registration = { eui64: name, deviceType, installKey, ...unjoined };
    await this.#options.journal.commit([registrationChange(registration)]);
    this.#enlist(registration);
    return "added";
  }

  /**
   * Takes a device off the log and tells it so, in one commit with `also`; its key goes into the historic log. Its
   * counters go too, so that a board made anew may join under the same name. False: it was not there.
   */
  async remove(eui64: Uint8Array, ...also: JournalChange[]): Promise<boolean> {
    const member = this.#members.get(euiText(eui64));
    if (member === undefined) return false;
    const { eui64: name } = member.registration;
    await this.#options.journal.commit([...this.historic.removal(member), ...also]);
    this.#members.delete(name);
    await this.#report("removed", name, "removed");
    await this.#drop(member);
    if (member.state.phase !== "listed") await frames.tellLeave(this.#node, member.peer);
    return true;
  }

  async #drop({ timer, tunnelTimer, challengeTimer, tunnel, registration }: Member): Promise<void> {
    for (const cancel of [timer, tunnelTimer, challengeTimer]) cancel();
    await tunnel.stop();
    await this.#node.aps.forget(registration.eui64);
  }

  /** Lets listed devices in for `seconds`, from now; an open window is set anew. */
  async openJoinWindow(seconds: number): Promise<void> {
    this.#window?.();
    this.#halfWindow();
    for (const member of this.#members.values()) member.seen = false;
    this.historic.offer([...this.#members.values()]);
    this.#halfWindow = this.#node.after(seconds * 500, async () => this.historic.withdraw());
    this.#window = this.#node.after(seconds * 1000, () => this.closeJoinWindow());
    await this.#report("join-window-opened", this.#node.link.eui64);
  }

  async closeJoinWindow(): Promise<void> {
    if (this.#window === undefined) return;
    this.#window();
    this.#window = undefined;
    this.#halfWindow();
    this.historic.withdraw();
    await this.#report("join-window-closed", this.#node.link.eui64);
    for (const { registration, seen, state } of [...this.#members.values()]) {
      if (state.phase === "listed" && !seen)
        await this.#report("join-failed", registration.eui64, "never-seen");
    }
  }

  /** Every key in use, for captures: whoever holds them reads all traffic. Ask again after a device has joined. */
  captureKeys(): HanKeys {
    return keysOf(this.#node.link.network!, [...this.#members.values()]);
  }

  /** Takes the place of another hub (`restore.ts`), in one commit with `also`; what has joined this one must join anew. */
  async restore(
    extendedPanId: Uint8Array,
    devices: readonly ToldDevice[],
    ...also: JournalChange[]
  ): Promise<void> {
    const { board, journal } = this.#options;
    const step = await restored(board.entropy, this.#place, extendedPanId, devices, this.#members.keys());
    await journal.commit([...step.changes, ...also]);
    for (const member of this.#members.values()) await this.#drop(member);
    this.#members.clear();
    for (const registration of step.registrations) this.#enlist(registration);
    await this.#node.link.enter(step.network);
  }

  /** For a bench: the log as `entries` have it, on the network `extendedPanId`. */
  async bringTo(extendedPanId: Uint8Array, entries: readonly HanDeviceEntry[]): Promise<void> {
    await this.restore(
      extendedPanId,
      entries.map(({ eui64, linkKeyHash: hash }) => ({ eui64, hash })),
    );
    for (const entry of entries) bringTo(this.#members.get(entry.eui64) as Member, entry);
  }

  devices(): readonly HanDeviceEntry[] {
    return [...this.#members.values()].map((member) => entryOf(member, this.#options));
  }

  onEvent(listener: Listener<HanEvent>): Cancel {
    return this.#node.onEvent(listener);
  }

  onMessage(listener: Listener<HanMessage>): Cancel {
    this.#messages.add(listener);
    return () => this.#messages.delete(listener);
  }

  async send(to: Eui64, bytes: Uint8Array, done: Listener<"delivered" | HanFailure>): Promise<void> {
    const member = this.#members.get(to);
    if (member === undefined) return await done("no-route");
    if (member.peer.linkKey === undefined) return await done("not-joined");
    await member.tunnel.send(bytes, done);
  }

  async readHubTime(done: Listener<number | undefined>): Promise<void> {
    await done(this.#options.nowS());
  }

  async #restore(): Promise<void> {
    const { journal } = this.#options;
    const stored = journal.get(NETWORK_KEY);
    const network = stored
      ? readHubNetwork(stored)
      : await newNetwork(this.#options.board.entropy, this.#place);
    if (stored === undefined) await journal.commit([networkChange(network)]);
    await this.#node.link.enter(network);
    for (const key of journal.keys(DEVICE_PREFIX)) {
      const member = this.#enlist(readRegistration(journal.get(key)!));
      if (member.state.phase === "established") await this.#act(member, { do: "open-tunnel" });
    }
  }

  get #place() {
    return { channel: this.#options.channel ?? DEFAULT_CHANNEL, shortAddress: HUB_ADDRESS };
  }

  #enlist(registration: Registration): Member {
    const { journal } = this.#options;
    const member = newMember(journal, registration, (peer) => this.#tunnels.between(peer));
    this.#members.set(registration.eui64, member);
    return member;
  }

  #peerOf(eui64: Eui64): Peer | undefined {
    const member = this.#members.get(eui64);
    if (member?.state.phase === "listed" && member.peer.former === undefined) return undefined;
    return member?.peer;
  }

  async #stepOf(eui64: Eui64, event: HubEvent): Promise<void> {
    const member = this.#members.get(eui64);
    if (member !== undefined) await this.#step(member, event);
  }

  async #step(member: Member, event: HubEvent): Promise<void> {
    const { state, actions } = hubStep(member.state, event);
    member.state = state;
    await actAll(actions, (action) => this.#act(member, action));
  }

  async #act(member: Member, action: HubAction): Promise<void> {
    const { eui64 } = member.registration;
    switch (action.do) {
      case "timer":
        member.timer();
        member.timer = this.#node.after(action.delayMs, () => this.#step(member, { kind: "timeout" }));
        return;
      case "stop-timer":
        return member.timer();
      case "answer-association":
        if (action.status === Association.success) await this.#giveAddress(member);
        this.#admission.answer(eui64, { shortAddress: member.peer.shortAddress, status: action.status });
        return;
      case "send-network-key":
        return await frames.sendNetworkKey(this.#node, member);
      case "answer-rejoin":
        // It may have started anew: its message counters too, which must not look like those it used before.
        await this.#node.aps.forget(eui64);
        return await frames.answerRejoin(this.#node, eui64, member.peer.shortAddress, frames.Rejoin.accepted);
      case "keep":
        return await this.#keep(member);
      case "open-tunnel":
        return await this.#tunnels.open(member);
      case "challenge":
        return await this.#challenge(member);
      case "tell-leave":
        return await frames.tellLeave(this.#node, member.peer);
      case "put-key-aside":
        return await this.#putKeyAside(member);
      case "take-key-back":
        return await this.#keep(member, true);
      case "report":
        return await this.#report(action.event, eui64, action.reason);
    }
  }

  async #giveAddress(member: Member): Promise<void> {
    if (member.peer.shortAddress !== NO_ADDRESS) return;
    member.peer.shortAddress = await freeAddress(this.#members.values(), this.#options.board.entropy);
  }

  async #keep(member: Member, takeKeyBack = false): Promise<void> {
    if (takeKeyBack) member.peer.takeKeyBack();
    const { shortAddress, linkKey, former } = member.peer;
    const formerKey = linkKey === undefined ? former?.key : undefined;
    member.registration = { ...member.registration, shortAddress, linkKey, formerKey, onNetwork: true };
    await this.#options.journal.commit([registrationChange(member.registration), member.peer.floors()]);
  }

  /** It has left, as far as is known: nothing goes to it until it speaks under its key, or has another. */
  async #putKeyAside(member: Member): Promise<void> {
    const { peer, registration } = member;
    const formerKey = peer.linkKey ?? registration.formerKey;
    member.registration = { ...registration, linkKey: undefined, formerKey, onNetwork: false };
    await this.#options.journal.commit([registrationChange(member.registration), peer.floors()]);
    peer.putKeyAside();
    member.tunnelTimer();
    await member.tunnel.stop();
    await this.#node.aps.forget(registration.eui64);
  }

  /** Any message under the link key will do: the device acknowledges it under that key. */
  async #challenge(member: Member): Promise<void> {
    member.challengeTimer();
    member.challengeTimer = this.#node.after(HubTiming.challengeMs, () =>
      this.#step(member, { kind: "silent" }),
    );
    await this.#tunnels.open(member);
  }

  async #onKeyProved(peer: Peer): Promise<void> {
    this.#members.get(peer.eui64)?.challengeTimer();
    await this.#stepOf(peer.eui64, { kind: "key-proved" });
  }

  async #onAssociation(eui64: Eui64): Promise<void> {
    const member = this.#members.get(eui64);
    if (member !== undefined) {
      member.seen = true;
      return await this.#step(member, { kind: "association", windowOpen: this.joinWindowOpen });
    }
    const full = this.#members.size >= LOG_SIZE;
    const status = full ? Association.panAtCapacity : Association.accessDenied;
    if (this.#admission.refuse(eui64, status))
      await this.#report("join-failed", eui64, full ? "device-log-full" : "not-in-device-log");
  }

  async #onNwkCommand(peer: Peer, command: NwkCommand): Promise<void> {
    if (command.command === "rejoin-request") await this.#stepOf(peer.eui64, { kind: "rejoin-request" });
    if (command.command === "leave" && !command.request) await this.#stepOf(peer.eui64, { kind: "left" });
  }

  /** A device that was removed while it was away learns so when it comes back. */
  async #onStranger(eui64: Eui64, header: NwkHeader, payload: Uint8Array): Promise<void> {
    if (!this.#members.has(eui64)) await this.#node.refused("not-in-device-log", eui64);
    if (header.type !== "command" || decodeNwkCommand(payload).command !== "rejoin-request") return;
    await frames.answerRejoin(this.#node, eui64, header.source, frames.Rejoin.denied);
  }

  async #onEstablishment(peer: Peer, command: EstablishmentCommand): Promise<void> {
    const member = this.#members.get(peer.eui64);
    if (member === undefined || member.state.phase === "listed") return;
    const { keyEstablishment } = this.#options;
    const step = await keyEstablishment.proceed(this.#options, peer.eui64, member.exchange, command);
    member.exchange = step.state;
    const { linkKey, failure } = step;
    if (linkKey !== undefined) await this.#agree(member, linkKey);
    const tell = async (): Promise<void> => {
      if (failure !== undefined) await this.#step(member, { kind: "key-failed", reason: failure });
      if (linkKey !== undefined) await this.#step(member, { kind: "key-agreed" });
    };
    if (step.send === undefined) await tell();
    else await this.#node.zcl.sendEstablishment(peer, step.send, tell);
  }

  /** Durable before visible: the new key is in flash before the message that confirms it leaves. */
  async #agree(member: Member, linkKey: Uint8Array): Promise<void> {
    member.peer.linkKey = linkKey;
    member.peer.former = undefined;
    member.registration = { ...member.registration, toldHash: undefined };
    await this.#keep(member);
  }

  async #onMessage(member: Member, bytes: Uint8Array): Promise<void> {
    for (const listener of [...this.#messages]) await listener({ from: member.registration.eui64, bytes });
  }

  async #report(kind: HanEventKind, eui64: Eui64, reason?: HanReason): Promise<void> {
    await this.#node.report({ kind, eui64, ...(reason === undefined ? {} : { reason }) });
  }
}
