/** Text in a file: UTF-8 or UTF-16, with or without a byte order mark. */
import { readFileSync } from "node:fs";

/** What is wrong with a text, and where (both from 1). */
export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly fault: string;
}

/** The place of `index` in `text`. */
export function faultAt(text: string, index: number, fault: string): Fault {
  const before = text.slice(0, index).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1, fault };
}

/** The text that `bytes` hold, without byte order mark; undefined when they hold none (control characters, bad UTF-8). */
export function textOf(bytes: Uint8Array): string | undefined {
  const utf16 = utf16Of(bytes);
  const text = utf16 === undefined ? decoded(bytes, "utf-8") : decoded(bytes, utf16);
  return text === undefined || /(?![\t\n\f\r])\p{Cc}/u.test(text) ? undefined : text;
}

/** A file that should be text, in whatever encoding; bytes that are none come as they are, for its reader to refuse. */
export function readTextFile(path: string): string {
  const bytes = readFileSync(path);
  return textOf(bytes) ?? bytes.toString("utf8");
}

/** By its mark; without one, ASCII in UTF-16 has every other byte zero. */
function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes.length < 4 || bytes.length % 2 !== 0) return undefined;
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  const zeros = (first: number) => bytes.every((byte, i) => (i % 2 === first) === (byte === 0));
  return zeros(1) ? "utf-16le" : zeros(0) ? "utf-16be" : undefined;
}

/** Not Node's own "utf-16be", which a build without full ICU lacks. */
function decoded(bytes: Uint8Array, encoding: "utf-8" | "utf-16le" | "utf-16be"): string | undefined {
  const big = encoding === "utf-16be";
  const ordered = big ? Buffer.from(bytes).swap16() : bytes;
  try {
    return new TextDecoder(big ? "utf-16le" : encoding, { fatal: true }).decode(ordered);
  } catch {
    return undefined;
  }
}
