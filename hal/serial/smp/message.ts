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

/** The operation of the answer. What is no read is answered as a write, whatever it is: so does Zephyr. */
export const answerOp = (op: number): number => (op === 0 ? 1 : 3);

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

/** What a server is asked: the packet, and whether all of it is there. */
export interface Received {
  readonly packet: SmpPacket;
  /** False: the payload is cut short, or another request stands before it. Zephyr calls both corrupt (rc 9). */
  readonly whole: boolean;
}

/** What a server has to answer in `bytes`: the first request, and whatever header comes right behind it or at a multiple of 4. */
export function receivedIn(bytes: Uint8Array): Received[] {
  if (bytes.length < HEADER_BYTES) return [];
  const first = headerAt(bytes, 0);
  const end = HEADER_BYTES + payloadBytesAt(bytes, 0);
  if (end > bytes.length) return [{ packet: first, whole: false }];
  const packet = { ...first, payload: bytes.slice(HEADER_BYTES, end) };
  const aligned = (end + 3) & ~3;
  const next = [end, aligned].find((at) => endsAt(bytes, at)) ?? aligned;
  if (next + HEADER_BYTES > bytes.length) return [{ packet, whole: true }];
  return [
    { packet, whole: true },
    { packet: headerAt(bytes, next), whole: false },
  ];
}

/** Does a packet begin at `at` that fills the rest? */
const endsAt = (bytes: Uint8Array, at: number): boolean =>
  at + HEADER_BYTES <= bytes.length && at + HEADER_BYTES + payloadBytesAt(bytes, at) === bytes.length;

function packetAt(bytes: Uint8Array, at: number): SmpPacket | undefined {
  const header = headerAt(bytes, at);
  const end = at + HEADER_BYTES + payloadBytesAt(bytes, at);
  if (end > bytes.length || header.op > 3) return undefined;
  return { ...header, payload: bytes.slice(at + HEADER_BYTES, end) };
}

const payloadBytesAt = (bytes: Uint8Array, at: number): number => (bytes[at + 2]! << 8) | bytes[at + 3]!;

function headerAt(bytes: Uint8Array, at: number): SmpPacket {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  return {
    op: view.getUint8(0) & 7,
    versionBits: (view.getUint8(0) >> 3) & 3,
    group: view.getUint16(4),
    sequence: view.getUint8(6),
    command: view.getUint8(7),
    payload: new Uint8Array(0),
  };
}

/** The map in a packet's payload; none at all counts as an empty one. Throws {@link RangeError} on anything else. */
export function payloadOf(packet: SmpPacket): Payload {
  return packet.payload.length === 0 ? {} : decodePayload(packet.payload);
}
