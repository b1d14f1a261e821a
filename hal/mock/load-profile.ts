import { readIsoTime } from "../base/iso-time.ts";
import { HalError } from "../board.ts";
import type { SeededRandom } from "./random.ts";

/** Constant power over a stretch of time. */
export interface LoadStep {
  /** UTC ms at which the next step begins; Infinity when none does. */
  readonly untilUtcMs: number;
  readonly importW: number;
  /** Import of the secondary element, where the meter has one. */
  readonly secondaryW?: number;
  readonly exportW: number;
  readonly reactiveImportVar: number;
  readonly reactiveExportVar: number;
}

/** What a home draws and feeds in: piecewise-constant power for every moment of time. */
export interface LoadProfile {
  stepAt(utcMs: number): LoadStep;
}

/** One half hour of a home. */
export interface HalfHour {
  readonly importWh: number;
  readonly secondaryWh?: number;
  readonly exportWh?: number;
  readonly reactiveImportVarh?: number;
  readonly reactiveExportVarh?: number;
}

export const halfHourMs = 1_800_000;
/** 20 years of half hours: more in one file is a mistake. */
export const maxHalfHours = 350_640;

/** Draws the same power for ever. */
export function constantLoad(importW: number, exportW = 0, secondaryW = 0): LoadProfile {
  const step = {
    untilUtcMs: Number.POSITIVE_INFINITY,
    importW,
    secondaryW,
    exportW,
    reactiveImportVar: 0,
    reactiveExportVar: 0,
  };
  return { stepAt: () => step };
}

/** Half hours in a row from `startUtcMs`; before and after them the row repeats. */
export function halfHourlyLoad(startUtcMs: number, halfHours: readonly HalfHour[]): LoadProfile {
  if (halfHours.length === 0) throw misuse("a load profile needs at least one half hour", {});
  return {
    stepAt(utcMs) {
      const slot = Math.floor((utcMs - startUtcMs) / halfHourMs);
      const index = ((slot % halfHours.length) + halfHours.length) % halfHours.length;
      return stepOf(halfHours[index]!, startUtcMs + (slot + 1) * halfHourMs);
    },
  };
}

/**
 * A made-up home: a base load, a morning and an evening peak, and each half hour its own share of chance.
 * One random generator gives one home, whatever order its half hours are asked in.
 *
 * @param dailyWh mean import a day; a typical GB home takes 7,400 Wh (Ofgem's 2,700 kWh a year)
 */
export function typicalHome(random: SeededRandom, dailyWh = 7_400): LoadProfile {
  let day = Number.NaN;
  let factors: number[] = [];
  return {
    stepAt(utcMs) {
      const slot = Math.floor(utcMs / halfHourMs);
      if (Math.floor(slot / 48) !== day) {
        day = Math.floor(slot / 48);
        const chance = random.fork(`day/${day}`);
        factors = Array.from({ length: 48 }, () => 0.4 + 1.2 * chance.next());
      }
      const ofDay = slot - day * 48;
      return stepOf({ importWh: dailyWh * dayShape[ofDay]! * factors[ofDay]! }, (slot + 1) * halfHourMs);
    },
  };
}

/** Share of a day's energy in each half hour; sums to 1. */
const dayShape: readonly number[] = (() => {
  const peak = (slot: number, at: number, width: number): number => Math.exp(-(((slot - at) / width) ** 2));
  const raw = Array.from({ length: 48 }, (_, slot) => 0.5 + peak(slot, 15, 3) + 2 * peak(slot, 37, 5));
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => value / total);
})();

function stepOf(half: HalfHour, untilUtcMs: number): LoadStep {
  return {
    untilUtcMs,
    importW: half.importWh * 2,
    secondaryW: (half.secondaryWh ?? 0) * 2,
    exportW: (half.exportWh ?? 0) * 2,
    reactiveImportVar: (half.reactiveImportVarh ?? 0) * 2,
    reactiveExportVar: (half.reactiveExportVarh ?? 0) * 2,
  };
}

const columns = {
  import_wh: "importWh",
  secondary_wh: "secondaryWh",
  export_wh: "exportWh",
  reactive_import_varh: "reactiveImportVarh",
  reactive_export_varh: "reactiveExportVarh",
} as const;
const columnNames = Object.keys(columns);

/** No half hour of a home is larger: 100 A on three phases, twice over. */
const maxWh = 100_000;

