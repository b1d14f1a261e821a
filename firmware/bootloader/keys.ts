/** Public keys that images are signed with, and how an image names them: by hash, or in full. */
import type { Crypto, Verifier } from "../../hal/board.ts";

export interface ImageKey {
  readonly kind: "ed25519" | "p256";
  /** Ed25519: 32 bytes. P-256: the uncompressed point, 65 bytes. */
  readonly publicKey: Uint8Array;
}

/** DER in front of the raw key in a SubjectPublicKeyInfo (RFC 8410 §4; RFC 5480 §2). */
const prefix = {
  ed25519: [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0],
  p256: [
    0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3,
    1, 7, 3, 0x42, 0,
  ],
} as const;

/** The key as DER SubjectPublicKeyInfo: what key hashes are over, and what a full-key TLV holds. */
export function subjectPublicKeyInfo(key: ImageKey): Uint8Array {
  return Uint8Array.from([...prefix[key.kind], ...key.publicKey]);
}

/** A verifier of the signature TLV's value. Throws `hal/misuse` for a key of the wrong length or off the curve. */
export function imageVerifier(key: ImageKey, crypto: Crypto): Verifier {
  if (key.kind === "ed25519") {
    const verify = crypto.ed25519Verifier(key.publicKey);
    return (message, signature) => signature.length === 64 && verify(message, signature);
  }
  const verify = crypto.p256Verifier(key.publicKey);
  return (message, der) => {
    const raw = rawSignature(der);
    return raw !== undefined && verify(message, raw);
  };
}

/** r‖s of a DER ECDSA-Sig-Value (RFC 3279 §2.2.3); undefined unless strictly DER and 256 bits each. */
function rawSignature(der: Uint8Array): Uint8Array | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der.length > 72) return undefined;
  const rBytes = der[3] ?? 0;
  const sAt = 4 + rBytes;
  const r = integer(der.subarray(2, sAt));
  const s = integer(der.subarray(sAt));
  if (r === undefined || s === undefined) return undefined;
  const raw = new Uint8Array(64);
  raw.set(r, 32 - r.length);
  raw.set(s, 64 - s.length);
  return raw;
}

/** The value of a positive DER INTEGER of at most 256 bits, without its leading zero. */
function integer(der: Uint8Array): Uint8Array | undefined {
  if (der[0] !== 2 || der[1] !== der.length - 2 || der.length < 3) return undefined;
  const value = der.subarray(2);
  const padded = value[0] === 0 && value.length > 1;
  const minimal = padded ? value[1]! >= 0x80 : value[0]! < 0x80;
  const digits = padded ? value.subarray(1) : value;
  return minimal && digits.length <= 32 ? digits : undefined;
}
