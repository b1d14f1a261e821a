/** Walks over the octets of a GBCS pre-command, for correlation: what is read has one form each, and no length reaches past the end. */
import { CodedError } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";

export class OctetWalk {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = at;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  /** The next octet, which stays; undefined at the end. */
  get next(): number | undefined {
    return this.left > 0 ? this.#bytes[this.#at] : undefined;
  }

  take(count: number, place: string): Buffer {
    if (count > this.left) throw this.fault(place, `${count} bytes`, `${this.left}, to the end`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** The octets as a copy, which outlives the message. */
  copy(count: number, place: string): Uint8Array {
    return new Uint8Array(this.take(count, place));
  }

  /** A walk over the next `count` octets alone. */
  within(count: number, place: string): OctetWalk {
    const from = this.#at;
    this.take(count, place);
    return new OctetWalk(this.#bytes, from, this.#at);
  }

  /** Unsigned, of 1 to 6 octets. */
  number(octets: number, place: string): number {
    return this.take(octets, place).readUIntBE(0, octets);
  }

  /** Of one octet up to 127; else in as few more as it needs, two at most. */
  length(place: string): number {
    const first = this.number(1, place);
    if (first < 0x80) return first;
    if (first !== 0x81 && first !== 0x82)
      throw this.fault(place, "a length of one or two octets", first.toString(16));
    const length = this.number(first - 0x80, place);
    if (length < (first === 0x81 ? 0x80 : 0x100)) throw this.fault(place, "the shortest length", `${length}`);
    return length;
  }

  /** Octets that can only be these. */
  expect(hex: string, place: string): void {
    const got = toHex(this.take(hex.length / 2, place));
    if (got !== hex) throw this.fault(place, hex, got);
  }

  end(place: string): void {
    if (this.left > 0) throw this.fault(place, "its end", `${this.left} bytes more`);
  }

  /** `headend/not-gbcs`: `place` says what stands there, by the model's names. */
  fault(place: string, expected: string, got: string): CodedError {
    return new CodedError(
      "headend/not-gbcs",
      `pre-command, byte ${this.#at}: ${place}: expected ${expected}, got ${got}: do not sign it`,
      { field: place, at: this.#at, expected, got },
    );
  }
}
