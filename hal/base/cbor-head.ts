/**
 * The head of a CBOR item (RFC 8949 §3): major type and argument. Reading says what is there and refuses nothing
 * but what is no head at all; callers decide whether indefinite lengths or longer forms are welcome.
 */

/** CBOR major types (RFC 8949 §3.1). */
export const Major = {
  uint: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const;

export interface CborHead {
  readonly major: number;
  /** The low five bits of the first byte; 31 means an indefinite length, or a break. */
  readonly info: number;
  /** A number up to 2^53 - 1, a bigint above; 0 for an indefinite length. */
  readonly argument: number | bigint;
  readonly indefinite: boolean;
  /** The argument has the shortest form there is (RFC 8949 §4.2.1). */
  readonly shortest: boolean;
  /** Index of the first byte after the head. */
  readonly end: number;
}

/** Why there is no head: the bytes end inside it, or the additional information is 28 to 30. */
export type NoHead = "truncated" | "reserved";

const INDEFINITE = 31;

/** The head at `bytes[at]`, or why there is none. */
export function readHead(bytes: Uint8Array, at = 0): CborHead | NoHead {
  const first = bytes[at];
  if (first === undefined) return "truncated";
  const major = first >> 5;
  const info = first & 31;
  const short = { major, info, indefinite: info === INDEFINITE, shortest: true, end: at + 1 };
  if (info < 24) return { ...short, argument: info };
  if (info === INDEFINITE) return { ...short, argument: 0 };
  if (info > 27) return "reserved";
  const size = 1 << (info - 24);
  const end = at + 1 + size;
  if (end > bytes.length) return "truncated";
  const argument = unsigned(bytes, at + 1, end);
  return { ...short, argument, end, shortest: argument >= leastOf[size]! };
}

/** The least argument that needs this many bytes after the first. */
const leastOf: Readonly<Record<number, number>> = { 1: 24, 2: 0x100, 4: 0x1_0000, 8: 0x1_0000_0000 };

function unsigned(bytes: Uint8Array, from: number, to: number): number | bigint {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 256 + bytes[at]!;
  if (Number.isSafeInteger(value)) return value;
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(from);
}

/** The shortest head of `major` with `argument`. Throws a RangeError outside 0 to 2^64 - 1. */
export function encodeHead(major: number, argument: number | bigint): Uint8Array {
  const type = major << 5;
  if (typeof argument === "number" && !Number.isSafeInteger(argument)) throw outside(argument);
  if (argument < 0 || argument > 0xffff_ffff_ffff_ffffn) throw outside(argument);
  if (argument < 24) return Uint8Array.of(type | Number(argument));
  if (argument < 0x100) return Uint8Array.of(type | 24, Number(argument));
  const size = argument < 0x1_0000 ? 2 : argument < 0x1_0000_0000 ? 4 : 8;
  const out = new Uint8Array(1 + size);
  out[0] = type | (size === 2 ? 25 : size === 4 ? 26 : 27);
  let left = BigInt(argument);
  for (let at = size; at > 0; at--, left >>= 8n) out[at] = Number(left & 0xffn);
  return out;
}

const outside = (argument: number | bigint) =>
  new RangeError(`CBOR head: expected an integer from 0 to 2^64 - 1, got ${argument}`);
