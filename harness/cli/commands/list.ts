/** `meterbench list`: what there is to run, to talk to and to send. */
import type { Command } from "commander";
import pc from "picocolors";
import { type BoardHealth, healthOf } from "../../rig/health.ts";
import { portRows } from "../../rig/port-list.ts";
import { loadRig, type Rig } from "../../rig/rig-file.ts";
import { discoverScenarios } from "../../scenarios/discover.ts";
import { printTable } from "../../table.ts";
import { plain, plainJson, plainLine } from "../../text.ts";
import { Exit, usageError } from "../exit.ts";
import {
  asJson,
  type FullRow,
  objectRows,
  type Row,
  requestRows,
  shortRows,
  useCaseRows,
} from "./list-tables.ts";

const kinds = ["scenarios", "boards", "ports", "requests", "usecases", "objects"] as const;
type Kind = (typeof kinds)[number];

export function listCommand(root: Command): Command {
  return root
    .command("list")
    .argument("[what]", `one of ${kinds.join(", ")}`, "scenarios")
    .description("show the scenarios, boards, serial ports, service requests, use cases or objects there are")
    .option("--rig <file>", "for boards: the rig file (default: ./rig.yaml)")
    .option("--json", "one JSON document on standard output")
    .addHelpText("after", "\nExample:\n  meterbench list requests --json\n")
    .action(async (what: string, options: { json?: boolean; rig?: string }) => {
      if (!kinds.includes(what as Kind))
        throw usageError(`list: "${what}" is not something to list`, `Expected one of: ${kinds.join(", ")}.`);
      if (what === "boards") return listBoards(loadRig(options.rig), options.json ?? false);
      const rows = await listing[what as Exclude<Kind, "boards">]();
      if (options.json) console.log(plainJson(rows, asJson, 2));
      else if (rows.length === 0) console.log(`no ${what} here`);
      else printTable(rows.map(short(what)), optional[what as Kind]);
    });
}

const short = (what: string) =>
  what in shortRows ? shortRows[what as keyof typeof shortRows] : (row: FullRow) => row as Row;

/** What a narrow terminal can do without. */
const optional: Partial<Record<Kind, readonly string[]>> = {
  scenarios: ["wires", "boards"],
  boards: ["kind", "identity", "labels", "parts"],
  requests: ["critical", "userRoles", "useCases"],
  usecases: ["serviceReference", "devices", "protection", "roles", "parameters"],
  objects: ["members"],
};

const mock: BoardHealth = {
  id: "mock",
  health: "ready",
  ok: true,
  kind: "simulated board",
  port: "",
  labels: [],
};

/** Exit 3 when a board of the rig is not well. */
async function listBoards(rig: Rig, json: boolean): Promise<void> {
  const boards = [mock, ...(await healthOf(rig.boards))];
  if (json) {
    const whole = boards.map((board) => ({
      ...board,
      identity: board.identity ?? "",
      version: board.version ?? "",
      parts: board.parts ?? [],
    }));
    console.log(plainJson(whole, undefined, 2));
  } else {
    printTable(boards.map(boardRow), optional.boards);
    for (const { id, ok, health, advice } of boards)
      if (!ok)
        console.log(`${pc.red(plainLine(id))}: ${plainLine(health)}${advice ? `\n  ${plain(advice)}` : ""}`);
    if (rig.file === undefined)
      console.error(
        "No rig.yaml here: `meterbench list ports` shows the serial ports, `meterbench doctor` a rig.yaml to begin with.",
      );
  }
  if (boards.some(({ ok }) => !ok)) process.exitCode = Exit.rig;
}

/** What is wrong is told below the table: it is too long for a column. */
const boardRow = ({ id, ok, health, kind, port, identity, version, parts, labels }: BoardHealth): Row => ({
  ...{ id, health: ok ? health : "wrong, see below", kind, port },
  ...{ identity: identity ?? "", version: version ?? "", parts: parts ?? [], labels },
});

const listing: Record<Exclude<Kind, "boards">, () => Promise<FullRow[]>> = {
  scenarios: async () => (await discoverScenarios()).map((scenario) => ({ ...scenario })),
  ports: async () => (await portRows()).map((port) => ({ ...port })),
  requests: async () => requestRows(),
  usecases: useCaseRows,
  objects: async () => objectRows(),
};
