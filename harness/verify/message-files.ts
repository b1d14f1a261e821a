/** Message files: hexadecimal text or raw bytes. Folders are walked. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { CodedError } from "../../hal/base/coded-error.ts";
import { readHexText } from "../input/hex-text.ts";
import { textOf } from "../input/text.ts";

const TEXT = [".hex", ".txt"];
const BINARY = [".bin", ".cbor", ".cose", ".gbcs"];
const MAX_FILE_BYTES = 1 << 20;

/**
 * A file given by name is taken whatever it is called; within folders, files with a known extension are
 * (`.hex .txt .bin .cbor .cose .gbcs`). Throws `verify/no-files`, `verify/unreadable`.
 */
export function messageFiles(paths: readonly string[]): readonly string[] {
  const found = paths.flatMap((path) => (stat(path).isDirectory() ? walk(path) : [path]));
  if (found.length > 0) return found;
  const message = `no message files in ${paths.join(", ")}; expected names ending in ${[...TEXT, ...BINARY].join(" ")}`;
  throw new CodedError("verify/no-files", message, { paths });
}

function walk(dir: string): string[] {
  const entries = readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() && [...TEXT, ...BINARY].includes(extname(entry.name).toLowerCase()) ? [path] : [];
  });
}

function stat(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    const message = `${path} cannot be read; give existing files or folders`;
    throw new CodedError("verify/unreadable", message, { path }, error);
  }
}

/** The message's bytes. Throws `verify/bad-hex` with file, line and column, `verify/unreadable`. */
export function readMessageFile(path: string): Uint8Array {
  const { size } = stat(path);
  if (size > MAX_FILE_BYTES) {
    const message = `verify: ${path} has ${size} bytes, expected at most ${MAX_FILE_BYTES}: no message is so long`;
    throw new CodedError("verify/unreadable", message, { path, size });
  }
  const bytes = new Uint8Array(readFileSync(path));
  const extension = extname(path).toLowerCase();
  if (BINARY.includes(extension)) return bytes;
  const text = textOf(bytes);
  if (!TEXT.includes(extension)) {
    const read = text === undefined ? undefined : readHexText(text);
    return read instanceof Uint8Array ? read : bytes;
  }
  return parseHex(text ?? Buffer.from(bytes).toString("latin1"), path);
}

/** The bytes of hexadecimal text (see `harness/input`). Throws `verify/bad-hex`. `source` names it in errors. */
export function parseHex(text: string, source: string): Uint8Array {
  const read = readHexText(text);
  if (read instanceof Uint8Array) return read;
  const { line, column, fault } = read;
  const message = `${source}, line ${line}, column ${column}: ${fault}`;
  throw new CodedError("verify/bad-hex", message, { file: source, line, column });
}
