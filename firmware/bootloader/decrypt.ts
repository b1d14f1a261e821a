/** Encrypted images: the AES key comes in an ECIES-X25519 TLV, the payload is AES-128-CTR from counter 0. */
import { sameBytes } from "../../hal/base/bytes.ts";
import type { Crypto } from "../../hal/board.ts";
import { FLAG_AES128, findTlv, type McubootImage, TlvType } from "./image.ts";
import { refuse } from "./refusals.ts";

const INFO = Uint8Array.from("MCUBoot_ECIES_v1", (character) => character.charCodeAt(0));

/**
 * Header, plaintext payload and protected TLVs: what hash and signature cover (the header keeps its flag).
 * An image that is not encrypted comes back as it is. Refuses `image/encrypted` and `image/decryption`.
 */
export function plainRegion(image: McubootImage, secret: Uint8Array | undefined, crypto: Crypto): Uint8Array {
  const keyTlv = findTlv(image.tlvs, TlvType.encX25519);
  if (image.flags !== FLAG_AES128) {
    if (keyTlv !== undefined) refuse("encrypted", "it carries an encryption key, and its header says plain");
    return image.covered;
  }
  if (keyTlv === undefined)
    refuse("encrypted", "its header says encrypted, and it carries no X25519 key TLV");
  if (secret === undefined) refuse("encrypted", "it is encrypted, and no decryption key was given");
  const key = unwrapKey(keyTlv.value, secret, crypto);
  const plain = image.covered.slice();
  plain.set(aesCtr(key, image.payload, crypto), image.headerBytes);
  return plain;
}

/** The TLV is: ephemeral public key 32, HMAC 32, wrapped key 16. HKDF gives the wrapping key 16, then the HMAC key 32. */
function unwrapKey(tlv: Uint8Array, secret: Uint8Array, crypto: Crypto): Uint8Array {
  if (tlv.length !== 80) refuse("tlv-length", `the X25519 key TLV has ${tlv.length} bytes, expected 80`);
  const shared = crypto.x25519(secret, tlv.subarray(0, 32));
  if (shared === undefined) refuse("decryption", "its ephemeral key is of small order");
  const keys = crypto.hkdfSha256(shared, new Uint8Array(0), INFO, 48);
  const wrapped = tlv.subarray(64);
  if (!sameBytes(crypto.hmacSha256(keys.subarray(16))(wrapped), tlv.subarray(32, 64)))
    refuse("decryption", "its AES key does not open with the given decryption key");
  return aesCtr(keys.subarray(0, 16), wrapped, crypto);
}

/**
 * AES-128-CTR from an all-zero counter block. GCM with a zero nonce is the same key stream from counter 2
 * on, so that only the first two blocks are made one by one.
 */
function aesCtr(key: Uint8Array, text: Uint8Array, crypto: Crypto): Uint8Array {
  const out = text.slice();
  for (let block = 0; block < 2; block++) {
    const counter = new Uint8Array(16);
    counter[15] = block;
    const stream = crypto.aesBlock(key, counter);
    for (let i = 0; i < 16 && block * 16 + i < out.length; i++) out[block * 16 + i]! ^= stream[i]!;
  }
  if (text.length <= 32) return out;
  const sealed = crypto.aesGcmSeal(key, new Uint8Array(12), new Uint8Array(0), text.subarray(32), 16);
  out.set(sealed.subarray(0, text.length - 32), 32);
  return out;
}
