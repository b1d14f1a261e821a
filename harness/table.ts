/** Plain tables: columns as wide as they need; on a terminal what is too wide goes on in the next line. */
import pc from "picocolors";
import { plainLine } from "./text.ts";

type Cell = string | number | boolean | null | readonly string[];
type Row = Record<string, Cell>;

/** Headings that are shorter than the keys they stand for. */
const headings: Readonly<Record<string, string>> = { serviceReference: "SR", protection: "prot." };
const gap = "  ";
/** No column is made narrower than this. */
const leastColumns = 8;

/** Prints rows that share their keys; the keys are the headings. `optional` ones only where there is room for them. */
export function printTable(rows: readonly Row[], optional: readonly string[] = []): void {
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  const [heading = "", ...lines] = tableLines(rows, width, optional);
  console.log(pc.bold(heading));
  for (const line of lines) console.log(line);
}

/** The table as lines no wider than `width` columns (unless there are too many columns for that). */
export function tableLines(rows: readonly Row[], width: number, optional: readonly string[] = []): string[] {
  const keys = Object.keys(rows[0] ?? {});
  const all = [
    keys.map((key) => headings[key] ?? key),
    ...rows.map((row) => keys.map((key) => text(row[key]))),
  ];
  const natural = keys.map((_key, i) => Math.max(...all.map((cells) => (cells[i] as string).length)));
  const needs = keys.map((key) => !optional.includes(key));
  const shown = totalOf(natural) <= width ? keys.map(() => true) : needs;
  const keep = <T>(items: readonly T[]): T[] => items.filter((_item, i) => shown[i]);
  const widths = fitted(keep(natural), width);
  const lines = all.flatMap((cells) => rowLines(keep(cells), widths));
  const hidden = keys.filter((_key, i) => !shown[i]);
  return hidden.length === 0 ? lines : [...lines, `not shown: ${hidden.join(", ")} (--json has them)`];
}

const totalOf = (widths: readonly number[]): number =>
  widths.reduce((sum, columns) => sum + columns, 0) + gap.length * (widths.length - 1);

/** The widest column gives way, a column at a time. */
function fitted(natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  while (totalOf(widths) > width) {
    const widest = Math.max(...widths);
    if (widest <= leastColumns) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

function rowLines(cells: readonly string[], widths: readonly number[]): string[] {
  const parts = cells.map((cell, i) => wrapped(cell, widths[i] as number));
  const height = Math.max(...parts.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    parts
      .map((part, i) => (part[line] ?? "").padEnd(widths[i] as number))
      .join(gap)
      .trimEnd(),
  );
}

/** Broken after a space, `/`, `,` or `-` where one is near, else anywhere. */
function wrapped(cell: string, width: number): string[] {
  if (cell.length <= width) return [cell];
  const piece = cell.slice(0, width + 1);
  const at = Math.max(piece.lastIndexOf(" "), piece.slice(0, width).search(/[/,-][^/,-]*$/) + 1);
  const end = at > width / 2 ? at : width;
  return [cell.slice(0, end).trimEnd(), ...wrapped(cell.slice(end).trimStart(), width)];
}

function text(cell: Cell | undefined): string {
  if (Array.isArray(cell)) return plainLine(cell.join("/"));
  if (typeof cell === "boolean") return cell ? "yes" : "";
  return cell === null || cell === undefined ? "" : plainLine(String(cell));
}
