/** What the home network keeps in the journal: the network itself, and at the hub one entry a device. */
import { euiText } from "../../hal/base/eui64.ts";
import type { Entropy } from "../../hal/board.ts";
import type { JournalChange } from "../kernel/journal.ts";
import type { Eui64 } from "../wire/message.ts";
import { malformed, Reader, Writer } from "./frames/bytes.ts";
import type { Network } from "./stack/link.ts";

const FORMAT = 1;
/** A registration since it may hold a former key (2), and the hash that another hub told of its key (3). */
const REGISTRATION_FORMAT = 3;
const KEY_BYTES = 16;
export const NETWORK_KEY = "han/net";
export const DEVICE_PREFIX = "han/dev/";

/** A device's memory of the network it is in. `linkKey` once EDHOC has given one. */
export interface Membership {
  readonly network: Network;
  readonly hub: Eui64;
  readonly linkKey: Uint8Array | undefined;
}

/** One device of the hub's log. `installKey`: the link key of its install code. */
export interface Registration {
  readonly eui64: Eui64;
  readonly deviceType: number;
  readonly installKey: Uint8Array;
  readonly shortAddress: number;
  /** It has proved the network key. */
  readonly onNetwork: boolean;
  readonly linkKey: Uint8Array | undefined;
  /** The key of a device that has left, as it was said: its own again when it speaks under it. */
  readonly formerKey?: Uint8Array | undefined;
  /** Of a device of a hub before this one: the hash of the key it had there (CCS03). */
  readonly toldHash?: Uint8Array | undefined;
}

export function membershipChange(membership: Membership | undefined): JournalChange {
  if (membership === undefined) return { key: NETWORK_KEY, value: null };
  const writer = writeNetwork(new Writer().u8(FORMAT), membership.network).eui(membership.hub);
  return { key: NETWORK_KEY, value: writeOptionalKey(writer, membership.linkKey).done() };
}

/** Throws `han/malformed` when the journal holds another format. */
export function readMembership(bytes: Uint8Array): Membership {
  const reader = opened(bytes, "membership");
  const network = readNetwork(reader);
  const hub = reader.eui("hub");
  const linkKey = readOptionalKey(reader);
  reader.end("membership");
  return { network, hub, linkKey };
}

export function networkChange(network: Network): JournalChange {
  return { key: NETWORK_KEY, value: writeNetwork(new Writer().u8(FORMAT), network).done() };
}

export function readHubNetwork(bytes: Uint8Array): Network {
  const reader = opened(bytes, "network");
  const network = readNetwork(reader);
  reader.end("network");
  return network;
}

export function registrationChange(entry: Registration): JournalChange {
  const writer = new Writer()
    .u8(REGISTRATION_FORMAT)
    .eui(entry.eui64)
    .u8(entry.deviceType)
    .bytes(entry.installKey);
  writer.u16(entry.shortAddress).u8(entry.onNetwork ? 1 : 0);
  writeOptionalKey(writer, entry.linkKey);
  writeOptionalKey(writer, entry.formerKey);
  return { key: DEVICE_PREFIX + entry.eui64, value: writeOptionalKey(writer, entry.toldHash).done() };
}

export function readRegistration(bytes: Uint8Array): Registration {
  const format = Math.max(FORMAT, Math.min(bytes[0] ?? 0, REGISTRATION_FORMAT));
  const reader = opened(bytes, "registration", format);
  const entry = {
    eui64: reader.eui("EUI-64"),
    deviceType: reader.u8("device type"),
    installKey: reader.bytes(KEY_BYTES, "install key"),
    shortAddress: reader.u16("short address"),
    onNetwork: reader.u8("on network") === 1,
    linkKey: readOptionalKey(reader),
    formerKey: format >= 2 ? readOptionalKey(reader) : undefined,
    toldHash: format >= 3 ? readOptionalKey(reader) : undefined,
  };
  reader.end("registration");
  return entry;
}

/** A network that there was not before. `extendedPanId`: of the one that it follows. */
export async function newNetwork(
  entropy: Pick<Entropy, "bytes">,
  { channel, shortAddress }: Pick<Network, "channel" | "shortAddress">,
  extendedPanId?: Uint8Array,
): Promise<Network> {
  const pan = await entropy.bytes(2);
  return {
    channel,
    panId: ((pan[0] as number) | ((pan[1] as number) << 8)) % 0xfffe,
    extendedPanId: euiText(extendedPanId ?? (await entropy.bytes(8))),
    shortAddress,
    key: await entropy.bytes(16),
    keySequence: 0,
  };
}

function opened(bytes: Uint8Array, what: string, expected = FORMAT): Reader {
  const reader = new Reader(bytes);
  const format = reader.u8(what);
  if (format !== expected) throw malformed(`stored ${what}`, `format ${expected}`, format);
  return reader;
}

function writeNetwork(writer: Writer, network: Network): Writer {
  writer.u8(network.channel).u16(network.panId).eui(network.extendedPanId);
  return writer.u16(network.shortAddress).u8(network.keySequence).bytes(network.key);
}

function readNetwork(reader: Reader): Network {
  return {
    channel: reader.u8("channel"),
    panId: reader.u16("PAN id"),
    extendedPanId: reader.eui("extended PAN id"),
    shortAddress: reader.u16("short address"),
    keySequence: reader.u8("key sequence number"),
    key: reader.bytes(KEY_BYTES, "network key"),
  };
}

function writeOptionalKey(writer: Writer, key: Uint8Array | undefined): Writer {
  return key === undefined ? writer.u8(0) : writer.u8(1).bytes(key);
}

function readOptionalKey(reader: Reader): Uint8Array | undefined {
  return reader.u8("key present") === 0 ? undefined : reader.bytes(KEY_BYTES, "link key");
}
