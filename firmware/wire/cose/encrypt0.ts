/** COSE_Encrypt0 (RFC 9052 §5.2, §5.3) with A128GCM, 16-byte tag (RFC 9053 §4.1). */
import type { Crypto } from "../../../hal/board.ts";
import { encode } from "./cbor.ts";
import {
  Algorithm,
  authenticated,
  NO_BYTES,
  readStructure,
  requireAlgorithm,
  type Structure,
  Tag,
  writeStructure,
} from "./structure.ts";

const TAG_BYTES = 16;
const IV_BYTES = 12;
const protectedBytes = encode(new Map([[1, Algorithm.a128gcm]]));

/** Reads a COSE_Encrypt0, tagged or not, checking nothing but its form. Throws `wire/malformed`. */
export function readEncrypt0(bytes: Uint8Array): Structure {
  return readStructure(bytes, Tag.encrypt0);
}

/** The plaintext; undefined when the key, the IV or any byte is wrong. Throws `wire/algorithm`. */
export function openEncrypt0(crypto: Crypto, structure: Structure, key: Uint8Array, externalAad = NO_BYTES) {
  requireAlgorithm(structure, Algorithm.a128gcm);
  const iv = structure.protectedHeaders.iv ?? structure.unprotectedHeaders.iv;
  if (iv?.length !== IV_BYTES) return undefined;
  const aad = authenticated("Encrypt0", structure.protectedBytes, externalAad);
  return crypto.aesGcmOpen(key, iv, aad, structure.content, TAG_BYTES);
}

/** A COSE_Encrypt0 (tag 16). `key`: 16 bytes; `iv`: 12 bytes, never used twice with one key. */
export function encrypt0(
  crypto: Crypto,
  plaintext: Uint8Array,
  key: Uint8Array,
  iv: Uint8Array,
  externalAad: Uint8Array,
): Uint8Array {
  const aad = authenticated("Encrypt0", protectedBytes, externalAad);
  const ciphertext = crypto.aesGcmSeal(key, iv, aad, plaintext, TAG_BYTES);
  return writeStructure(Tag.encrypt0, protectedBytes, encode(new Map([[5, iv]])), ciphertext);
}
