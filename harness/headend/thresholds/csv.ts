/**
 * Comma-separated values (RFC 4180), read strictly and with the place of every field: a file that sets thresholds is refused
 * whole, and its author is to find the fault. Libraries are lenient by nature, and tell the line alone.
 */
import { CodedError } from "../../../hal/base/coded-error.ts";

export interface Cell {
  readonly text: string;
  /** Both from 1; a column is a UTF-16 unit of the line. */
  readonly line: number;
  readonly column: number;
}
/** A line of the file; not empty. */
export type Line = readonly [Cell, ...Cell[]];

const MAX_LINES = 20_000;
const MAX_CELLS = 16;

/** The lines of a text, ended by CR LF or LF. Throws `thresholds/file`. */
export function readCsv(text: string): Line[] {
  const reader = new CsvReader(text);
  const lines: Line[] = [];
  while (!reader.done) {
    const line = reader.line();
    if (lines.push(line) > MAX_LINES) throw fileFault(line[0], `at most ${MAX_LINES} lines`, "more");
  }
  return lines;
}

/** What is wrong in a file, where, in the words of every refusal. */
export function fileFault(at: Omit<Cell, "text">, expected: string, got: string): CodedError {
  const { line, column } = at;
  return new CodedError(
    "thresholds/file",
    `line ${line}, column ${column}: expected ${expected}, got ${got}; nothing of the file was taken: mend it, sign it again`,
    { line, column, expected, got },
  );
}

export const shown = (text: string): string =>
  text === "" ? "nothing" : JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

class CsvReader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineFrom = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  line(): Line {
    const cells: [Cell, ...Cell[]] = [this.#cell()];
    while (this.#text[this.#at] === ",") {
      this.#at++;
      if (cells.length === MAX_CELLS) throw fileFault(this.#place(), `at most ${MAX_CELLS} fields`, "more");
      cells.push(this.#cell());
    }
    if (!this.done && !this.#lineEnd())
      throw fileFault(this.#place(), "a comma or the line's end", this.#rest());
    return cells;
  }

  #cell(): Cell {
    const place = this.#place();
    if (this.#text[this.#at] === '"') return { text: this.#quoted(), ...place };
    const from = this.#at;
    while (!this.done && !',\r\n"'.includes(this.#text[this.#at] as string)) this.#at++;
    if (this.#text[this.#at] === '"') throw fileFault(this.#place(), "no quote inside a bare field", '"');
    return { text: this.#text.slice(from, this.#at), ...place };
  }

  /** A doubled quote is one quote. Lines inside are the field's own: no field here has any. */
  #quoted(): string {
    const start = this.#place();
    const from = ++this.#at;
    for (;;) {
      const end = this.#text.indexOf('"', this.#at);
      if (end < 0) throw fileFault(start, "a quote that ends the field", "the file's end");
      this.#at = end + 1;
      if (this.#text[this.#at] !== '"') break;
      this.#at++;
    }
    const text = this.#text.slice(from, this.#at - 1);
    if (/[\r\n]/.test(text)) throw fileFault(start, "a field of one line", shown(text));
    return text.replaceAll('""', '"');
  }

  #lineEnd(): boolean {
    const end = this.#text.startsWith("\r\n", this.#at) ? 2 : this.#text[this.#at] === "\n" ? 1 : 0;
    if (end === 0) return false;
    this.#at += end;
    this.#line++;
    this.#lineFrom = this.#at;
    return true;
  }

  #place(): Omit<Cell, "text"> {
    return { line: this.#line, column: this.#at - this.#lineFrom + 1 };
  }

  #rest(): string {
    const [rest = ""] = this.#text.slice(this.#at, this.#at + 40).split(/[,\n]/);
    return shown(rest);
  }
}

/** Lines that end in CR LF. What a spreadsheet would take for a formula gets an apostrophe in front. */
export const writeCsv = (lines: readonly (readonly string[])[]): string =>
  lines.map((cells) => `${cells.map(field).join(",")}\r\n`).join("");

function field(text: string): string {
  const harmless = /^[=+@\t\r-]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
