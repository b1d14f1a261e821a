/** A run made public: its files, its words on the terminal, its exit code. */
import type { RecordedRun, RecordedScenario, RunReport } from "../reports/run-report.ts";
import { skipReasons } from "../reports/verdict.ts";
import type { RunTarget } from "../rig/target.ts";
import { plain, plainJson, plainLine } from "../text.ts";
import { coloursFor } from "./colours.ts";
import { Exit, insistOn } from "./exit.ts";
import { withCapture, writeRunFiles } from "./run-files.ts";
import type { RunListener } from "./scenario-runner.ts";
import { summaryText } from "./summary.ts";

/** The first ones tell what went wrong; more of them are its echo. */
const faultsShown = 5;

export interface Published {
  readonly options: {
    readonly wire: string;
    readonly target: string;
    readonly out: string;
    readonly json?: boolean;
  };
  readonly version: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly target: RunTarget;
  /** The line that runs it again; with `words` those alone, and of a file of the user's that file alone. */
  readonly again: (words?: string, file?: string) => string;
}

/** Writes the reports when the run ends, also where a scenario ends the process, and again when one fails after that. */
export class Publication implements RunListener {
  readonly #of: Published;
  readonly #recorded: RecordedRun[] = [];
  #isPublished = false;
  #wasInterrupted = false;
  /** By a clock that no scenario simulates. */
  readonly #begunS = process.uptime();

  constructor(of: Published) {
    this.#of = of;
  }

  begun(recorded: RecordedRun): void {
    this.#recorded.push(recorded);
  }

  /** Between the end of the scenarios and the first reports nothing is lost: those come. */
  changed(isEnding: boolean): void {
    if (isEnding || this.#isPublished) this.publish(this.#wasInterrupted);
  }

  publish(wasInterrupted: boolean): void {
    const { options, target, again } = this.#of;
    this.#isPublished = true;
    this.#wasInterrupted = wasInterrupted;
    const { scenarios, capture } = withCapture(this.#recorded.flatMap((run) => run.scenarios));
    const run = this.#report(scenarios);
    writeRunFiles(options.out, { run, scenarios, again: again() }, capture);
    if (options.json) console.log(plainJson(run, undefined, 2));
    else console.log(summaryText({ run, scenarios, out: options.out, again }, coloursFor(process.stdout)));
    insistOn(exitOf(run, target, wasInterrupted));
  }

  #report(scenarios: readonly RecordedScenario[]): RunReport {
    const { options, version, seed, startedAt, target } = this.#of;
    const reports = scenarios.map(({ report }) => report);
    const sum = (of: (run: RecordedRun) => number): number =>
      this.#recorded.reduce((all, run) => all + of(run), 0);
    const notApplicable = sum((run) => run.notApplicable);
    const leftOut = sum((run) => run.leftOut);
    return {
      tool: "meterbench",
      version,
      seed,
      wire: options.wire,
      target: options.target,
      ...(target.identity && { board: target.identity }),
      startedAt,
      totals: totals(reports),
      ...(notApplicable > 0 && { notApplicable }),
      ...(leftOut > 0 && { leftOut }),
      scenarios: reports,
      measures: measures(reports, process.uptime() - this.#begunS),
    };
  }
}

function exitOf(
  { totals, scenarios }: RunReport,
  { name, faults = [] }: RunTarget,
  wasInterrupted: boolean,
): Exit {
  const pc = coloursFor(process.stderr);
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
    console.error(`${pc.red("fault")} in the firmware on ${plainLine(name)}: ${plain(String(fault))}`);
  return totals.failed + faults.length > 0 ? Exit.testFailed : Exit.ok;
}

function totals(scenarios: RunReport["scenarios"]): RunReport["totals"] {
  const count = (status: string) => scenarios.filter((s) => s.status === status).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

/** `elapsedS`: all that one waited for, hooks and the making ready of a board too. */
function measures(scenarios: RunReport["scenarios"], elapsedS: number): Record<string, number> {
  const virtualS = thousandths(scenarios.reduce((sum, s) => sum + s.virtualS, 0));
  const realS = thousandths(elapsedS);
  return { virtualS, realS, virtualSPerRealS: realS > 0 ? Math.round(virtualS / realS) : 0 };
}

const thousandths = (value: number): number => Math.round(value * 1000) / 1000;
