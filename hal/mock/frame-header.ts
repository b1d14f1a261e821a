/** The parts of an IEEE 802.15.4 MAC header (2006 edition, §7.2) that a radio's own hardware looks at. */
import { sameBytes } from "../base/bytes.ts";
export interface FrameHeader {
  readonly type: "beacon" | "data" | "ack" | "command";
  readonly framePending: boolean;
  readonly ackRequest: boolean;
  readonly sequence: number;
  readonly destinationPan?: number;
  /** 16-bit short address, or 8 bytes as on air (little-endian). */
  readonly destination?: number | Uint8Array;
  readonly sourcePan?: number;
  readonly source?: number | Uint8Array;
  /** Offset of the first byte behind the addresses. */
  readonly bodyOffset: number;
  /** True for the MAC command Data Request (a sleepy device polls). */
  readonly isDataRequest: boolean;
}

const types = ["beacon", "data", "ack", "command"] as const;
const addressBytes = [0, -1, 2, 8];
const dataRequestCommand = 4;

/** Reads an MPDU's header; undefined when it is cut short, reserved, or of a later edition. */
export function parseFrameHeader(mpdu: Uint8Array): FrameHeader | undefined {
  if (mpdu.length < 3) return undefined;
  const control = mpdu[0]! | (mpdu[1]! << 8);
  const type = types[control & 7];
  if (type === undefined || ((control >> 12) & 3) > 1) return undefined;
  const reader = { mpdu, at: 3 };
  const destination = readAddress(reader, (control >> 10) & 3);
  if (destination === "bad") return undefined;
  const compressed = (control & 0x40) !== 0 && destination !== undefined;
  const source = readAddress(reader, control >> 14, compressed ? destination.pan : undefined);
  if (source === "bad") return undefined;
  return {
    type,
    framePending: (control & 0x10) !== 0,
    ackRequest: (control & 0x20) !== 0,
    sequence: mpdu[2]!,
    ...(destination && { destinationPan: destination.pan, destination: destination.address }),
    ...(source && { sourcePan: source.pan, source: source.address }),
    bodyOffset: reader.at,
    isDataRequest: type === "command" && mpdu[reader.at] === dataRequestCommand,
  };
}

interface Address {
  readonly pan: number;
  readonly address: number | Uint8Array;
}

function readAddress(
  reader: { mpdu: Uint8Array; at: number },
  mode: number,
  knownPan?: number,
): Address | undefined | "bad" {
  const length = addressBytes[mode]!;
  if (length === 0) return undefined;
  const panBytes = knownPan === undefined ? 2 : 0;
  const { mpdu, at } = reader;
  if (length < 0 || at + panBytes + length > mpdu.length) return "bad";
  const pan = knownPan ?? mpdu[at]! | (mpdu[at + 1]! << 8);
  const start = at + panBytes;
  reader.at = start + length;
  return {
    pan,
    address: length === 2 ? mpdu[start]! | (mpdu[start + 1]! << 8) : mpdu.slice(start, start + 8),
  };
}

/** An immediate acknowledgement, without its FCS. */
export const ackFrame = (sequence: number, framePending: boolean): Uint8Array =>
  Uint8Array.of(framePending ? 0x12 : 0x02, 0, sequence);

export interface FilterSettings {
  readonly panId: number;
  readonly shortAddress: number;
  /** As on air: least significant byte first. */
  readonly extendedAddress: Uint8Array;
}

/** What a receiver's address filter lets through (IEEE 802.15.4-2006 §7.5.6.2, third level). */
export function filterAccepts(header: FrameHeader, own: FilterSettings): boolean {
  if (header.type === "ack") return false;
  if (header.type === "beacon") return own.panId === 0xffff || header.sourcePan === own.panId;
  if (header.destination === undefined) return own.shortAddress === 0 && header.sourcePan === own.panId;
  if (header.destinationPan !== own.panId && header.destinationPan !== 0xffff) return false;
  return isBroadcast(header) || sameAddress(header.destination, own);
}

export const isBroadcast = (header: FrameHeader): boolean => header.destination === 0xffff;

function sameAddress(address: number | Uint8Array, own: FilterSettings): boolean {
  if (typeof address === "number") return address === own.shortAddress;
  return sameBytes(address, own.extendedAddress);
}
