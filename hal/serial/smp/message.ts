/** SMP packets: an 8-byte header, big endian, and a payload that is one CBOR map. */
import { decodePayload, encodePayload, type Payload } from "./cbor.ts";

export const HEADER_BYTES = 8;
/** The header's length field has 16 bits. */
export const MAX_PAYLOAD_BYTES = 65_535;

export type SmpOperation = "read" | "write";
/** 1 is the legacy protocol (0 in the header's bits); 2 has errors by group. */
export type SmpVersion = 1 | 2;

/** Every field of the header but the payload's length, which the payload itself tells. */
export interface SmpHeader {
  /** 0 read, 1 read response, 2 write, 3 write response. */
  readonly op: number;
  /** The version's two bits: 0 is SMP version 1, 1 is version 2. */
  readonly versionBits: number;
  readonly group: number;
  readonly sequence: number;
  readonly command: number;
}

export interface SmpPacket extends SmpHeader {
  /** Still CBOR. */
  readonly payload: Uint8Array;
}

/** Bits of the first byte: 000 vv ooo. */
export const firstByte = (header: SmpHeader): number => (header.versionBits << 3) | header.op;

export const isResponse = (header: SmpHeader): boolean => (header.op & 1) === 1;

export const requestOp = (operation: SmpOperation): number => (operation === "read" ? 0 : 2);

/** The bytes of one packet. Throws `RangeError` for a payload beyond 65,535 bytes. */
export function encodePacket(header: SmpHeader, payload: Payload): Uint8Array {
  const body = encodePayload(payload);
  if (body.length > MAX_PAYLOAD_BYTES)
    throw new RangeError(`SMP payload of ${body.length} bytes: at most ${MAX_PAYLOAD_BYTES}`);
  const packet = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, firstByte(header));
  view.setUint16(2, body.length);
  view.setUint16(4, header.group);
  view.setUint8(6, header.sequence);
  view.setUint8(7, header.command);
  packet.set(body, HEADER_BYTES);
  return packet;
}

/**
 * The requests or responses in `bytes`, mostly one; further ones start at a multiple of 4. Reserved bits and flags
 * are not looked at. What does not hold together ends the list, and what stands before it counts.
 */
export function decodePackets(bytes: Uint8Array): SmpPacket[] {
  const packets: SmpPacket[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const packet = packetAt(bytes, at);
    if (packet === undefined) break;
    packets.push(packet);
    at += (HEADER_BYTES + packet.payload.length + 3) & ~3;
  }
  return packets;
}

function packetAt(bytes: Uint8Array, at: number): SmpPacket | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const end = HEADER_BYTES + view.getUint16(2);
  const op = view.getUint8(0) & 7;
  if (end > view.byteLength || op > 3) return undefined;
  return {
    op,
    versionBits: (view.getUint8(0) >> 3) & 3,
    group: view.getUint16(4),
    sequence: view.getUint8(6),
    command: view.getUint8(7),
    payload: bytes.slice(at + HEADER_BYTES, at + end),
  };
}

/** The map in a packet's payload; none at all counts as an empty one. Throws {@link RangeError} on anything else. */
export function payloadOf(packet: SmpPacket): Payload {
  return packet.payload.length === 0 ? {} : decodePayload(packet.payload);
}