/**
 * Reads a load profile from CSV text. The first line names the columns: `start` (UTC, such as
 * `2025-01-01T00:30Z`) and `import_wh`, and if wanted `secondary_wh`, `export_wh`, `reactive_import_varh`,
 * `reactive_export_varh`. Each further line is the next half hour, without gaps.
 *
 * @throws HalError `hal/misuse` with `data.line` and `data.column`, both from 1
 */
export function readLoadProfileCsv(text: string): LoadProfile {
  const lines = splitLines(text);
  const header = readHeader(lines[0] ?? "");
  if (lines.length < 2) throw csvError(2, 1, "a half hour", "the end of the text");
  if (lines.length - 1 > maxHalfHours)
    throw csvError(maxHalfHours + 2, 1, `at most ${maxHalfHours} half hours`, "more");
  let startUtcMs = 0;
  const halfHours = lines.slice(1).map((line, index) => {
    const cells = splitCells(line, index + 2, header.length);
    const startMs = readStart(cells[header.indexOf("start")]!, index + 2);
    if (index === 0) startUtcMs = startMs;
    checkNoGap(startMs, startUtcMs + index * halfHourMs, cells[header.indexOf("start")]!);
    return readHalfHour(cells, header, index + 2);
  });
  return halfHourlyLoad(startUtcMs, halfHours);
}

interface Cell {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

function splitLines(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)!.trim() === "") lines.pop();
  return lines;
}

function readHeader(line: string): string[] {
  const cells = splitCells(line, 1);
  const names = cells.map((cell) => cell.text.toLowerCase());
  for (const [index, cell] of cells.entries()) {
    const name = names[index]!;
    const known = name === "start" || columnNames.includes(name);
    if (!known)
      throw csvError(1, cell.column, `a column name (start, ${columnNames.join(", ")})`, quote(cell.text));
    if (names.indexOf(name) !== index)
      throw csvError(1, cell.column, "each column once", `${quote(name)} again`);
  }
  for (const name of ["start", "import_wh"]) {
    if (!names.includes(name)) throw csvError(1, line.length + 1, `a column ${quote(name)}`, "none");
  }
  return names;
}

function splitCells(line: string, lineNumber: number, count?: number): Cell[] {
  let column = 1;
  const cells = line.split(",").map((raw): Cell => {
    const cell = { text: raw.trim(), line: lineNumber, column: column + raw.length - raw.trimStart().length };
    column += raw.length + 1;
    return cell;
  });
  if (count === undefined || cells.length === count) return cells;
  const at = cells.length > count ? cells[count]!.column : line.length + 1;
  throw csvError(lineNumber, at, `${count} cells`, `${cells.length}`);
}

function readStart(cell: Cell, line: number): number {
  const form = /^\d{4}-\d\d-\d\d[T ]\d\d:(00|30)(:00(\.0+)?)?Z$/;
  const expected = "the UTC start of a half hour, such as 2025-01-01T00:30Z";
  if (!form.test(cell.text)) throw csvError(line, cell.column, expected, quote(cell.text));
  const time = readIsoTime(cell.text);
  if (typeof time === "number") return time;
  throw csvError(line, cell.column, expected, `${quote(cell.text)}: ${time.fault}`);
}

function checkNoGap(startMs: number, expectedMs: number, cell: Cell): void {
  if (startMs === expectedMs) return;
  const expected = new Date(expectedMs).toISOString();
  throw csvError(cell.line, cell.column, `the next half hour, ${expected}`, quote(cell.text));
}

function readHalfHour(cells: readonly Cell[], header: readonly string[], line: number): HalfHour {
  const half: Partial<Record<(typeof columns)[keyof typeof columns], number>> = {};
  for (const [index, cell] of cells.entries()) {
    const name = header[index] as keyof typeof columns | "start";
    if (name === "start") continue;
    const value = /^\d{1,9}(\.\d{1,9})?$/.test(cell.text) ? Number(cell.text) : Number.NaN;
    if (!(value <= maxWh)) throw csvError(line, cell.column, `a number from 0 to ${maxWh}`, quote(cell.text));
    half[columns[name]] = value;
  }
  return half as HalfHour;
}

const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

const csvError = (line: number, column: number, expected: string, got: string): HalError =>
  misuse(`load profile, line ${line}, column ${column}: expected ${expected}, got ${got}`, {
    line,
    column,
    expected,
    got,
  });

const misuse = (message: string, data: Record<string, unknown>): HalError =>
  new HalError("hal/misuse", message, data);
