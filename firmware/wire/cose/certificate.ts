/**
 * Certificates: CBOR Web Tokens (RFC 8392) in a COSE_Sign1, with the holder's public key in the confirmation
 * claim (RFC 8747) as an OKP COSE_Key (RFC 9053 §7.2), in chains that end at a root every device holds.
 */
import { sameBytes } from "../../../hal/base/bytes.ts";
import { CodedError, hasCode } from "../../../hal/base/coded-error.ts";
import type { Crypto, Signer } from "../../../hal/board.ts";
import { type Role, roles } from "../../model/index.ts";
import type { Eui64 } from "../message.ts";
import type { Certificate, CertificateClaims, KeyUsage } from "../suite.ts";
import { decode, encode, type Item } from "./cbor.ts";
import { WRAPPED_KEY_BYTES } from "./contingency.ts";
import { putEui } from "./eui64.ts";
import { keyId } from "./keys.ts";
import { readSign1, sign1, sign1Valid } from "./sign1.ts";
import { Algorithm, type Structure } from "./structure.ts";

/** A certificate as read, with the COSE structure its signature is in. */
export interface CwtCertificate extends Certificate {
  readonly structure: Structure;
}

/** Certificates between the leaf and the root. */
export const MAX_PATH = 3;
export const MAX_CERTIFICATE_BYTES = 512;

/** Claim labels: RFC 8392 §4, RFC 8747 §3.1; ours from the private range (below -65536). */
const Claim = {
  issuer: 1,
  subject: 2,
  expires: 4,
  notBefore: 5,
  id: 7,
  confirmation: 8,
  role: -65537,
  usage: -65538,
  contingency: -65539,
};
const COSE_KEY = 1; // member of the confirmation claim
const Key = { type: 1, curve: -1, x: -2 }; // labels in a COSE_Key
const OKP = 1;
const Curve = { x25519: 4, ed25519: 6 };
const usageNumber = { sign: 1, agree: 2, certify: 3 } as const;
/** Numbers of roles in certificates; 127 is a device. */
const certificateRole = {
  ...(Object.fromEntries(Object.entries(roles).map(([name, { number }]) => [name, number])) as Record<
    Role,
    number
  >),
  device: 127,
} as const;

/** Issues a certificate; `issuer` signs with EdDSA. */
export function issueCertificate(
  claims: CertificateClaims,
  issuer: Signer,
  issuerName: Eui64,
  crypto: Crypto,
): Uint8Array {
  const payload = new Map<Item, Item>([
    [Claim.issuer, name(issuerName)],
    [Claim.notBefore, claims.notBeforeS],
    [Claim.id, claims.serial],
    ...writeHolder(claims),
  ]);
  if (claims.notAfterS !== undefined) payload.set(Claim.expires, claims.notAfterS);
  if (claims.contingency !== undefined) payload.set(Claim.contingency, claims.contingency);
  return sign1(encode(payload), issuer.sign, keyId(crypto, issuer.publicKey));
}

type Holder = Pick<CertificateClaims, "subject" | "role" | "usage" | "publicKey">;

/** The claims that say whose key it is, and what for. */
export function writeHolder({ subject, role, usage, publicKey }: Holder): [Item, Item][] {
  const key = new Map<Item, Item>([
    [Key.type, OKP],
    [Key.curve, usage === "agree" ? Curve.x25519 : Curve.ed25519],
    [Key.x, publicKey],
  ]);
  return [
    [Claim.subject, name(subject)],
    [Claim.confirmation, new Map([[COSE_KEY, key]])],
    [Claim.role, certificateRole[role]],
    [Claim.usage, usageNumber[usage]],
  ];
}

