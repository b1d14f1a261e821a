/**
 * Asks for a device's certificate: the claims that will stand in it, in a COSE_Sign1. A key to sign with signs for itself;
 * X25519 cannot, so that for a key to agree with the device's signing key vouches.
 */
import { sameBytes } from "../../../hal/base/bytes.ts";
import type { Crypto, Signer } from "../../../hal/board.ts";
import type { CertificateRequest, RequestedKey } from "../suite.ts";
import { decode, encode } from "./cbor.ts";
import { expectMap, guarded, readHolder, refused, writeHolder } from "./certificate.ts";
import { agreement, keyId } from "./keys.ts";
import { readSign1, sign1, sign1Valid } from "./sign1.ts";
import { Algorithm } from "./structure.ts";

export function requestCertificate(
  { subject, usage, secret }: RequestedKey & { readonly secret: Uint8Array },
  own: Signer,
  crypto: Crypto,
): Uint8Array {
  const asked = usage === "agree" ? undefined : crypto.ed25519Signer(secret);
  const publicKey = asked?.publicKey ?? agreement(crypto, secret).publicKey;
  const signer = asked ?? own;
  const claims = new Map(writeHolder({ subject, role: "device", usage, publicKey }));
  return sign1(encode(claims), signer.sign, keyId(crypto, signer.publicKey));
}

export const readRequest = (bytes: Uint8Array, own: Uint8Array, crypto: Crypto): CertificateRequest =>
  guarded(bytes, () => {
    const structure = readSign1(bytes);
    const { subject, role, usage, publicKey } = readHolder(expectMap(decode(structure.content), "claims"));
    if (role !== "device") throw refused("malformed", "a device's key", role);
    const key = usage === "agree" ? own : publicKey;
    const named = structure.protectedHeaders.keyId;
    const signed =
      named !== undefined &&
      sameBytes(named, keyId(crypto, key)) &&
      sign1Valid(structure, Algorithm.eddsa, crypto.ed25519Verifier(key));
    if (!signed) throw refused("bad-signature", "a signature by the key that vouches", "another");
    return { subject, usage, publicKey };
  });
