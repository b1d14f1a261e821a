/** EUI-64s, the names of devices and parties: 16 upper-case hex digits in headers, 8 bytes on a wire. */
import { CodedError } from "./coded-error.ts";
import { allocate } from "./slab.ts";

/** An EUI-64 as 16 upper-case hex digits. */
export type Eui64 = string;

/** The name that 8 bytes, most significant first, are. Throws `base/eui64` for another number of bytes. */
export function euiText(bytes: Uint8Array): Eui64 {
  if (bytes.length !== 8) throw wrong(`${bytes.length} bytes`);
  return euiTextAt(bytes, 0);
}

const digitCodes = Uint8Array.from("0123456789ABCDEF", (digit) => digit.charCodeAt(0));
const codes = new Array<number>(16).fill(0);

/** The name that the 8 bytes from `at` on are: they must be there. A text joined of parts would take four times as long. */
export function euiTextAt(bytes: Uint8Array, at: number): Eui64 {
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i]!;
    codes[2 * i] = digitCodes[byte >> 4]!;
    codes[2 * i + 1] = digitCodes[byte & 15]!;
  }
  return String.fromCharCode.apply(undefined, codes);
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
  const bytes = allocate(8);
  putEui(bytes, 0, text);
  return bytes;
}

/** Writes them at `at`; returns the offset after them. Throws as {@link euiBytes}. */
export function putEui(out: Uint8Array, at: number, text: Eui64): number {
  let valid = text.length === 16;
  for (let i = 0; i < 8 && valid; i++) {
    const byte = digit(text, 2 * i) * 16 + digit(text, 2 * i + 1);
    valid = byte < 0x100;
    out[at + i] = byte;
  }
  if (valid) return at + 8;
  throw wrong(JSON.stringify(text.slice(0, 32)));
}

const wrong = (got: string) =>
  new CodedError("base/eui64", `EUI-64: expected 8 bytes, as 16 hexadecimal digits in text, got ${got}`, {
    got,
  });
