/**
 * Keys of the GBCS MAC: ECDH on P-256, a one-pass concatenation KDF (NIST SP 800-56A) per message, and
 * AES-128-GMAC. The ECDH result depends on the pair of keys alone and is kept; the rest is per message.
 */
import type { Crypto, Mac } from "../../../hal/board.ts";
import type { MacContext } from "../wire.ts";
import { Writer } from "./bytes.ts";
import { MAC_BYTES } from "./mac-wrapper.ts";

const ALGORITHM_ID = Uint8Array.of(0x60, 0x85, 0x74, 0x06, 0x08, 0x03, 0x00);
const KDF_INPUT_BYTES = 69;
const NOTHING = new Uint8Array(0);

/** The 16-byte key for one message, from the 32-byte shared secret. */
export function macKey(crypto: Crypto, sharedSecret: Uint8Array, context: MacContext): Uint8Array {
  const writer = new Writer(KDF_INPUT_BYTES)
    .put(Uint8Array.of(0, 0, 0, 1))
    .put(sharedSecret)
    .put(ALGORITHM_ID);
  writer.put(context.originator).u8(9).u8(context.kind).u64(context.counter).put(context.target);
  return crypto.sha256(writer.bytes).subarray(0, 16);
}

/** The MAC of one message: 12 bytes of GMAC under its own key, the nonce being originator ‖ 00000000. */
export function messageMac(crypto: Crypto, sharedSecret: Uint8Array, context: MacContext): Mac {
  const key = macKey(crypto, sharedSecret, context);
  const nonce = new Writer(12).put(context.originator).bytes;
  return (input) => crypto.aesGcmSeal(key, nonce, input, NOTHING, MAC_BYTES);
}

interface Pair {
  readonly mySecret: Uint8Array;
  readonly peerPublic: Uint8Array;
  readonly shared: Uint8Array;
}

/** The shared secrets of the last `capacity` pairs of keys, the most recent first. */
export class SharedSecrets {
  readonly #crypto: Crypto;
  readonly #capacity: number;
  readonly #pairs: Pair[] = [];

  constructor(crypto: Crypto, capacity = 16) {
    this.#crypto = crypto;
    this.#capacity = capacity;
  }

  /** 32 bytes; undefined when the peer's key is not a point of the curve. */
  of(mySecret: Uint8Array, peerPublic: Uint8Array): Uint8Array | undefined {
    const index = this.#pairs.findIndex((p) => same(p.peerPublic, peerPublic) && same(p.mySecret, mySecret));
    if (index === 0) return this.#pairs[0]?.shared;
    const [known] = index > 0 ? this.#pairs.splice(index, 1) : [];
    const shared = known?.shared ?? this.#crypto.p256SharedSecret(mySecret, peerPublic);
    if (shared === undefined) return undefined;
    this.#pairs.unshift(known ?? { mySecret: mySecret.slice(), peerPublic: peerPublic.slice(), shared });
    if (this.#pairs.length > this.#capacity) this.#pairs.pop();
    return shared;
  }

  /** The MAC between two parties for one message; undefined when the peer's key is not a point of the curve. */
  pairMac(mySecret: Uint8Array, peerPublic: Uint8Array, context: MacContext): Mac | undefined {
    const shared = this.of(mySecret, peerPublic);
    return shared && messageMac(this.#crypto, shared, context);
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false;
  return true;
}
