/** What a run leaves behind, as data: `run.json` of the command-line contract, and what the other files are made of. */
import type { TraceEvent } from "../premises/trace.ts";

export interface ScenarioReport {
  /** Full title: suite and test. */
  readonly name: string;
  /** File, relative to the scenarios' folder or the working folder. */
  readonly file: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly durationMs: number;
  /** Virtual seconds that went by in its premises. */
  readonly virtualS: number;
  readonly seed: number;
  readonly error?: { readonly message: string; readonly code?: string; readonly stack?: string };
  /** Why it did not run, for a skipped one. */
  readonly reason?: string;
}

export interface RunReport {
  readonly tool: "meterbench";
  readonly version: string;
  readonly seed: number;
  readonly wire: string;
  readonly target: string;
  readonly startedAt: string;
  readonly totals: { readonly passed: number; readonly failed: number; readonly skipped: number };
  readonly scenarios: readonly ScenarioReport[];
  readonly measures: Readonly<Record<string, number>>;
}

/** A scenario with what its premises saw: never part of run.json, which stays small. */
export interface RecordedScenario {
  readonly report: ScenarioReport;
  /** Title of the suite it stands in: the first words of its name. */
  readonly suite: string;
  readonly events: readonly TraceEvent[];
}
