/**
 * DER (X.690 §8, §10.1) of certificates and payloads: items of tag, length and content. Tags have one byte, lengths
 * reach to 65535, and no item reaches beyond what holds it. Longer or indefinite lengths are refused.
 */
import type { CodedError } from "../../../hal/base/coded-error.ts";
import { byteText, type Lengths, lengthBytes, malformed, Reader, Writer } from "./bytes.ts";

/** Universal tags in use, with the bit for "constructed" where they are; and context tags of certificates. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** Context tag 0, of a primitive and of a constructed type. */
  context0: 0x80,
  inContext0: 0xa0,
  inContext3: 0xa3,
} as const;
const CONSTRUCTED = 0x20;
const CONTEXT = 0x80;

/** The byte of an implicit context tag that takes the place of `tag`. */
export const contextTag = (number: number, tag: number): number => CONTEXT | (tag & CONSTRUCTED) | number;

/** Where an item stands in the bytes that are read: tag at `at`, content from `from` up to `end`. */
export interface Item {
  readonly tag: number;
  readonly at: number;
  readonly from: number;
  readonly end: number;
}

/** Which lengths are read, and the error of bytes that are not as they must be. */
export interface DerForm {
  readonly lengths: Lengths;
  readonly refused: (field: string, at: number, expected: string, got: number | string) => CodedError;
}

const strict: DerForm = { lengths: "shortest", refused: malformed };

/** Reads items in order; those within one are read by a reader of their own. Throws as its form has it. */
export class DerReader extends Reader {
  readonly #form: DerForm;

  /** Unless `form` says otherwise, lengths are the shortest, and errors `wire/malformed`. */
  constructor(bytes: Uint8Array, at = 0, end = bytes.length, form = strict) {
    super(bytes, at, end);
    this.#form = form;
  }

  protected override refused(...why: Parameters<DerForm["refused"]>): CodedError {
    return this.#form.refused(...why);
  }

  /** The next item's tag; undefined at the end. */
  get tag(): number | undefined {
    return this.left > 0 ? this.bytes[this.at] : undefined;
  }

  /** The next item, whatever its tag. */
  item(field: string): Item {
    const { at, left } = this;
    if (left < 2) throw this.refused(field, at, "tag and length", `${left} bytes`);
    const tag = this.u8(field);
    if ((tag & 0x1f) === 0x1f) throw this.refused(field, at, "a tag of one byte", byteText(tag));
    const length = this.length(field, this.#form.lengths);
    const from = this.at;
    if (length > this.left) throw this.refused(field, at + 1, `a length up to ${this.left}`, length);
    this.at += length;
    return { tag, at, from, end: this.at };
  }

  /** A reader of the content of an item that was read from these bytes. */
  within({ from, end }: Item): DerReader {
    return new DerReader(this.bytes, from, end, this.#form);
  }

  /** A reader of the content of the next item, which must have `tag`. */
  into(field: string, tag: number): DerReader {
    const item = this.item(field);
    if (item.tag !== tag) throw this.refused(field, item.at, `tag ${byteText(tag)}`, byteText(item.tag));
    return this.within(item);
  }

  /** A view of the content of the next item. */
  content(field: string, tag: number): Uint8Array {
    return this.into(field, tag).rest();
  }

  /** A view of the next item whole, tag and length included. */
  element(field: string, tag: number): Uint8Array {
    const start = this.at;
    this.into(field, tag);
    return this.bytes.subarray(start, this.at);
  }

  rest(): Uint8Array {
    return this.bytes.subarray(this.at, this.end);
  }

  /** The magnitude of an INTEGER that is not negative, in 1 to `maxBytes` bytes without leading zeros. */
  unsigned(field: string, maxBytes: number): Uint8Array {
    const at = this.at;
    const content = this.content(field, Tag.integer);
    const bytes = content[0] === 0 && content.length > 1 ? content.subarray(1) : content;
    if (!isInteger(content) || (content[0] as number) >= 0x80 || bytes.length > maxBytes)
      throw this.refused(
        field,
        at,
        `a non-negative INTEGER of up to ${maxBytes} bytes`,
        `${content.length} bytes`,
      );
    return bytes;
  }

  finish(field: string): void {
    if (this.left > 0) throw this.refused(field, this.at, "its end", `${this.left} more bytes`);
  }
}

/** A reader of the content of the one item, with `tag`, that `bytes` are. Throws `wire/malformed`. */
export function onlyItem(bytes: Uint8Array, field: string, tag: number): DerReader {
  const reader = new DerReader(bytes);
  const content = reader.into(field, tag);
  reader.finish(field);
  return content;
}

/** Are `octets` an INTEGER's content: one at least, and no more than it needs (X.690 §8.3.2)? */
export function isInteger(octets: Uint8Array): boolean {
  const [first, second] = octets;
  if (first === undefined || second === undefined) return first !== undefined;
  return first === 0 ? second >= 0x80 : first !== 0xff || second < 0x80;
}

/** The content of a BIT STRING of names whose one bit, counted from the highest, is `bit` (X.690 §11.2.2). */
export const oneBit = (bit: number): Uint8Array => Uint8Array.of(7 - bit, 0x80 >>> bit);

/** One item around `parts`, whose content is 65,535 bytes at most; its length is written as `lengths` has it. */
export function derItem(lengths: Lengths, tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const writer = new Writer(1 + lengthBytes(length, lengths) + length).u8(tag).length(length, lengths);
  for (const part of parts) writer.put(part);
  return writer.bytes;
}

/** One item around `parts`, its length in the shortest form. */
export const der = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  derItem("shortest", tag, ...parts);

/** INTEGER of a magnitude, most significant byte first. */
export function derUnsigned(magnitude: Uint8Array): Uint8Array {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const bytes = first < 0 ? Uint8Array.of(0) : magnitude.subarray(first);
  return (bytes[0] as number) < 0x80 ? der(Tag.integer, bytes) : der(Tag.integer, Uint8Array.of(0), bytes);
}

const utf8 = new TextEncoder();
export const textOctets = (text: string): Uint8Array => utf8.encode(text);
