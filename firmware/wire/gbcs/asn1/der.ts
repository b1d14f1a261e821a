/**
 * Items of DER (X.690 §8, §10.1): tag, length, content. Tags have one byte. Lengths are DER's shortest, or as devices
 * write them (`82 nnnn` from 128 on); longer or indefinite ones are refused, and no item reaches beyond what holds it.
 */
import { CodedError, withoutStack } from "../../../../hal/base/coded-error.ts";
import { toHex } from "../../../../hal/base/hex.ts";

/** Universal tags in use; a SEQUENCE's with the bit for "constructed". */
export const Tag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  enumerated: 0x0a,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;
const CONSTRUCTED = 0x20;
const CONTEXT = 0x80;

/** The byte of an implicit context tag that takes the place of `tag`. */
export const contextTag = (number: number, tag: number): number => CONTEXT | (tag & CONSTRUCTED) | number;

/** How lengths are written: the shortest form (parties), or `82 nnnn` for all from 128 on (devices). */
export type Lengths = "shortest" | "device";

/** Content bytes of one item; keeps every item within what a message can hold. */
export const MAX_CONTENT_BYTES = 0xffff;

/** Where an item stands in the payload's bytes: tag at `at`, content from `from` up to `end`. */
export interface Item {
  readonly tag: number;
  readonly at: number;
  readonly from: number;
  readonly end: number;
}

/** `wire/format`: `field` at byte `at` of the payload is not as its type demands. */
export function refused(field: string, at: number, expected: string, got: number | string): CodedError {
  const message = `ASN.1 ${field} at byte ${at}: expected ${expected}, got ${got}; the payload is damaged or of another message`;
  return withoutStack(() => new CodedError("wire/format", message, { field, at, expected, got }));
}

export const byteText = (byte: number | undefined): string =>
  byte === undefined ? "the end" : toHex(Uint8Array.of(byte));

/** The item that begins at `at`; `end` is where the one around it ends. Throws `wire/format`. */
export function readItem(bytes: Uint8Array, at: number, end: number, field: string): Item {
  if (at + 2 > end) throw refused(field, at, "tag and length", `${end - at} bytes`);
  const tag = bytes[at] as number;
  if ((tag & 0x1f) === 0x1f) throw refused(field, at, "a tag of one byte", byteText(tag));
  const { length, from } = readLength(bytes, at + 1, end, field);
  if (length > end - from) throw refused(field, at + 1, `a length up to ${end - from}`, length);
  return { tag, at, from, end: from + length };
}

function readLength(bytes: Uint8Array, at: number, end: number, field: string) {
  const first = bytes[at] as number;
  if (first < 0x80) return { length: first, from: at + 1 };
  const count = first - 0x80;
  if (count < 1 || count > 2)
    throw refused(field, at, "a length of one byte, 81 nn or 82 nnnn", byteText(first));
  const from = at + 1 + count;
  if (from > end) throw refused(field, at, `${count} bytes of length`, `${end - at - 1} bytes`);
  const length =
    count === 1 ? (bytes[at + 1] as number) : (bytes[at + 1] as number) * 256 + (bytes[at + 2] as number);
  if (length < 0x80)
    throw refused(field, at, "a length below 128 in one byte", `${byteText(first)} for ${length}`);
  return { length, from };
}

/** Writes from the end to the start, so that an item's length is known when its head is written. */
export class BackWriter {
  #bytes = new Uint8Array(512);
  #at = this.#bytes.length;
  readonly #lengths: Lengths;

  constructor(lengths: Lengths) {
    this.#lengths = lengths;
  }

  /** Bytes written until now. */
  get size(): number {
    return this.#bytes.length - this.#at;
  }

  /** Puts bytes before all that was written. */
  put(...bytes: readonly number[]): void {
    this.#reserve(bytes.length);
    for (const [i, byte] of bytes.entries()) this.#bytes[this.#at + i] = byte;
  }

  putAll(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
  }

  /** Puts the head of an item whose content is all that was written since `size` was `before`. Throws `wire/format`. */
  head(tag: number, before: number, field: string): void {
    const length = this.size - before;
    if (length > MAX_CONTENT_BYTES)
      throw refused(field, 0, `at most ${MAX_CONTENT_BYTES} bytes to write`, length);
    if (length < 0x80) this.put(tag, length);
    else if (length < 0x100 && this.#lengths === "shortest") this.put(tag, 0x81, length);
    else this.put(tag, 0x82, length >>> 8, length & 0xff);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(this.#at);
  }

  #reserve(count: number): void {
    if (count > this.#at) {
      const { size } = this;
      const larger = new Uint8Array((size + count) * 2);
      larger.set(this.#bytes.subarray(this.#at), larger.length - size);
      this.#bytes = larger;
      this.#at = larger.length - size;
    }
    this.#at -= count;
  }
}
