/**
 * Reads CBOR heads one after the other within bounds, in shortest form only (RFC 8949 §4.2.1). What it
 * yields are views of the input; it makes no object a stranger could make large.
 */
import { HeadReader, Major, type NoHead } from "../../../hal/base/cbor-head.ts";
import { CodedError, withoutStack } from "../../../hal/base/coded-error.ts";
import { type Eui64, euiTextAt } from "../../../hal/base/eui64.ts";

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
export function malformed(at: number, expected: string, got: string): CodedError {
  const message = `byte ${at}: expected ${expected}, got ${got}`;
  return withoutStack(() => new CodedError("wire/malformed", message, { at, expected, got }));
}

export class Reader extends HeadReader {
  /** The next byte; 0xFF (a "break", welcome nowhere) past the end. */
  peekByte(): number {
    return this.bytes[this.at] ?? 0xff;
  }

  /** Reads one head. Throws `wire/malformed` unless it is whole, definite and shortest. */
  head(): void {
    const none = this.next();
    if (none === undefined && this.info < 24) return;
    if (none !== undefined || this.info > 27) throw this.noHead(none);
    if (!this.shortest && this.major !== Major.simple) throw this.wrong("the shortest form");
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

  /** A byte string that is an EUI-64. */
  eui64(what: string): Eui64 {
    this.expectHead(Major.bytes, what);
    if (this.argument !== 8) throw this.wrong(`${what} of 8 bytes`);
    this.pass(8);
    return euiTextAt(this.bytes, this.at - 8);
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
    this.pass(length);
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Moves past the next `length` bytes. */
  pass(length: number): void {
    if (length > this.bytes.length - this.at)
      throw this.wrong(`at most ${this.bytes.length - this.at} bytes`);
    this.at += length;
  }

  /** Throws when bytes are left. */
  finish(): void {
    const left = this.bytes.length - this.at;
    if (left > 0) throw malformed(this.at, "the end", `${left} more bytes`);
  }

  /** The error for the head read last. */
  wrong(expected: string): CodedError {
    return malformed(this.headAt, expected, `${names[this.major]} ${this.argument}`);
  }

  private expectHead(major: number, what: string): void {
    this.head();
    if (this.major !== major) throw this.wrong(`${what} (${names[major]})`);
  }

  private noHead(none: NoHead | undefined): CodedError {
    if (none === "truncated") return malformed(this.bytes.length, "an item", "the end");
    return malformed(this.headAt, "a definite length", `additional information ${this.info}`);
  }
}
