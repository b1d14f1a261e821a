/** Ed25519 by @noble/ed25519, with prepared keys and the cofactorless equation (noble's own is cofactored). */
import { etc, hashes, Point, utils } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { sameBytes } from "../base/bytes.ts";
import type { Signer, Verifier } from "../board.ts";
import { requireLength } from "./bytes.ts";
import { pointAcceptable, signatureAcceptable } from "./ed25519-policy.ts";

hashes.sha512 = sha512;
const { n: order } = Point.CURVE();

/** RFC 8032 §5.1.6, with the key expanded once (noble's `sign` expands it each time). */
export function ed25519Signer(seed: Uint8Array): Signer {
  requireLength("Ed25519 seed", seed, 32);
  const { prefix, scalar, pointBytes } = utils.getExtendedPublicKey(seed);
  return {
    publicKey: pointBytes,
    sign(message) {
      const r = hashToScalar(prefix, message);
      const signature = new Uint8Array(64);
      signature.set(Point.BASE.multiply(r, true).toBytes());
      const k = hashToScalar(signature.subarray(0, 32), pointBytes, message);
      signature.set(scalarBytes((r + k * scalar) % order), 32);
      return signature;
    },
  };
}

/** RFC 8032 §5.1.7 without the cofactor: [S]B - [k]A must encode as R. */
export function ed25519Verifier(publicKey: Uint8Array): Verifier {
  requireLength("Ed25519 public key", publicKey, 32);
  const a = decodePoint(publicKey);
  if (a === undefined) return () => false;
  const keyBytes = publicKey.slice();
  return (message, signature) => {
    if (!signatureAcceptable(signature)) return false;
    const r = signature.subarray(0, 32);
    const s = scalarFrom(signature.subarray(32));
    const k = hashToScalar(r, keyBytes, message);
    const expected = Point.BASE.multiply(s, false).subtract(a.multiply(k, false)).toBytes();
    return sameBytes(expected, r);
  };
}

/** Used by every provider: OpenSSL tells only when it verifies, libsodium also refuses points of mixed order. */
export function ed25519KeyValid(publicKey: Uint8Array): boolean {
  return publicKey.length === 32 && decodePoint(publicKey) !== undefined;
}

function decodePoint(bytes: Uint8Array): Point | undefined {
  if (!pointAcceptable(bytes)) return undefined;
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined; // not on the curve
  }
}

function hashToScalar(...parts: Uint8Array[]): bigint {
  return scalarFrom(sha512(etc.concatBytes(...parts))) % order;
}

function scalarFrom(littleEndian: Uint8Array): bigint {
  return BigInt(`0x${etc.bytesToHex(littleEndian.slice().reverse())}`);
}

function scalarBytes(scalar: bigint): Uint8Array {
  return etc.hexToBytes(scalar.toString(16).padStart(64, "0")).reverse();
}
