/**
 * CBOR payloads by cbor-x, behind a gate that is as tolerant as real SMP servers need, and bounded.
 *
 * Tolerated: indefinite maps, arrays and strings, longer-than-needed forms, keys in any order, keys nobody asked for,
 * tags (dropped, their content kept), floats, `undefined`, integer keys (taken as their decimal text).
 * Refused with `RangeError`: anything that is not well-formed, bad UTF-8, a key that comes twice (two readers could
 * take different ones), keys of other types, simple values without a meaning, more than {@link MAX_DEPTH} levels
 * or {@link MAX_ITEMS} items, and bytes after the map.
 *
 * cbor-x acts on tags and simple values and knows no indefinite strings, so it never sees the bytes of a stranger,
 * only the definite copy without tags that the gate makes.
 */
import { Encoder } from "cbor-x";
import { encodeHead, Major, readHead } from "../../base/cbor-head.ts";

/** What goes through SMP: text keys; values are CBOR's. Byte strings are Uint8Array, integers beyond 53 bits bigint. */
export type Payload = Record<string, unknown>;

export const MAX_DEPTH = 12;
export const MAX_ITEMS = 20_000;

const codec = new Encoder({
  useRecords: false,
  mapsAsObjects: false,
  variableMapSize: true,
  tagUint8Array: false,
  copyBuffers: true,
  ...{ useTag259ForMaps: false }, // cbor-x's own types forget this one
});

/** The map that fills `bytes`. */
export function decodePayload(bytes: Uint8Array): Payload {
  const gate = new Gate(bytes);
  gate.map();
  return fromCborX(codec.decode(gate.copy())) as Payload;
}

/**
 * A definite map, keys in the order given, as some clients need it; entries with the value `undefined` are left out.
 * `RangeError` for an integer that would need a bignum.
 */
export function encodePayload(payload: Payload): Uint8Array {
  const bytes: Uint8Array = codec.encode(toCborX(payload));
  return new Uint8Array(bytes); // cbor-x answers with a piece of its own slab
}

const WORD = 0x1_0000_0000;

/** cbor-x writes numbers beyond 32 bits as floats and every bigint in eight bytes: each gets its shortest form here. */
function toCborX(value: unknown): unknown {
  if (typeof value === "number")
    return Number.isSafeInteger(value) && (value >= WORD || value < -WORD) ? BigInt(value) : value;
  if (typeof value === "bigint") return bigintToCborX(value);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(toCborX);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return new Map(entries.map(([key, item]) => [key, toCborX(item)]));
}

/** cbor-x writes what it takes for more than 64 bits as a bignum, -2^64 among them, which no SMP server reads. */
function bigintToCborX(value: bigint): number | bigint {
  if (value >= 1n << 64n || value <= -(1n << 64n))
    throw new RangeError(
      `CBOR: expected an integer from 1 - 2^64 to 2^64 - 1, got ${value.toString().slice(0, 40)}`,
    );
  return value < BigInt(WORD) && value >= BigInt(-WORD) ? Number(value) : value;
}

/** Eight-byte integers come as bigint: those of up to 53 bits become numbers. Maps become objects of own properties. */
function fromCborX(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(fromCborX);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [key, fromCborX(item)]));
  return value instanceof Uint8Array ? new Uint8Array(value) : value;
}

const INDEFINITE = 31;
const BREAK = 0xff;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Head {
  readonly major: number;
  /** The low five bits of the first byte. */
  readonly info: number;
  /** The argument; at most 2^53, which no count or length may reach. */
  readonly argument: number;
  readonly start: number;
}

