/**
 * Deterministic CBOR (RFC 8949 §4.2.1) by cbor-x, which alone neither makes nor demands it: every input goes
 * through the gate first, every output is prepared so that cbor-x has only one way to write it.
 */
import { Encoder } from "cbor-x";
import { compareBytes } from "../../../hal/base/bytes.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { copyOf } from "../../../hal/base/slab.ts";
import { admit, MAX_MESSAGE_BYTES } from "./gate.ts";

/** What deterministic CBOR carries here. Integers up to 53 bits are numbers, larger ones bigint. */
export type Item =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Item[]
  | ReadonlyMap<Item, Item>;

const options = {
  useRecords: false,
  mapsAsObjects: false,
  useTag259ForMaps: false, // cbor-x's own types forget this one
  variableMapSize: true,
  tagUint8Array: false,
  copyBuffers: true,
};
/** Its types forget that `decode` may be told where to end. */
const codec: Encoder & { decode(bytes: Uint8Array, end: number): unknown } = new Encoder(options);

/**
 * Deterministic bytes of `item`. Throws `wire/unencodable` for floats, lone surrogates, integers beyond
 * 64 bits, and a map key that comes twice.
 */
export function encode(item: Item): Uint8Array {
  return copyOf(encodeView(item)); // cbor-x answers with a Buffer where there is one
}

/** The same, to be copied at once: a view of what cbor-x writes into. */
export function encodeView(item: Item): Uint8Array {
  return codec.encode(toCborX(item));
}

/** What cbor-x reads from: it makes a view of each array it is given, which takes longer than to read a short one. */
const source = new Uint8Array(MAX_MESSAGE_BYTES);

/** The item in `bytes`. Throws `wire/malformed` unless the gate admits them. */
export function decode(bytes: Uint8Array): Item {
  source.set(admit(bytes));
  return fromCborX(codec.decode(source, bytes.length) as Item);
}

/**
 * cbor-x writes numbers beyond 32 bits as floats, and any bigint in eight bytes. So the first become bigint
 * and bigints that fit 32 bits become numbers: both then come out in the shortest form.
 */
function toCborX(item: Item): Item {
  switch (typeof item) {
    case "number":
      return numberToCborX(item);
    case "bigint":
      return bigintToCborX(item);
    case "string":
      if (/\p{Surrogate}/u.test(item)) throw unencodable("text with a lone surrogate");
      return item;
    case "boolean":
      return item;
    default:
      return compoundToCborX(item);
  }
}

function compoundToCborX(item: null | Uint8Array | readonly Item[] | ReadonlyMap<Item, Item>): Item {
  if (item === null || item instanceof Uint8Array) return item;
  if (Array.isArray(item)) return (item as readonly Item[]).map(toCborX);
  if (item instanceof Map) return sortedMap(item);
  throw unencodable(typeof item);
}

const WORD = 0x1_0000_0000;

function numberToCborX(value: number): number | bigint {
  if (!Number.isSafeInteger(value)) throw unencodable("a number that is no 53-bit integer");
  if (value >= WORD || value < -WORD) return BigInt(value);
  return value === 0 ? 0 : value; // minus zero is zero
}

function bigintToCborX(value: bigint): number | bigint {
  if (value < BigInt(WORD) && value >= BigInt(-WORD)) return Number(value);
  if (value > 0xffff_ffff_ffff_ffffn || value < -0x8000_0000_0000_0000n)
    throw unencodable("an integer beyond 64 bits");
  return value;
}

function sortedMap(map: ReadonlyMap<Item, Item>): Map<Item, Item> {
  const entries = [...map].map(([key, value]) => ({ bytes: encode(key), key, value }));
  entries.sort((a, b) => compareBytes(a.bytes, b.bytes));
  for (let i = 1; i < entries.length; i++)
    if (compareBytes(entries[i - 1]!.bytes, entries[i]!.bytes) === 0) throw unencodable("a map key twice");
  return new Map(entries.map(({ key, value }) => [toCborX(key), toCborX(value)]));
}

/** cbor-x answers every eight-byte integer as a bigint: those of up to 53 bits become numbers, in place. */
function fromCborX(item: Item): Item {
  if (typeof item === "bigint") {
    const number = Number(item);
    return Number.isSafeInteger(number) ? number : item;
  }
  if (Array.isArray(item)) for (let i = 0; i < item.length; i++) item[i] = fromCborX(item[i]);
  if (item instanceof Map)
    return new Map([...item].map(([key, value]) => [fromCborX(key), fromCborX(value)]));
  return item;
}

/** The error for a value that has no deterministic form here. */
export function unencodable(got: string): CodedError {
  return new CodedError("wire/unencodable", `expected a value with a deterministic form, got ${got}`, {
    got,
  });
}
