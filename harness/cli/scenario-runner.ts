/** Runs scenario files in mocha, in this process, and records what each one's homes saw. */
import Mocha from "mocha";
import type { WireName } from "../../firmware/wire/suites.ts";
import { type DeviceEnd, setCurrentRun } from "../premises/run-context.ts";
import type { BoardTarget } from "../premises/targets.ts";
import { describeFailure } from "../reports/failure.ts";
import type { RecordedRun, ScenarioReport } from "../reports/run-report.ts";
import { defaultTimeScale, needsOf } from "../scenarios/applies-to.ts";
import { canLoad, isFile, loadSuites, scenarioFiles } from "../scenarios/discover.ts";
import { Exit, reportError, usageError } from "./exit.ts";
import { Recorder } from "./recorder.ts";
import { type Selection, select } from "./selection.ts";
import { looseEndsSince, own, Strays, watchIdle } from "./strays.ts";

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
  /** `before`: what was told of it first, where it has turned bad only after its end. */
  end(scenario: ScenarioReport, before?: ScenarioReport): void;
  /** A line for people, between the others. */
  note(text: string): void;
  stop(): void;
}

/** Told as long as the process lives: what a scenario has left behind may fail after the run. */
export interface RunListener {
  /** `recorded` goes on changing until the process ends. */
  begun(recorded: RecordedRun): void;
  /** A scenario has turned bad after the end of the run, or the process ends within it. */
  changed(isEnding: boolean): void;
}

/** Wall-clock limit of one scenario: in virtual time it only ends one that hangs; on a board time is real. */
const scenarioTimeoutMs = { mock: 60_000, board: 600_000 } as const;

/** What scenarios have left under way has so long to fail before the reports are written. */
const lastWordsMs = 2000;

/** Suites that are loaded, and what their files have begun meanwhile and nobody has caught. */
export interface LoadedSuites {
  readonly mocha: Mocha;
  readonly strays: readonly unknown[];
}

/** Throws `cli/usage` when a file cannot be loaded. */
export async function loadScenarios(patterns: readonly string[], target: string): Promise<LoadedSuites> {
  const files = scenarioFiles(patterns);
  for (const file of files)
    if (!canLoad(file))
      throw usageError(
        `run: Node.js ${process.versions.node} cannot load TypeScript: ${file}`,
        "Compile it to JavaScript, or use Node.js 22.18 or newer.",
      );
  const timeout = target === "mock" ? scenarioTimeoutMs.mock : scenarioTimeoutMs.board;
  // In a file of the user's `.only` is how one works on one scenario; in ours it would be a slip.
  const mocha = new Mocha({ timeout, forbidOnly: !patterns.some(isFile), reporter: class {} as never });
  const strays: unknown[] = [];
  let isLoading = true;
  let giveUp: (why: Error) => void = () => {};
  const never = new Promise<Error>((resolve) => {
    giveUp = resolve;
  });
  new Strays({
    failed: (error) => strays.push(error),
    idle: () => giveUp(placeless("its top-level await waits for what cannot come")),
    exiting() {
      if (!isLoading) return;
      reportError(
        usageError("run: a scenario file ended the process while it was loaded", "Mend that."),
        false,
      );
      process.exitCode = Exit.usage;
    },
  });
  try {
    await loadSuites(mocha, files, never);
  } finally {
    isLoading = false;
  }
  return { mocha, strays };
}

/** Runs what `plan` selects, in file order; nothing when nothing matches. */
export async function runScenarios(
  plan: RunPlan,
  progress: Progress,
  listener: RunListener = { begun() {}, changed() {} },
  loaded?: LoadedSuites,
): Promise<RecordedRun> {
  const { mocha, strays } = loaded ?? (await loadScenarios(plan.patterns, plan.target));
  const selection = select(mocha, { ...plan, device: plan.device !== undefined });
  const told = (scenario: ScenarioReport, before: ScenarioReport | undefined) =>
    progress.end(scenario, before);
  const recorder = new Recorder({ ...plan, ...selection, told });
  listener.begun(recorder);
  for (const error of strays) recorder.failed(error, undefined);
  if (selection.selected === 0) return recorder;
  progress.start(selection.selected);
  noteOnly(selection, progress);
  const { seed, wire, target, board, device } = plan;
  const addPremises: Recorder["addHome"] = (trace, captures) => recorder.addHome(trace, captures);
  setCurrentRun({ seed, wire, target, board, device, addPremises });
  const loose = looseEndsSince();
  await runToEnd(mocha, recorder, { plan, progress, listener });
  // Of a board's line there are always timers.
  const left = plan.signal?.aborted ? 0 : await loose.settled(plan.target === "mock" ? lastWordsMs : 0);
  if (left > 0 && plan.target === "mock")
    progress.note(`note: ${left} timers that scenarios have left running are ended with the run`);
  recorder.theRest(mocha.suite, plan.signal?.aborted ? "interrupted" : "not run: the run ended before it");
  progress.stop();
  setCurrentRun(undefined);
  return recorder;
}

