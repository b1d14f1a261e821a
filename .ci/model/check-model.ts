/** What must hold between the tables: every name names something, every number is there once. */
import { devices } from "../../firmware/model/devices.ts";
import { roles, userRoles } from "../../firmware/model/roles.ts";
import type { ModelMade } from "./read-model.ts";
import { keyOf, type Row, type TableName } from "./tables.ts";

/** Every fault, as "table key: what". */
export function faultsOf({ tables, messages, objects, clusters }: ModelMade): string[] {
  const faults: string[] = [];
  const fault = (table: TableName, row: Row, what: string) =>
    faults.push(`${table} ${keyOf(table, row)}: ${what}`);
  const unique = (table: TableName, what: string, of: (row: Row) => string) => {
    const seen = new Set<string>();
    for (const row of tables[table]) {
      if (of(row) !== "" && seen.has(of(row))) fault(table, row, `${what} ${of(row)} stands twice`);
      seen.add(of(row));
    }
  };
  /** Each part of a comma-separated cell is one of `known`; `least` says how many there must be. */
  const listed = (table: TableName, column: string, known: Iterable<string>, least = 0) => {
    const set = new Set(known);
    for (const row of tables[table]) {
      const parts = list(row[column]);
      if (parts.length < least) fault(table, row, `${column} is empty`);
      for (const part of parts) if (!set.has(part)) fault(table, row, `${column} "${part}" is not known`);
    }
  };
  const yesNo = (table: TableName, ...columns: string[]) => {
    for (const column of columns) listed(table, column, ["yes", "no"], 1);
  };

  unique("types", "type", (row) => row.name!);
  unique("objects", "name", (row) => row.name!);
  unique("objects", "number", (row) => row.id!);
  unique("objects", "class and OBIS", (row) => (row.obis ? `${row.class} ${row.obis}` : ""));
  unique("members", "member", (row) => keyOf("members", row));
  unique("members", "number", (row) => `${row.object} ${row.kind} ${row.no}`);
  unique("clusters", "cluster", (row) => row.cluster!);
  unique("cluster-members", "member", (row) => keyOf("cluster-members", row));
  unique("cluster-members", "number", (row) => `${row.cluster} ${row.kind} ${row.by} ${row.no}`);
  unique("messages", "use case", (row) => row.id!);
  unique("messages", "message code", (row) => row.code!);
  unique("operations", "step", (row) => keyOf("operations", row));
  unique("access", "grant", (row) => `${keyOf("access", row)} ${row.devices}`);
  unique("alerts", "alert code", (row) => row.code!);
  unique("alerts", "alert name", (row) => row.name!);
  unique("requests", "reference", (row) => row.reference!);
  const ids = new Set([...tables.objects, ...tables.clusters].map((row) => row.id));
  if (ids.size !== objects.length + clusters.length) faults.push("an object and a cluster share a number");

  const messageIds = tables.messages.map((row) => row.id!);
  listed(
    "members",
    "object",
    tables.objects.map((row) => row.name!),
    1,
  );
  listed(
    "cluster-members",
    "cluster",
    tables.clusters.map((row) => row.name!),
    1,
  );
  listed("messages", "kind", ["command", "alert", "local"], 1);
  listed("messages", "payload", ["dlms", "asn1", "gbz", "zigbee"], 1);
  listed("messages", "devices", Object.keys(devices), 1);
  listed(
    "messages",
    "requests",
    tables.requests.map((row) => row.reference!),
  );
  listed(
    "messages",
    "outcome",
    tables.messages.filter((r) => r.kind === "alert").map((row) => row.code!),
  );
  yesNo("messages", "futureDated", "replayProtected", "sensitive", "stamped");
  listed("operations", "message", messageIds, 1);
  listed("access", "message", messageIds, 1);
  listed("access", "role", Object.keys(roles), 1);
  listed("access", "protection", ["mac", "signature", "signature+mac"], 1);
  listed("access", "response", ["mac", "signature"], 1);
  listed("access", "replay", ["yes", "no"]);
  listed("access", "devices", Object.keys(devices));
  listed("access", "source", ["table", "successor", "reference messages", "rule"], 1);
  listed("alerts", "devices", Object.keys(devices), 1);
  listed("alerts", "wan", ["always", "configurable", "none"], 1);
  listed("alerts", "logs", ["event", "security", "power", "auxiliary"]);
  listed("alerts", "recipients", [...Object.keys(roles), "originator"]);
  listed(
    "alerts",
    "message",
    tables.messages.filter((row) => row.kind === "alert").map((row) => row.id!),
  );
  listed("alerts", "source", ["measured", "manual", "old text", "name"], 1);
  yesNo("alerts", "han");
  yesNo("requests", "critical", "onDemand", "scheduled");
  listed("requests", "futureDated", ["no", "device", "dcc"], 1);
  listed("requests", "userRoles", Object.keys(userRoles));
  listed("requests", "useCases", messageIds);

  for (const row of tables.alerts) {
    const leaves = row.wan !== "none";
    if (leaves !== (row.message !== "")) fault("alerts", row, "has a message exactly when it leaves");
    if (leaves !== (row.recipients !== "")) fault("alerts", row, "has recipients exactly when it leaves");
  }
  for (const { row, operations, grants, body } of messages) {
    if (body !== undefined && body.type.kind !== "structure")
      fault("messages", row, "body is no structure of what follows code and time");
    const command = row.kind === "command";
    if (command !== operations.length > 0 && row.kind !== "local")
      fault("messages", row, "has steps exactly when it is a command");
    if (command !== grants.length > 0) fault("messages", row, "has grants exactly when it is a command");
    if ((row.kind === "alert") !== (row.protection !== ""))
      fault("messages", row, "names its protection exactly when it is an alert");
    if ((row.futureDated === "yes") !== (row.outcome !== "") && command && row.id !== "DBCH04")
      fault("messages", row, "has an outcome alert exactly when it is future-dated");
    for (const reference of list(row.requests)) {
      const request = tables.requests.find((each) => each.reference === reference);
      if (request && !list(request.useCases).includes(row.id!))
        fault("messages", row, `request ${reference} does not name it`);
    }
  }
  for (const row of tables.requests)
    for (const id of list(row.useCases))
      if (!list(tables.messages.find((each) => each.id === id)?.requests).includes(row.reference!))
        fault("requests", row, `use case ${id} does not name it`);
  return faults;
}

export const list = (cell: string | undefined): string[] => (cell ? cell.split(",") : []);
