/** Dumps with offsets: xxd, hexdump -C, od -t x1, tcpdump -x, Wireshark's; each offset must say what stood before it. */
import { fromHex } from "../../hal/base/hex.ts";
import type { Fault } from "./text.ts";

/** `00000000: df09 ...`; the colon makes it an offset whatever follows. */
const withColon = /^\s*(?:0x)?([0-9a-f]{4,16}):(?:\s+(.*))?$/i;
/** `00000000  df 09 ...`: bytes one by one, so that an offset is not a group of digits. */
const withSpace = /^\s*(?:0x)?([0-9a-f]{4,16})(?:\s+((?:[0-9a-f]{2}(?:[\s-]|$)).*))?$/i;
const MAX_DUMP_BYTES = 16 * 1024 * 1024;

/** True when the first line begins with an offset; without a colon it must be 0, and be told from the digits behind it. */
export function isDump(text: string): boolean {
  const [first = ""] = text.trimStart().split(/\r?\n/, 1);
  if (withColon.test(first)) return true;
  const [, offset, rest] = withSpace.exec(first) ?? [];
  return offset !== undefined && /^0+$/.test(offset) && rest !== undefined && offset.length !== 2;
}

/**
 * The bytes of a dump; `*` stands for lines that are the same as the one before. Offsets may begin anywhere; they are
 * hexadecimal, or, with od's seven digits, octal or decimal.
 */
export function readDump(text: string): Uint8Array | Fault {
  const radixes = /^\s*\d{7}\s/.test(text) ? [8, 10, 16] : [16];
  const read = radixes.map((radix) => readRows(text, radix));
  return read.find((each) => each instanceof Uint8Array) ?? (read[0] as Fault);
}

function readRows(text: string, radix: number): Uint8Array | Fault {
  const rows: Uint8Array[] = [];
  let begin: number | undefined;
  let length = 0;
  let repeats = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fault = (why: string): Fault => ({ line: index + 1, column: 1, fault: why });
    if (line.trim() === "") continue;
    if (line.trim() === "*") {
      repeats = true;
      continue;
    }
    const [, digits, rest = ""] = withColon.exec(line) ?? withSpace.exec(line) ?? [];
    if (digits === undefined) return fault("expected an offset and bytes, as in the lines before");
    const offset = Number.parseInt(digits, radix);
    begin ??= offset;
    const last = rows.at(-1);
    while (
      repeats &&
      last !== undefined &&
      last.length > 0 &&
      begin + length < offset &&
      length <= MAX_DUMP_BYTES
    ) {
      rows.push(last);
      length += last.length;
    }
    repeats = false;
    if (offset !== begin + length)
      return fault(
        `expected offset ${hex(begin + length)}, got ${hex(offset)}: a line is missing, or of another dump`,
      );
    const bytes = rowBytes(rest, line.includes(":"));
    rows.push(bytes);
    length += bytes.length;
    if (length > MAX_DUMP_BYTES) return fault(`expected at most ${MAX_DUMP_BYTES} bytes, got more`);
  }
  if (length === 0) return { line: 1, column: 1, fault: "expected bytes behind the offsets, got none" };
  return new Uint8Array(Buffer.concat(rows));
}

const hex = (offset: number): string => `0x${offset.toString(16).padStart(4, "0")}`;

/** The bytes of a line, without the column of characters: that begins after a wider gap, or a bar. */
function rowBytes(rest: string, grouped: boolean): Uint8Array {
  const shown = rest.replace(/\s*\|.*$/, "");
  const digits: string[] = [];
  const group = /(\s+|-|^)(?:0x)?((?:[0-9a-f]{2})+)(?![^\s-])/iy;
  for (let found = group.exec(shown); found !== null; found = group.exec(shown)) {
    const [, gap = "", bytes = ""] = found;
    const middle = digits.join("").length === 16 && bytes.length === 2;
    if (digits.length > 0 && gap.length > (middle ? 2 : 1)) break;
    if (!grouped && bytes.length !== 2) break;
    digits.push(bytes);
  }
  return fromHex(digits.join(""));
}