/** Throws `certificate/malformed`. */
export function readHolder(claims: ReadonlyMap<Item, Item>): Holder {
  const usage = expectOneOf(claims.get(Claim.usage), usageNumber, "usage");
  const confirmation = expectMap(claims.get(Claim.confirmation), "confirmation");
  return {
    subject: expectName(claims.get(Claim.subject), "subject"),
    role: expectOneOf(claims.get(Claim.role), certificateRole, "role"),
    usage,
    publicKey: expectKey(confirmation.get(COSE_KEY), usage),
  };
}

/** Checked to be an EUI-64, in upper case. */
function name(eui64: Eui64): Eui64 {
  putEui(new Uint8Array(8), 0, eui64);
  return eui64.toUpperCase();
}

/** Reads a certificate and its claims. Throws `certificate/malformed`. Proves nothing. */
export const readCertificate = (bytes: Uint8Array): CwtCertificate => guarded(bytes, readChecked);

/** What `read` makes of at most as many bytes as a certificate has; it throws `certificate/…`, whatever is wrong. */
export function guarded<T>(bytes: Uint8Array, read: (bytes: Uint8Array) => T): T {
  if (bytes.length > MAX_CERTIFICATE_BYTES)
    throw malformed(`at most ${MAX_CERTIFICATE_BYTES} bytes`, bytes.length);
  try {
    return read(bytes);
  } catch (error) {
    if (hasCode(error, "certificate")) throw error;
    throw malformed("a CWT in a COSE_Sign1", (error as Error).message, error);
  }
}

function readChecked(bytes: Uint8Array): CwtCertificate {
  const structure = readSign1(bytes);
  const claims = expectMap(decode(structure.content), "claims");
  return {
    ...readHolder(claims),
    notBeforeS: expectTime(claims.get(Claim.notBefore), "not before"),
    notAfterS: claims.has(Claim.expires) ? expectTime(claims.get(Claim.expires), "expiry") : undefined,
    serial: expectBytes(claims.get(Claim.id), 1, 16, "serial"),
    contingency: claims.has(Claim.contingency) ? expectContingency(claims.get(Claim.contingency)) : undefined,
    issuer: expectName(claims.get(Claim.issuer), "issuer"),
    issuerKeyId: expectBytes(structure.protectedHeaders.keyId ?? null, 8, 8, "issuer's key identifier"),
    bytes,
    structure,
  };
}

type Field = Item | undefined;

export function expectMap(item: Field, what: string): ReadonlyMap<Item, Item> {
  if (item instanceof Map) return item;
  throw malformed(`a map of ${what}`, item);
}

function expectName(item: Field, what: string): Eui64 {
  if (typeof item === "string" && /^[0-9A-F]{16}$/.test(item)) return item;
  throw malformed(`${what}: an EUI-64 of 16 upper-case hex digits`, item);
}

function expectTime(item: Field, what: string): number {
  if (typeof item === "number" && item >= 0 && item <= 0xffff_ffff) return item;
  throw malformed(`${what}: UTC seconds of 32 bits`, item);
}

function expectBytes(item: Field, min: number, max: number, what: string): Uint8Array {
  if (item instanceof Uint8Array && item.length >= min && item.length <= max) return item;
  throw malformed(`${what}: ${min} to ${max} bytes`, item);
}

const expectContingency = (item: Field): Uint8Array =>
  expectBytes(item, WRAPPED_KEY_BYTES, WRAPPED_KEY_BYTES, "wrapped contingency key");

function expectOneOf<K extends string>(item: Field, numbers: Readonly<Record<K, number>>, what: string): K {
  const found = (Object.keys(numbers) as K[]).find((key) => numbers[key] === item);
  if (found === undefined) throw malformed(`${what}: one of ${Object.values(numbers).join(", ")}`, item);
  return found;
}

function expectKey(item: Field, usage: KeyUsage): Uint8Array {
  const key = expectMap(item, "a COSE_Key");
  const curve = usage === "agree" ? Curve.x25519 : Curve.ed25519;
  if (key.get(Key.type) !== OKP || key.get(Key.curve) !== curve)
    throw malformed(`an OKP key on curve ${curve} for usage ${usage}`, key.get(Key.curve));
  return expectBytes(key.get(Key.x), 32, 32, "public key");
}

