/** A key that signs messages in tests, as the interface and as OpenSSL's users take it. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import type { VerifyingKey, XmlSigningKey } from "../../../harness/interface/signature.ts";

const crypto = nodeCrypto();
const secret = new Uint8Array(32).fill(7);
const signer = crypto.p256Signer(secret);
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const jwk = {
  kty: "EC",
  crv: "P-256",
  x: base64url(signer.publicKey.subarray(1, 33)),
  y: base64url(signer.publicKey.subarray(33)),
};

export const issuer = "CN=Z1,OU=07";
export const serial = 27572613927499351639968579586655397031n;
export const signingKey: XmlSigningKey = { sign: (message) => signer.sign(message), issuer, serial };
export const knownKeys: ReadonlyMap<bigint, VerifyingKey> = new Map([
  [serial, { issuer, verify: crypto.p256Verifier(signer.publicKey) }],
]);

export const privatePem = createPrivateKey({ key: { ...jwk, d: base64url(secret) }, format: "jwk" }).export({
  type: "pkcs8",
  format: "pem",
});
export const publicPem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
