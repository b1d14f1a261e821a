/** EUI-64s, refused in the words of this wire. */
import { CodedError } from "../../../hal/base/coded-error.ts";
import * as base from "../../../hal/base/eui64.ts";

/** Writes 8 bytes at `at`; returns the offset after them. Throws `wire/eui64` unless `text` is 16 hex digits. */
export function putEui(out: Uint8Array, at: number, text: base.Eui64): number {
  try {
    return base.putEui(out, at, text);
  } catch (cause) {
    const message = `expected an EUI-64 of 16 hex digits, got "${text}"`;
    throw new CodedError("wire/eui64", message, { text }, cause);
  }
}
