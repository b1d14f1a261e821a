/** What a person gives to decode: bytes, hex digits, or a file that holds either. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";

/** An MCUboot image for the largest slot there is; a longer file is no message of ours. */
export const MAX_INPUT_BYTES = 16 * 1024 * 1024;

/** The bytes of `input`: a file of that name if there is one, else hex (spaces, colons and 0x allowed). */
export function inputBytes(input: Uint8Array | string): Uint8Array {
  if (typeof input !== "string") return bounded(input);
  const file = readFile(input);
  if (file !== undefined) return fromFile(file);
  const bytes = fromHex(input);
  if (bytes !== undefined) return bounded(bytes);
  const shown = input.length > 60 ? `${input.slice(0, 60)}…` : input;
  throw new MeterbenchError(
    "decode/input",
    `"${shown}" is neither a file that can be read nor an even number of hex digits: give one of the two`,
  );
}

function bounded(bytes: Uint8Array): Uint8Array {
  if (bytes.length > 0 && bytes.length <= MAX_INPUT_BYTES) return bytes;
  throw new MeterbenchError("decode/input", `${bytes.length} bytes given, expected 1 to ${MAX_INPUT_BYTES}`);
}

function readFile(path: string): Uint8Array | undefined {
  if (path.length > 4096 || path.includes("\0")) return undefined;
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    if (["ENOENT", "ENAMETOOLONG", "ENOTDIR"].includes((error as { code?: string }).code ?? ""))
      return undefined;
    throw new MeterbenchError("decode/input", `cannot read ${path}: ${(error as Error).message}`, {}, error);
  }
  try {
    return readBounded(descriptor, path);
  } finally {
    closeSync(descriptor);
  }
}

function readBounded(descriptor: number, path: string): Uint8Array {
  const stat = fstatSync(descriptor);
  if (!stat.isFile())
    throw new MeterbenchError("decode/input", `${path} is no ordinary file: give a file or hex`);
  if (stat.size > MAX_INPUT_BYTES)
    throw new MeterbenchError(
      "decode/input",
      `${path} has ${stat.size} bytes, at most ${MAX_INPUT_BYTES} are read`,
    );
  const bytes = new Uint8Array(stat.size);
  let at = 0;
  while (at < bytes.length) {
    const count = readSync(descriptor, bytes, at, bytes.length - at, at);
    if (count === 0) break;
    at += count;
  }
  return bytes.subarray(0, at);
}

/** A file of nothing but hex digits and spaces is hex; any other is taken as it is. */
function fromFile(bytes: Uint8Array): Uint8Array {
  const text = bytes.every((byte) => byte < 0x7f) ? new TextDecoder().decode(bytes) : "";
  return bounded(fromHex(text) ?? bytes);
}

function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/^\s*0x/i, "").replace(/[\s:]/g, "");
  if (digits.length === 0 || digits.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(digits)) return undefined;
  return Uint8Array.from(Buffer.from(digits, "hex"));
}
