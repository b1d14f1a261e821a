/** Proves certificates: path validation (RFC 5280 section 6) as far as GBCS section 12 has anything to validate. */
import { sameBytes } from "../../../../hal/base/bytes.ts";
import { hasCode } from "../../../../hal/base/coded-error.ts";
import type { Crypto } from "../../../../hal/board.ts";
import type { Certificate } from "../../suite.ts";
import { keyIdentifier } from "./key-id.ts";
import { Oid } from "./oids.ts";
import { readCertificate, type X509Certificate } from "./read.ts";
import { refused } from "./refused.ts";
import { readSignature } from "./spki.ts";

/** Certificates between the leaf and the root. */
export const MAX_PATH = 3;

/**
 * Proves `leaf` through `path`, in any order, up to the root key, at time `nowS`, or at any time when it
 * is undefined. Throws `certificate/…`: malformed, wrong-role, path-too-long, wrong-issuer (also where the root did
 * not certify the issuer), wrong-usage, wrong-policy, self-issued, not-yet-valid, expired, bad-signature.
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
  const chain = chainOf(readCertificate(leaf), path.map(readCertificate), keyIdentifier(root.publicKey));
  let policies: readonly string[] = [Oid.anyPolicy];
  // From the root down: an issuer is proved before it proves anything.
  for (let i = chain.length - 1; i >= 0; i--) {
    const [certificate, issuer] = [chain[i] as X509Certificate, chain[i + 1]];
    if (issuer !== undefined) checkIssuer(issuer, i);
    checkPeriod(certificate, nowS);
    checkSignature(certificate, issuer?.publicKey ?? root.publicKey, i > 0, crypto);
    policies = common(policies, certificate.policies);
  }
  return chain[0] as X509Certificate;
}

/**
 * The leaf, its issuer, that one's issuer … up to one that the root key certified. `pool` may hold others besides: a
 * command brings the authorities of all its certificates together (CS02b).
 */
function chainOf(
  leaf: X509Certificate,
  pool: readonly X509Certificate[],
  rootKeyId: Uint8Array,
): readonly X509Certificate[] {
  const chain = [leaf];
  for (let last = leaf; !sameBytes(last.issuerKeyId, rootKeyId); chain.push(last)) {
    const issuer = pool.find((one) => !chain.includes(one) && names(last, one));
    if (issuer === undefined)
      throw refused("wrong-issuer", `issuer ${last.issuer} to be the root, or in the path`, "another");
    last = issuer;
  }
  return chain;
}

const names = ({ issuerName, issuerKeyId }: X509Certificate, issuer: X509Certificate): boolean =>
  sameBytes(issuerName, issuer.subjectName) && sameBytes(issuerKeyId, keyIdentifier(issuer.publicKey));

/** Proves that a root signed itself, and nothing more. Throws `certificate/…` as {@link verifyChain}. */
export function verifySelfIssued(bytes: Uint8Array, crypto: Crypto): Certificate {
  const certificate = readCertificate(bytes);
  if (!sameBytes(certificate.issuerName, certificate.subjectName))
    throw refused("wrong-issuer", "the subject as its own issuer", certificate.issuer);
  if (!sameBytes(keyIdentifier(certificate.publicKey), certificate.issuerKeyId))
    throw refused("wrong-issuer", "a signature by its own key", "another key's identifier");
  checkSignature(certificate, certificate.publicKey, false, crypto);
  return certificate;
}

/** `below`: how many authorities stand below this issuer. */
function checkIssuer(issuer: X509Certificate, below: number): void {
  if (issuer.usage !== "certify") throw refused("wrong-usage", "an issuer that may certify", issuer.usage);
  if (issuer.pathLength !== undefined && issuer.pathLength < below)
    throw refused("path-too-long", `at most ${issuer.pathLength} authorities below ${issuer.subject}`, below);
}

function checkPeriod(certificate: X509Certificate, nowS: number | undefined): void {
  const { issuer, issuerName, subjectName, notBeforeS, notAfterS } = certificate;
  if (sameBytes(issuerName, subjectName))
    throw refused("self-issued", "an issuer other than the subject", issuer);
  if (nowS === undefined) return;
  if (nowS < notBeforeS) throw refused("not-yet-valid", `a time from ${notBeforeS}`, nowS);
  if (notAfterS !== undefined && nowS > notAfterS)
    throw refused("expired", `a time up to ${notAfterS}`, nowS);
}

/** `authority`: a forged authority is one that leads to no root, and so a wrong issuer of what it signed. */
function checkSignature(
  certificate: X509Certificate,
  issuerKey: Uint8Array,
  authority: boolean,
  crypto: Crypto,
): void {
  if (signedBy(certificate, issuerKey, crypto)) return;
  const what = authority ? "wrong-issuer" : "bad-signature";
  throw refused(what, `a signature by ${certificate.issuer}`, "one that does not verify");
}

function signedBy({ signed, signature }: X509Certificate, issuerKey: Uint8Array, crypto: Crypto): boolean {
  try {
    return crypto.p256Verifier(issuerKey)(signed, readSignature(signature));
  } catch (error) {
    if (hasCode(error, "wire/malformed") || hasCode(error, "hal/misuse")) return false; // no signature, or no point
    throw error;
  }
}

/** The policies that hold for a certificate and all its issuers: one at least (GBCS: devices take them into account). */
function common(above: readonly string[], own: readonly string[]): readonly string[] {
  const both = above.includes(Oid.anyPolicy)
    ? own
    : own.includes(Oid.anyPolicy)
      ? above
      : own.filter((policy) => above.includes(policy));
  if (both.length === 0) throw refused("wrong-policy", "a policy that its issuer has", own.join(", "));
  return both;
}
