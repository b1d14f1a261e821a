/** `meterbench list`: what there is to run, to talk to and to send. */
import type { Command } from "commander";
import { useCases } from "../../../firmware/objects/use-cases.ts";
import { allAccessRows } from "../../../firmware/security/access.ts";
import { healthOf } from "../../rig/health.ts";
import { loadRig } from "../../rig/rig-file.ts";
import { discoverScenarios } from "../../scenarios/discover.ts";
import { usageError } from "../exit.ts";
import { printTable } from "../table.ts";

const kinds = ["scenarios", "boards", "usecases"] as const;
type Kind = (typeof kinds)[number];
type Row = Record<string, string | number | boolean | null | readonly string[]>;

export function listCommand(root: Command): Command {
  return root
    .command("list")
    .argument("[what]", `one of ${kinds.join(", ")}`, "scenarios")
    .description("show the scenarios, boards or use cases there are")
    .option("--rig <file>", "for boards: the rig file (default: ./rig.yaml)")
    .option("--json", "one JSON document on standard output")
    .addHelpText("after", "\nExample:\n  meterbench list usecases --json\n")
    .action(async (what: string, options: { json?: boolean; rig?: string }) => {
      if (!kinds.includes(what as Kind))
        throw usageError(`list: "${what}" is not something to list`, `Expected one of: ${kinds.join(", ")}.`);
      const rows = await listing[what as Kind](options.rig);
      if (options.json) console.log(JSON.stringify(rows, null, 2));
      else printTable(rows, optional[what as Kind]);
    });
}

/** What a narrow terminal can do without. */
const optional: Partial<Record<Kind, readonly string[]>> = {
  scenarios: ["wires", "boards"],
  boards: ["kind", "identity", "labels", "parts"],
};

const listing: Record<Kind, (rig?: string) => Promise<Row[]>> = {
  async scenarios() {
    return (await discoverScenarios()).map((scenario) => ({ ...scenario }));
  },
  async boards(rig) {
    const rows = (await healthOf(loadRig(rig).boards)).map((board) => ({
      id: board.id,
      health: board.health,
      version: board.version ?? "",
      kind: board.kind,
      port: board.port,
      identity: board.identity ?? "",
      labels: board.labels,
      parts: board.parts ?? [],
    }));
    const mock = { id: "mock", health: "ready", version: "", kind: "simulated board", port: "" };
    return [{ ...mock, identity: "", labels: [], parts: [] }, ...rows];
  },
  async usecases() {
    const modelled = new Map(useCases.map((u) => [u.code, u]));
    return allAccessRows.map((row) => {
      const own = modelled.get(row.code);
      const served = row.devices.some((device) => own?.devices.includes(device as never));
      return {
        id: row.id,
        code: row.code.toString(16).padStart(4, "0").toUpperCase(),
        serviceReference: row.serviceReference,
        devices: row.devices,
        protection: row.protection,
        modelled: served,
        title: served ? (own?.title ?? null) : null,
        roles: row.roles,
      };
    });
  },
};
