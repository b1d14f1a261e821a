/** Bytes as hexadecimal text. */
import { bytesToHex, hexToBytes } from "@noble/ciphers/utils.js";
import { CodedError } from "./coded-error.ts";

/** Two upper-case digits a byte. */
export const toHex = (bytes: Uint8Array): string => bytesToHex(bytes).toUpperCase();

/** Two lower-case digits a byte, where a file or a message has them so. */
export const toLowerHex: (bytes: Uint8Array) => string = bytesToHex;

/** The bytes that `text` writes, in either case. Throws `base/hex` unless it is pairs of hex digits and nothing else. */
export function fromHex(text: string): Uint8Array {
  if (/^(?:[0-9A-Fa-f]{2})*$/.test(text)) return hexToBytes(text);
  const bad = text.search(/[^0-9A-Fa-f]/);
  const got = bad < 0 ? `${text.length} digits` : `another character at ${bad}`;
  throw new CodedError("base/hex", `hex: expected pairs of hexadecimal digits, got ${got}`, {
    length: text.length,
    at: bad,
  });
}
