/**
 * {@link Crypto} by libsodium (sodium-native), the fastest at Ed25519 and X25519; the rest by node:crypto,
 * which is as fast or faster at SHA-256 and HMAC, and has what libsodium lacks (AES-CCM, P-256).
 */
import { createRequire } from "node:module";
import type { Crypto, Signer, Verifier } from "../board.ts";
import { requireLength } from "./bytes.ts";
import { pointAcceptable, signatureAcceptable } from "./ed25519-policy.ts";
import { nodeCrypto } from "./node.ts";

/** The few calls used, with their C argument order: results are written into the first argument. */
interface Sodium {
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  crypto_scalarmult_base(publicKey: Uint8Array, secret: Uint8Array): void;
  crypto_scalarmult(shared: Uint8Array, secret: Uint8Array, publicKey: Uint8Array): void;
}

/** Undefined when the optional dependency is not installed, or has no build for this machine. */
export function sodiumCrypto(): Crypto | undefined {
  provider ??= load();
  return provider;
}

let provider: Crypto | undefined;

function load(): Crypto | undefined {
  try {
    return over(createRequire(import.meta.url)("sodium-native") as Sodium);
  } catch {
    return undefined;
  }
}

function over(sodium: Sodium): Crypto {
  return {
    ...nodeCrypto(),
    name: "sodium",
    ed25519Signer: (seed) => signer(sodium, seed),
    ed25519Verifier: (publicKey) => verifier(sodium, publicKey),
    x25519PublicKey(secret) {
      requireLength("X25519 secret", secret, 32);
      const publicKey = new Uint8Array(32);
      sodium.crypto_scalarmult_base(publicKey, secret);
      return publicKey;
    },
    x25519(secret, peer) {
      requireLength("X25519 secret", secret, 32);
      requireLength("X25519 public key", peer, 32);
      const shared = new Uint8Array(32);
      try {
        sodium.crypto_scalarmult(shared, secret, peer);
      } catch {
        return undefined; // libsodium refuses small-order peers
      }
      return shared;
    },
  };
}

function signer(sodium: Sodium, seed: Uint8Array): Signer {
  requireLength("Ed25519 seed", seed, 32);
  const publicKey = new Uint8Array(32);
  const secretKey = new Uint8Array(64);
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
  return {
    publicKey,
    sign(message) {
      const signature = new Uint8Array(64);
      sodium.crypto_sign_detached(signature, message, secretKey);
      return signature;
    },
  };
}

/** libsodium's own checks agree with ours on every vector; ours run first so that no version can differ. */
function verifier(sodium: Sodium, raw: Uint8Array): Verifier {
  requireLength("Ed25519 public key", raw, 32);
  if (!pointAcceptable(raw)) return () => false;
  const publicKey = raw.slice();
  return (message, signature) =>
    signatureAcceptable(signature) && sodium.crypto_sign_verify_detached(signature, message, publicKey);
}
