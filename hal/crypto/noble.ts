/** {@link Crypto} by the noble libraries: plain JavaScript, runs anywhere, the readable reference. */
import { ecb } from "@noble/ciphers/aes.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { type Crypto, HalError, type Signer } from "../board.ts";
import { requireCcm, requireGcm, requireHkdfLength, requireLength } from "./bytes.ts";
import { ccmOpen, ccmSeal, gcmOpen, gcmSeal } from "./noble-aead.ts";
import { ed25519KeyValid, ed25519Signer, ed25519Verifier } from "./noble-ed25519.ts";

/** P-256 as GBCS and COSE have it: no low-S rule. */
const anyS = { lowS: false };

/** Deterministic ECDSA (RFC 6979). */
function p256Signer(secret: Uint8Array): Signer {
  requireLength("P-256 secret", secret, 32);
  if (!p256.utils.isValidSecretKey(secret))
    throw new HalError("hal/misuse", "P-256 secret: expected a scalar from 1 to n - 1");
  const key = secret.slice();
  return {
    publicKey: p256.getPublicKey(key, false),
    sign: (message) => p256.sign(message, key, anyS),
  };
}

const provider: Crypto = {
  name: "noble",
  sha256,
  sha384,
  sha512,
  hmacSha256(key) {
    const prepared = hmac.create(sha256, key);
    return (data) => prepared.clone().update(data).digest();
  },
  hkdfSha256(inputKey, salt, info, length) {
    requireHkdfLength(length);
    return hkdf(sha256, inputKey, salt, info, length);
  },
  aesBlock(key, block) {
    requireLength("AES key", key, 16);
    requireLength("AES block", block, 16);
    return ecb(key, { disablePadding: true }).encrypt(block);
  },
  aesCcmSeal(key, nonce, aad, text, tagBytes) {
    requireCcm(key, nonce, tagBytes);
    return ccmSeal(key, nonce, aad, text, tagBytes);
  },
  aesCcmOpen(key, nonce, aad, sealed, tagBytes) {
    requireCcm(key, nonce, tagBytes);
    return ccmOpen(key, nonce, aad, sealed, tagBytes);
  },
  aesGcmSeal(key, nonce, aad, text, tagBytes) {
    requireGcm(key, nonce, tagBytes);
    return gcmSeal(key, nonce, aad, text, tagBytes);
  },
  aesGcmOpen(key, nonce, aad, sealed, tagBytes) {
    requireGcm(key, nonce, tagBytes);
    return gcmOpen(key, nonce, aad, sealed, tagBytes);
  },
  ed25519Signer,
  ed25519Verifier,
  ed25519KeyValid,
  x25519PublicKey(secret) {
    requireLength("X25519 secret", secret, 32);
    return x25519.getPublicKey(secret);
  },
  x25519(secret, peer) {
    requireLength("X25519 secret", secret, 32);
    requireLength("X25519 public key", peer, 32);
    try {
      return x25519.getSharedSecret(secret, peer);
    } catch {
      return undefined; // noble throws when the result is all zero (RFC 7748 §6.1)
    }
  },
  p256Signer,
  p256Verifier(publicKey) {
    requireLength("P-256 public key", publicKey, 65);
    if (!p256.utils.isValidPublicKey(publicKey, false))
      throw new HalError("hal/misuse", "P-256 public key: expected an uncompressed point on the curve");
    const key = publicKey.slice();
    return (message, signature) => signature.length === 64 && p256.verify(signature, message, key, anyS);
  },
  p256SharedSecret(secret, peer) {
    requireLength("P-256 secret", secret, 32);
    if (!p256.utils.isValidSecretKey(secret))
      throw new HalError("hal/misuse", "P-256 secret: expected a scalar from 1 to n - 1");
    if (!p256.utils.isValidPublicKey(peer, false)) return undefined;
    return p256.getSharedSecret(secret, peer, false).slice(1, 33);
  },
};

export function nobleCrypto(): Crypto {
  return provider;
}
