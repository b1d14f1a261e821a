/**
 * The header fields of a plain message (`message.cddl`): read one by one within their bounds before anything
 * is authentic, and written the same way, head by head. The body behind them is cbor-x's.
 */
import { Major, putHead } from "../../../hal/base/cbor-head.ts";
import { allocate } from "../../../hal/base/slab.ts";
import { type Eui64, type Header, Kind } from "../message.ts";
import { unencodable } from "./cbor.ts";
import { putEui } from "./eui64.ts";
import { Reader } from "./reader.ts";

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
    originator: reader.eui64("originator"),
    target: reader.eui64("target"),
    counter: reader.uint64("counter"),
  };
  if (!reader.skipNull()) header.timeS = reader.uint("time", 0xffff_ffff);
  if (!reader.skipNull()) header.supplementary = readSupplementary(reader);
  return { header, bodyAt: reader.at };
}

function readSupplementary(reader: Reader): NonNullable<Header["supplementary"]> {
  reader.array("supplementary party", 2);
  const party = reader.eui64("supplementary party");
  return reader.skipNull() ? { party } : { party, counter: reader.uint64("supplementary counter") };
}

/** `header` and an encoded `body` as one message. Throws `wire/eui64`, `wire/unencodable`. */
export function writeMessage(header: Header, body: Uint8Array): Uint8Array {
  const { kind, code, originator, target, counter, timeS, supplementary } = header;
  const out = allocate(MAX_HEADER_BYTES + body.length);
  out[0] = (Major.array << 5) | HEADER_FIELDS;
  let at = putUint(out, 1, kind, "kind");
  at = putUint(out, at, code, "message code");
  at = putName(out, at, originator);
  at = putName(out, at, target);
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
  const next = putName(out, at + 1, party);
  return counter === undefined ? putNull(out, next) : putUint64(out, next, counter);
}

function putNull(out: Uint8Array, at: number): number {
  out[at] = NULL;
  return at + 1;
}

function putName(out: Uint8Array, at: number, eui: Eui64): number {
  out[at] = (Major.bytes << 5) | 8;
  return putEui(out, at + 1, eui);
}

function putUint(out: Uint8Array, at: number, value: number, what: string): number {
  if (value >>> 0 !== value) throw unencodable(`${what} ${value}`);
  return putHead(out, at, Major.uint, value);
}

function putUint64(out: Uint8Array, at: number, value: bigint): number {
  if (value < 0x1_0000_0000n) return putUint(out, at, Number(value), "counter");
  if (value > 0xffff_ffff_ffff_ffffn) throw unencodable(`counter ${value}`);
  return putHead(out, at, Major.uint, Number(value & 0xffff_ffffn), Number(value >> 32n));
}
