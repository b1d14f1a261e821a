/** Plain tables: columns as wide as they need; on a terminal, lines are cut at its edge. */
import pc from "picocolors";

type Cell = string | number | boolean | null | readonly string[];

/** Headings that are shorter than the keys they stand for. */
const headings: Readonly<Record<string, string>> = { serviceReference: "SR", protection: "prot." };

/** Prints rows that share their keys; the keys are the headings. */
export function printTable(rows: readonly Record<string, Cell>[]): void {
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  const keys = Object.keys(rows[0] ?? {});
  const names = keys.map((key) => headings[key] ?? key);
  const cells = rows.map((row) => keys.map((key) => text(row[key] ?? null)));
  const widths = names.map((name, i) => Math.max(name.length, ...cells.map((c) => (c[i] as string).length)));
  const line = (items: readonly string[]) =>
    items
      .map((item, i) => item.padEnd(widths[i] as number))
      .join("  ")
      .slice(0, width)
      .trimEnd();
  console.log(pc.bold(line(names)));
  for (const row of cells) console.log(line(row));
}

function text(cell: Cell): string {
  if (Array.isArray(cell)) return cell.join("/");
  if (typeof cell === "boolean") return cell ? "yes" : "";
  return cell === null ? "" : String(cell);
}
