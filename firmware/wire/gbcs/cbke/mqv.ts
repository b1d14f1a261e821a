/**
 * ECMQV over sect283k1 and the keys made of it (Smart Energy 1.4 annex C.4.1, SEC 1 §6.2): each side mixes its
 * certified key with one for this session, and proves with a MAC that it has the same secret.
 */
import { aesMmo, type BlockCipher, hmacMmo } from "../../../../hal/base/aes-mmo.ts";
import { concat } from "../../../../hal/base/bytes.ts";
import type { Signer } from "../../../../hal/board.ts";
import * as curve from "./curve.ts";
import { toBytes } from "./field.ts";

/** Half the bits of the order, rounded up. */
const HALF_BITS = 141n;

/** The associate value: the low half of x, with the bit above it set. */
const associate = ({ x }: curve.FinitePoint): bigint =>
  (curve.integerOf(toBytes(x)) & ((1n << HALF_BITS) - 1n)) | (1n << HALF_BITS);

/** A key for one session. */
export interface Ephemeral {
  readonly secret: bigint;
  /** 37 bytes, compressed. */
  readonly publicKey: Uint8Array;
}

export function ephemeral(secret: bigint): Ephemeral {
  return { secret, publicKey: curve.encodePoint(curve.multiply(secret, curve.BASE)!) };
}

/**
 * The implicit signer of a private key of 36 bytes: `sign` takes the 36 bytes of a session's secret and gives, in
 * 36 bytes, k + associate(K)·d mod n, which is all that ECMQV needs of the private key d. One who knows both k and
 * the answer knows d: hand neither out. Throws `cbke/scalar`.
 */
export function implicitSigner(privateKey: Uint8Array): Signer {
  const own = curve.decodeScalar(privateKey);
  return {
    publicKey: curve.encodePoint(curve.multiply(own, curve.BASE)!),
    sign(sessionSecret) {
      const secret = curve.decodeScalar(sessionSecret);
      const point = curve.multiply(secret, curve.BASE)!;
      return curve.encodeScalar((secret + associate(point) * own) % curve.ORDER);
    },
  };
}

/** Public halves of a peer's two keys. */
export interface PeerKeys {
  readonly certified: curve.FinitePoint;
  readonly session: curve.FinitePoint;
}

/** Z, 36 bytes: the same on both sides. Throws `cbke/point` when the keys agree nothing. */
export function sharedSecret(
  signer: Pick<Signer, "sign">,
  own: Ephemeral,
  { certified, session }: PeerKeys,
): Uint8Array {
  const signature = curve.integerOf(signer.sign(curve.encodeScalar(own.secret)));
  const mixed = curve.add(session, curve.multiply(associate(session), certified));
  const shared = curve.multiply(curve.COFACTOR * signature, mixed);
  curve.assertPublic(shared, "agreed point");
  return toBytes(shared.x);
}

/** Both keys of a session, 16 bytes each: one for the proofs, one to become the link key. */
export function sessionKeys(cipher: BlockCipher, secret: Uint8Array): { mac: Uint8Array; link: Uint8Array } {
  const derived = (counter: number) => aesMmo(cipher, concat(secret, Uint8Array.of(0, 0, 0, counter)));
  return { mac: derived(1), link: derived(2) };
}

/** Who proves: the device that began (MACU), or the one that answered (MACV). */
export const Prover = { initiator: 2, responder: 3 } as const;
export type Prover = (typeof Prover)[keyof typeof Prover];

/** One side as its proof names it: EUI-64, most significant byte first, and the session's public key. */
export interface Side {
  readonly eui64: Uint8Array;
  readonly sessionKey: Uint8Array;
}

/** MACU or MACV, 16 bytes. */
export function proof(
  cipher: BlockCipher,
  macKey: Uint8Array,
  prover: Prover,
  own: Side,
  other: Side,
): Uint8Array {
  const text = concat(Uint8Array.of(prover), own.eui64, other.eui64, own.sessionKey, other.sessionKey);
  return hmacMmo(cipher, macKey, text);
}
