/**
 * Which Ed25519 encodings we accept, whatever library then computes the equation.
 *
 * Libraries differ on encodings that honest signers never make ("Taming the many EdDSAs", 2020). This
 * check, made on bytes before the library sees them, leaves them nothing to differ about: A and R are
 * canonical (RFC 8032 §5.1.3), S < L (§5.1.7), and neither A nor R has small order. The equation itself is
 * the cofactorless one, R = [S]B - [k]A compared by encoding.
 */
import { fromHex } from "../base/hex.ts";

const L = littleEndian("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
const P = littleEndian("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");

/** The y of the eight points of small order; with either sign bit each y is one of them. */
const smallOrderY = [
  littleEndian("00"),
  littleEndian("01"),
  littleEndian("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),
  littleEndian("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"),
  littleEndian("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826"),
];

/** True when the 32 bytes at `offset` may stand for A or R: canonical, and not of small order. */
export function pointAcceptable(bytes: Uint8Array, offset = 0): boolean {
  if (!below(bytes, offset, P, 0x7f)) return false;
  return !smallOrderY.some((y) => sameY(bytes, offset, y));
}

/** True when R and S of a signature may go on to the library. */
export function signatureAcceptable(signature: Uint8Array): boolean {
  return signature.length === 64 && below(signature, 32, L, 0xff) && pointAcceptable(signature);
}

function below(bytes: Uint8Array, offset: number, limit: Uint8Array, topMask: number): boolean {
  for (let i = 31; i >= 0; i--) {
    const byte = bytes[offset + i]! & (i === 31 ? topMask : 0xff);
    if (byte !== limit[i]) return byte < limit[i]!;
  }
  return false;
}

function sameY(bytes: Uint8Array, offset: number, y: Uint8Array): boolean {
  if ((bytes[offset + 31]! & 0x7f) !== y[31]) return false;
  for (let i = 0; i < 31; i++) if (bytes[offset + i] !== y[i]) return false;
  return true;
}

function littleEndian(hex: string): Uint8Array {
  return fromHex(hex.padStart(64, "0")).reverse();
}
