/** What must hold between the tables: every name names something, every number is there once. */
import { devices } from "../../firmware/model/devices.ts";
import { roles, userRoles } from "../../firmware/model/roles.ts";
import type { MessageMade, ModelMade } from "./read-model.ts";
import { keyOf, type Row, type TableName, type Tables } from "./tables.ts";

/** Every fault, as "table key: what". */
export function faultsOf(model: ModelMade): string[] {
  const faults = new Faults(model.tables);
  checkUnique(faults);
  checkObjects(faults);
  checkMessages(faults);
  checkAccess(faults);
  checkAlerts(faults);
  checkRequests(faults);
  for (const message of model.messages) checkMessage(message, faults);
  return faults.found;
}

export const list = (cell: string | undefined): string[] => (cell ? cell.split(",") : []);

class Faults {
  readonly found: string[] = [];
  readonly tables: Tables;
  constructor(tables: Tables) {
    this.tables = tables;
  }

  add(table: TableName, row: Row, what: string): void {
    this.found.push(`${table} ${keyOf(table, row)}: ${what}`);
  }

  /** No two rows have the same text; rows with none are left out. */
  unique(table: TableName, what: string, of: (row: Row) => string | undefined): void {
    const seen = new Set<string>();
    for (const row of this.tables[table]) {
      const text = of(row) ?? "";
      if (text !== "" && seen.has(text)) this.add(table, row, `${what} ${text} stands twice`);
      seen.add(text);
    }
  }

  /** Each part of a comma-separated cell is one of `known`; `least` says how many there must be. */
  listed(table: TableName, column: string, known: Iterable<string | undefined>, least = 0): void {
    const set = new Set(known);
    for (const row of this.tables[table]) {
      const parts = list(row[column]);
      if (parts.length < least) this.add(table, row, `${column} is empty`);
      for (const part of parts) if (!set.has(part)) this.add(table, row, `${column} "${part}" is not known`);
    }
  }

  yesNo(table: TableName, ...columns: string[]): void {
    for (const column of columns) this.listed(table, column, ["yes", "no"], 1);
  }

  column(table: TableName, column: string, only: (row: Row) => boolean = () => true): string[] {
    return this.tables[table].filter(only).map((row) => row[column]!);
  }
}

const isAlert = (row: Row) => row.kind === "alert";

function checkUnique(faults: Faults): void {
  faults.unique("types", "type", (row) => row.name);
  faults.unique("objects", "name", (row) => row.name);
  faults.unique("objects", "number", (row) => row.id);
  faults.unique("objects", "class and OBIS", (row) => (row.obis ? `${row.class} ${row.obis}` : ""));
  faults.unique("members", "member", (row) => keyOf("members", row));
  faults.unique("members", "number", (row) => `${row.object} ${row.kind} ${row.no}`);
  faults.unique("clusters", "cluster", (row) => row.cluster);
  faults.unique("cluster-members", "member", (row) => keyOf("cluster-members", row));
  faults.unique("cluster-members", "number", (row) => `${row.cluster} ${row.kind} ${row.by} ${row.no}`);
  faults.unique("messages", "use case", (row) => row.id);
  faults.unique("messages", "message code", (row) => row.code);
  faults.unique("operations", "step", (row) => keyOf("operations", row));
  faults.unique("access", "grant", (row) => `${keyOf("access", row)} ${row.devices}`);
  faults.unique("alerts", "alert code", (row) => row.code);
  faults.unique("alerts", "alert name", (row) => row.name);
  faults.unique("requests", "reference", (row) => row.reference);
}

function checkObjects(faults: Faults): void {
  faults.listed("members", "object", faults.column("objects", "name"), 1);
  faults.listed("members", "kind", ["attribute", "method"], 1);
  faults.listed("cluster-members", "cluster", faults.column("clusters", "name"), 1);
  faults.listed("cluster-members", "kind", ["attribute", "command"], 1);
  faults.listed("cluster-members", "by", ["client", "server"]);
  faults.listed("cluster-members", "reply", faults.column("cluster-members", "name"));
  const numbers = new Set(faults.column("objects", "id"));
  for (const row of faults.tables.clusters)
    if (numbers.has(row.id!)) faults.add("clusters", row, `number ${row.id} is an object's`);
}

