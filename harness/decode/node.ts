/** What a decoded message is, and the reader that notes every field with its place. */
import { CodedError } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";

export interface DecodedField {
  readonly name: string;
  readonly value: string;
  /** Where the field stands in the bytes of the outermost node, when it stands there as such. */
  readonly offset?: number;
  readonly length?: number;
  /** What the value means, or what is remarkable about it. */
  readonly note?: string;
}

/** One layer of a message; layers inside are its children. Plain data: fit for JSON. */
export interface DecodedNode {
  /** What it is, in a few words. */
  readonly format: string;
  /** How many bytes it has. */
  readonly bytes: number;
  readonly fields: readonly DecodedField[];
  readonly children: readonly DecodedNode[];
  /** Why this reading was taken where others fit too; or why the layer cannot be read. */
  readonly note?: string;
  /** True of a layer that cannot be read and stays as bytes, and of a message that has one. */
  readonly partial?: boolean;
}

/** A format does not fit: where it broke off (an offset), and why. */
export function noFit(at: number, why: string, cause?: unknown): CodedError {
  return new CodedError("decode/no-fit", why, { at }, cause);
}

const SHOWN_BYTES = 40;

/** Bytes as hex, long ones cut. */
export function shownBytes(bytes: Uint8Array): string {
  if (bytes.length <= SHOWN_BYTES) return toHex(bytes);
  return `${toHex(bytes.subarray(0, SHOWN_BYTES))}… (${bytes.length} bytes)`;
}

export const hexNumber = (value: number, digits: number): string =>
  `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;

/** UTC seconds since 1970 as "2026-01-31 12:00:00 UTC"; other values as they are. */
export function shownTime(utcS: number | bigint): string {
  const milliseconds = Number(utcS) * 1000;
  if (!Number.isFinite(milliseconds) || Math.abs(milliseconds) > 8.64e15) return String(utcS);
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** What one taken field becomes. */
type Show = (bytes: Uint8Array) => string | { readonly value: string; readonly note?: string };

/** Takes field after field from bytes, and keeps a note of each. Throws `decode/no-fit` past the end. */
export class Annotator {
  readonly fields: DecodedField[] = [];
  readonly bytes: Uint8Array;
  /** Offset of these bytes in the outermost ones. */
  readonly base: number;
  at = 0;

  constructor(bytes: Uint8Array, base = 0) {
    this.bytes = bytes;
    this.base = base;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** The place of the next byte in the outermost bytes. */
  get place(): number {
    return this.base + this.at;
  }

  take(name: string, length: number, show: Show = shownBytes): Uint8Array {
    if (length > this.left)
      throw noFit(this.place, `${name}: ${length} bytes expected, ${this.left} are left`);
    const taken = this.bytes.subarray(this.at, this.at + length);
    const shown = show(taken);
    const { value, note } = typeof shown === "string" ? { value: shown, note: undefined } : shown;
    this.fields.push({ name, value, offset: this.place, length, ...(note === undefined ? {} : { note }) });
    this.at += length;
    return taken;
  }

  /** Takes bytes that can only be `expected` (hex). */
  expect(name: string, expected: string, note?: string): void {
    const at = this.place;
    const got = toHex(
      this.take(name, expected.length / 2, (b) => ({ value: toHex(b), ...(note ? { note } : {}) })),
    );
    if (got !== expected) throw noFit(at, `${name}: ${expected} expected, got ${got}`);
  }

  unsigned(
    name: string,
    length: number,
    note?: (value: number) => string | undefined,
    little = false,
  ): number {
    let value = 0;
    this.take(name, length, (bytes) => {
      value = numberOf(bytes, little);
      const text = note?.(value);
      return text === undefined ? { value: String(value) } : { value: String(value), note: text };
    });
    return value;
  }

  /** Adds what follows from the fields without standing among them. */
  say(name: string, value: string, note?: string): void {
    this.fields.push({ name, value, ...(note === undefined ? {} : { note }) });
  }

  end(): void {
    if (this.left > 0) throw noFit(this.place, `${this.left} bytes more than the message should have`);
  }

  node(format: string, children: readonly DecodedNode[] = []): DecodedNode {
    return { format, bytes: this.bytes.length, fields: this.fields, children };
  }
}

/** At most six bytes. */
export function numberOf(bytes: Uint8Array, little = false): number {
  const ordered = little ? bytes.slice().reverse() : bytes;
  return ordered.reduce((sum, byte) => sum * 256 + byte, 0);
}
