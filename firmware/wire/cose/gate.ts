/**
 * The gate in front of cbor-x: admits well-formed, deterministic (RFC 8949 §4.2.1), bounded CBOR and throws
 * `wire/malformed` for all else. cbor-x itself takes duplicate keys, longer-than-needed forms and bad
 * UTF-8, and acts on tags (records, errors, regular expressions) and on simple values (packed CBOR); nothing
 * of the kind gets past here.
 *
 * Admitted: integers from -2^63 to 2^64 - 1, byte strings, valid UTF-8 text, arrays, maps (keys: integers, bytes, text;
 * ascending, no two alike), false, true, null. Not admitted: tags, floats, other simple values, indefinite lengths.
 */
import { compareBytes } from "../../../hal/base/bytes.ts";
import { Major } from "../../../hal/base/cbor-head.ts";
import { malformed, Reader } from "./reader.ts";

/** A message of the WAN, and so everything in it, fits 65,535 bytes. */
export const MAX_MESSAGE_BYTES = 65_535;
/** Arrays in arrays; a body's values go five deep. */
export const MAX_DEPTH = 16;
/** Items of one array, entries of one map: a whole profile log of 13 months is 19,056. */
export const MAX_COUNT = 20_000;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Checks one item that fills `bytes`. Returns it unchanged. */
export function admit(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_MESSAGE_BYTES)
    throw malformed(MAX_MESSAGE_BYTES, `at most ${MAX_MESSAGE_BYTES} bytes`, `${bytes.length}`);
  const reader = new Reader(bytes);
  passItem(reader);
  reader.finish();
  return bytes;
}

/** Checks the next item of `reader` and moves past it. */
export function passItem(reader: Reader, depth = 0): void {
  if (depth > MAX_DEPTH) throw malformed(reader.at, `at most ${MAX_DEPTH} levels`, "one more");
  reader.head();
  if (reader.major === Major.text) passText(reader);
  else if (reader.major === Major.bytes) reader.pass(reader.argument);
  else if (reader.major === Major.array) passArray(reader, depth);
  else if (reader.major === Major.map) passMap(reader, depth);
  else if (reader.major >= Major.tag) passSimple(reader);
  else if (reader.major === Major.negative && reader.high > 0x7fff_ffff)
    throw reader.wrong("an integer not below -2^63");
}

function passText(reader: Reader): void {
  const at = reader.at;
  const text = reader.take(reader.argument);
  try {
    utf8.decode(text);
  } catch {
    throw malformed(at, "UTF-8 text", "something else");
  }
}

function passArray(reader: Reader, depth: number): void {
  const count = boundedCount(reader);
  for (let i = 0; i < count; i++) passItem(reader, depth + 1);
}

function passMap(reader: Reader, depth: number): void {
  const count = boundedCount(reader);
  let previous: Uint8Array | undefined;
  for (let i = 0; i < count; i++) {
    const key = passKey(reader, depth);
    if (previous !== undefined && compareBytes(previous, key) >= 0)
      throw malformed(reader.at - key.length, "ascending keys", "a key out of order or twice");
    previous = key;
    passItem(reader, depth + 1);
  }
}

function passKey(reader: Reader, depth: number): Uint8Array {
  const start = reader.at;
  if (reader.peekByte() >> 5 >= Major.array)
    throw malformed(start, "an integer, bytes or text as key", "else");
  passItem(reader, depth + 1);
  return reader.bytes.subarray(start, reader.at);
}

/** Each item takes a byte at least, so a count beyond the bytes left is a lie. */
function boundedCount(reader: Reader): number {
  if (reader.argument > MAX_COUNT || reader.argument > reader.bytes.length - reader.at)
    throw reader.wrong(`at most ${Math.min(MAX_COUNT, reader.bytes.length - reader.at)} items`);
  return reader.argument;
}

function passSimple(reader: Reader): void {
  const initial = reader.bytes[reader.at - 1];
  const oneByte = reader.major === Major.simple && reader.argument < 24;
  if (!oneByte || initial === undefined || initial < 0xf4 || initial > 0xf6)
    throw reader.wrong("false, true or null");
}
