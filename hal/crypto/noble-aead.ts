/** The AEAD modes that @noble/ciphers lacks, built from those it has: CCM, and GCM with a short tag. */
import { cbc, ctr, gcm } from "@noble/ciphers/aes.js";
import { concat, sameBytes } from "../base/bytes.ts";

/** AES-CCM, RFC 3610. */
export function ccmSeal(key: Bytes, nonce: Bytes, aad: Bytes, text: Bytes, tagBytes: number): Uint8Array {
  const keystream = ctr(key, counterBlock(nonce));
  const mixed = keystream.encrypt(concat(cbcMac(key, nonce, aad, text, tagBytes), text));
  return concat(mixed.subarray(16), mixed.subarray(0, tagBytes));
}

export function ccmOpen(key: Bytes, nonce: Bytes, aad: Bytes, sealed: Bytes, tagBytes: number) {
  const textBytes = sealed.length - tagBytes;
  if (textBytes < 0) return undefined;
  const tagBlock = concat(sealed.subarray(textBytes), new Uint8Array(16 - tagBytes));
  const clear = ctr(key, counterBlock(nonce)).encrypt(concat(tagBlock, sealed.subarray(0, textBytes)));
  const text = clear.slice(16);
  const tag = cbcMac(key, nonce, aad, text, tagBytes);
  return sameBytes(tag.subarray(0, tagBytes), clear.subarray(0, tagBytes)) ? text : undefined;
}

/** AES-GCM whose tag may be cut short (SP 800-38D §5.2.1.2); 12-byte nonce. */
export function gcmSeal(key: Bytes, nonce: Bytes, aad: Bytes, text: Bytes, tagBytes: number): Uint8Array {
  return gcm(key, nonce, aad)
    .encrypt(text)
    .slice(0, text.length + tagBytes);
}

/** Decrypts first and seals again, because noble compares whole tags only. */
export function gcmOpen(key: Bytes, nonce: Bytes, aad: Bytes, sealed: Bytes, tagBytes: number) {
  const textBytes = sealed.length - tagBytes;
  if (textBytes < 0) return undefined;
  const firstCounter = concat(nonce, Uint8Array.of(0, 0, 0, 2));
  const text = ctr(key, firstCounter).decrypt(sealed.subarray(0, textBytes));
  return sameBytes(gcmSeal(key, nonce, aad, text, tagBytes), sealed) ? text : undefined;
}

type Bytes = Uint8Array;

/** RFC 3610 §2.2: the CBC-MAC over B_0, the length-prefixed AAD and the text, each padded to blocks. */
function cbcMac(key: Bytes, nonce: Bytes, aad: Bytes, text: Bytes, tagBytes: number): Uint8Array {
  const lengthBytes = 15 - nonce.length;
  const first = new Uint8Array(16);
  first[0] = (aad.length > 0 ? 0x40 : 0) | (((tagBytes - 2) / 2) << 3) | (lengthBytes - 1);
  first.set(nonce, 1);
  for (let i = 15, rest = text.length; i > nonce.length; i--, rest = Math.floor(rest / 256))
    first[i] = rest & 0xff;
  const blocks = concat(first, padded(concat(aadLength(aad.length), aad)), padded(text));
  return cbc(key, new Uint8Array(16), { disablePadding: true }).encrypt(blocks).slice(-16);
}

function aadLength(length: number): Uint8Array {
  if (length === 0) return new Uint8Array(0);
  if (length < 0xff00) return Uint8Array.of(length >> 8, length);
  return Uint8Array.of(0xff, 0xfe, length >>> 24, length >> 16, length >> 8, length);
}

function counterBlock(nonce: Bytes): Uint8Array {
  const block = new Uint8Array(16);
  block[0] = 14 - nonce.length;
  block.set(nonce, 1);
  return block;
}

const padded = (bytes: Bytes) => concat(bytes, new Uint8Array(-bytes.length & 15));
