/** Byte strings: joined, compared, ordered. */
import { concatBytes, equalBytes } from "@noble/ciphers/utils.js";

/** All parts, one after the other, in a new array. */
export const concat: (...parts: Uint8Array[]) => Uint8Array = concatBytes;

/** Whether two byte strings are the same; for equal lengths the time taken does not tell where they differ. */
export const sameBytes: (a: Uint8Array, b: Uint8Array) => boolean = equalBytes;

/** Bytewise lexicographic order (RFC 8949 §4.2.1): negative when `a` comes first, 0 when they are the same. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** True when every byte from `from` on is as an erase of NOR flash left it. */
export function isErased(bytes: Uint8Array, from = 0): boolean {
  for (let at = from; at < bytes.length; at++) if (bytes[at] !== 0xff) return false;
  return true;
}
