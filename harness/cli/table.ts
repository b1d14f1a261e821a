/** Plain tables for a terminal: columns as wide as they need, the last one cut at the edge. */
import pc from "picocolors";

type Cell = string | number | boolean | null | readonly string[];

/** Prints rows that share their keys; the keys are the headings. */
export function printTable(
  rows: readonly Record<string, Cell>[],
  width = process.stdout.columns || 80,
): void {
  const names = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => names.map((name) => text(row[name] ?? null)));
  const widths = names.map((name, i) => Math.max(name.length, ...cells.map((c) => (c[i] as string).length)));
  const line = (items: readonly string[]) =>
    items
      .map((item, i) => item.padEnd(widths[i] as number))
      .join("  ")
      .trimEnd()
      .slice(0, width);
  console.log(pc.bold(line(names)));
  for (const row of cells) console.log(line(row));
}

function text(cell: Cell): string {
  if (Array.isArray(cell)) return cell.join("/");
  if (typeof cell === "boolean") return cell ? "yes" : "";
  return cell === null ? "" : String(cell);
}