function noteOnly({ leftOut }: Selection, progress: Progress): void {
  if (leftOut > 0) progress.note(`note: .only leaves out ${leftOut} other scenarios`);
}

interface Under {
  readonly plan: RunPlan;
  readonly progress: Progress;
  readonly listener: RunListener;
}

/** Until mocha is done, or the signal aborts: then nobody waits for the scenario under way. */
function runToEnd(mocha: Mocha, recorder: Recorder, under: Under): Promise<void> {
  const { signal } = under.plan;
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      watch.end();
      resolve();
    }) as WatchedRunner;
    const watch = new Watch(runner, recorder, under);
    const stop = (): void => {
      runner.abort();
      watch.end();
      resolve();
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** What mocha's types leave out. */
type WatchedRunner = Mocha.Runner & {
  readonly uncaught: (error: unknown) => void;
  readonly unhandled: (error: unknown) => void;
};

/** Follows one run of mocha, and hears what mocha does not. */
class Watch {
  #isOver = false;
  readonly #strays: Strays;
  readonly #stopLooking: () => void;
  readonly #runner: WatchedRunner;
  readonly #recorder: Recorder;
  readonly #under: Under;
  /** The test or hook whose function is under way. */
  #current: Mocha.Runnable | undefined;

  constructor(runner: WatchedRunner, recorder: Recorder, under: Under) {
    this.#runner = runner;
    this.#recorder = recorder;
    this.#under = under;
    // Mocha blames whatever runs by then, swallows what was rejected, and gives up the run.
    process.off("uncaughtException", runner.uncaught);
    process.off("unhandledRejection", runner.unhandled);
    this.#strays = new Strays({
      failed: (error, owner) => this.#strayed(error, owner?.runnable, owner?.title),
      idle: () => this.#idle(),
      exiting: () => this.#exiting(),
    });
    // Of a board's line something is always under way.
    this.#stopLooking = under.plan.target === "mock" ? watchIdle(() => this.#idle()) : () => {};
    this.#attach();
  }

  end(): void {
    this.#isOver = true;
    this.#stopLooking();
    this.#strays.tellExits();
  }

  #attach(): void {
    const runner = this.#runner;
    runner.on("test", (test) => this.#begin(test));
    runner.on("hook", (hook) => this.#own(hook));
    runner.on("hook end", () => this.#leave());
    runner.on("test end", () => this.#leave());
    runner.on("pass", (test) => this.#recorder.passed(test));
    runner.on("pending", (test) => this.#recorder.skipped(test));
    runner.on("retry", (_test, error) => this.#strays.know(error));
    runner.on("fail", (runnable, error) => {
      this.#strays.know(error);
      if (this.#current === runnable) this.#leave();
      if (this.#under.plan.signal?.aborted) return; // the late end of a scenario that was interrupted
      this.#recorder.failed(error, runnable);
    });
  }

  #begin(test: Mocha.Test): void {
    const { board, timeScale } = this.#under.plan;
    if (board !== undefined) board.timeScale = timeScale ?? needsOf(test).timeScale ?? defaultTimeScale;
    this.#own(test);
    this.#under.progress.begin(test.fullTitle());
  }

  #own(runnable: Mocha.Runnable): void {
    own(runnable, (entered) => {
      this.#current = entered;
    });
  }

  #leave(): void {
    this.#current = undefined;
    this.#strays.tellExits();
  }

  #strayed(error: unknown, runnable: Mocha.Runnable | undefined, title: string | undefined): void {
    if (this.#under.plan.signal?.aborted) return;
    const current = this.#current;
    // A hook is blamed for nothing that it has not begun; a test is, while it is alone.
    const isCurrent = runnable === undefined ? current instanceof Mocha.Test : runnable === current;
    if (current !== undefined && isCurrent && !this.#isOver) {
      // Mocha writes on what it is given.
      this.#runner.uncaught(
        Object.isExtensible(error) ? error : new Error(describeFailure(error, undefined).message),
      );
      return;
    }
    this.#recorder.failed(error, runnable, title);
    if (this.#isOver) this.#under.listener.changed(false);
  }

  #idle(): void {
    if (this.#isOver || this.#current === undefined) return;
    const waits = "it waits for what cannot come: nothing is under way any more in this process";
    this.#runner.uncaught(placeless(waits));
  }

  /** Mocha's end has not come: somebody has ended the process. */
  #exiting(): void {
    if (this.#isOver || this.#under.plan.signal?.aborted) return;
    this.end();
    this.#recorder.failed(placeless("the process was ended while this ran"), this.#current);
    this.#recorder.theRest(this.#runner.suite, "not run: the process was ended before it");
    this.#under.progress.stop();
    this.#under.listener.changed(true);
  }
}

/** An error of ours about a scenario: where we found it out says nothing. */
const placeless = (message: string): Error => Object.assign(new Error(message), { stack: "" });
