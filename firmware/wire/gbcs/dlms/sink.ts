/** A growing writer of big-endian fields, for what has no length known before: DLMS data. */
import { CodedError } from "../../../../hal/base/coded-error.ts";

/** `wire/format`: a value that this wire has no bytes for. Says what was expected, and what came. */
export function unwritable(expected: string, got: unknown): CodedError {
  const shown = got instanceof Uint8Array ? `${got.length} octets` : Array.isArray(got) ? "a list" : got;
  return new CodedError("wire/format", `DLMS value to be written: expected ${expected}, got ${shown}`, {
    expected,
    got: String(shown),
  });
}

const FIRST_BYTES = 256;
/** Longest length that {@link Sink.length} writes, and longest payload. */
export const MAX_LENGTH = 0xffff;

export class Sink {
  #bytes = new Uint8Array(FIRST_BYTES);
  #at = 0;

  /** What was written; a view. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  u8(value: number): this {
    this.#room(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8(value >>> 8).u8(value);
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value & 0xffff);
  }

  u64(value: bigint): this {
    return this.u32(Number((value >> 32n) & 0xffff_ffffn)).u32(Number(value & 0xffff_ffffn));
  }

  /** In its shortest form: `nn` below 0x80, `81 nn`, `82 nnnn`. Throws `wire/format` above 65,535. */
  length(value: number): this {
    if (value < 0x80) return this.u8(value);
    if (value < 0x100) return this.u8(0x81).u8(value);
    if (value > MAX_LENGTH) throw unwritable(`a length up to ${MAX_LENGTH}`, value);
    return this.u8(0x82).u16(value);
  }

  put(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  #room(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + count));
    grown.set(this.written);
    this.#bytes = grown;
  }
}
