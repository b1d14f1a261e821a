/** The MAC of a top-up token, which is the same on every wire: AES-128-GMAC under a key of its own (GBCS 14; facts §5.4). */
import type { Crypto } from "../../hal/board.ts";
import { macKey, nonceOf } from "./gbcs/kdf.ts";
import type { Pair } from "./suite.ts";

/** 4 bytes over the token's counter (the whole originator counter, 64 bits) and its first 4 bytes. */
export type TokenMac = (counter: bigint, head: Uint8Array) => Uint8Array;

const tagBytes = 16;
const macBytes = 4;
/** Of a command. */
const kind = 1;
/** Security control, and the lengths of fields that are empty. */
const header = Uint8Array.of(0x11, 0, 0, 0, 0, 0);

/** `secret`: what the supplier's prepayment key and the device's agree on; `pair`: from the supplier to the device. */
export function tokenMac(crypto: Crypto, secret: Uint8Array, pair: Pair): TokenMac {
  return (counter, head) => {
    const key = macKey(crypto, secret, { ...pair, kind, counter });
    const input = new Uint8Array(header.length + 8 + 8 + 1 + 8 + head.length);
    input.set(header);
    input.set(pair.originator, 6);
    input.set(pair.target, 14);
    input[22] = kind;
    new DataView(input.buffer).setBigUint64(23, counter);
    input.set(head, 31);
    const tag = crypto.aesGcmSeal(key, nonceOf(pair.originator), input, new Uint8Array(), tagBytes);
    return tag.slice(tagBytes - macBytes);
  };
}
