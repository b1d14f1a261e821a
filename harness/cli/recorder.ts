/** Records what becomes of each scenario, and what its homes saw. A verdict may still turn bad after the scenario's end. */
import type Mocha from "mocha";
import type { WireName } from "../../firmware/wire/suites.ts";
import type { Captures } from "../premises/captures.ts";
import type { Trace } from "../premises/trace.ts";
import { describeFailure } from "../reports/failure.ts";
import type { RecordedRun, RecordedScenario, ScenarioError, ScenarioReport } from "../reports/run-report.ts";
import { fileOf, lineOf } from "../scenarios/discover.ts";
import { plainLine } from "../text.ts";
import type { Owner } from "./strays.ts";

export interface RecorderOptions {
  readonly seed: number;
  readonly wire: WireName;
  readonly notApplicable: number;
  readonly leftOut: number;
  /** A device under test: what it does not show is counted, not listed. */
  readonly device?: unknown;
  /** Told of each scenario when it ends, and again when its verdict turns bad after that. */
  readonly told: (scenario: ScenarioReport, before: ScenarioReport | undefined) => void;
}

/** What belongs to no scenario of the run stands under this name. */
const outside = "outside every scenario";

/** Reason and relevance are left on the test by `skipBecause` and `skipElsewhere`. */
type Skippable = Mocha.Test & { reason?: string; applies?: false };

export class Recorder implements RecordedRun {
  readonly scenarios: RecordedScenario[] = [];
  notApplicable: number;
  readonly leftOut: number;
  readonly #options: RecorderOptions;
  /** Homes built by the scenario under way; those of a suite's before-hook stay with its first scenario. */
  #homes: { readonly trace: Trace; readonly captures: Captures }[] = [];
  /** Place in {@link scenarios}. */
  readonly #places = new Map<unknown, number>();
  readonly #failedHooks: { readonly title: string; readonly suite: Mocha.Suite | undefined }[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.notApplicable = options.notApplicable;
    this.leftOut = options.leftOut;
  }

  addHome(trace: Trace, captures: Captures): void {
    this.#homes.push({ trace, captures });
  }

  passed(test: Mocha.Test): void {
    if (!this.#places.has(keyOf(test))) this.#add(test, test.fullTitle(), { status: "passed" });
  }

  skipped(test: Mocha.Test): void {
    if (this.#places.has(keyOf(test))) return;
    const { reason, applies } = test as Skippable;
    if (applies === false && this.#options.device !== undefined) {
      this.#places.set(keyOf(test), -1);
      this.notApplicable++;
      return;
    }
    const why = {
      ...(reason !== undefined && { reason: plainLine(reason) }),
      ...(applies === false && { applies }),
    };
    this.#add(test, test.fullTitle(), { status: "skipped", ...why });
  }

  /** What failed is a test, a hook, or (without one) something that no scenario of this run has begun. */
  failed(
    error: unknown,
    runnable: Mocha.Runnable | undefined,
    title = runnable?.fullTitle() ?? outside,
  ): void {
    const isHook = (runnable as { type?: string } | undefined)?.type === "hook";
    if (isHook) this.#failedHooks.push({ title, suite: runnable?.parent });
    const described = {
      ...placeOf(runnable),
      ...describeFailure(error, runnable?.file ?? runnable?.parent?.file),
    };
    const place = this.#places.get(isHook || runnable === undefined ? title : keyOf(runnable));
    if (place === undefined || place < 0) this.#add(runnable, title, { status: "failed", error: described });
    else this.#turnBad(place, described);
  }

  #turnBad(place: number, described: ScenarioError): void {
    const recorded = this.scenarios[place] as RecordedScenario;
    const { reason: _reason, applies: _applies, ...before } = recorded.report;
    const report: ScenarioReport =
      before.error === undefined
        ? { ...before, status: "failed", error: described }
        : { ...before, furtherErrors: [...(before.furtherErrors ?? []), described].slice(0, mostErrors) };
    this.scenarios[place] = { ...recorded, report };
    this.#options.told(report, recorded.report);
  }

  /** An error that mocha has not caught, with whoever began it. */
  strayed(error: unknown, owner: Owner | undefined): void {
    this.failed(error, owner?.runnable, owner?.title);
  }

  /** A hook that fails, or an interruption, takes scenarios along: they are reported, too. */
  theRest(suite: Mocha.Suite, why: string): void {
    suite.eachTest((test: Mocha.Test) => {
      const hook = this.#failedHooks.find(({ suite }) => isInside(test, suite));
      (test as Skippable).reason ??= hook === undefined ? why : `not run: ${hook.title} failed`;
      this.skipped(test);
    });
  }

  #add(
    runnable: Mocha.Runnable | undefined,
    title: string,
    outcome: Pick<ScenarioReport, "status" | "error" | "reason" | "applies">,
  ): void {
    const homes = this.#homes;
    const virtualMs = homes.reduce((sum, { trace }) => sum + (trace.events.at(-1)?.t ?? 0), 0);
    const line = runnable && lineOf(runnable);
    const report: ScenarioReport = {
      name: plainLine(title),
      file: runnable === undefined ? "" : plainLine(fileOf(runnable)),
      ...(line !== undefined && { line }),
      wire: this.#options.wire,
      durationMs: runnable?.duration ?? 0,
      virtualS: Math.round(virtualMs) / 1000,
      seed: this.#options.seed,
      ...outcome,
    };
    this.#homes = [];
    const isTest = (runnable as { type?: string } | undefined)?.type === "test";
    const suite = plainLine(runnable?.parent?.fullTitle() ?? "");
    this.#places.set(isTest ? keyOf(runnable as Mocha.Test) : title, this.scenarios.length);
    this.scenarios.push({
      report,
      suite,
      again: isTest ? report.name : suite,
      events: homes.flatMap(({ trace }) => trace.events),
      captures: homes.map(({ captures }) => captures),
    });
    this.#options.told(report, undefined);
  }
}

/** Of one scenario; the first ones tell what went wrong. */
const mostErrors = 20;

/** A test that mocha tries again is one scenario. */
function keyOf(runnable: Mocha.Runnable): unknown {
  return (runnable as { retriedTest?: () => unknown }).retriedTest?.() ?? runnable;
}

/** Of the test, for what has no place of its own: a time limit, say. */
function placeOf(runnable: Mocha.Runnable | undefined): { at?: string } {
  const line = runnable && lineOf(runnable);
  return runnable === undefined || line === undefined ? {} : { at: `${plainLine(fileOf(runnable))}:${line}` };
}

function isInside(test: Mocha.Test, suite: Mocha.Suite | undefined): boolean {
  for (let node = test.parent; node !== undefined; node = node.parent) if (node === suite) return true;
  return false;
}
