/**
 * Runs every scenario on the simulated board and on another target, and compares the outcomes. Exits 1 when one differs.
 * `node --import=tsx bench/rig/same-outcome-main.ts [TARGET] [SEED] [BOARDS]`, default emulated, 1 and 4: so many emulated
 * boards share the scenarios, as each waits for its line most of the time. Needs a build in dist/.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunReport } from "../../harness/reports/run-report.ts";

const [target = "emulated", seed = "1", boards = "4"] = process.argv.slice(2);
const out = mkdtempSync(join(tmpdir(), "meterbench-same-"));

async function run(name: string, ...more: readonly string[]): Promise<RunReport> {
  const words = ["run", "--seed", seed, "--out", join(out, name), "--json", ...more];
  const child = spawn("node", ["dist/harness/cli/main.js", ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  const status = await new Promise((done) => child.on("close", done));
  if (status === 0 || status === 1) return JSON.parse(said.stdout) as RunReport;
  throw new Error(
    `meterbench ${words.slice(0, 8).join(" ")} … ended with ${status}: ${said.stdout}${said.stderr}`,
  );
}

/** What the mock ran, a share to each of some emulated boards; whole titles are patterns. */
async function onEmulated(names: readonly string[]): Promise<RunReport["scenarios"]> {
  const ids = Array.from({ length: Number(boards) }, (_, i) => `same-${i}`);
  const rig = join(out, "rig.yaml");
  writeFileSync(rig, `boards:\n${ids.map((id) => `  - { id: ${id}, kind: emulated }\n`).join("")}`);
  const reports = await Promise.all(
    ids.map((id, i) => {
      const share = names.filter((_, at) => at % ids.length === i);
      return run(id, "--rig", rig, "--target", id, "--", ...share);
    }),
  );
  // A title may be part of another's, which then ran twice.
  return [
    ...new Map(reports.flatMap(({ scenarios }) => scenarios.map((each) => [each.name, each]))).values(),
  ];
}

try {
  const startMs = performance.now();
  const mock = (await run("mock")).scenarios;
  const onMock = new Map(mock.map((scenario) => [scenario.name, scenario]));
  const scenarios =
    target === "emulated"
      ? await onEmulated([...onMock.keys()])
      : (await run("target", "--target", target)).scenarios;
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
