/** EUI-64s, refused in the words of this wire. */
import { CodedError } from "../../../hal/base/coded-error.ts";
import { type Eui64, euiBytes } from "../../../hal/base/eui64.ts";

/** Throws `wire/eui64` unless `text` is 16 hex digits. */
export function eui64ToBytes(text: Eui64): Uint8Array {
  try {
    return euiBytes(text);
  } catch (cause) {
    const message = `expected an EUI-64 of 16 hex digits, got "${text}"`;
    throw new CodedError("wire/eui64", message, { text }, cause);
  }
}
