/**
 * Keys that two parties share: X25519 static-static, HKDF-SHA-256, with the COSE_KDF_Context of RFC 9053 §5.2
 * naming both parties in the order of sending. So a key serves one direction of one pair.
 *
 * Deviation, argued: for static keys RFC 9053 asks for a salt or nonce a message. Ours is one key a pair and
 * direction, as HMAC is safe for many messages under one key, the counter in each message tells replays, and
 * Encrypt0 takes an IV from the content itself (`sensitive.ts`). It spares the agreement on every message.
 */
import type { Crypto, Mac } from "../../../hal/board.ts";
import type { Agreement, ContextMac, HiddenValues, Pair, Transaction } from "../suite.ts";
import type { MacContext } from "../wire.ts";
import { encode, type Item } from "./cbor.ts";
import { openValues, sealValues, type ValueKey } from "./sensitive.ts";
import { Algorithm, KEY_ID_BYTES, NO_BYTES } from "./structure.ts";

/** The recipient's protected headers {1: ECDH-SS + HKDF-256}, as if it were sent. */
const recipientHeaders = encode(new Map([[1, Algorithm.ecdhSsHkdf256]]));

/** The first 8 bytes of SHA-256 of a public key. */
export function keyId(crypto: Crypto, publicKey: Uint8Array): Uint8Array {
  return crypto.sha256(publicKey).slice(0, KEY_ID_BYTES);
}

export function agreement(crypto: Crypto, secret: Uint8Array): Agreement {
  return {
    publicKey: crypto.x25519PublicKey(secret),
    agree: (peerPublic) => crypto.x25519(secret, peerPublic),
  };
}

/** HMAC 256/256 from `originator` to `target`: one key for all messages of the pair in this direction. */
export function macs(
  crypto: Crypto,
  own: Agreement,
  peerPublic: Uint8Array,
  pair: Pair,
): ContextMac | undefined {
  const mac = pairMac(crypto, own, peerPublic, pair);
  return mac && (() => mac);
}

/** The same at both ends. Undefined for a small-order peer key. */
export function pairMac(crypto: Crypto, own: Agreement, peerPublic: Uint8Array, pair: Pair): Mac | undefined {
  const shared = own.agree(peerPublic);
  return shared && crypto.hmacSha256(derive(crypto, shared, Algorithm.hmac256, 32, pair));
}

export function hiddenValues(
  crypto: Crypto,
  own: Agreement,
  peerPublic: Uint8Array,
  pair: Pair,
): HiddenValues | undefined {
  const key = valueKey(crypto, own, peerPublic, pair);
  if (key === undefined) return undefined;
  return {
    seal: (transaction, results) => sealValues(crypto, key, contextOf(pair, transaction), results),
    open: (transaction, sealed) => openValues(crypto, key, contextOf(pair, transaction), sealed),
  };
}

const contextOf = (pair: Pair, { kind, counter }: Transaction): MacContext => ({ ...pair, kind, counter });

/** Keys for values from `originator` to `target`. Undefined for a small-order peer key. */
export function valueKey(
  crypto: Crypto,
  own: Agreement,
  peerPublic: Uint8Array,
  pair: Pair,
): ValueKey | undefined {
  const shared = own.agree(peerPublic);
  if (shared === undefined) return undefined;
  const key = derive(crypto, shared, Algorithm.a128gcm, 16, pair);
  const ivKey = derive(crypto, shared, Algorithm.hmac256, 32, pair, "iv");
  return { key, ivMac: crypto.hmacSha256(ivKey) };
}

/** HKDF over the COSE_KDF_Context; `purpose` goes into SuppPubInfo.other. */
function derive(
  crypto: Crypto,
  shared: Uint8Array,
  algorithm: number,
  bytes: number,
  { originator, target }: Pair,
  purpose?: string,
): Uint8Array {
  const publicInfo: Item[] = [bytes * 8, recipientHeaders];
  if (purpose !== undefined) publicInfo.push(utf8(purpose));
  const info = encode([algorithm, [originator, null, null], [target, null, null], publicInfo]);
  return crypto.hkdfSha256(shared, NO_BYTES, info, bytes);
}

const utf8 = (text: string) => new TextEncoder().encode(text);

/** The field of both curves: 2^255 - 19. */
const fieldPrime = 2n ** 255n - 19n;

/**
 * Can a public key do its work? One that is not canonical, of small order or on no curve verifies no signature
 * and agrees on no key: refused where it comes in, before it locks out whoever it should serve.
 */
export function keyUsable(
  crypto: Crypto,
  usage: "sign" | "agree" | "certify",
  publicKey: Uint8Array,
): boolean {
  if (publicKey.length !== 32) return false;
  if (usage !== "agree") return crypto.ed25519KeyValid(publicKey);
  const u = publicKey.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return u < fieldPrime && crypto.x25519(new Uint8Array(32).fill(1), publicKey) !== undefined;
}
