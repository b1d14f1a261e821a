/**
 * The root of a reference set, which holds no certificate of it: an ECDSA signature gives its signer's public key away,
 * up to two candidates, of which the key identifier in the certificate names the right one (SEC 1 §4.1.6).
 */
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keyIdentifier } from "../../firmware/wire/gbcs/x509/key-id.ts";
import { readCertificate, type X509Certificate } from "../../firmware/wire/gbcs/x509/read.ts";
import { sameBytes } from "../../hal/base/bytes.ts";
import { toHex } from "../../hal/base/hex.ts";

/**
 * The public key that certified an issuing authority: the root's, of whatever certificates of authorities there are;
 * undefined without one. The most certified one counts.
 */
export function rootOf(certificates: readonly Uint8Array[]): Uint8Array | undefined {
  const signers = new Map<string, { readonly key: Uint8Array; count: number }>();
  for (const bytes of certificates) {
    const authority = readAuthority(bytes);
    const key = authority && signerOf(authority);
    if (key === undefined) continue;
    const known = signers.get(toHex(key)) ?? { key, count: 0 };
    known.count++;
    signers.set(toHex(key), known);
  }
  return [...signers.values()].sort((a, b) => b.count - a.count)[0]?.key;
}

/** Undefined for any other certificate, and for what is none. */
function readAuthority(bytes: Uint8Array): X509Certificate | undefined {
  try {
    const certificate = readCertificate(bytes);
    return certificate.usage === "certify" ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined when no candidate has the issuer's key identifier. */
function signerOf({ signed, signature, issuerKeyId }: X509Certificate): Uint8Array | undefined {
  for (const bit of [0, 1])
    try {
      const { r, s } = p256.Signature.fromBytes(signature, "der");
      const point = new p256.Signature(r, s, bit).recoverPublicKey(sha256(signed));
      const key = point.toBytes(false);
      if (sameBytes(keyIdentifier(key), issuerKeyId)) return key;
    } catch {
      // No point has this candidate's coordinate.
    }
  return undefined;
}
