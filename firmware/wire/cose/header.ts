/**
 * The header fields of a plain message (`message.cddl`): read one by one within their bounds before anything
 * is authentic, and written the same way, head by head. The body behind them is cbor-x's.
 */
import { euiText } from "../../../hal/base/eui64.ts";
import { type Header, Kind } from "../message.ts";
import { unencodable } from "./cbor.ts";
import { eui64ToBytes } from "./eui64.ts";
import { Major, Reader } from "./reader.ts";
import { allocate } from "./slab.ts";

const HEADER_FIELDS = 8;
const MAX_KIND = Kind.alert;
const NULL = 0xf6;
/** Array head, kind, code, two EUI-64s, counter, time, supplementary party and its counter, all at their longest. */
const MAX_HEADER_BYTES = 1 + 1 + 3 + 9 + 9 + 9 + 5 + 1 + 9 + 9;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the header and leaves the body, from `bodyAt` on, unread. Throws `wire/malformed`. */
export function readHeader(plain: Uint8Array): { header: Header; bodyAt: number } {
  const reader = new Reader(plain);
  reader.array("message", HEADER_FIELDS);
  const kind = reader.uint("kind", MAX_KIND);
  if (kind === 0) throw reader.wrong("a kind from 1 to 3");
  const header: Mutable<Header> = {
    kind: kind as Kind,
    code: reader.uint("message code", 0xffff),
    originator: euiText(reader.byteString("originator", 8)),
    target: euiText(reader.byteString("target", 8)),
    counter: reader.uint64("counter"),
  };
  if (!reader.skipNull()) header.timeS = reader.uint("time", 0xffff_ffff);
  if (!reader.skipNull()) header.supplementary = readSupplementary(reader);
  return { header, bodyAt: reader.at };
}

function readSupplementary(reader: Reader): NonNullable<Header["supplementary"]> {
  reader.array("supplementary party", 2);
  const party = euiText(reader.byteString("supplementary party", 8));
  return reader.skipNull() ? { party } : { party, counter: reader.uint64("supplementary counter") };
}

/** `header` and an encoded `body` as one message. Throws `wire/eui64`, `wire/unencodable`. */
export function writeMessage(header: Header, body: Uint8Array): Uint8Array {
  const { kind, code, originator, target, counter, timeS, supplementary } = header;
  const out = allocate(MAX_HEADER_BYTES + body.length);
  out[0] = (Major.array << 5) | HEADER_FIELDS;
  let at = putUint(out, 1, kind, "kind");
  at = putUint(out, at, code, "message code");
  at = putEui(out, at, originator);
  at = putEui(out, at, target);
  at = putUint64(out, at, counter);
  at = timeS === undefined ? putNull(out, at) : putUint(out, at, timeS, "time");
  at = supplementary === undefined ? putNull(out, at) : putSupplementary(out, at, supplementary);
  out.set(body, at);
  return out.subarray(0, at + body.length);
}

function putSupplementary(
  out: Uint8Array,
  at: number,
  { party, counter }: NonNullable<Header["supplementary"]>,
): number {
  out[at] = (Major.array << 5) | 2;
  const next = putEui(out, at + 1, party);
  return counter === undefined ? putNull(out, next) : putUint64(out, next, counter);
}

function putNull(out: Uint8Array, at: number): number {
  out[at] = NULL;
  return at + 1;
}

function putEui(out: Uint8Array, at: number, eui: string): number {
  out[at] = (Major.bytes << 5) | 8;
  out.set(eui64ToBytes(eui), at + 1);
  return at + 9;
}

/** An unsigned integer of up to 32 bits, in the shortest form (RFC 8949 §4.2.1). */
function putUint(out: Uint8Array, at: number, value: number, what: string): number {
  if (value >>> 0 !== value) throw unencodable(`${what} ${value}`);
  if (value < 24) {
    out[at] = value;
    return at + 1;
  }
  const bytes = value < 0x100 ? 1 : value < 0x1_0000 ? 2 : 4;
  out[at] = bytes === 1 ? 24 : bytes === 2 ? 25 : 26;
  for (let i = 1; i <= bytes; i++) out[at + i] = value >>> (8 * (bytes - i));
  return at + 1 + bytes;
}

function putUint64(out: Uint8Array, at: number, value: bigint): number {
  if (value < 0x1_0000_0000n) return putUint(out, at, Number(value), "counter");
  if (value > 0xffff_ffff_ffff_ffffn) throw unencodable(`counter ${value}`);
  out[at] = 27;
  for (let i = 8, rest = value; i > 0; i--, rest >>= 8n) out[at + i] = Number(rest & 0xffn);
  return at + 9;
}
