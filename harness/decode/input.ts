/** What a person gives to decode: bytes, hex digits, or a file that holds either. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CodedError } from "../../hal/base/coded-error.ts";
import { readHexText } from "../input/hex-text.ts";
import { type Fault, textOf } from "../input/text.ts";

/** An MCUboot image for the largest slot there is; a longer file is no message of ours. */
export const MAX_INPUT_BYTES = 16 * 1024 * 1024;

/** Bytes to decode, and why they were not taken for text, where they are some. */
export interface Input {
  readonly bytes: Uint8Array;
  /** The bytes are text, and this is wrong with it as hexadecimal. */
  readonly notHex?: Fault;
}

/** The bytes of `input`: a file of that name if there is one, else hexadecimal text (see `harness/input`). */
export function inputBytes(input: Uint8Array | string): Input {
  if (typeof input !== "string") return { bytes: bounded(input) };
  const file = readFile(input);
  if (file !== undefined) return fileInput(bounded(file, `${input}: `));
  const bytes = readHexText(input);
  if (bytes instanceof Uint8Array) return { bytes: bounded(bytes) };
  const shown = input.length > 60 ? `${input.slice(0, 60)}…` : input;
  throw new CodedError(
    "decode/input",
    `${JSON.stringify(shown)} is neither a file that can be read nor an even number of hex digits ` +
      `(${placed(bytes)}): give one of the two`,
    { ...bytes },
  );
}

const placed = ({ line, column, fault }: Fault): string => `line ${line}, column ${column}: ${fault}`;

/** `place`: in front of what is wrong. */
function bounded(bytes: Uint8Array, place = ""): Uint8Array {
  if (bytes.length > 0 && bytes.length <= MAX_INPUT_BYTES) return bytes;
  throw new CodedError(
    "decode/input",
    `${place}${bytes.length} bytes given, expected 1 to ${MAX_INPUT_BYTES}`,
  );
}

function readFile(path: string): Uint8Array | undefined {
  if (path.length > 4096 || path.includes("\0")) return undefined;
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    if (["ENOENT", "ENAMETOOLONG", "ENOTDIR"].includes((error as { code?: string }).code ?? ""))
      return undefined;
    throw new CodedError("decode/input", `cannot read ${path}: ${(error as Error).message}`, {}, error);
  }
  try {
    return readBounded(descriptor, path);
  } finally {
    closeSync(descriptor);
  }
}

function readBounded(descriptor: number, path: string): Uint8Array {
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) throw new CodedError("decode/input", `${path} is no ordinary file: give a file or hex`);
  if (stat.size > MAX_INPUT_BYTES)
    throw new CodedError(
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

/** What a file holds: bytes, or text in which they are written. Text that is not hexadecimal is taken as it is. */
export function fileInput(content: Uint8Array): Input {
  const text = textOf(bounded(content));
  if (text === undefined) return { bytes: content };
  const bytes = readHexText(text);
  return bytes instanceof Uint8Array ? { bytes: bounded(bytes) } : { bytes: content, notHex: bytes };
}

/** For {@link CodedError} messages. */
export const notHexText = (fault: Fault): string => `As hexadecimal text: ${placed(fault)}.`;
