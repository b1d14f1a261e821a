/** The GBCS wire as far as it authenticates: ECDSA and ECDH on P-256, AES-128-GMAC. */
import type { EnvelopeSuite } from "../suite.ts";
import { agreement, macs } from "./kdf.ts";
import { type GbcsEnvelope, type GbcsMessage, gbcsWire, readPreCommand } from "./wire.ts";

/** A scalar to try public keys with. */
const one = Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0));

export const gbcsSuite: EnvelopeSuite<GbcsEnvelope, GbcsMessage> = {
  wire: gbcsWire,
  decodePlain: (plain) => readPreCommand(plain).message,
  /** GBCS 12: method 2 of RFC 5280 §4.2.1.2 belongs to certificates; messages name keys by their holder. */
  keyId: (crypto, publicKey) => crypto.sha256(publicKey).slice(0, 8),
  signer: (crypto, secret) => crypto.p256Signer(secret),
  verifier: (crypto, publicKey) => crypto.p256Verifier(publicKey),
  keyUsable: (crypto, _usage, publicKey) => crypto.p256SharedSecret(one, publicKey) !== undefined,
  agreement,
  macs,
};
