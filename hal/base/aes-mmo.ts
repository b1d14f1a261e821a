/**
 * Zigbee's hash: Matyas-Meyer-Oseas over AES-128, and HMAC over it (Zigbee specification, annexes B.1.3, B.1.4, B.6).
 * The block cipher is the caller's.
 */
import { concat } from "./bytes.ts";
import { CodedError } from "./coded-error.ts";

const BLOCK = 16;

/** One AES-128 block, 16 bytes in, 16 out: any board's crypto part. */
export interface BlockCipher {
  aesBlock(key: Uint8Array, block: Uint8Array): Uint8Array;
}

/** AES-MMO hash, 16 bytes. Throws `base/aes-mmo` for a message of 8,192 bytes or more. */
export function aesMmo(cipher: BlockCipher, message: Uint8Array): Uint8Array {
  if (message.length >= 8192) {
    throw new CodedError("base/aes-mmo", `AES-MMO: expected fewer than 8,192 bytes, got ${message.length}`, {
      bytes: message.length,
    });
  }
  const padded = pad(message);
  let hash: Uint8Array = new Uint8Array(BLOCK);
  for (let at = 0; at < padded.length; at += BLOCK) {
    const block = padded.subarray(at, at + BLOCK);
    hash = cipher.aesBlock(hash, block).map((byte, i) => byte ^ block[i]!);
  }
  return hash;
}

/** HMAC over AES-MMO with a key of 16 bytes: specialises link keys, and proves one without showing it. */
export function hmacMmo(cipher: BlockCipher, key: Uint8Array, message: Uint8Array): Uint8Array {
  const keyed = (mask: number) => key.map((byte) => byte ^ mask);
  return aesMmo(cipher, concat(keyed(0x5c), aesMmo(cipher, concat(keyed(0x36), message))));
}

function pad(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((message.length + 3) / BLOCK) * BLOCK);
  padded.set(message);
  padded[message.length] = 0x80;
  const bits = message.length * 8;
  padded[padded.length - 2] = bits >>> 8;
  padded[padded.length - 1] = bits & 0xff;
  return padded;
}