/**
 * Proves `leaf` through `path` (the leaf's issuer first) up to the root, at time `nowS`, or at any time when
 * the time is not known yet. Throws `certificate/…`: malformed, path-too-long, self-issued, wrong-issuer,
 * wrong-usage, not-yet-valid, expired, bad-signature.
 */
export function verifyChain(
  leaf: Uint8Array,
  path: readonly Uint8Array[],
  root: { readonly publicKey: Uint8Array },
  nowS: number | undefined,
  crypto: Crypto,
): Certificate {
  if (path.length > MAX_PATH)
    throw refused("path-too-long", `at most ${MAX_PATH} between leaf and root`, path.length);
  const chain = [leaf, ...path].map(readCertificate);
  chain.forEach((certificate, i) => {
    const issuer = chain[i + 1];
    if (issuer !== undefined) checkIssuer(certificate, issuer);
    checkIssued(certificate, issuer?.publicKey ?? root.publicKey, nowS, crypto);
  });
  return chain[0]!;
}

/**
 * Proves a root that no other has certified: by its own key. Throws `certificate/…` as {@link verifyChain}.
 * It proves no more than that whoever made it has the key.
 */
export function verifySelfIssued(bytes: Uint8Array, crypto: Crypto): Certificate {
  const certificate = readCertificate(bytes);
  if (certificate.issuer !== certificate.subject)
    throw refused("wrong-issuer", "the subject as its own issuer", certificate.issuer);
  if (!signedBy(certificate.structure, certificate.publicKey, crypto))
    throw refused("bad-signature", "a signature by its own key", "one that does not verify");
  return certificate;
}

function checkIssuer(certificate: Certificate, issuer: Certificate): void {
  if (certificate.issuer !== issuer.subject)
    throw refused("wrong-issuer", `issuer ${certificate.issuer} next in the path`, issuer.subject);
  if (issuer.usage !== "certify") throw refused("wrong-usage", "an issuer that may certify", issuer.usage);
}

function checkIssued(
  certificate: CwtCertificate,
  issuerKey: Uint8Array,
  nowS: number | undefined,
  crypto: Crypto,
) {
  const { subject, issuer, notBeforeS, notAfterS, structure } = certificate;
  if (issuer === subject) throw refused("self-issued", "an issuer other than the subject", issuer);
  if (nowS !== undefined && nowS < notBeforeS)
    throw refused("not-yet-valid", `a time from ${notBeforeS}`, nowS);
  if (nowS !== undefined && notAfterS !== undefined && nowS > notAfterS)
    throw refused("expired", `a time up to ${notAfterS}`, nowS);
  if (!sameBytes(keyId(crypto, issuerKey), certificate.issuerKeyId))
    throw refused("wrong-issuer", "a signature by the issuer's key", "another key identifier");
  if (!signedBy(structure, issuerKey, crypto))
    throw refused("bad-signature", `a signature by ${issuer}`, "one that does not verify");
}

function signedBy(structure: Structure, issuerKey: Uint8Array, crypto: Crypto): boolean {
  if (structure.protectedHeaders.algorithm !== Algorithm.eddsa) return false;
  return sign1Valid(structure, Algorithm.eddsa, crypto.ed25519Verifier(issuerKey));
}

function malformed(expected: string, got: unknown, cause?: unknown): CodedError {
  return refused("malformed", expected, got, cause);
}

export function refused(what: string, expected: string, got: unknown, cause?: unknown): CodedError {
  const text = got instanceof Uint8Array ? `${got.length} bytes` : got instanceof Map ? "a map" : String(got);
  return new CodedError(`certificate/${what}`, `certificate: expected ${expected}, got ${text}`, {}, cause);
}
