/** COSE_Mac0 (RFC 9052 §6.2, §6.3) with HMAC 256/256 (RFC 9053 §3.1). */
import { sameBytes } from "../../../hal/base/bytes.ts";
import type { Mac } from "../../../hal/board.ts";
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

/** Reads a COSE_Mac0, tagged or not, checking nothing but its form. Throws `wire/malformed`. */
export function readMac0(bytes: Uint8Array): Structure {
  return readStructure(bytes, Tag.mac0);
}

/** Is the tag right? Throws `wire/algorithm` when the structure names another algorithm than HMAC 256/256. */
export function mac0Valid(structure: Structure, mac: Mac, externalAad = NO_BYTES): boolean {
  requireAlgorithm(structure, Algorithm.hmac256);
  const input = authenticated("MAC0", structure.protectedBytes, externalAad, structure.content);
  return sameBytes(mac(input), structure.authenticator);
}

/** A COSE_Mac0 (tag 17) with nothing unprotected and no external data. `keyId`: 8 bytes. */
export function mac0(payload: Uint8Array, mac: Mac, keyId: Uint8Array): Uint8Array {
  const headers = protectedHeaders(Algorithm.hmac256, keyId);
  const tag = mac(authenticated("MAC0", headers, NO_BYTES, payload));
  return writeStructure(Tag.mac0, headers, NO_HEADERS, payload, tag);
}
