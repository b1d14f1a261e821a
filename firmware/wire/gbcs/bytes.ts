/** Big-endian fields, lengths and EUI-64s of the GBCS wire: the bounded reader and the writer of all its rooms. */
import { CodedError } from "../../../hal/base/coded-error.ts";
import * as base from "../../../hal/base/eui64.ts";
import { toHex } from "../../../hal/base/hex.ts";
import { allocate } from "../../../hal/base/slab.ts";
import type { Eui64 } from "../message.ts";

/** `wire/malformed`: `field` at byte `at` is not as the layer demands. */
export function malformed(field: string, at: number, expected: string, got: number | string): CodedError {
  const message = `GBCS ${field} at byte ${at}: expected ${expected}, got ${got}; the message is damaged or not GBCS`;
  return new CodedError("wire/malformed", message, { field, at, expected, got });
}

/** How lengths from 128 on are written: the shortest form, or `82 nnnn` for all of them (DER of devices). */
export type Lengths = "shortest" | "device";

/** The longest length that has a form on this wire. */
export const MAX_LENGTH = 0xffff;

/** Two digits. */
export const byteText = (byte: number | undefined): string =>
  byte === undefined ? "the end" : toHex(Uint8Array.of(byte));

/** 64 bits on their way: shifts of bigints make many. */
const wide = new DataView(new ArrayBuffer(8));

/** Reads fields in order and never past the end. */
export class Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  /** The error of a field that is not as it must be: {@link malformed}, unless a format has its own. */
  protected refused(field: string, at: number, expected: string, got: number | string): CodedError {
    return malformed(field, at, expected, got);
  }

  /** A view, not a copy. */
  take(field: string, count: number): Uint8Array {
    if (count > this.left) throw this.refused(field, this.at, `${count} bytes`, `${this.left} left`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  u8(field: string): number {
    if (this.left < 1) throw this.refused(field, this.at, "1 byte", "none left");
    return this.bytes[this.at++] as number;
  }

  u16(field: string): number {
    return this.u8(field) * 256 + this.u8(field);
  }

  u32(field: string): number {
    return this.u16(field) * 0x10000 + this.u16(field);
  }

  u64(field: string): bigint {
    wide.setUint32(0, this.u32(field));
    wide.setUint32(4, this.u32(field));
    return wide.getBigUint64(0);
  }

  /** One byte that has only one value. */
  expect(field: string, value: number): void {
    const got = this.u8(field);
    if (got !== value) throw this.refused(field, this.at - 1, byteText(value), byteText(got));
  }

  /** A length: `nn` below 0x80, `81 nn`, `82 nnnn`; the shortest of them, or from 128 on any (`device`). */
  length(field: string, lengths: Lengths = "shortest"): number {
    const at = this.at;
    const first = this.u8(field);
    if (first < 0x80) return first;
    const count = first - 0x80;
    if (count !== 1 && count !== 2)
      throw this.refused(field, at, "a length of one byte, 81 nn or 82 nnnn", byteText(first));
    if (count > this.left) throw this.refused(field, at, `${count} bytes of length`, `${this.left} bytes`);
    const length = count === 1 ? this.u8(field) : this.u16(field);
    const got = () => `${byteText(first)} for ${length}`;
    if (length < 0x80) throw this.refused(field, at, "a length below 128 in one byte", got());
    if (count === 2 && length < 0x100 && lengths === "shortest")
      throw this.refused(field, at, "a length below 256 as 81 nn", got());
    return length;
  }
}

/** The octets of a length up to {@link MAX_LENGTH}. */
function lengthOctets(length: number, lengths: Lengths = "shortest"): readonly number[] {
  if (length < 0x80) return [length];
  if (length < 0x100 && lengths === "shortest") return [0x81, length];
  return [0x82, length >>> 8, length & 0xff];
}

export const lengthBytes = (length: number, lengths?: Lengths): number =>
  lengthOctets(length, lengths).length;

/** Writes fields in order. A buffer of the right `size` is filled; a smaller one grows. */
export class Writer {
  bytes: Uint8Array;
  at = 0;

  constructor(size: number) {
    this.bytes = allocate(size);
  }

  /** What was written; a view. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  u8(value: number): this {
    this.#room(1);
    this.bytes[this.at++] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8(value >>> 8).u8(value);
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value);
  }

  u64(value: bigint): this {
    wide.setBigUint64(0, value);
    return this.u32(wide.getUint32(0)).u32(wide.getUint32(4));
  }

  put(bytes: Uint8Array): this {
    this.#room(bytes.length);
    // Short fields are faster byte by byte than through set().
    if (bytes.length > 16) this.bytes.set(bytes, this.at);
    else for (let n = 0; n < bytes.length; n++) this.bytes[this.at + n] = bytes[n] as number;
    this.at += bytes.length;
    return this;
  }

  /** Up to {@link MAX_LENGTH}. */
  length(value: number, lengths?: Lengths): this {
    if (value < 0x80) return this.u8(value); // most lengths are, and need no list
    for (const octet of lengthOctets(value, lengths)) this.u8(octet);
    return this;
  }

  #room(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const grown = allocate(Math.max(this.bytes.length * 2, this.at + count));
    grown.set(this.written);
    this.bytes = grown;
  }
}

/** The 8 bytes of an EUI-64. Throws `wire/format` unless it is 16 hex digits. */
export function euiBytes(eui: Eui64): Uint8Array {
  try {
    return base.euiBytes(eui);
  } catch (cause) {
    const message = `EUI-64 "${eui}": expected 16 hexadecimal digits`;
    throw new CodedError("wire/format", message, { eui }, cause);
  }
}
