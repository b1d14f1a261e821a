/** General-ciphering with authentication only (suite 1): the MAC around a message. */
import { allocate } from "../../../hal/base/slab.ts";
import { lengthBytes, MAX_LENGTH, malformed, Reader, Writer } from "./bytes.ts";

export const GENERAL_CIPHERING = 0xdd;
export const MAC_BYTES = 12;

const SECURITY_CONTROL = 0x11;
const SECURITY_HEADER_BYTES = 5;
const COVERED_AT = SECURITY_HEADER_BYTES + 1;
const EMPTY_FIELDS = [
  "transaction id length",
  "originator length",
  "recipient length",
  "date-time length",
  "other-information length",
  "key-info length",
];

export interface MacWrapper {
  /** Where the wrapped message starts and ends. */
  readonly from: number;
  readonly to: number;
  readonly tag: Uint8Array;
}

/** Reads the wrapper exactly. Throws `wire/malformed`. */
export function readMacWrapper(bytes: Uint8Array): MacWrapper {
  const reader = new Reader(bytes);
  reader.expect("general-ciphering tag", GENERAL_CIPHERING);
  for (const field of EMPTY_FIELDS) reader.expect(field, 0);
  const length = reader.length("wrapped length");
  if (length !== reader.left) throw malformed("wrapped length", reader.at, `${reader.left}`, length);
  reader.expect("security control", SECURITY_CONTROL);
  for (let n = 0; n < 4; n++) reader.expect("invocation counter", 0);
  const from = reader.at;
  const to = reader.end - MAC_BYTES;
  if (to <= from)
    throw malformed("wrapped message", from, "a message and a 12-byte MAC", `${reader.left} bytes`);
  return { from, to, tag: bytes.subarray(to) };
}

/**
 * What the MAC covers: security header, the empty information of the suite, the whole wrapped message. `unsigned`: the
 * message lacks the length of its signature, 0.
 */
export function macInput(message: Uint8Array, unsigned = false): Uint8Array {
  const input = allocate(COVERED_AT + message.length + (unsigned ? 1 : 0));
  input[0] = SECURITY_CONTROL;
  input.set(message, COVERED_AT);
  return input;
}

/** The wrapped message, of {@link macInput}. */
export const coveredBy = (input: Uint8Array): Uint8Array => input.subarray(COVERED_AT);

export function writeMacWrapper(signed: Uint8Array, tag: Uint8Array): Uint8Array {
  const length = SECURITY_HEADER_BYTES + signed.length + MAC_BYTES;
  if (length > MAX_LENGTH) throw malformed("wrapped length", 0, `at most ${MAX_LENGTH}`, length);
  const writer = new Writer(7 + lengthBytes(length) + length).u8(GENERAL_CIPHERING);
  writer.at += EMPTY_FIELDS.length;
  writer.length(length).u8(SECURITY_CONTROL);
  writer.at += SECURITY_HEADER_BYTES - 1;
  return writer.put(signed).put(tag).bytes;
}
