/**
 * Runs every scenario on the simulated board and on another target, and compares the outcomes. Exits 1 when one differs.
 * `node --import=tsx bench/rig/same-outcome-main.ts [TARGET] [SEED]`, default emulated and 1. Needs a build in dist/.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunReport } from "../../harness/reports/run-report.ts";

const [target = "emulated", seed = "1"] = process.argv.slice(2);
const out = mkdtempSync(join(tmpdir(), "meterbench-same-"));

function run(on: string): RunReport {
  const words = [
    "run",
    "--target",
    on,
    "--seed",
    seed,
    "--out",
    join(out, on.replace(/\W+/g, "-")),
    "--json",
  ];
  const { stdout, stderr, status } = spawnSync("node", ["dist/harness/cli/main.js", ...words], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0 || status === 1) return JSON.parse(stdout) as RunReport;
  throw new Error(`meterbench ${words.join(" ")} ended with ${status}: ${stdout}${stderr}`);
}

try {
  const startMs = performance.now();
  const onMock = new Map(run("mock").scenarios.map((scenario) => [scenario.name, scenario]));
  const { scenarios } = run(target);
  const applies = scenarios.filter(({ status }) => status !== "skipped");
  const differ = applies.filter(({ name, status }) => onMock.get(name)?.status !== status);
  const reasons = new Map<string, number>();
  for (const { status, reason = "no reason given" } of scenarios)
    if (status === "skipped") reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  for (const { name, status, error } of differ)
    console.log(
      `MISSED ${name}: ${onMock.get(name)?.status ?? "not run"} on the mock, ${status} on ${target}\n${error ?? ""}`,
    );
  for (const [reason, count] of reasons)
    console.log(`${String(count).padStart(4)} not on ${target}: ${reason}`);
  const unexplained = reasons.get("no reason given") ?? 0;
  const met = differ.length === 0 && unexplained === 0 && applies.length > 0;
  const seconds = Math.round((performance.now() - startMs) / 1000);
  console.log(
    `${met ? "met   " : "MISSED"} scenarios on ${target} with the outcome of the mock: ${applies.length - differ.length} of ${applies.length} that apply, of ${scenarios.length} (${seconds} s)`,
  );
  process.exitCode = met ? 0 : 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
