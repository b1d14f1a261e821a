/**
 * CBOR for a reader's eye (RFC 8949 §8 diagnostic notation). Takes what other implementations send: indefinite
 * lengths, tags, floats, keys in any order. Makes text only, never objects, and bounds depth, items and text.
 */
import { type CborHead, Major, readHead } from "../../hal/base/cbor-head.ts";
import { toHex } from "../../hal/base/hex.ts";
import { noFit } from "./node.ts";

const MAX_DEPTH = 16;
const MAX_ITEMS = 20_000;
const MAX_TEXT = 400;
const SHOWN_BYTES = 40;

/** One entry of a top-level map. */
export interface CborEntry {
  readonly key: string;
  readonly value: string;
  readonly offset: number;
  readonly length: number;
}

export interface CborText {
  readonly text: string;
  /** The entries when the item is a map. */
  readonly entries: readonly CborEntry[];
  readonly isMap: boolean;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  items: number;
}

/** The one item that fills `bytes`. Throws `decode/no-fit` with the offset where it breaks off. */
export function cborText(bytes: Uint8Array): CborText {
  const cursor: Cursor = { bytes, at: 0, items: 0 };
  const isMap = (bytes[0] ?? 0) >> 5 === Major.map;
  const entries: CborEntry[] = [];
  const text = item(cursor, 0, isMap ? entries : undefined);
  if (cursor.at < bytes.length)
    throw noFit(cursor.at, `${bytes.length - cursor.at} bytes after the CBOR item`);
  return { text, entries, isMap };
}

function item(cursor: Cursor, depth: number, entries?: CborEntry[]): string {
  if (depth > MAX_DEPTH) throw noFit(cursor.at, `CBOR nested deeper than ${MAX_DEPTH} levels`);
  if (++cursor.items > MAX_ITEMS) throw noFit(cursor.at, `more than ${MAX_ITEMS} CBOR items`);
  const start = cursor.at;
  const head = headAt(cursor);
  switch (head.major) {
    case 0:
      return String(head.argument);
    case 1:
      return String(-1n - BigInt(head.argument));
    case 2:
    case 3:
      return string(cursor, head, depth);
    case 4:
      return `[${cut(many(cursor, head, depth, 1).join(", "))}]`;
    case 5:
      return map(cursor, head, depth, entries);
    case 6:
      return `${head.argument}(${item(cursor, depth + 1)})`;
    default:
      return simple(cursor, head, start);
  }
}

function headAt(cursor: Cursor): CborHead {
  const { at, bytes } = cursor;
  if (at === bytes.length) throw noFit(at, "the bytes end where a CBOR item should begin");
  const head = readHead(bytes, at);
  const info = bytes[at]! & 31;
  if (head === "truncated")
    throw noFit(at + 1, `a CBOR head of ${1 << (info - 24)} bytes, but ${bytes.length - at - 1} are left`);
  const meaningless =
    head === "reserved" || (head.indefinite && (head.major < 2 || head.major === Major.tag));
  if (meaningless) throw noFit(at, `CBOR additional information ${info} means nothing here`);
  cursor.at = head.end;
  return head;
}

function takeBytes(cursor: Cursor, length: number, what: string): Uint8Array {
  if (length > cursor.bytes.length - cursor.at)
    throw noFit(cursor.at, `${what} of ${length} bytes, but ${cursor.bytes.length - cursor.at} are left`);
  cursor.at += length;
  return cursor.bytes.subarray(cursor.at - length, cursor.at);
}

function string(cursor: Cursor, head: CborHead, depth: number): string {
  if (head.indefinite) return `(_ ${cut(many(cursor, head, depth, 1).join(", "))})`;
  const bytes = takeBytes(cursor, Number(head.argument), "a CBOR string");
  if (head.major === 3) return cut(JSON.stringify(new TextDecoder().decode(bytes.subarray(0, 4 * MAX_TEXT))));
  const shown = `h'${toHex(bytes.subarray(0, SHOWN_BYTES))}`;
  return bytes.length > SHOWN_BYTES ? `${shown}…' (${bytes.length} bytes)` : `${shown}'`;
}

/** `each` items an element: 1 in arrays and chunked strings, 2 in maps. */
function many(cursor: Cursor, head: CborHead, depth: number, each: number): string[] {
  const out: string[] = [];
  const count = head.indefinite ? Number.POSITIVE_INFINITY : Number(head.argument) * each;
  while (out.length < count) {
    if (head.indefinite && cursor.bytes[cursor.at] === 0xff) {
      cursor.at++;
      break;
    }
    out.push(item(cursor, depth + 1));
  }
  return out;
}

function map(cursor: Cursor, head: CborHead, depth: number, entries: CborEntry[] = []): string {
  const count = head.indefinite ? Number.POSITIVE_INFINITY : Number(head.argument);
  for (let i = 0; i < count; i++) {
    if (head.indefinite && cursor.bytes[cursor.at] === 0xff) {
      cursor.at++;
      break;
    }
    const offset = cursor.at;
    const key = item(cursor, depth + 1);
    entries.push({ key, value: item(cursor, depth + 1), offset, length: cursor.at - offset });
  }
  return `{${cut(entries.map(({ key, value }) => `${key}: ${value}`).join(", "))}}`;
}

function simple(cursor: Cursor, head: CborHead, start: number): string {
  const view = new DataView(cursor.bytes.buffer, cursor.bytes.byteOffset + start);
  if (head.info === 26) return String(view.getFloat32(1));
  if (head.info === 27) return String(view.getFloat64(1));
  if (head.info === 25) return String(half(Number(head.argument)));
  if (head.indefinite) throw noFit(start, "a CBOR break outside an indefinite length");
  const named: Record<string, string> = { 20: "false", 21: "true", 22: "null", 23: "undefined" };
  return named[String(head.argument)] ?? `simple(${head.argument})`;
}

/** RFC 8949 appendix D. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (mantissa + 1024) * 2 ** (exponent - 25);
}

const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
