/** `meterbench run`: runs the scenarios and leaves a report. */
import { join } from "node:path";
import type { Command } from "commander";
import pc from "picocolors";
import type { RunReport } from "../../reports/run-report.ts";
import { openUnlessInterrupted } from "../../rig/interrupt.ts";
import { realTimeNote } from "../../rig/replay.ts";
import { loadRig } from "../../rig/rig-file.ts";
import { openTarget, type RunTarget } from "../../rig/target.ts";
import type { WireName } from "../../run-context.ts";
import { defaultTimeScale } from "../../scenarios/applies-to.ts";
import { Exit, given, usageError } from "../exit.ts";
import { addLineOptions, type LineOptions, lineOf, lineOptionNames, lineWords } from "../line-options.ts";
import { progressFor } from "../progress.ts";
import { prepareFolder, writeRunFiles } from "../run-files.ts";
import { type RecordedRun, runScenarios } from "../scenario-runner.ts";
import { stoppable } from "../until-stopped.ts";

interface RunOptions extends LineOptions {
  readonly wire: string;
  readonly target: string;
  readonly seed: string;
  readonly out: string;
  readonly rig?: string;
  readonly record?: string;
  readonly timeScale?: string;
  readonly json?: boolean;
}

/** The first ones tell what went wrong; more of them are its echo. */
const faultsShown = 5;
const reasonsShown = 8;

const examples = `
Example:
  meterbench run outage --seed 7 --out out/outage
  meterbench run --target /dev/ttyUSB0 --baud 460800
`;

export function runCommand(root: Command, version: string): Command {
  const command = root
    .command("run")
    .argument("[pattern...]", "words of a scenario's title or file, or a scenario file of your own")
    .option("--wire <wire>", "cose, gbcs or both", "cose")
    .option("--target <target>", "mock, emulated, or a board: its id in the rig file, or its port", "mock")
    .option("--rig <file>", "the rig file (default: ./rig.yaml)")
    .option("--time-scale <n>", "on a board: virtual seconds a real second, 1 for its own clock")
    .option("--record <file>", "on a board: record the session")
    .option("--seed <n>", "one seed gives one run, byte for byte", "1")
    .option(
      "--out <dir>",
      "folder for run.json, junit.xml, report.html, events.ndjson, capture.pcapng",
      "out",
    )
    .option("--json", "one JSON document (run.json) on standard output")
    .description("run the scenarios and write a report")
    .addHelpText("after", examples)
    .action((patterns: string[], options: RunOptions, command: Command) => {
      checkUse(options, command);
      return stoppable((signal) => run(patterns, options, version, signal));
    });
  return addLineOptions(command);
}

/** Nothing is ignored in silence. */
function checkUse({ target }: RunOptions, command: Command): void {
  const [wrong] = target === "mock" ? given(command, ["timeScale", "record", ...lineOptionNames]) : [];
  if (wrong === undefined) return;
  throw usageError(
    `run: ${wrong} is for a board, and the target is the mock`,
    "Give --target emulated or a board, too, or leave it out.",
  );
}

async function run(
  patterns: readonly string[],
  options: RunOptions,
  version: string,
  signal: AbortSignal,
): Promise<void> {
  const wires = wiresOf(options.wire);
  const seed = seedOf(options.seed);
  // Of a recorded run time is simulated unless told otherwise: only that can be run again exactly.
  const timeScale =
    timeScaleOf(options.timeScale) ?? (options.record === undefined ? undefined : defaultTimeScale);
  prepareFolder(options.out);
  const opening = openTarget(options.target, loadRig(options.rig), {
    seed,
    record: options.record,
    line: lineOf(options),
    run: { target: options.target, patterns: [...patterns], wires: [...wires], seed, timeScale },
  });
  const target = await openUnlessInterrupted(opening, signal);
  if (options.record !== undefined && timeScale === 1) console.error(`note: ${realTimeNote}`);
  const startedAt = new Date().toISOString();
  const progress = progressFor(process.stderr, options.json === true);
  const recorded: RecordedRun[] = [];
  try {
    for (const wire of wires)
      recorded.push(
        await runScenarios({ patterns, wire, seed, timeScale, signal, ...planOf(target) }, progress),
      );
  } finally {
    await target.close();
  }
  const scenarios = recorded.flatMap((r) => r.scenarios);
  if (scenarios.length === 0) throw nothingMatches(patterns, options.wire);
  const reports = scenarios.map((s) => s.report);
  const report: RunReport = {
    tool: "meterbench",
    version,
    seed,
    wire: options.wire,
    target: options.target,
    startedAt,
    totals: totals(reports),
    scenarios: reports,
    measures: measures(reports),
  };
  const again = commandLine(patterns, options);
  const captures = recorded.flatMap((r) => r.captures);
  writeRunFiles(options.out, { run: report, scenarios, captures, again });
  if (options.json) console.log(JSON.stringify(report, null, 2));
  else summary(report, options.out, again);
  process.exitCode = exitOf(report, target, signal.aborted);
}

