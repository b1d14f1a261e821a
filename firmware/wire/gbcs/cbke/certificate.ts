/**
 * Implicit certificates of suite 2 (Smart Energy 1.4 annex C.4.2, SEC 4): 74 bytes that hold no signature. The
 * holder's public key is reconstructed from them and the authority's key, so anyone can write a certificate, but
 * nobody knows the private key to one that the authority did not make: only a key agreed with it proves it.
 */
import { aesMmo, type BlockCipher } from "../../../../hal/base/aes-mmo.ts";
import { CodedError } from "../../../../hal/base/coded-error.ts";
import { type Eui64, euiText } from "../../../../hal/base/eui64.ts";
import { euiBytes, Writer } from "../bytes.ts";
import * as curve from "./curve.ts";

export const CERTIFICATE_BYTES = 74;
/** Bits of the key usage field, as of X.509: the first bit is the highest. */
export const KeyUse = { sign: 0x80, agree: 0x08 } as const;

/** Implicit, without extensions. */
const TYPE = 0x00;
const CURVE_SECT283K1 = 0x0d;
const HASH_AES_MMO = 0x08;
const NEVER_ENDS = 0xffff_ffff;

const AT = {
  serial: 1,
  curve: 9,
  hash: 10,
  issuer: 11,
  validFrom: 19,
  validForS: 24,
  subject: 28,
  use: 36,
  point: 37,
} as const;

export interface ImplicitClaims {
  readonly serial: bigint;
  readonly issuer: Eui64;
  readonly subject: Eui64;
  /** UTC seconds, both inclusive; `notAfterS` undefined: never ends. */
  readonly notBeforeS: number;
  readonly notAfterS: number | undefined;
  /** Bits of {@link KeyUse}. */
  readonly use: number;
}

export interface ImplicitCertificate extends ImplicitClaims {
  /** The point that the public key is reconstructed from. */
  readonly point: curve.FinitePoint;
  readonly bytes: Uint8Array;
}

/** Reads a certificate; nothing of it is proved. Throws `cbke/certificate`, `cbke/point`. */
export function readCertificate(bytes: Uint8Array): ImplicitCertificate {
  if (bytes.length !== CERTIFICATE_BYTES)
    throw wrong("certificate", `${CERTIFICATE_BYTES} bytes`, bytes.length);
  expect(bytes, "type", 0, TYPE);
  expect(bytes, "curve", AT.curve, CURVE_SECT283K1);
  expect(bytes, "hash", AT.hash, HASH_AES_MMO);
  const view = new DataView(bytes.buffer, bytes.byteOffset, CERTIFICATE_BYTES);
  const use = bytes[AT.use]!;
  if ((use & ~(KeyUse.sign | KeyUse.agree)) !== 0 || use === 0)
    throw wrong("key usage", "signing (0x80), agreement (0x08) or both", use);
  const notBeforeS = view.getUint8(AT.validFrom) * 2 ** 32 + view.getUint32(AT.validFrom + 1);
  const validForS = view.getUint32(AT.validForS);
  return {
    serial: view.getBigUint64(AT.serial),
    issuer: euiText(bytes.subarray(AT.issuer, AT.issuer + 8)),
    subject: euiText(bytes.subarray(AT.subject, AT.subject + 8)),
    notBeforeS,
    notAfterS: validForS === NEVER_ENDS ? undefined : notBeforeS + validForS,
    use,
    point: curve.decodePoint(bytes.subarray(AT.point), "certificate's reconstruction point"),
    bytes: bytes.slice(),
  };
}

/** e·P + Q of the authority; e is the whole 128-bit hash of the certificate. Throws `cbke/point`. */
export function publicKeyOf(
  cipher: BlockCipher,
  { bytes, point }: ImplicitCertificate,
  authority: curve.FinitePoint,
): curve.FinitePoint {
  const key = curve.add(curve.multiply(hashOf(cipher, bytes), point), authority);
  curve.assertPublic(key, "public key of the certificate");
  return key;
}

const hashOf = (cipher: BlockCipher, certificate: Uint8Array) => curve.integerOf(aesMmo(cipher, certificate));

function encodeCertificate(claims: ImplicitClaims, point: curve.FinitePoint): Uint8Array {
  const { notBeforeS, notAfterS } = claims;
  const validForS = notAfterS === undefined ? 0 : notAfterS - notBeforeS;
  if (!Number.isInteger(notBeforeS) || notBeforeS < 0 || notBeforeS >= 2 ** 40)
    throw wrong("valid from", "UTC seconds of 40 bits", notBeforeS);
  if (!Number.isInteger(validForS) || validForS < 0 || validForS >= NEVER_ENDS)
    throw wrong("valid for", "seconds of 32 bits", validForS);
  return new Writer(CERTIFICATE_BYTES)
    .u8(TYPE)
    .u64(claims.serial)
    .u8(CURVE_SECT283K1)
    .u8(HASH_AES_MMO)
    .put(euiBytes(claims.issuer))
    .u8(notBeforeS / 2 ** 32)
    .u32(notBeforeS)
    .u32(notAfterS === undefined ? NEVER_ENDS : validForS)
    .put(euiBytes(claims.subject))
    .u8(claims.use)
    .put(curve.encodePoint(point)).bytes;
}

// --- an authority, and what one asks of it ---

/** An authority made on the spot: its name and private key. */
export interface Authority {
  readonly name: Eui64;
  readonly secret: bigint;
}

/** What an authority answers: the certificate, and its contribution to the holder's private key. */
export interface Issued {
  readonly certificate: Uint8Array;
  readonly contribution: bigint;
}

/**
 * Certifies whoever asks with `request`, the point of a secret of its own (SEC 4 §2.4). `seed`:
 * {@link curve.SEED_BYTES} fresh random bytes. Throws `cbke/certificate`, `cbke/point`.
 */
export function issueCertificate(
  cipher: BlockCipher,
  { name, secret }: Authority,
  claims: Omit<ImplicitClaims, "issuer">,
  request: curve.FinitePoint,
  seed: Uint8Array,
): Issued {
  curve.assertPublic(request, "certificate request");
  const own = curve.scalarFrom(seed);
  const point = curve.add(request, curve.multiply(own, curve.BASE));
  curve.assertPublic(point, "certificate's reconstruction point");
  const certificate = encodeCertificate({ ...claims, issuer: name }, point);
  return { certificate, contribution: (hashOf(cipher, certificate) * own + secret) % curve.ORDER };
}

/**
 * The private key of a holder who asked with the point of `requestSecret` (SEC 4 §2.5): 36 bytes. Throws
 * `cbke/certificate` when it is not the private half of the certificate's public key, and as its readers do.
 */
export function privateKeyOf(
  cipher: BlockCipher,
  { certificate, contribution }: Issued,
  requestSecret: bigint,
  authority: curve.FinitePoint,
): Uint8Array {
  const read = readCertificate(certificate);
  const secret = (hashOf(cipher, certificate) * requestSecret + contribution) % curve.ORDER;
  if (!curve.samePoint(curve.multiply(secret, curve.BASE), publicKeyOf(cipher, read, authority)))
    throw wrong("certificate", "one made for this request by this authority", "another");
  return curve.encodeScalar(secret);
}

function expect(bytes: Uint8Array, field: string, at: number, value: number): void {
  if (bytes[at] !== value) throw wrong(field, `${value}`, bytes[at]!);
}

function wrong(field: string, expected: string, got: number | string): CodedError {
  const message = `suite 2 certificate, ${field}: expected ${expected}, got ${got}; ask its authority for another`;
  return new CodedError("cbke/certificate", message, { field, expected, got });
}
