/** Reads the tables of the message set (tab-separated, first line names the columns) and lays the corrections over them. */
import { readFileSync } from "node:fs";

export const tablesDir = new URL("../../firmware/model/tables/", import.meta.url);

/** What makes a row's key in corrections and faults: its columns, joined by dots. */
const keyColumns = {
  types: ["name"],
  objects: ["name"],
  members: ["object", "name"],
  clusters: ["name"],
  "cluster-members": ["cluster", "name"],
  messages: ["id"],
  operations: ["message", "n"],
  access: ["message", "role"],
  alerts: ["code"],
  requests: ["reference"],
} as const;

export type TableName = keyof typeof keyColumns;
export type Row = Readonly<Record<string, string>>;
export type Tables = Readonly<Record<TableName, readonly Row[]>>;

export interface Correction {
  readonly table: TableName;
  readonly key: string;
  readonly column: string;
  readonly was: string;
  readonly is: string;
  readonly reason: string;
}

/** Splits a table into rows. Throws when a line has more cells than the head, or a name stands twice there. */
export function parseTable(text: string, name: string): Row[] {
  const [head = "", ...lines] = text.replace(/\n$/, "").split("\n");
  const columns = head.split("\t");
  if (new Set(columns).size !== columns.length) throw new Error(`${name}: a column stands twice`);
  return lines.map((line, i) => {
    const cells = line.split("\t");
    if (cells.length > columns.length)
      throw new Error(`${name}, line ${i + 2}: expected ${columns.length} cells, got ${cells.length}`);
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ""]));
  });
}

export const keyOf = (table: TableName, row: Row): string =>
  keyColumns[table].map((column) => row[column] ?? "").join(".");

const readTable = (name: string): Row[] =>
  parseTable(readFileSync(new URL(`${name}.tsv`, tablesDir), "utf8"), name);

/** All tables as they stand, without corrections. */
export function readTables(): Tables {
  const names = Object.keys(keyColumns) as TableName[];
  return Object.fromEntries(names.map((name) => [name, readTable(name)])) as unknown as Tables;
}

export const readCorrections = (): Correction[] => readTable("corrections") as unknown as Correction[];

/** The tables with each correction in its place. Throws unless a correction meets exactly the cell it says it corrects. */
export function corrected(tables: Tables, corrections: readonly Correction[]): Tables {
  const copy = Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [name, rows.map((row) => ({ ...row }))]),
  ) as Record<TableName, Record<string, string>[]>;
  for (const { table, key, column, was, is, reason } of corrections) {
    const rows = (copy[table] ?? []).filter((row) => keyOf(table, row) === key);
    const row = rows[0];
    if (rows.length !== 1 || row === undefined || row[column] !== was)
      throw new Error(`corrections: ${table} ${key} ${column} is not "${was}" (${rows.length} rows)`);
    if (reason === "" || was === is)
      throw new Error(`corrections: ${table} ${key} corrects nothing or says no why`);
    row[column] = is;
  }
  return copy;
}
