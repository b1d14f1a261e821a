/** Length checks and conversions that every provider shares. */
import { HalError } from "../board.ts";

/** Throws `hal/misuse` unless `bytes` has one of the `allowed` lengths. */
export function requireLength(what: string, bytes: Uint8Array, ...allowed: number[]): void {
  if (allowed.includes(bytes.length)) return;
  throw new HalError("hal/misuse", `${what}: expected ${allowed.join(" or ")} bytes, got ${bytes.length}`, {
    what,
    allowed,
    got: bytes.length,
  });
}

export function requireCcm(key: Uint8Array, nonce: Uint8Array, tagBytes: number): void {
  requireLength("AES-CCM key", key, 16);
  requireLength("AES-CCM nonce", nonce, 7, 8, 9, 10, 11, 12, 13);
  requireTag(tagBytes, 4, 8, 16);
}

export function requireGcm(key: Uint8Array, nonce: Uint8Array, tagBytes: number): void {
  requireLength("AES-GCM key", key, 16, 32);
  requireLength("AES-GCM nonce", nonce, 12);
  requireTag(tagBytes, 12, 16);
}

/** RFC 5869 §2.3: at most 255 blocks. */
export function requireHkdfLength(length: number): void {
  if (Number.isInteger(length) && length > 0 && length <= 255 * 32) return;
  throw new HalError("hal/misuse", `HKDF output: expected 1 to ${255 * 32} bytes, got ${length}`, { length });
}

function requireTag(tagBytes: number, ...allowed: number[]): void {
  if (allowed.includes(tagBytes)) return;
  throw new HalError("hal/misuse", `AEAD tag: expected ${allowed.join(" or ")} bytes, got ${tagBytes}`, {
    allowed,
    got: tagBytes,
  });
}
