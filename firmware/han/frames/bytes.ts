/** Little-endian fields of radio frames, every one bounded. */
import { CodedError } from "../../../hal/base/coded-error.ts";
import * as base from "../../../hal/base/eui64.ts";

/** Refuses a frame. Code `han/malformed`; the message names the field. */
export function malformed(field: string, expected: string, got: unknown): CodedError {
  return new CodedError("han/malformed", `${field}: expected ${expected}, got ${String(got)}`, {
    field,
  });
}

/** Reads fields in order. Every method throws `han/malformed` past the end. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get offset(): number {
    return this.#at;
  }
  get left(): number {
    return this.#bytes.length - this.#at;
  }
  bytes(length: number, field: string): Uint8Array {
    if (length > this.left) throw malformed(field, `${length} bytes`, `${this.left}`);
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }
  rest(): Uint8Array {
    return this.bytes(this.left, "rest");
  }
  u8(field: string): number {
    return this.bytes(1, field)[0]!;
  }
  u16(field: string): number {
    const b = this.bytes(2, field);
    return b[0]! | (b[1]! << 8);
  }
  u24(field: string): number {
    return this.u16(field) | (this.u8(field) << 16);
  }
  u32(field: string): number {
    return this.u16(field) + this.u16(field) * 0x1_0000;
  }
  eui(field: string): base.Eui64 {
    return base.euiText(this.bytes(8, field).reverse());
  }
  end(field: string): void {
    if (this.left > 0) throw malformed(field, "its end", `${this.left} more bytes`);
  }
}

/** Collects fields. */
export class Writer {
  readonly #bytes: number[] = [];
  u8(value: number): this {
    this.#bytes.push(value & 0xff);
    return this;
  }
  u16(value: number): this {
    return this.u8(value).u8(value >>> 8);
  }
  u24(value: number): this {
    return this.u16(value).u8(value >>> 16);
  }
  u32(value: number): this {
    return this.u16(value).u16(value >>> 16);
  }
  bytes(value: Uint8Array): this {
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }
  eui(value: base.Eui64): this {
    return this.bytes(euiBytes(value).reverse());
  }
  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** The 8 bytes. Names are compared as text, so another spelling of one is refused. Throws `han/malformed`. */
export function euiBytes(text: base.Eui64): Uint8Array {
  if (!/^[0-9A-F]{16}$/.test(text)) throw malformed("EUI-64", "16 upper-case hex digits", text);
  return base.euiBytes(text);
}
