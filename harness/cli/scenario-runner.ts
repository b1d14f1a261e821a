/** Runs scenario files in mocha, in this process, and records what each one's homes saw. */
import { relative } from "node:path";
import Mocha from "mocha";
import type { Trace } from "../premises/trace.ts";
import type { RecordedScenario, ScenarioReport } from "../reports/run-report.ts";
import { type Captures, setCurrentRun, type WireName } from "../run-context.ts";
import { wiresOf } from "../scenarios/applies-to.ts";
import { canLoad, isFile, loadSuites, scenarioFiles, scenariosFolder } from "../scenarios/discover.ts";
import { usageError } from "./exit.ts";

export interface RunPlan {
  readonly patterns: readonly string[];
  readonly wire: WireName;
  readonly target: string;
  readonly seed: number;
}

/** What a progress display is told. */
export interface Progress {
  start(total: number): void;
  begin(name: string): void;
  end(scenario: ScenarioReport): void;
  stop(): void;
}

export interface RecordedRun {
  readonly scenarios: readonly RecordedScenario[];
  readonly captures: readonly Captures[];
}

/** Wall-clock limit of one scenario: they run in virtual time, so this only ends one that hangs. */
const scenarioTimeoutMs = 60_000;

/** Runs what `plan` selects, in file order; nothing when nothing matches. */
export async function runScenarios(plan: RunPlan, progress: Progress): Promise<RecordedRun> {
  const mocha = new Mocha({ timeout: scenarioTimeoutMs, forbidOnly: true, reporter: class {} as never });
  const files = scenarioFiles(plan.patterns);
  for (const file of files)
    if (!canLoad(file))
      throw usageError(
        `run: Node.js ${process.versions.node} cannot load TypeScript: ${file}`,
        "Compile it to JavaScript, or use Node.js 22.18 or newer.",
      );
  await loadSuites(mocha, files);
  const selected = select(mocha.suite, plan);
  if (selected === 0) return { scenarios: [], captures: [] };
  progress.start(selected);
  return new Promise((resolve) => {
    const recorder = new Recorder(plan, progress);
    const runner = mocha.run(() => {
      progress.stop();
      setCurrentRun(undefined);
      resolve(recorder);
    });
    recorder.attach(runner);
  });
}

/** Removes the tests that the plan does not ask for; how many are left. */
function select(suite: Mocha.Suite, plan: RunPlan): number {
  const words = plan.patterns.filter((p) => !isFile(p)).map((p) => p.toLowerCase());
  suite.tests = suite.tests.filter((test) => {
    const text = `${fileOf(test)} ${test.fullTitle()}`.toLowerCase();
    return wiresOf(test).includes(plan.wire) && (words.length === 0 || words.some((w) => text.includes(w)));
  });
  suite.suites = suite.suites.filter((child) => select(child, plan) > 0);
  return suite.total();
}

function fileOf(test: Mocha.Test): string {
  const file = relative(scenariosFolder, test.file ?? "");
  return file.startsWith("..") ? relative(process.cwd(), test.file ?? "") : file;
}

class Recorder implements RecordedRun {
  readonly scenarios: RecordedScenario[] = [];
  readonly captures: Captures[] = [];
  readonly #plan: RunPlan;
  readonly #progress: Progress;
  /** Homes built by the scenario under way; those of a suite's before-hook stay with its first scenario. */
  #traces: Trace[] = [];

  constructor(plan: RunPlan, progress: Progress) {
    this.#plan = plan;
    this.#progress = progress;
    const { seed, wire, target } = plan;
    setCurrentRun({
      seed,
      wire,
      target,
      addPremises: (trace, captures) => {
        this.#traces.push(trace);
        this.captures.push(captures);
      },
    });
  }

  attach(runner: Mocha.Runner): void {
    runner.on("test", (test) => this.#progress.begin(test.fullTitle()));
    runner.on("pass", (test) => this.#record(test, "passed"));
    runner.on("fail", (test, error) => this.#record(test as Mocha.Test, "failed", error));
    runner.on("pending", (test) => this.#record(test, "skipped"));
  }

  #record(test: Mocha.Test, status: ScenarioReport["status"], error?: Error & { code?: string }): void {
    const events = this.#traces.flatMap((trace) => trace.events);
    const reason = (test as { reason?: string }).reason;
    const report: ScenarioReport = {
      name: test.fullTitle(),
      file: fileOf(test),
      status,
      durationMs: test.duration ?? 0,
      virtualS: this.#traces.reduce((sum, trace) => sum + (trace.events.at(-1)?.t ?? 0), 0) / 1000,
      seed: this.#plan.seed,
      ...(error ? { error: describe(error) } : {}),
      ...(reason !== undefined ? { reason } : {}),
    };
    this.#traces = [];
    this.scenarios.push({ report, suite: test.parent?.fullTitle() ?? "", events });
    this.#progress.end(report);
  }
}

function describe(error: Error & { code?: string }): NonNullable<ScenarioReport["error"]> {
  return {
    message: error.message,
    ...(typeof error.code === "string" ? { code: error.code } : {}),
    ...(error.stack ? { stack: error.stack } : {}),
  };
}
