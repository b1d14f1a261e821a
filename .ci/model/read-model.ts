/** The tables, read into what the code and the documentation are written from. Collects every fault before it gives up. */
import type { Access } from "../../firmware/model/define.ts";
import { parseConstant, patternCode } from "./constant-text.ts";
import { type Correction, keyOf, type Row, type TableName, type Tables } from "./tables.ts";
import { type MadeType, parseType } from "./type-text.ts";

export interface MemberMade {
  readonly row: Row;
  readonly kind: "attribute" | "method";
  readonly no: number;
  readonly name: string;
  readonly type: MadeType;
  readonly extra: MadeType | undefined;
  /** How use cases use an attribute. */
  access: Access | undefined;
}

export interface ObjectMade {
  readonly row: Row;
  readonly name: string;
  readonly members: readonly MemberMade[];
}

export interface OperationMade {
  readonly row: Row;
  readonly path: string;
  /** Constants as code, "" for none. */
  readonly constant: string;
  readonly times: readonly [number, number];
}

export interface MessageMade {
  readonly row: Row;
  readonly id: string;
  readonly operations: readonly OperationMade[];
  readonly grants: readonly Row[];
  readonly body: MadeType | undefined;
}

export interface ModelMade {
  readonly tables: Tables;
  /** Those that are laid over the tables already. */
  readonly corrections: readonly Correction[];
  /** In an order in which each is made after those it is made of. */
  readonly types: ReadonlyMap<string, MadeType>;
  readonly objects: readonly ObjectMade[];
  readonly clusters: readonly ObjectMade[];
  readonly messages: readonly MessageMade[];
}

/** Number of a server's command on the COSE wire: beside the client's, which has the same numbers in ZCL. */
export const SERVER_COMMAND = 0x100;

/** Throws one Error that lists every fault with its table and row. */
export function readModel(tables: Tables, corrections: readonly Correction[] = []): ModelMade {
  const faults: string[] = [];
  const attempt = <T>(table: TableName, row: Row, make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      faults.push(`${table} ${keyOf(table, row)}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const types = readTypes(tables.types, attempt);
  const find = (name: string) => {
    const made = types.get(name);
    return made && { type: made.type, code: `v.${name}` };
  };
  const type = (table: TableName, row: Row, text: string): MadeType | undefined =>
    text === "" ? undefined : attempt(table, row, () => parseType(text, find));
  const members = (table: "members" | "cluster-members", owner: string, name: string): MemberMade[] =>
    tables[table]
      .filter((row) => row[owner] === name)
      .flatMap((row) => memberOf(row, type(table, row, row.type!), type(table, row, row.extra ?? "")));
  const objects = tables.objects.map((row) => ({
    row,
    name: row.name!,
    members: members("members", "object", row.name!),
  }));
  const clusters = tables.clusters.map((row) => ({
    row,
    name: row.name!,
    members: members("cluster-members", "cluster", row.name!),
  }));
  const byPath = new Map(
    [...objects, ...clusters].flatMap((o) => o.members.map((m) => [`${o.name}.${m.name}`, m] as const)),
  );
  const operation = (row: Row) => attempt("operations", row, () => operationOf(row, byPath));
  const messages = tables.messages.map((row) => ({
    row,
    id: row.id!,
    operations: tables.operations
      .filter((each) => each.message === row.id)
      .flatMap((each) => operation(each) ?? []),
    grants: tables.access.filter((each) => each.message === row.id),
    body: type("messages", row, row.body!),
  }));
  if (faults.length > 0) throw new Error(`the tables have ${faults.length} faults:\n${faults.join("\n")}`);
  return { tables, corrections, types, objects, clusters, messages };
}

type Attempt = <T>(table: TableName, row: Row, make: () => T) => T | undefined;

function readTypes(rows: readonly Row[], attempt: Attempt): Map<string, MadeType> {
  const made = new Map<string, MadeType>();
  const begun = new Set<string>();
  const find = (name: string): MadeType | undefined => {
    const row = rows.find((each) => each.name === name);
    if (row === undefined) return undefined;
    if (!made.has(name)) make(row);
    const known = made.get(name);
    return known && { type: known.type, code: name };
  };
  const make = (row: Row): void => {
    const name = row.name!;
    if (begun.has(name)) return;
    begun.add(name);
    const type = attempt("types", row, () => parseType(row.type!, find));
    if (type !== undefined) made.set(name, type);
  };
  for (const row of rows) make(row);
  return made;
}

function memberOf(row: Row, type: MadeType | undefined, extra: MadeType | undefined): MemberMade[] {
  if (type === undefined) return [];
  const cluster = row.cluster !== undefined;
  const no = Number.parseInt(row.no!, cluster ? 16 : 10) + (row.by === "server" ? SERVER_COMMAND : 0);
  const kind = row.kind === "attribute" ? "attribute" : "method";
  return [{ row, kind, no, name: row.name!, type, extra, access: undefined }];
}

const verbsOf = { get: "attribute", set: "attribute", read: "attribute", call: "method", send: "method" };

function operationOf(row: Row, byPath: ReadonlyMap<string, MemberMade>): OperationMade {
  const path = row.member!;
  const member = byPath.get(path);
  const verb = row.kind as keyof typeof verbsOf;
  if (member === undefined) throw new Error(`no object has ${path}`);
  if (verbsOf[verb] !== member.kind) throw new Error(`${verb} does not go with the ${member.kind} ${path}`);
  if ((verb === "read" || verb === "send") !== (member.row.cluster !== undefined))
    throw new Error(`${verb} is not how ${path} is used`);
  if (member.kind === "attribute") {
    const use = verb === "set" ? "set" : "get";
    member.access = member.access === undefined || member.access === use ? use : "both";
  }
  const times = (row.times || "1").split("..").map(Number);
  const constant = row.constant ? patternCode(parseConstant(row.constant, member.type.type)) : "";
  return { row, path, constant, times: [times[0]!, times[1] ?? times[0]!] };
}
