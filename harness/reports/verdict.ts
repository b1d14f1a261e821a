/** What a run has come to, in numbers and in the words that every report has for it. */
import { alertMeaning, alertText } from "../headend/alert-codes.ts";
import type { TraceEvent } from "../premises/trace.ts";
import type { RunReport, ScenarioReport } from "./run-report.ts";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Skipped although they are about this target and wire. */
  readonly skipped: number;
  /** About another target or wire. */
  readonly notApplicable: number;
}

export function countsOf({
  scenarios,
  notApplicable = 0,
}: Pick<RunReport, "scenarios" | "notApplicable">): Counts {
  const count = (is: (scenario: ScenarioReport) => boolean): number => scenarios.filter(is).length;
  return {
    passed: count(({ status }) => status === "passed"),
    failed: count(({ status }) => status === "failed"),
    skipped: count(({ status, applies }) => status === "skipped" && applies !== false),
    notApplicable: notApplicable + count(({ applies }) => applies === false),
  };
}

export type Tone = "good" | "bad" | "idle";

export interface Verdict {
  readonly words: string;
  readonly tone: Tone;
}

/** What `.only` leaves out is not forgotten. */
export function verdictOf(run: RunReport): Verdict {
  const { words, tone } = verdictOfThose(run);
  return run.leftOut === undefined
    ? { words, tone }
    : { words: `${words}, .only left out ${run.leftOut}`, tone };
}

function verdictOfThose(run: RunReport): Verdict {
  const { passed, failed, skipped, notApplicable } = countsOf(run);
  const applying = passed + failed + skipped;
  if (failed > 0) return { words: `${failed} failed`, tone: "bad" };
  if (passed === 0) return { words: "nothing ran", tone: "idle" };
  if (applying === passed && notApplicable === 0) return { words: "all passed", tone: "good" };
  const rest =
    notApplicable > 0 ? `, ${notApplicable} ${notApplicable === 1 ? "does" : "do"} not apply here` : "";
  const that = notApplicable > 0 ? " that apply" : "";
  return {
    words: `${passed} of ${applying}${that} passed${rest}`,
    tone: applying === passed ? "good" : "idle",
  };
}

/** A span of time in the two largest units that fit. */
export function span(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** Virtual time as a clock shows it: `1 d 02:03:04.500`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds * 1000) / 1000;
  const days = Math.floor(whole / 86_400);
  const time = new Date(Math.round((whole - days * 86_400) * 1000)).toISOString().slice(11, 23);
  return days > 0 ? `${days} d ${time}` : time;
}

/** Why scenarios were skipped that a reader might expect, the most common reason first. */
export function skipReasons(scenarios: RunReport["scenarios"]): { reason: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { status, reason = "no reason given" } of scenarios)
    if (status === "skipped") counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}

/** The last alert that reached the head end, in words. */
export function lastAlert(events: readonly TraceEvent[]): string | undefined {
  const last = events.findLast(({ kind, source }) => kind === "alert" && source === "head-end");
  if (last === undefined) return undefined;
  const code = Number(last.alertCode);
  return `${alertText(code)} ${alertMeaning(code)}, from ${last.device} at ${clock(last.t / 1000)}`;
}

/** A board in its own words. */
export const boardWords = ({ id, kind, version }: NonNullable<RunReport["board"]>): string =>
  `${id} (${kind})${version === undefined ? "" : `, version ${version}`}`;
