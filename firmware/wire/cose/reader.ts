/**
 * Reads CBOR heads one after the other within bounds, in shortest form only (RFC 8949 §4.2.1). What it
 * yields are views of the input; it makes no object a stranger could make large.
 */
import { MeterbenchError } from "../../kernel/errors.ts";

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

const names = [
  "unsigned integer",
  "negative integer",
  "byte string",
  "text",
  "array",
  "map",
  "tag",
  "simple value",
];

/**
 * The error for bad input. It has no stack: where the input is wrong is in the message, and collecting a
 * stack would cost a stranger's message several times what refusing it does.
 */
export function malformed(at: number, expected: string, got: string): MeterbenchError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new MeterbenchError("wire/malformed", `byte ${at}: expected ${expected}, got ${got}`, {
      at,
      expected,
      got,
    });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

export class Reader {
  readonly bytes: Uint8Array;
  /** Index of the next byte to read. */
  at: number;
  /** Of the head read last: its major type. */
  major = 0;
  /** Of the head read last: its argument; inexact above 2^53, where `wide` has it. */
  argument = 0;
  /** Of the head read last: bits 32 to 63 of its argument. */
  high = 0;
  private headAt = 0;
  private low = 0;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next byte; 0xFF (a "break", welcome nowhere) past the end. */
  peekByte(): number {
    return this.bytes[this.at] ?? 0xff;
  }

  /** Reads one head. Throws `wire/malformed` unless it is whole, definite and shortest. */
  head(): void {
    const initial = this.byte();
    this.headAt = this.at - 1;
    this.major = initial >> 5;
    this.high = 0;
    this.argument = initial & 31;
    if (this.argument >= 24) this.longArgument(this.argument);
    else this.low = this.argument;
  }

  /** The argument of the head read last, exactly. */
  wide(): bigint {
    return this.high === 0 ? BigInt(this.low) : (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  /** An unsigned integer up to `max`. */
  uint(what: string, max: number): number {
    this.expectHead(Major.uint, what);
    if (this.argument > max) throw this.wrong(`${what} up to ${max}`);
    return this.argument;
  }

  /** An unsigned integer up to 2^64 - 1. */
  uint64(what: string): bigint {
    this.expectHead(Major.uint, what);
    return this.wide();
  }

  /** A view of a byte string; `length`, when given, is the only one allowed. */
  byteString(what: string, length?: number): Uint8Array {
    this.expectHead(Major.bytes, what);
    if (length !== undefined && this.argument !== length) throw this.wrong(`${what} of ${length} bytes`);
    return this.take(this.argument);
  }

  /** An array of exactly `count` items: reads its head. */
  array(what: string, count: number): void {
    this.expectHead(Major.array, what);
    if (this.argument !== count) throw this.wrong(`${what} of ${count} items`);
  }

  /** Exactly the byte `byte`. */
  literal(what: string, byte: number): void {
    if (this.peekByte() !== byte) throw malformed(this.at, what, `byte ${this.peekByte()}`);
    this.at++;
  }

  /** True, and one byte further, when the next byte is `null`. */
  skipNull(): boolean {
    if (this.bytes[this.at] !== 0xf6) return false;
    this.at++;
    return true;
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at)
      throw this.wrong(`at most ${this.bytes.length - this.at} bytes`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Throws when bytes are left. */
  finish(): void {
    const left = this.bytes.length - this.at;
    if (left > 0) throw malformed(this.at, "the end", `${left} more bytes`);
  }

  /** The error for the head read last. */
  wrong(expected: string): MeterbenchError {
    return malformed(this.headAt, expected, `${names[this.major]} ${this.argument}`);
  }

  private expectHead(major: number, what: string): void {
    this.head();
    if (this.major !== major) throw this.wrong(`${what} (${names[major]})`);
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw malformed(this.at, "an item", "the end");
    this.at++;
    return byte;
  }

  private longArgument(info: number): void {
    const shortest = this.readArgument(info);
    if (!shortest && this.major !== Major.simple) throw this.wrong("the shortest form");
  }

  /** RFC 8949 §3: 24 to 27 announce 1, 2, 4, 8 bytes; 28 to 30 are reserved, 31 is indefinite. */
  private readArgument(info: number): boolean {
    if (info === 24) {
      this.low = this.argument = this.byte();
      return this.low >= 24;
    }
    if (info === 25) {
      this.low = this.argument = this.byte() * 0x100 + this.byte();
      return this.low > 0xff;
    }
    if (info > 27) throw malformed(this.headAt, "a definite length", `additional information ${info}`);
    if (info === 27) this.high = this.word();
    this.low = this.word();
    this.argument = this.high * 0x1_0000_0000 + this.low;
    return info === 27 ? this.high > 0 : this.low > 0xffff;
  }

  private word(): number {
    return this.byte() * 0x100_0000 + ((this.byte() << 16) | (this.byte() << 8) | this.byte());
  }
}
