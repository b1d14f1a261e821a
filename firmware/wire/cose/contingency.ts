/**
 * The contingency key: a signing key that a root's certificate carries encrypted. Nobody can use it, nor tell
 * what it is, until the symmetric key is published in a command (CS02b, mode 9). Wrapped by AES-256-GCM.
 */
import type { Crypto } from "../../../hal/board.ts";
import { NO_BYTES } from "./structure.ts";

const nonceBytes = 12;
const tagBytes = 16;
export const SYMMETRIC_KEY_BYTES = 32;
/** nonce 12 ‖ encrypted public key 32 ‖ tag 16. */
export const WRAPPED_KEY_BYTES = nonceBytes + 32 + tagBytes;

export function wrapContingencyKey(
  crypto: Crypto,
  symmetricKey: Uint8Array,
  nonce: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array {
  const wrapped = new Uint8Array(WRAPPED_KEY_BYTES);
  wrapped.set(nonce);
  wrapped.set(crypto.aesGcmSeal(symmetricKey, nonce, NO_BYTES, publicKey, tagBytes), nonceBytes);
  return wrapped;
}

/** The public key; undefined when `symmetricKey` is not the one, or anything was changed. */
export function unwrapContingencyKey(
  crypto: Crypto,
  symmetricKey: Uint8Array,
  wrapped: Uint8Array,
): Uint8Array | undefined {
  if (symmetricKey.length !== SYMMETRIC_KEY_BYTES || wrapped.length !== WRAPPED_KEY_BYTES) return undefined;
  const [nonce, sealed] = [wrapped.subarray(0, nonceBytes), wrapped.subarray(nonceBytes)];
  return crypto.aesGcmOpen(symmetricKey, nonce, NO_BYTES, sealed, tagBytes);
}
