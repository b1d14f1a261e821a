/**
 * Deterministic ECDSA P-256 (RFC 6979) by node:crypto: the bytes that noble gives, at about a tenth of its cost.
 * OpenSSL 3.0 itself signs with random nonces only, so it multiplies the base point (the public key of the nonce taken
 * for a private key) and hashes; what is left is arithmetic modulo n on BigInt.
 *
 * BigInt takes a time that depends on the values: fine for a bench, not for a device that someone may time.
 */
import { createECDH, hash } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { HalError, type Signer } from "../board.ts";
import { requireLength } from "./bytes.ts";
import { modularInverse } from "./modular-inverse.ts";

const N = p256.Point.Fn.ORDER;
const SCALAR_BYTES = 32;

/** `secret`: 32 bytes, 1 to n - 1 (else `hal/misuse`). Signatures are raw r‖s, 64 bytes, whatever the size of s. */
export function p256Signer(secret: Uint8Array): Signer {
  requireLength("P-256 secret", secret, SCALAR_BYTES);
  if (!p256.utils.isValidSecretKey(secret))
    throw new HalError("hal/misuse", "P-256 secret: expected a scalar from 1 to n - 1");
  const key = secret.slice();
  const x = toScalar(key);
  return {
    publicKey: new Uint8Array(basePointTimes(key)),
    sign(message) {
      const digest = toScalar(sha256(message)) % N;
      const nonces = nonceCandidates(key, toBytes(digest));
      for (;;) {
        const signature = signatureWith(nonces.next().value, x, digest);
        if (signature !== undefined) return signature;
      }
    },
  };
}

/** RFC 6979 §2.4. Undefined when there is none with this nonce: it is 0 or not below n, or r or s would be 0. */
export function signatureWith(nonce: Uint8Array, secret: bigint, digest: bigint): Uint8Array | undefined {
  const k = toScalar(nonce);
  if (k === 0n || k >= N) return undefined;
  const r = toScalar(basePointTimes(nonce).subarray(1, 1 + SCALAR_BYTES)) % N;
  const s = (modularInverse(k, N) * (digest + r * secret)) % N;
  return r === 0n || s === 0n ? undefined : new Uint8Array(Buffer.concat([toBytes(r), toBytes(s)]));
}

/** RFC 6979 §3.2 b to h: the HMAC-DRBG seeded with secret and digest, both 32 bytes; it has no end. */
export function* nonceCandidates(secret: Uint8Array, digest: Uint8Array): Generator<Uint8Array, never> {
  let v: Buffer = Buffer.alloc(32, 1);
  let k = hmac(Buffer.alloc(32), Buffer.concat([v, Buffer.of(0), secret, digest]));
  v = hmac(k, v);
  k = hmac(k, Buffer.concat([v, Buffer.of(1), secret, digest]));
  v = hmac(k, v);
  for (;;) {
    v = hmac(k, v);
    yield v;
    k = hmac(k, Buffer.concat([v, Buffer.of(0)]));
    v = hmac(k, v);
  }
}

/** HMAC-SHA-256 (RFC 2104) with a 32-byte key. For so few bytes node's Hmac objects cost more than the hashing. */
const hmac = (key: Buffer, text: Buffer): Buffer => sha256(keyed(key, 0x5c, sha256(keyed(key, 0x36, text))));

/** The key, filled up to a block and masked, then the text. */
function keyed(key: Buffer, mask: number, text: Buffer): Buffer {
  const block = Buffer.allocUnsafe(64 + text.length).fill(mask, 0, 64);
  for (let i = 0; i < key.length; i++) block[i]! ^= key[i]!;
  block.set(text, 64);
  return block;
}

/** By way of a text: twice as fast as to have OpenSSL's side make a Buffer. */
export const digest = (algorithm: string, data: Uint8Array): Buffer =>
  Buffer.from(hash(algorithm, data, "binary"), "latin1");
const sha256 = (data: Uint8Array): Buffer => digest("sha256", data);
const fromHex = (hex: string): Buffer => Buffer.from(hex, "hex");
const toScalar = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const toBytes = (scalar: bigint): Buffer => fromHex(scalar.toString(16).padStart(2 * SCALAR_BYTES, "0"));

/** Kept, as making one costs as much as a multiplication. */
const ecdh = createECDH("prime256v1");

/** The uncompressed point (65 bytes) that is `scalar`, from 1 to n - 1, times the base point. */
function basePointTimes(scalar: Uint8Array): Buffer {
  ecdh.setPrivateKey(scalar);
  return ecdh.getPublicKey();
}
