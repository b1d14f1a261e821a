/** What a run leaves behind, as data: `run.json` of the command-line contract, and what the other files are made of. */

import type { WireName } from "../../firmware/wire/suites.ts";
import type { Captures } from "../premises/captures.ts";
import type { TraceEvent } from "../premises/trace.ts";
import type { ScenarioError } from "./failure.ts";

export type { ScenarioError };

export interface ScenarioReport {
  /** Full title: suite and test. */
  readonly name: string;
  /** File, relative to the scenarios' folder or the working folder. */
  readonly file: string;
  /** Line of the file, from 1, where it is known. */
  readonly line?: number;
  readonly wire: WireName;
  readonly status: "passed" | "failed" | "skipped";
  readonly durationMs: number;
  /** Virtual seconds that went by in its premises. */
  readonly virtualS: number;
  readonly seed: number;
  readonly error?: ScenarioError;
  /** What else went wrong in it, such as a throw after its end. */
  readonly furtherErrors?: readonly ScenarioError[];
  /** Why it did not run, for a skipped one. */
  readonly reason?: string;
  /** False: skipped because it is about another target or wire. */
  readonly applies?: false;
  /** Where its frames stand in `capture.pcapng`. */
  readonly capture?: readonly CaptureSpan[];
}

/** One home's frames in the capture, numbered as Wireshark does. */
export interface CaptureSpan {
  /** As the capture's interfaces are called: `home 3`. */
  readonly home: number;
  readonly firstFrame: number;
  readonly lastFrame: number;
}

export interface RunReport {
  readonly tool: "meterbench";
  readonly version: string;
  readonly seed: number;
  readonly wire: string;
  readonly target: string;
  /** The board it ran on, in its own words. */
  readonly board?: { readonly id: string; readonly kind: string; readonly version?: string };
  readonly startedAt: string;
  readonly totals: { readonly passed: number; readonly failed: number; readonly skipped: number };
  /** Scenarios that were asked for and not tried: they are about another target. Absent: none. */
  readonly notApplicable?: number;
  /** Scenarios of the files that `.only` has left out. Absent: none. */
  readonly leftOut?: number;
  readonly scenarios: readonly ScenarioReport[];
  readonly measures: Readonly<Record<string, number>>;
}

/** A scenario with what its premises saw: never part of run.json, which stays small. */
export interface RecordedScenario {
  readonly report: ScenarioReport;
  /** Title of the suite it stands in: the first words of its name. */
  readonly suite: string;
  /** The words that select it, or for a hook its suite; empty: none do. */
  readonly again: string;
  readonly events: readonly TraceEvent[];
  /** What its homes had on the air and on the WAN, a home each. */
  readonly captures: readonly Captures[];
}

/** What one suite after another has told, on one wire; it may go on changing until the process ends. */
export interface RecordedRun {
  readonly scenarios: readonly RecordedScenario[];
  /** Scenarios that were not even tried, for they are about another target. */
  readonly notApplicable: number;
  /** Scenarios beside those that `.only` has chosen. */
  readonly leftOut: number;
}
