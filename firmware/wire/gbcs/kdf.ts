/**
 * Keys of the GBCS MAC: ECDH on P-256, a one-pass concatenation KDF (NIST SP 800-56A) per message, and
 * AES-128-GMAC. The ECDH result depends on the pair of keys alone and is kept; the rest is per message.
 */
import type { Crypto, Mac } from "../../../hal/board.ts";
import type { Agreement, ContextMac, Pair, Transaction } from "../suite.ts";
import type { MacContext } from "../wire.ts";
import { Writer } from "./bytes.ts";
import { MAC_BYTES } from "./mac-wrapper.ts";

const ALGORITHM_ID = Uint8Array.of(0x60, 0x85, 0x74, 0x06, 0x08, 0x03, 0x00);
const NOTHING = new Uint8Array(0);
/** Where what a message adds stands: after counter 4, shared secret 32, algorithm 7, originator 8, a length. */
const TRANSACTION_AT = 52;
const TRANSACTION_BYTES = 9;

/** KDF input for one shared secret: what every message of the pair has in common. */
function kdfInput(sharedSecret: Uint8Array, { originator, target }: Pair): Writer {
  const writer = new Writer(TRANSACTION_AT + TRANSACTION_BYTES + 8);
  writer
    .put(Uint8Array.of(0, 0, 0, 1))
    .put(sharedSecret)
    .put(ALGORITHM_ID)
    .put(originator)
    .u8(TRANSACTION_BYTES);
  writer.at += TRANSACTION_BYTES;
  return writer.put(target);
}

/** Completes the input for one message and derives its 16-byte key. */
function deriveKey(crypto: Crypto, input: Writer, { kind, counter }: Transaction): Uint8Array {
  input.at = TRANSACTION_AT;
  input.u8(kind).u64(counter);
  return crypto.sha256(input.bytes).subarray(0, 16);
}

/** The 16-byte key for one message, from the 32-byte shared secret; `kind` 4 gives the key of its hidden values. */
export function macKey(crypto: Crypto, sharedSecret: Uint8Array, context: MacContext): Uint8Array {
  return deriveKey(crypto, kdfInput(sharedSecret, context), context);
}

/** The MAC of one message: 12 bytes of GMAC under its own key, the nonce being originator ‖ 00000000. */
export function messageMac(crypto: Crypto, sharedSecret: Uint8Array, context: MacContext): Mac {
  return gmac(crypto, macKey(crypto, sharedSecret, context), nonceOf(context.originator));
}

/** originator ‖ 00000000. */
export function nonceOf(originator: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(12);
  nonce.set(originator);
  return nonce;
}

function gmac(crypto: Crypto, key: Uint8Array, nonce: Uint8Array): Mac {
  return (input) => crypto.aesGcmSeal(key, nonce, input, NOTHING, MAC_BYTES);
}

export function agreement(crypto: Crypto, secret: Uint8Array): Agreement {
  return {
    publicKey: crypto.p256Signer(secret).publicKey,
    agree: (peerPublic) => crypto.p256SharedSecret(secret, peerPublic),
  };
}

/** Agrees once for the pair; a message costs its own key and one GMAC. */
export function macs(
  crypto: Crypto,
  own: Agreement,
  peerPublic: Uint8Array,
  pair: Pair,
): ContextMac | undefined {
  const shared = own.agree(peerPublic);
  if (shared === undefined) return undefined;
  const [input, nonce] = [kdfInput(shared, pair), nonceOf(pair.originator)];
  return (transaction) => gmac(crypto, deriveKey(crypto, input, transaction), nonce);
}
