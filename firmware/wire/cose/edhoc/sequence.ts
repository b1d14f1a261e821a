/**
 * CBOR sequences (RFC 8742) as EDHOC uses them: a few small items one after another, bounded and in the
 * deterministic form (RFC 8949 §4.2.1). RFC 9528 §3.1 demands that form, so anything else is refused here,
 * before a key is touched.
 */
import { concat } from "../../../../hal/base/bytes.ts";
import { encodeHead as anyHead, Major } from "../../../../hal/base/cbor-head.ts";
import { CodedError, hasCode } from "../../../../hal/base/coded-error.ts";
import { passItem } from "../gate.ts";
import { Reader } from "../reader.ts";

/** One item of a sequence; `raw` is the whole item, `content` what follows its head. */
export interface Item {
  /** CBOR major type. */
  readonly major: number;
  /** Argument of the head: the integer's, the string's length, the array's or map's count. */
  readonly argument: number;
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * Reads a whole sequence of at most `maxItems` items through the gate of the COSE wire (no tags, floats,
 * indefinite lengths; bounded depth and counts). Throws `edhoc/encoding`, which names `what` and the byte.
 */
export function readSequence(bytes: Uint8Array, maxItems: number, what: string): Item[] {
  const items: Item[] = [];
  const reader = new Reader(bytes);
  while (reader.at < bytes.length) {
    if (items.length === maxItems)
      throw malformed(what, reader.at, `more than the ${maxItems} items that may stand here`);
    items.push(readItem(reader, what));
  }
  return items;
}

function readItem(reader: Reader, what: string): Item {
  const start = reader.at;
  try {
    passItem(reader);
  } catch (error) {
    if (!hasCode(error, "wire/malformed")) throw error;
    throw new CodedError("edhoc/encoding", `${what}, ${(error as Error).message}`, { what }, error);
  }
  const end = reader.at;
  const head = new Reader(reader.bytes, start);
  head.head();
  return {
    major: head.major,
    argument: head.argument,
    raw: reader.bytes.subarray(start, end),
    content: reader.bytes.subarray(head.at, end),
  };
}

/** The integer that `item` is (exact up to 53 bits), or undefined when it is no integer. */
export function integerOf(item: Item): number | undefined {
  if (item.major === Major.uint) return item.argument;
  return item.major === Major.negative ? -1 - item.argument : undefined;
}

export function malformed(what: string, at: number, why: string): CodedError {
  return new CodedError("edhoc/encoding", `${what}, byte ${at}: ${why}`, { what, at });
}

/** UTF-8 text of an item that {@link readSequence} has passed. */
export const textOf = (item: Item): string => new TextDecoder().decode(item.content);

// --- writing ---------------------------------------------------------------------------------------------

/** A CBOR head in its shortest form. Throws `edhoc/options` for what is longer than any message could be. */
export function encodeHead(major: number, argument: number): Uint8Array {
  if (argument < 0x1_0000) return anyHead(major, argument);
  throw new CodedError("edhoc/options", `${argument} is too long for EDHOC: at most 65,535 expected`);
}

export const encodeInteger = (value: number): Uint8Array =>
  value < 0 ? encodeHead(Major.negative, -1 - value) : encodeHead(Major.uint, value);
export const encodeBytes = (value: Uint8Array): Uint8Array =>
  concat(encodeHead(Major.bytes, value.length), value);
export const encodeText = (value: string): Uint8Array => {
  const utf8 = new TextEncoder().encode(value);
  return concat(encodeHead(Major.text, utf8.length), utf8);
};
