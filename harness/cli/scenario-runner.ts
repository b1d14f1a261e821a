/** Runs scenario files in mocha, in this process, and records what each one's homes saw. */
import { relative } from "node:path";
import Mocha from "mocha";
import type { BoardTarget } from "../premises/targets.ts";
import type { Trace } from "../premises/trace.ts";
import type { RecordedScenario, ScenarioReport } from "../reports/run-report.ts";
import { type Captures, type DeviceEnd, setCurrentRun, type WireName } from "../run-context.ts";
import { defaultTimeScale, needsOf, wiresOf } from "../scenarios/applies-to.ts";
import { canLoad, isFile, loadSuites, scenarioFiles, scenariosFolder } from "../scenarios/discover.ts";
import { usageError } from "./exit.ts";

export interface RunPlan {
  readonly patterns: readonly string[];
  readonly wire: WireName;
  readonly target: string;
  readonly seed: number;
  /** What lends the meter its parts, for the target "model on board". */
  readonly board?: BoardTarget | undefined;
  /** The device under test. */
  readonly device?: DeviceEnd | undefined;
  /** For boards: instead of what each scenario says. */
  readonly timeScale?: number | undefined;
  /** Aborted: the scenario under way and those to come are skipped, as interrupted. */
  readonly signal?: AbortSignal | undefined;
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

/** Wall-clock limit of one scenario: in virtual time it only ends one that hangs; on a board time is real. */
const scenarioTimeoutMs = { mock: 60_000, board: 600_000 } as const;

/** Runs what `plan` selects, in file order; nothing when nothing matches. */
export async function runScenarios(plan: RunPlan, progress: Progress): Promise<RecordedRun> {
  const timeout = plan.target === "mock" ? scenarioTimeoutMs.mock : scenarioTimeoutMs.board;
  const mocha = new Mocha({ timeout, forbidOnly: true, reporter: class {} as never });
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
  if (plan.target !== "mock") mocha.suite.eachTest((test: Mocha.Test) => skipWhatCannot(test, plan));
  progress.start(selected);
  const recorder = new Recorder(plan, progress);
  await runToEnd(mocha, recorder, plan.signal);
  recorder.recordTheRest(mocha.suite, plan.signal?.aborted === true);
  progress.stop();
  setCurrentRun(undefined);
  return recorder;
}

/** Until mocha is done, or the signal aborts: then nobody waits for the scenario under way. */
function runToEnd(mocha: Mocha, recorder: Recorder, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve());
    recorder.attach(runner);
    const stop = (): void => {
      runner.abort();
      resolve();
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Removes the tests that the plan does not ask for; how many are left. */
function select(suite: Mocha.Suite, plan: RunPlan): number {
  const words = plan.patterns.filter((p) => !isFile(p)).map((p) => p.toLowerCase());
  suite.tests = suite.tests.filter((test) => {
    const text = `${fileOf(test)} ${test.fullTitle()}`.toLowerCase();
    if (needsOf(test).device && plan.device === undefined) return false;
    return wiresOf(test).includes(plan.wire) && (words.length === 0 || words.some((w) => text.includes(w)));
  });
  suite.suites = suite.suites.filter((child) => select(child, plan) > 0);
  return suite.total();
}

/** A scenario that cannot run on this target is reported as skipped, with its reason. */
function skipWhatCannot(test: Mocha.Test, plan: RunPlan): void {
  const { boards, device, mockOnly: why } = needsOf(test);
  const can = plan.device !== undefined ? device === true : boards === true;
  if (can && why === undefined) return;
  const reason =
    plan.device !== undefined && why === undefined
      ? "it runs on the model; a board under test shows its messages only"
      : (why ?? "it does not run on boards");
  test.pending = true;
  (test as { reason?: string }).reason = plan.device !== undefined ? reason : `mock only: ${reason}`;
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
  readonly #seen = new Set<Mocha.Runnable>();

  constructor(plan: RunPlan, progress: Progress) {
    this.#plan = plan;
    this.#progress = progress;
    const { seed, wire, target, board, device } = plan;
    setCurrentRun({
      seed,
      wire,
      target,
      board,
      device,
      addPremises: (trace, captures) => {
        this.#traces.push(trace);
        this.captures.push(captures);
      },
    });
  }

  attach(runner: Mocha.Runner): void {
    runner.on("test", (test) => this.#begin(test));
    runner.on("pass", (test) => this.#record(test, "passed"));
    runner.on("fail", (test, error) => this.#record(test as Mocha.Test, "failed", error));
    runner.on("pending", (test) => this.#record(test, "skipped"));
  }

  /** A hook that fails, or an interruption, takes scenarios along: they are reported, too. */
  recordTheRest(suite: Mocha.Suite, wasInterrupted: boolean): void {
    suite.eachTest((test: Mocha.Test) => {
      if (this.#seen.has(test)) return;
      const failed = `not run: a hook of "${test.parent?.fullTitle()}" failed`;
      (test as { reason?: string }).reason ??= wasInterrupted ? "interrupted" : failed;
      this.#record(test, "skipped");
    });
  }

  #begin(test: Mocha.Test): void {
    const { board, timeScale } = this.#plan;
    if (board !== undefined) board.timeScale = timeScale ?? needsOf(test).timeScale ?? defaultTimeScale;
    this.#progress.begin(test.fullTitle());
  }

  #record(test: Mocha.Test, status: ScenarioReport["status"], error?: Error & { code?: string }): void {
    if (this.#seen.has(test)) return; // the late end of a scenario that was interrupted
    this.#seen.add(test);
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
