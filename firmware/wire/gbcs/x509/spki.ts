/** A P-256 public key as SubjectPublicKeyInfo (RFC 5480), and an ECDSA signature as DER (RFC 3279 §2.2.3). */
import { sameBytes } from "../../../../hal/base/bytes.ts";
import type { Crypto } from "../../../../hal/board.ts";
import { malformed } from "../bytes.ts";
import { type DerReader, der, derUnsigned, onlyItem, Tag } from "../der.ts";
import { derOid, Oid } from "./oids.ts";

export const POINT_BYTES = 65;
const NO_UNUSED_BITS = Uint8Array.of(0);
export const writeBits = (bytes: Uint8Array): Uint8Array => der(Tag.bitString, NO_UNUSED_BITS, bytes);

const algorithm = der(Tag.sequence, derOid(Oid.ecPublicKey), derOid(Oid.p256));

export const writeSpki = (publicKey: Uint8Array): Uint8Array =>
  der(Tag.sequence, algorithm, writeBits(publicKey));
export const SPKI_BYTES = writeSpki(new Uint8Array(POINT_BYTES)).length;

/** The uncompressed point, 65 bytes. Whether it is on the curve is for the user of the key to check. */
export function readSpki(reader: DerReader): Uint8Array {
  const spki = reader.into("public key", Tag.sequence);
  const at = spki.at;
  if (!sameBytes(spki.element("key algorithm", Tag.sequence), algorithm))
    throw malformed("key algorithm", at, "an EC key on P-256", "another algorithm");
  const point = readBits(spki, "public key");
  spki.finish("public key");
  if (point.length !== POINT_BYTES || point[0] !== 4)
    throw malformed("public key", at, "an uncompressed point of 65 bytes", `${point.length} bytes`);
  return point;
}

const one = Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0));

/** Is it an uncompressed point on P-256? Another verifies nothing and agrees on nothing. */
export const pointUsable = (crypto: Crypto, point: Uint8Array): boolean =>
  crypto.p256SharedSecret(one, point) !== undefined;

/** BIT STRING of whole bytes. */
export function readBits(reader: DerReader, field: string): Uint8Array {
  const bits = reader.into(field, Tag.bitString);
  bits.expect(`${field} unused bits`, 0);
  return bits.rest();
}

/** r ‖ s, 64 bytes. Throws `wire/malformed`. */
export function readSignature(value: Uint8Array): Uint8Array {
  const pair = onlyItem(value, "signature", Tag.sequence);
  const raw = new Uint8Array(64);
  for (const end of [32, 64]) {
    const part = pair.unsigned("signature part", 32);
    raw.set(part, end - part.length);
  }
  pair.finish("signature");
  return raw;
}

export const writeSignature = (raw: Uint8Array): Uint8Array =>
  der(Tag.sequence, derUnsigned(raw.subarray(0, 32)), derUnsigned(raw.subarray(32)));
