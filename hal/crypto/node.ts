/** {@link Crypto} by node:crypto (OpenSSL). */
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { concat } from "../base/bytes.ts";
import { type Crypto, HalError } from "../board.ts";
import { requireCcm, requireGcm, requireHkdfLength, requireLength } from "./bytes.ts";
import { pointAcceptable, signatureAcceptable } from "./ed25519-policy.ts";
import { ed25519KeyValid } from "./noble-ed25519.ts";
import { digest, p256Signer } from "./p256-signer.ts";

type Curve = "Ed25519" | "X25519";

/** A raw key as JWK (RFC 8037): OpenSSL takes ten times as long to find out what a DER key is. */
const jwk = (crv: Curve, x: Uint8Array, d?: Uint8Array) => ({
  key: { kty: "OKP", crv, x: base64(x), ...(d && { d: base64(d) }) },
  format: "jwk" as const,
});
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** The public half, which the format asks for, is not read. */
const privateKey = (curve: Curve, raw: Uint8Array): KeyObject => createPrivateKey(jwk(curve, raw, raw));

const publicKey = (curve: Curve, raw: Uint8Array): KeyObject => createPublicKey(jwk(curve, raw));

function rawPublic(key: KeyObject): Uint8Array {
  return plain(Buffer.from(String(createPublicKey(key).export({ format: "jwk" }).x), "base64url"));
}

/** A Uint8Array, not a Buffer: providers answer alike. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** Empty, but with an address: OpenSSL's CCM makes no tag for an update whose data pointer is null. */
const EMPTY = new Uint8Array(1).subarray(1);

type AeadMode = "aes-128-ccm" | "aes-128-gcm" | "aes-256-gcm";

function seal(
  mode: AeadMode,
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  text: Uint8Array,
  authTagLength: number,
) {
  const cipher = createCipheriv(mode as "aes-128-ccm", key, nonce, { authTagLength });
  cipher.setAAD(aad, { plaintextLength: text.length });
  // GMAC, which every message of GBCS has, pays for no call and no Buffer more than it needs.
  const body =
    text.length > 0 || mode === "aes-128-ccm" ? cipher.update(text.length > 0 ? text : EMPTY) : undefined;
  cipher.final();
  const tag = cipher.getAuthTag();
  return body === undefined ? plain(tag) : concat(body, tag);
}

function open(
  mode: AeadMode,
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  authTagLength: number,
) {
  const textLength = sealed.length - authTagLength;
  if (textLength < 0) return undefined;
  const decipher = createDecipheriv(mode as "aes-128-ccm", key, nonce, { authTagLength });
  decipher.setAuthTag(sealed.subarray(textLength));
  decipher.setAAD(aad, { plaintextLength: textLength });
  try {
    const text = decipher.update(sealed.subarray(0, textLength));
    decipher.final();
    return plain(text);
  } catch {
    return undefined; // OpenSSL throws for a wrong tag, and for nothing else once lengths are checked
  }
}

const gcmMode = (key: Uint8Array): AeadMode => (key.length === 16 ? "aes-128-gcm" : "aes-256-gcm");

const provider: Crypto = {
  name: "node",
  sha256: (data) => plain(digest("sha256", data)),
  sha384: (data) => plain(digest("sha384", data)),
  sha512: (data) => plain(digest("sha512", data)),
  hmacSha256(key) {
    const prepared = createSecretKey(key);
    return (data) => plain(createHmac("sha256", prepared).update(data).digest());
  },
  hkdfSha256(inputKey, salt, info, length) {
    requireHkdfLength(length);
    return new Uint8Array(hkdfSync("sha256", inputKey, salt, info, length));
  },
  aesBlock(key, block) {
    requireLength("AES key", key, 16);
    requireLength("AES block", block, 16);
    return plain(createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(block));
  },
  aesCcmSeal(key, nonce, aad, text, tagBytes) {
    requireCcm(key, nonce, tagBytes);
    return seal("aes-128-ccm", key, nonce, aad, text, tagBytes);
  },
  aesCcmOpen(key, nonce, aad, sealed, tagBytes) {
    requireCcm(key, nonce, tagBytes);
    return open("aes-128-ccm", key, nonce, aad, sealed, tagBytes);
  },
  aesGcmSeal(key, nonce, aad, text, tagBytes) {
    requireGcm(key, nonce, tagBytes);
    return seal(gcmMode(key), key, nonce, aad, text, tagBytes);
  },
  aesGcmOpen(key, nonce, aad, sealed, tagBytes) {
    requireGcm(key, nonce, tagBytes);
    return open(gcmMode(key), key, nonce, aad, sealed, tagBytes);
  },
  ed25519Signer(seed) {
    requireLength("Ed25519 seed", seed, 32);
    const key = privateKey("Ed25519", seed);
    return { publicKey: rawPublic(key), sign: (message) => plain(sign(null, message, key)) };
  },
  ed25519Verifier(raw) {
    requireLength("Ed25519 public key", raw, 32);
    if (!pointAcceptable(raw)) return () => false;
    const key = publicKey("Ed25519", raw);
    return (message, signature) => signatureAcceptable(signature) && verify(null, message, key, signature);
  },
  ed25519KeyValid,
  x25519PublicKey(secret) {
    requireLength("X25519 secret", secret, 32);
    return rawPublic(privateKey("X25519", secret));
  },
  x25519(secret, peer) {
    requireLength("X25519 secret", secret, 32);
    requireLength("X25519 public key", peer, 32);
    const keys = { privateKey: privateKey("X25519", secret), publicKey: publicKey("X25519", peer) };
    try {
      return plain(diffieHellman(keys));
    } catch {
      return undefined; // OpenSSL throws when the result is all zero (RFC 7748 §6.1)
    }
  },
  p256Signer,
  p256Verifier(raw) {
    requireLength("P-256 public key", raw, 65);
    const key = p256PublicKey(raw);
    return (message, signature) =>
      signature.length === 64 && verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
  },
  p256SharedSecret(secret, peer) {
    requireLength("P-256 secret", secret, 32);
    if (peer.length !== 65 || peer[0] !== 4) return undefined;
    const own = createECDH("prime256v1");
    try {
      own.setPrivateKey(secret);
    } catch (cause) {
      throw new HalError("hal/misuse", "P-256 secret: expected a scalar from 1 to n - 1", {}, cause);
    }
    try {
      return plain(own.computeSecret(peer));
    } catch {
      return undefined; // not on the curve
    }
  },
};

function p256PublicKey(raw: Uint8Array): KeyObject {
  const part = (from: number) => Buffer.from(raw.subarray(from, from + 32)).toString("base64url");
  try {
    if (raw[0] !== 4) throw new Error("not an uncompressed point");
    return createPublicKey({ key: { kty: "EC", crv: "P-256", x: part(1), y: part(33) }, format: "jwk" });
  } catch (cause) {
    throw new HalError(
      "hal/misuse",
      "P-256 public key: expected an uncompressed point on the curve",
      {},
      cause,
    );
  }
}

export function nodeCrypto(): Crypto {
  return provider;
}
