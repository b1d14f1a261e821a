/** Names of keys: method 2 of RFC 5280 §4.2.1.2, which GBCS section 12 demands in certificates and cells. */
import { sha1 } from "@noble/hashes/legacy.js";

/**
 * 8 bytes: the bits 0100 and the last 60 bits of SHA-1 of the point. A name and no proof, so that SHA-1's
 * collisions do no harm: what a key signed is checked by the key.
 */
export function keyIdentifier(publicKey: Uint8Array): Uint8Array {
  const id = sha1(publicKey).slice(-8);
  id[0] = 0x40 | ((id[0] as number) & 0x0f);
  return id;
}
