/** EUI-64s, the names of devices and parties: 16 upper-case hex digits in headers, 8 bytes on a wire. */
import { CodedError } from "./coded-error.ts";

/** An EUI-64 as 16 upper-case hex digits. */
export type Eui64 = string;

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0").toUpperCase());

/** The name that 8 bytes, most significant first, are. Throws `base/eui64` for another number of bytes. */
export function euiText(bytes: Uint8Array): Eui64 {
  if (bytes.length !== 8) throw wrong(`${bytes.length} bytes`);
  let text = "";
  for (let i = 0; i < 8; i++) text += pairs[bytes[i]!];
  return text;
}

/** Value of each hex digit by character code; for all else a number that shows in the sum of a pair. */
const NO_DIGIT = 0x1000;
const digits = Uint16Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? NO_DIGIT : digit;
});
const digit = (text: string, at: number) => digits[text.charCodeAt(at)] ?? NO_DIGIT;

/** The 8 bytes, most significant first. Throws `base/eui64` unless `text` is 16 hex digits, of either case. */
export function euiBytes(text: Eui64): Uint8Array {
  const bytes = new Uint8Array(8);
  let valid = text.length === 16;
  for (let i = 0; i < 8 && valid; i++) {
    const byte = digit(text, 2 * i) * 16 + digit(text, 2 * i + 1);
    valid = byte < 0x100;
    bytes[i] = byte;
  }
  if (valid) return bytes;
  throw wrong(JSON.stringify(text.slice(0, 32)));
}

const wrong = (got: string) =>
  new CodedError("base/eui64", `EUI-64: expected 8 bytes, as 16 hexadecimal digits in text, got ${got}`, {
    got,
  });
