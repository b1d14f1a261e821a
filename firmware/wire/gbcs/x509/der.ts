/** DER (X.690) as certificates need it: definite lengths in their shortest form, up to 65535. */
import { concat } from "../../../../hal/base/bytes.ts";
import { lengthBytes, malformed, Reader, Writer } from "../bytes.ts";

export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
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

/** Reads elements in order; those within one are read by a reader of their own. Throws `wire/malformed`. */
export class DerReader extends Reader {
  /** The next element's tag; undefined at the end. */
  get tag(): number | undefined {
    return this.left > 0 ? this.bytes[this.at] : undefined;
  }

  /** A reader of the content of the next element, which must have `tag`. */
  into(field: string, tag: number): DerReader {
    this.expect(`${field} tag`, tag);
    const length = this.length(`${field} length`);
    this.take(field, length);
    return new DerReader(this.bytes, this.at - length, this.at);
  }

  /** A view of the content of the next element. */
  content(field: string, tag: number): Uint8Array {
    return this.into(field, tag).rest();
  }

  /** A view of the next element whole, header included. */
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
    const [first = 0x80, second = 0x80] = content;
    const padded = first === 0 && content.length > 1;
    const bytes = padded ? content.subarray(1) : content;
    if (first >= 0x80 || (padded && second < 0x80) || bytes.length > maxBytes)
      throw malformed(
        field,
        at,
        `a non-negative INTEGER of up to ${maxBytes} bytes`,
        `${content.length} bytes`,
      );
    return bytes;
  }

  finish(field: string): void {
    if (this.left > 0) throw malformed(field, this.at, "its end", `${this.left} more bytes`);
  }
}

/** One element around `parts`. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const writer = new Writer(1 + lengthBytes(content.length) + content.length);
  return writer.u8(tag).length(content.length).put(content).bytes;
}

/** INTEGER of a magnitude, most significant byte first. */
export function derUnsigned(magnitude: Uint8Array): Uint8Array {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const bytes = first < 0 ? Uint8Array.of(0) : magnitude.subarray(first);
  return (bytes[0] as number) < 0x80 ? der(Tag.integer, bytes) : der(Tag.integer, Uint8Array.of(0), bytes);
}

export const derText = (tag: number, text: string): Uint8Array =>
  der(
    tag,
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
  );
