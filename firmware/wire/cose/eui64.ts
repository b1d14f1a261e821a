/** EUI-64s: 8 bytes on the wire, 16 upper-case hex digits in a header. */
import { MeterbenchError } from "../../kernel/errors.ts";
import type { Eui64 } from "../message.ts";

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0").toUpperCase());

export function eui64FromBytes(bytes: Uint8Array): Eui64 {
  let text = "";
  for (let i = 0; i < 8; i++) text += hexPairs[bytes[i]!];
  return text;
}

/** Value of each hex digit by character code; 16 and more for all else, which shows in the sum of a pair. */
const digits = Uint16Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? 0x1000 : digit;
});

/** Throws `wire/eui64` unless `text` is 16 hex digits. */
export function eui64ToBytes(text: Eui64): Uint8Array {
  const bytes = new Uint8Array(8);
  let valid = text.length === 16;
  for (let i = 0; i < 8 && valid; i++) {
    const byte = digit(text, 2 * i) * 16 + digit(text, 2 * i + 1);
    valid = byte < 0x100;
    bytes[i] = byte;
  }
  if (valid) return bytes;
  throw new MeterbenchError("wire/eui64", `expected an EUI-64 of 16 hex digits, got "${text}"`, { text });
}

const digit = (text: string, at: number) => digits[text.charCodeAt(at)] ?? 0x1000;
