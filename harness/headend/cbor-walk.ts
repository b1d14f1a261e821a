/**
 * Reads CBOR the plain way, for correlation: small, and not the wire's own decoder, so that a fault there
 * cannot hide here too. Definite lengths only; every length is checked against what is left.
 */
import { CodedError } from "../../hal/base/coded-error.ts";

export type Cbor = null | boolean | number | bigint | string | Uint8Array | readonly Cbor[];

const maxDepth = 12;

/** The one item that `bytes` are. Throws `headend/not-cbor` with the offset. */
export function walk(bytes: Uint8Array): Cbor {
  const [item, end] = itemAt(bytes, 0, 0);
  if (end !== bytes.length) throw fault(end, `${bytes.length - end} bytes after the end`);
  return item;
}

function itemAt(bytes: Uint8Array, at: number, depth: number): [Cbor, number] {
  if (depth > maxDepth) throw fault(at, `nesting deeper than ${maxDepth}`);
  const first = bytes[at];
  if (first === undefined) throw fault(at, "the end of the bytes");
  const major = first >> 5;
  if (major === 7) return [simple(first, at), at + 1];
  const [argument, next] = argumentAt(bytes, at, first & 0x1f);
  if (major === 0) return [argument, next];
  if (major === 1) return [typeof argument === "bigint" ? -1n - argument : -1 - argument, next];
  if (major === 4) return listAt(bytes, next, Number(argument), depth);
  if (major > 4) throw fault(at, "a map or a tag");
  const end = next + Number(argument);
  if (end > bytes.length) throw fault(at, `a string of ${argument} bytes`);
  const string = bytes.slice(next, end);
  return [major === 3 ? Buffer.from(string).toString("utf8") : string, end];
}

function simple(first: number, at: number): Cbor {
  if (first === 0xf4 || first === 0xf5) return first === 0xf5;
  if (first === 0xf6) return null;
  throw fault(at, `the simple value ${first.toString(16)}`);
}

/** Numbers up to 53 bits are numbers, larger ones bigint. */
function argumentAt(bytes: Uint8Array, at: number, info: number): [number | bigint, number] {
  if (info < 24) return [info, at + 1];
  const size = 1 << (info - 24);
  if (info > 27 || at + 1 + size > bytes.length) throw fault(at, "a length that is missing or indefinite");
  let value = 0n;
  for (const byte of bytes.subarray(at + 1, at + 1 + size)) value = (value << 8n) | BigInt(byte);
  return [value <= Number.MAX_SAFE_INTEGER ? Number(value) : value, at + 1 + size];
}

function listAt(bytes: Uint8Array, at: number, count: number, depth: number): [Cbor, number] {
  if (count > bytes.length - at) throw fault(at, `a list of ${count} items`);
  const items: Cbor[] = [];
  let next = at;
  for (let i = 0; i < count; i++) {
    const [item, end] = itemAt(bytes, next, depth + 1);
    items.push(item);
    next = end;
  }
  return [items, next];
}

function fault(at: number, got: string): CodedError {
  return new CodedError(
    "headend/not-cbor",
    `pre-command, byte ${at}: expected an item of a message, got ${got}`,
    { at },
  );
}
