/**
 * A root's contingency key: the extension id-pe-wrappedApexContinKey (RFC 5934 §6.1), an algorithm and the wrapped
 * public key. The algorithm here is AES-256-GCM with a tag of 16 bytes (RFC 5084); what is wrapped is the key's
 * SubjectPublicKeyInfo. The symmetric key is published in a command (CS02b, mode 9).
 */
import { sameBytes } from "../../../../hal/base/bytes.ts";
import type { Crypto } from "../../../../hal/board.ts";
import { malformed } from "../bytes.ts";
import { der, onlyItem, Tag } from "../der.ts";
import { derOid, Oid } from "./oids.ts";
import { POINT_BYTES, pointUsable, SPKI_BYTES, writeSpki } from "./spki.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SYMMETRIC_KEY_BYTES = 32;
const NOTHING = new Uint8Array(0);

const tagLength = der(Tag.integer, Uint8Array.of(TAG_BYTES));
const algorithm = (nonce: Uint8Array) =>
  der(Tag.sequence, derOid(Oid.aes256Gcm), der(Tag.sequence, der(Tag.octetString, nonce), tagLength));
const wrapped = (nonce: Uint8Array, sealed: Uint8Array) =>
  der(Tag.sequence, algorithm(nonce), der(Tag.octetString, sealed));

/** Length of the extension's value, which is how a wrapped key is kept. */
export const WRAPPED_KEY_BYTES = wrapped(
  new Uint8Array(NONCE_BYTES),
  new Uint8Array(SPKI_BYTES + TAG_BYTES),
).length;

/** `publicKey`: a point of 65 bytes; `nonce`: 12 bytes; `symmetricKey`: 32 bytes. */
export function wrapContingencyKey(
  crypto: Crypto,
  symmetricKey: Uint8Array,
  nonce: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array {
  return wrapped(nonce, crypto.aesGcmSeal(symmetricKey, nonce, NOTHING, writeSpki(publicKey), TAG_BYTES));
}

/** The point; undefined when `symmetricKey` is not the one, anything was changed, or no key was wrapped. */
export function unwrapContingencyKey(
  crypto: Crypto,
  symmetricKey: Uint8Array,
  bytes: Uint8Array,
): Uint8Array | undefined {
  if (symmetricKey.length !== SYMMETRIC_KEY_BYTES || bytes.length !== WRAPPED_KEY_BYTES) return undefined;
  const sealed = bytes.subarray(-(SPKI_BYTES + TAG_BYTES));
  const nonceEnd = bytes.length - sealed.length - 2 - tagLength.length;
  const nonce = bytes.subarray(nonceEnd - NONCE_BYTES, nonceEnd);
  if (!sameBytes(wrapped(nonce, sealed), bytes)) return undefined;
  const spki = crypto.aesGcmOpen(symmetricKey, nonce, NOTHING, sealed, TAG_BYTES);
  const point = spki?.subarray(-POINT_BYTES);
  if (!spki || !point || !sameBytes(writeSpki(point), spki)) return undefined;
  return pointUsable(crypto, point) ? point : undefined;
}

/** Checks the extension's form; what is in it stays wrapped. Throws `wire/malformed`. */
export function readContingencyKey(value: Uint8Array): Uint8Array {
  const key = onlyItem(value, "wrapped contingency key", Tag.sequence);
  key.into("wrap algorithm", Tag.sequence);
  key.into("wrapped key", Tag.octetString);
  key.finish("wrapped contingency key");
  if (value.length !== WRAPPED_KEY_BYTES)
    throw malformed("wrapped contingency key", 0, `${WRAPPED_KEY_BYTES} bytes`, value.length);
  return value;
}
