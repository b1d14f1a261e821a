/** Big-endian fields, lengths and EUI-64s of the GBCS layers: a bounded reader and a writer. */
import { CodedError } from "../../../hal/base/coded-error.ts";
import * as base from "../../../hal/base/eui64.ts";
import { toHex } from "../../../hal/base/hex.ts";
import type { Eui64 } from "../message.ts";

/** `wire/malformed`: `field` at byte `at` is not as the layer demands. */
export function malformed(field: string, at: number, expected: string, got: number | string): CodedError {
  const message = `GBCS ${field} at byte ${at}: expected ${expected}, got ${got}; the message is damaged or not GBCS`;
  return new CodedError("wire/malformed", message, { field, at, expected, got });
}

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

  /** A view, not a copy. */
  take(field: string, count: number): Uint8Array {
    if (count > this.left) throw malformed(field, this.at, `${count} bytes`, `${this.left} left`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  u8(field: string): number {
    if (this.left < 1) throw malformed(field, this.at, "1 byte", "none left");
    return this.bytes[this.at++] as number;
  }

  u16(field: string): number {
    return this.u8(field) * 256 + this.u8(field);
  }

  u64(field: string): bigint {
    const high = this.u16(field) * 0x10000 + this.u16(field);
    const low = this.u16(field) * 0x10000 + this.u16(field);
    return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
  }

  /** One byte that has only one value. */
  expect(field: string, value: number): void {
    const got = this.u8(field);
    if (got !== value)
      throw malformed(field, this.at - 1, toHex(Uint8Array.of(value)), toHex(Uint8Array.of(got)));
  }

  /** A length in its shortest form: `nn` below 0x80, `81 nn`, or `82 nnnn`. */
  length(field: string): number {
    const at = this.at;
    const first = this.u8(field);
    if (first < 0x80) return first;
    const long = first === 0x82 ? this.u16(field) : first === 0x81 ? this.u8(field) : -1;
    if (long < (first === 0x82 ? 0x100 : 0x80))
      throw malformed(
        field,
        at,
        "a length in its shortest form",
        `first byte ${toHex(Uint8Array.of(first))}`,
      );
    return long;
  }
}

export const lengthBytes = (length: number): number => (length < 0x80 ? 1 : length < 0x100 ? 2 : 3);

/** Writes fields in order into a buffer of the right size. */
export class Writer {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  u8(value: number): this {
    this.bytes[this.at++] = value;
    return this;
  }

  put(bytes: Uint8Array): this {
    // Short fields are faster byte by byte than through set().
    if (bytes.length > 16) this.bytes.set(bytes, this.at);
    else for (let n = 0; n < bytes.length; n++) this.bytes[this.at + n] = bytes[n] as number;
    this.at += bytes.length;
    return this;
  }

  u64(value: bigint): this {
    return this.#u32(Number(value >> 32n)).#u32(Number(value & 0xffff_ffffn));
  }

  #u32(value: number): this {
    return this.u8(value >>> 24)
      .u8(value >>> 16)
      .u8(value >>> 8)
      .u8(value);
  }

  length(value: number): this {
    if (value >= 0x100)
      return this.u8(0x82)
        .u8(value >>> 8)
        .u8(value);
    return value < 0x80 ? this.u8(value) : this.u8(0x81).u8(value);
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
