/** `meterbench list`: what there is to run, to talk to and to send. */
import type { Command } from "commander";
import pc from "picocolors";
import { useCases } from "../../../firmware/model/index.ts";
import { parameterNames, parameterSchema } from "../../headend/request-parameters.ts";
import { type BoardHealth, healthOf } from "../../rig/health.ts";
import { portRows } from "../../rig/port-list.ts";
import { loadRig, type Rig } from "../../rig/rig-file.ts";
import { allModelled } from "../../rig/under-test/modelled.ts";
import { discoverScenarios } from "../../scenarios/discover.ts";
import { printTable } from "../../table.ts";
import { plain, plainJson, plainLine } from "../../text.ts";
import { Exit, usageError } from "../exit.ts";

const kinds = ["scenarios", "boards", "ports", "usecases"] as const;
type Kind = (typeof kinds)[number];
type Cell = string | number | boolean | null | readonly string[];
type Row = Record<string, Cell>;

export function listCommand(root: Command): Command {
  return root
    .command("list")
    .argument("[what]", `one of ${kinds.join(", ")}`, "scenarios")
    .description("show the scenarios, boards, serial ports or use cases there are")
    .option("--rig <file>", "for boards: the rig file (default: ./rig.yaml)")
    .option("--json", "one JSON document on standard output")
    .addHelpText("after", "\nExample:\n  meterbench list usecases --json\n")
    .action(async (what: string, options: { json?: boolean; rig?: string }) => {
      if (!kinds.includes(what as Kind))
        throw usageError(`list: "${what}" is not something to list`, `Expected one of: ${kinds.join(", ")}.`);
      if (what === "boards") return listBoards(loadRig(options.rig), options.json ?? false);
      if (what === "usecases" && !options.json) return printUseCases();
      const rows = await listing[what as Exclude<Kind, "boards">]();
      if (options.json) console.log(plainJson(rows, undefined, 2));
      else if (rows.length === 0) console.log(`no ${what} here`);
      else printTable(rows as Row[], optional[what as Kind]);
    });
}

/** The schema of the parameters is for programs; a person reads their names. */
async function printUseCases(): Promise<void> {
  const rows = (await listing.usecases()).map(({ parameters, ...row }) => {
    const names = parameters === null ? [] : parameterNames(parameters as object);
    return { ...row, parameters: names.join("; ") } as Row;
  });
  printTable(rows, optional.usecases);
}

/** What a narrow terminal can do without. */
const optional: Partial<Record<Kind, readonly string[]>> = {
  scenarios: ["wires", "boards"],
  boards: ["kind", "identity", "labels", "parts"],
  usecases: ["roles", "title"],
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

/** Requests that DUIS gives no number. */
const unnumbered: Readonly<Record<string, string>> = { CS02bTransCoSByTransCoS: "NA-CS02b-TransCoS" };

const listing: Record<Exclude<Kind, "boards">, () => Promise<Record<string, Cell | object>[]>> = {
  async scenarios() {
    return (await discoverScenarios()).map((scenario) => ({ ...scenario }));
  },
  async ports() {
    return (await portRows()).map((port) => ({ ...port }));
  },
  async usecases() {
    const modelled = new Set(await allModelled());
    return useCases.map((useCase) => {
      const { id, code, title, devices, requests, grants, alert, futureDated } = useCase;
      const served = modelled.has(useCase);
      const [reference = null] = requests;
      return {
        id,
        code: code.toString(16).padStart(4, "0").toUpperCase(),
        serviceReference: reference,
        devices,
        protection: [
          ...new Set([...grants.map(({ protection }) => protection), alert?.protection ?? []].flat()),
        ],
        futureDated,
        modelled: served,
        title,
        roles: [...new Set(grants.map(({ role }) => role))],
        parameters: (served && parameterSchema(reference ?? unnumbered[id] ?? "")) || null,
      };
    });
  },
};