/** Walks the bytes once, checks them, and gathers the pieces of the copy that cbor-x may see. */
class Gate {
  readonly #bytes: Uint8Array;
  readonly #pieces: Uint8Array[] = [];
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  copy(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  /** One map that fills everything. */
  map(): void {
    const head = this.#headPastTags();
    if (head.major !== Major.map) throw this.#wrong("a map");
    this.#map(head, 1);
    if (this.#at !== this.#bytes.length) throw this.#wrong("the end");
  }

  #item(depth: number): void {
    const head = this.#headPastTags();
    if (head.major === Major.map) this.#map(head, depth);
    else if (head.major === Major.array) this.#array(head, depth);
    else if (head.major === Major.text) this.#string(head);
    else if (head.major === Major.bytes) this.#string(head);
    else if (head.major === Major.simple) this.#simple(head);
    else this.#pieces.push(this.#bytes.subarray(head.start, this.#at));
  }

  #map(head: Head, depth: number): void {
    const keys = new Set<string>();
    const slot = this.#pieces.push(emptyPiece) - 1;
    const count = this.#each(head, depth, () => {
      const key = this.#key();
      if (keys.has(key)) throw this.#wrong(`a key that is not there yet, got ${JSON.stringify(key)} again`);
      keys.add(key);
      this.#item(depth + 1);
    });
    this.#pieces[slot] = encodeHead(Major.map, count);
  }

  #array(head: Head, depth: number): void {
    const slot = this.#pieces.push(emptyPiece) - 1;
    const count = this.#each(head, depth, () => this.#item(depth + 1));
    this.#pieces[slot] = encodeHead(Major.array, count);
  }

  /** Runs `pass` for each entry of an array or a map; how many there were. */
  #each(head: Head, depth: number, pass: () => void): number {
    if (depth > MAX_DEPTH) throw this.#wrong(`at most ${MAX_DEPTH} levels`);
    let count = 0;
    for (; head.info === INDEFINITE ? !this.#takeBreak() : count < head.argument; count++) pass();
    return count;
  }

  /** The key's text goes into the copy, whatever form it came in. */
  #key(): string {
    const head = this.#headPastTags();
    if (head.major !== Major.text && head.major > Major.negative) throw this.#wrong("a text or integer key");
    const text =
      head.major === Major.text ? this.#text(head) : String(head.major ? -1 - head.argument : head.argument);
    const bytes = Buffer.from(text);
    this.#pieces.push(encodeHead(Major.text, bytes.length), bytes);
    return text;
  }

  #string(head: Head): void {
    const content = this.#content(head);
    if (head.major === Major.text) this.#checkText(content);
    this.#pieces.push(encodeHead(head.major, content.length), content);
  }

  #text(head: Head): string {
    return this.#checkText(this.#content(head));
  }

  #checkText(content: Uint8Array): string {
    try {
      return utf8.decode(content);
    } catch {
      throw this.#wrong("UTF-8 text");
    }
  }

  /** The bytes of a string; an indefinite one is definite strings of its own type, up to a break. */
  #content(head: Head): Uint8Array {
    if (head.info !== INDEFINITE) return this.#take(head.argument);
    const chunks: Uint8Array[] = [];
    while (!this.#takeBreak()) {
      const chunk = this.#head();
      if (chunk.major !== head.major || chunk.info === INDEFINITE) throw this.#wrong("a chunk of the string");
      chunks.push(this.#take(chunk.argument));
    }
    return Buffer.concat(chunks);
  }

  /** false, true, null, undefined and the three floats. */
  #simple(head: Head): void {
    if (head.info < 20 || head.info === 24 || head.info > 27)
      throw this.#wrong("a simple value with a meaning");
    this.#pieces.push(this.#bytes.subarray(head.start, this.#at));
  }

  #headPastTags(): Head {
    for (let tags = 0; ; tags++) {
      const head = this.#head();
      if (head.major !== Major.tag) return head;
      if (tags === MAX_DEPTH) throw this.#wrong("fewer tags");
    }
  }

  #head(): Head {
    if (++this.#items > MAX_ITEMS) throw this.#wrong(`at most ${MAX_ITEMS} items`);
    const start = this.#at;
    const head = readHead(this.#bytes, start);
    if (head === "truncated") throw this.#wrong("the rest of the item");
    if (head === "reserved" || (head.indefinite && (head.major < Major.bytes || head.major > Major.map)))
      throw this.#wrong("a well-formed item");
    this.#at = head.end;
    return { major: head.major, info: head.info, argument: Number(head.argument), start };
  }

  #takeBreak(): boolean {
    if (this.#bytes[this.#at] !== BREAK) return false;
    this.#at++;
    return true;
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw this.#wrong(`${length} more bytes`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #wrong(expected: string): RangeError {
    return new RangeError(`CBOR: expected ${expected} at byte ${this.#at} of ${this.#bytes.length}`);
  }
}

const emptyPiece = new Uint8Array(0);
