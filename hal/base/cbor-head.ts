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

/** Why there is no head: the bytes end inside it, or the additional information is 28 to 30. */
export type NoHead = "truncated" | "reserved";

const INDEFINITE = 31;
const WORD = 0x1_0000_0000;

/** Reads heads one after the other and makes no object of any: for the hot path. {@link readHead} reads one. */
export class HeadReader {
  readonly bytes: Uint8Array;
  /** Index of the next byte to read. */
  at: number;
  /** Of the head read last: where it began. */
  headAt = 0;
  /** Of the head read last: its major type. */
  major = 0;
  /** Of the head read last: the low five bits of its first byte; 31 means an indefinite length, or a break. */
  info = 0;
  /** Of the head read last: its argument; inexact above 2^53, where `wide` has it; 0 for an indefinite length. */
  argument = 0;
  /** Of the head read last: bits 32 to 63 of its argument. */
  high = 0;
  private low = 0;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Of the head read last: its argument has the shortest form there is (RFC 8949 §4.2.1). */
  get shortest(): boolean {
    const { info } = this;
    return info < 24 || info === INDEFINITE || headBytes(this.low, this.high) === 1 + (1 << (info - 24));
  }

  /** The argument of the head read last, exactly. */
  wide(): bigint {
    return this.high === 0 ? BigInt(this.low) : (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  /** Reads one head and passes it; or says why there is none, and passes nothing. */
  next(): NoHead | undefined {
    const first = this.bytes[this.at];
    if (first === undefined) return "truncated";
    const info = first & 31;
    this.headAt = this.at;
    this.major = first >> 5;
    this.info = info;
    this.high = 0;
    if (info >= 24) return this.long(info);
    this.low = this.argument = info;
    this.at++;
    return undefined;
  }

  /** 24 to 27 announce 1, 2, 4, 8 bytes; 28 to 30 are reserved, 31 is indefinite. */
  private long(info: number): NoHead | undefined {
    if (info > 27 && info < INDEFINITE) return "reserved";
    const from = this.at + 1;
    const end = info === INDEFINITE ? from : from + (1 << (info - 24));
    if (end > this.bytes.length) return "truncated";
    if (info === 24) this.low = this.bytes[from]!;
    else if (info === 25) this.low = this.bytes[from]! * 0x100 + this.bytes[from + 1]!;
    else if (info === INDEFINITE) this.low = 0;
    else {
      if (info === 27) this.high = this.word(from);
      this.low = this.word(end - 4);
    }
    this.argument = this.high * WORD + this.low;
    this.at = end;
    return undefined;
  }

  private word(at: number): number {
    const { bytes } = this;
    return bytes[at]! * 0x100_0000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
}

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

/** The head at `bytes[at]`, or why there is none. */
export function readHead(bytes: Uint8Array, at = 0): CborHead | NoHead {
  const reader = new HeadReader(bytes, at);
  const none = reader.next();
  if (none !== undefined) return none;
  const { major, info, shortest, at: end } = reader;
  const argument = Number.isSafeInteger(reader.argument) ? reader.argument : reader.wide();
  return { major, info, argument, indefinite: info === INDEFINITE, shortest, end };
}

/** Bytes of the shortest head whose argument has these low and high 32 bits. */
export function headBytes(low: number, high = 0): number {
  if (high > 0) return 9;
  return low < 24 ? 1 : low < 0x100 ? 2 : low < 0x1_0000 ? 3 : 5;
}

/** Writes the shortest head of `major` into `out` at `at`; where it ends. `low` and `high`: 32 bits of the argument each. */
export function putHead(out: Uint8Array, at: number, major: number, low: number, high = 0): number {
  const end = at + headBytes(low, high);
  const type = major << 5;
  if (end === at + 1) {
    out[at] = type | low;
    return end;
  }
  out[at] = type | infoOf[end - at]!;
  for (let i = end - 1, left = low; i > at && i > end - 5; i--, left >>>= 8) out[i] = left;
  for (let i = end - 5, left = high; i > at; i--, left >>>= 8) out[i] = left;
  return end;
}

/** The additional information of a head by its length. */
const infoOf = [0, 0, 24, 25, 0, 26, 0, 0, 0, 27];

/** The shortest head of `major` with `argument`. Throws a RangeError outside 0 to 2^64 - 1. */
export function encodeHead(major: number, argument: number | bigint): Uint8Array {
  if (typeof argument === "number" && !Number.isSafeInteger(argument)) throw outside(argument);
  if (argument < 0 || argument > 0xffff_ffff_ffff_ffffn) throw outside(argument);
  const [low, high] = halves(argument);
  const out = new Uint8Array(headBytes(low, high));
  putHead(out, 0, major, low, high);
  return out;
}

const halves = (argument: number | bigint): [low: number, high: number] =>
  typeof argument === "number"
    ? [argument >>> 0, Math.floor(argument / WORD)]
    : [Number(argument & 0xffff_ffffn), Number(argument >> 32n)];

const outside = (argument: number | bigint) =>
  new RangeError(`CBOR head: expected an integer from 0 to 2^64 - 1, got ${argument}`);