function checkMessages(faults: Faults): void {
  faults.listed("messages", "kind", ["command", "alert", "local"], 1);
  faults.listed("messages", "payload", ["dlms", "asn1", "gbz", "zigbee"], 1);
  faults.listed("messages", "devices", Object.keys(devices), 1);
  faults.listed("messages", "requests", faults.column("requests", "reference"));
  faults.listed("messages", "outcome", faults.column("messages", "code", isAlert));
  faults.listed("messages", "protection", ["mac", "signature"]);
  faults.yesNo("messages", "futureDated", "replayProtected", "sensitive", "stamped");
  faults.listed("operations", "message", faults.column("messages", "id"), 1);
}

function checkAccess(faults: Faults): void {
  faults.listed("access", "message", faults.column("messages", "id"), 1);
  faults.listed("access", "role", Object.keys(roles), 1);
  faults.listed("access", "protection", ["mac", "signature", "signature+mac"], 1);
  faults.listed("access", "response", ["mac", "signature"], 1);
  faults.listed("access", "devices", Object.keys(devices));
  faults.listed("access", "source", ["table", "successor", "reference messages", "rule"], 1);
  faults.listed("access", "replay", ["yes", "no"]);
}

function checkAlerts(faults: Faults): void {
  faults.listed("alerts", "devices", Object.keys(devices), 1);
  faults.listed("alerts", "wan", ["always", "configurable", "none"], 1);
  faults.listed("alerts", "logs", ["event", "security", "power", "auxiliary"]);
  faults.listed("alerts", "recipients", [...Object.keys(roles), "originator", "overseer"]);
  faults.listed("alerts", "messages", faults.column("messages", "id", isAlert));
  faults.listed("alerts", "source", ["measured", "manual", "old text", "name"], 1);
  faults.yesNo("alerts", "han");
  for (const row of faults.tables.alerts) {
    const leaves = row.wan !== "none";
    for (const column of ["messages", "recipients"])
      if (leaves !== (row[column] !== ""))
        faults.add("alerts", row, `expected ${column} exactly when it leaves (wan is ${row.wan})`);
  }
}

function checkRequests(faults: Faults): void {
  faults.yesNo("requests", "critical", "onDemand", "scheduled");
  faults.listed("requests", "futureDated", ["no", "device", "dcc"], 1);
  faults.listed("requests", "userRoles", Object.keys(userRoles));
  faults.listed("requests", "useCases", faults.column("messages", "id"));
  const requestsOf = new Map(faults.tables.messages.map((row) => [row.id!, list(row.requests)]));
  const useCasesOf = new Map(faults.tables.requests.map((row) => [row.reference!, list(row.useCases)]));
  for (const row of faults.tables.requests)
    for (const id of list(row.useCases))
      if (!requestsOf.get(id)?.includes(row.reference!))
        faults.add("requests", row, `use case ${id} does not name it`);
  for (const row of faults.tables.messages)
    for (const reference of list(row.requests))
      if (!useCasesOf.get(reference)?.includes(row.id!))
        faults.add("messages", row, `request ${reference} does not name it`);
}

/** The alert of DBCH04 tells of the change that it makes, at once. */
const outcomeAtOnce = ["DBCH04"];

function checkMessage({ row, operations, grants, body }: MessageMade, faults: Faults): void {
  const command = row.kind === "command";
  const expect = (holds: boolean, what: string) => {
    if (!holds) faults.add("messages", row, `expected ${what}`);
  };
  expect(command === operations.length > 0 || row.kind === "local", "steps exactly when it is a command");
  expect(command === grants.length > 0, "grants exactly when it is a command");
  expect(isAlert(row) === (row.protection !== ""), "a protection of its own exactly when it is an alert");
  expect(body === undefined || isAlert(row), "no body but an alert's");
  expect(body === undefined || body.type.kind === "structure", "a body of named members");
  const dated = (row.futureDated === "yes") === (row.outcome !== "");
  expect(dated || outcomeAtOnce.includes(row.id!), "an outcome alert exactly when it is future-dated");
}
