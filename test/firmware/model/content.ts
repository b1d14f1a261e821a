/** A reference message taken apart: a cursor over bytes, header and payload. For tests of the tables; no codec. */

/** Seconds from 1970 to 2000. */
export const Y2000_S = 946_684_800;

export class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  u8 = () => this.bytes[this.at++]!;
  number(length: number, little = false): number {
    const taken = [...this.take(length)];
    return (little ? taken.reverse() : taken).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new Error(`${length} bytes at ${this.at}`);
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }
  length(): number {
    const first = this.u8();
    return first < 0x80 ? first : this.number(first & 0x7f);
  }
}

export interface Content {
  readonly code: number;
  readonly content: Uint8Array;
  readonly counter: Uint8Array;
  readonly originator: Uint8Array;
  readonly target: Uint8Array;
  /** Octets of other-information. */
  readonly otherBytes: number;
}

/** Header and payload of a GBCS message. */
export function contentOf(message: Uint8Array): Content {
  const cursor = new Cursor(message);
  if (message[0] === 0xdd) {
    cursor.take(7);
    cursor.length();
    cursor.take(5);
  }
  cursor.take(1 + 2);
  const counter = cursor.take(8);
  const [originator, target] = [cursor.take(9).subarray(1), cursor.take(9).subarray(1)];
  cursor.take(cursor.length());
  const other = cursor.take(cursor.length());
  const content = cursor.take(cursor.length());
  const code = other[0]! * 256 + other[1]!;
  return { code, content, counter, originator, target, otherBytes: other.length };
}