function exitOf(
  { totals, scenarios }: RunReport,
  { name, faults = [] }: RunTarget,
  wasInterrupted: boolean,
): Exit {
  if (wasInterrupted) {
    console.error(pc.red("interrupted: the scenarios that did not run to their end count as skipped"));
    return Exit.rig;
  }
  const [most] = skipReasons(scenarios);
  if (totals.passed + totals.failed === 0 && most !== undefined)
    console.error(
      pc.yellow(`nothing ran: all ${totals.skipped} skipped, ${most.count} of them because: ${most.reason}`),
    );
  for (const fault of faults.slice(0, faultsShown))
    console.error(`${pc.red("fault")} in the firmware on ${name}: ${fault}`);
  return totals.failed + faults.length > 0 ? Exit.testFailed : Exit.ok;
}

const planOf = ({ name, board, device }: RunTarget) => ({ target: name, board, device });

function timeScaleOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const scale = Number(text);
  if (scale >= 1 && scale <= 100_000) return scale;
  throw usageError(
    `run: --time-scale ${text} is no scale`,
    "Expected a number from 1 (real time) to 100000.",
  );
}

function wiresOf(text: string): readonly WireName[] {
  if (text === "both") return ["cose", "gbcs"];
  if (text === "cose" || text === "gbcs") return [text];
  throw usageError(`run: --wire ${text} is not a wire`, "Expected cose, gbcs or both.");
}

function nothingMatches(patterns: readonly string[], wire: string): Error {
  const asked = patterns.length === 0 ? "nothing" : patterns.map((p) => `"${p}"`).join(", ");
  return usageError(
    `run: no scenario on the ${wire} wire matches ${asked}`,
    "Type `meterbench list scenarios` to see what there is.",
  );
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= 0xffff_ffff) return seed;
  throw usageError(`run: --seed ${text} is not a seed`, "Expected a whole number from 0 to 4294967295.");
}

function totals(scenarios: RunReport["scenarios"]): RunReport["totals"] {
  const count = (status: string) => scenarios.filter((s) => s.status === status).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

function measures(scenarios: RunReport["scenarios"]): Record<string, number> {
  const virtualS = scenarios.reduce((sum, s) => sum + s.virtualS, 0);
  const realS = scenarios.reduce((sum, s) => sum + s.durationMs, 0) / 1000;
  return { virtualS, realS, virtualSPerRealS: realS > 0 ? Math.round(virtualS / realS) : 0 };
}

function commandLine(patterns: readonly string[], options: RunOptions): string {
  const words = patterns.map((p) => `"${p}" `).join("");
  const rig = options.rig === undefined ? "" : ` --rig ${options.rig}`;
  const scale = options.timeScale === undefined ? "" : ` --time-scale ${options.timeScale}`;
  return `meterbench run ${words}--wire ${options.wire} --target ${options.target} --seed ${options.seed}${rig}${scale}${lineWords(options)}`;
}

/** Why scenarios were skipped, the most common reason first. */
function skipReasons(scenarios: RunReport["scenarios"]): { reason: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { status, reason = "no reason given" } of scenarios)
    if (status === "skipped") counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}

function summary(run: RunReport, out: string, again: string): void {
  const { passed, failed, skipped } = run.totals;
  const bad = failed > 0 ? pc.red(`${failed} failed`) : "0 failed";
  console.log(`\n${pc.green(`${passed} passed`)}, ${bad}, ${skipped} skipped  (seed ${run.seed})`);
  const reasons = skipReasons(run.scenarios);
  for (const { reason, count } of reasons.slice(0, reasonsShown))
    console.log(pc.yellow(`skipped ${count}: ${reason}`));
  if (reasons.length > reasonsShown)
    console.log(`skipped for ${reasons.length - reasonsShown} other reasons: see the report`);
  console.log(`report  ${join(out, "report.html")}`);
  console.log(`again   ${again}`);
}
