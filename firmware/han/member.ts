/** One device of the hub's log, with all the hub has under way with it. */
import { aesMmo } from "../../hal/base/aes-mmo.ts";
import type { Cancel, Entropy } from "../../hal/board.ts";
import type { Journal } from "../kernel/journal.ts";
import type { HubState } from "./joining/hub-machine.ts";
import type { HanDeviceEntry, HanKeys, HanOptions } from "./options.ts";
import type { Network } from "./stack/link.ts";
import { Peer } from "./stack/peer.ts";
import type { Registration } from "./store.ts";
import type { Tunnel } from "./tunnel.ts";

/** No address given yet (802.15.4 table 83: associated without a short address). */
export const NO_ADDRESS = 0xfffe;

export interface Member {
  registration: Registration;
  readonly peer: Peer;
  hops: number;
  applicationVersion: number;
  stackVersion: number;
  /** Of a sub-GHz device. */
  linkQuality?: number | undefined;
  readonly tunnel: Tunnel;
  state: HubState;
  /** Of the key establishment under way. */
  exchange: unknown;
  /** It has asked to join since the window opened. */
  seen: boolean;
  timer: Cancel;
  tunnelTimer: Cancel;
  challengeTimer: Cancel;
}

/** A star network: every device is one hop away. */
const HOPS = 1;
const APPLICATION_VERSION = 1;
const STACK_VERSION = 2;

export function newMember(
  journal: Journal,
  registration: Registration,
  tunnel: (peer: Peer) => Tunnel,
): Member {
  const { eui64, shortAddress, linkKey, formerKey, onNetwork } = registration;
  const known = linkKey !== undefined ? "established" : onNetwork ? "authenticated" : "listed";
  const peer = new Peer(journal, eui64, shortAddress, linkKey);
  if (formerKey !== undefined) peer.former = { key: formerKey, apsIn: peer.apsIn };
  return {
    registration,
    peer,
    tunnel: tunnel(peer),
    hops: HOPS,
    applicationVersion: APPLICATION_VERSION,
    stackVersion: STACK_VERSION,
    state: { phase: known },
    exchange: undefined,
    seen: false,
    timer: () => {},
    tunnelTimer: () => {},
    challengeTimer: () => {},
  };
}

/** The fields of CCS06. */
export function entryOf(member: Member, { board }: HanOptions): HanDeviceEntry {
  const { registration, peer, state } = member;
  const { stats } = peer;
  const octet = (count: number): number => Math.min(count, 0xff);
  return {
    eui64: registration.eui64,
    deviceType: registration.deviceType,
    status: state.phase === "established" ? 2 : registration.onNetwork ? 1 : 0,
    maxRssiDbm: Math.round(stats.maxRssiDbm),
    averageRssiDbm: stats.averageRssiDbm,
    minRssiDbm: Math.round(stats.minRssiDbm),
    maxLqi: stats.maxLqi,
    averageLqi: stats.averageLqi,
    minLqi: stats.minLqi,
    lastHeardS: stats.lastHeardS,
    hops: member.hops,
    failures: octet(stats.failures),
    successes: octet(stats.successes),
    applicationVersion: member.applicationVersion,
    stackVersion: member.stackVersion,
    ...(member.linkQuality !== undefined && { linkQuality: member.linkQuality }),
    linkKeyHash:
      peer.linkKey === undefined
        ? (registration.toldHash ?? new Uint8Array(0))
        : aesMmo(board.crypto, peer.linkKey),
  };
}

/** Brings a device to where its entry is `seen`: for a bench. */
export function bringTo(member: Member, seen: HanDeviceEntry): void {
  const { peer } = member;
  peer.stats.bringTo(seen);
  member.hops = seen.hops;
  member.applicationVersion = seen.applicationVersion;
  member.stackVersion = seen.stackVersion;
  member.linkQuality = seen.linkQuality;
  member.registration = { ...member.registration, onNetwork: seen.status > 0 };
  member.state = {
    phase: seen.status === 2 ? "established" : seen.status === 1 ? "authenticated" : "listed",
  };
}

/** Highest address a device may have (Zigbee 3.6.1.6). */
const LAST_ADDRESS = 0xfff7;

/** An address that no other has. */
export async function freeAddress(
  members: Iterable<Member>,
  entropy: Pick<Entropy, "bytes">,
): Promise<number> {
  const taken = new Set([...members].map((other) => other.peer.shortAddress));
  const random = await entropy.bytes(2);
  let address = ((random[0] as number) | ((random[1] as number) << 8)) % LAST_ADDRESS;
  do address = (address % LAST_ADDRESS) + 1;
  while (taken.has(address));
  return address;
}

/** Every key in use. */
export function keysOf({ key, panId }: Network, members: readonly Member[]): HanKeys {
  return {
    panId,
    networkKey: key.slice(),
    devices: members.map(({ peer, registration }) => ({
      eui64: registration.eui64,
      shortAddress: peer.shortAddress,
      installKey: registration.installKey.slice(),
      linkKey: peer.linkKey?.slice(),
    })),
  };
}
