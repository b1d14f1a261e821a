/** COSE_Sign1 (RFC 9052 §4.2, §4.4). */
import type { Verifier } from "../../../hal/board.ts";
import {
  Algorithm,
  authenticated,
  NO_BYTES,
  NO_HEADERS,
  protectedHeaders,
  readStructure,
  requireAlgorithm,
  type Structure,
  Tag,
  writeStructure,
} from "./structure.ts";

/** Reads a COSE_Sign1, tagged or not, checking nothing but its form. Throws `wire/malformed`. */
export function readSign1(bytes: Uint8Array): Structure {
  return readStructure(bytes, Tag.sign1);
}

/** Is the signature right, by a key for `algorithm`? Throws `wire/algorithm` when the structure names another. */
export function sign1Valid(
  structure: Structure,
  algorithm: number,
  verify: Verifier,
  externalAad = NO_BYTES,
): boolean {
  requireAlgorithm(structure, algorithm);
  const input = authenticated("Signature1", structure.protectedBytes, externalAad, structure.content);
  return verify(input, structure.authenticator);
}

/** A COSE_Sign1 (tag 18) with EdDSA, nothing unprotected, no external data. `keyId`: 8 bytes. */
export function sign1(
  payload: Uint8Array,
  sign: (input: Uint8Array) => Uint8Array,
  keyId: Uint8Array,
): Uint8Array {
  const headers = protectedHeaders(Algorithm.eddsa, keyId);
  const signature = sign(authenticated("Signature1", headers, NO_BYTES, payload));
  return writeStructure(Tag.sign1, headers, NO_HEADERS, payload, signature);
}
