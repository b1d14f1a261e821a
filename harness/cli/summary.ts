/** What a run says on a terminal at its end: each failure whole, what was skipped and why, and what to do next. */
import { join } from "node:path";
import { tsharkLine } from "../reports/capture.ts";
import type { RecordedScenario, RunReport, ScenarioError } from "../reports/run-report.ts";
import { boardWords, clock, countsOf, lastAlert, skipReasons, span, verdictOf } from "../reports/verdict.ts";
import { plain } from "../text.ts";
import type { Colours } from "./colours.ts";

export interface SummaryInput {
  readonly run: RunReport;
  readonly scenarios: readonly RecordedScenario[];
  readonly out: string;
  /** The command line that runs those with these words again; without any, all of it. */
  readonly again: (words: string | undefined, file?: string) => string;
}

const reasonsShown = 8;
const failuresShown = 20;

/** Lines without the last line break. */
export function summaryText(input: SummaryInput, pc: Colours): string {
  const { run, scenarios, out } = input;
  const failures = scenarios.filter(({ report }) => report.status === "failed");
  const shown = failures
    .slice(0, failuresShown)
    .flatMap((each, i) => ["", ...failureLines(each, i + 1, input, pc)]);
  const more = failures.length - failuresShown;
  const spans = scenarios.flatMap(({ report }) => report.capture ?? []);
  return [
    ...shown,
    ...(more > 0 ? ["", `and ${more} more failures: see the report`] : []),
    "",
    ...totalLines(run, pc),
    ...skipLines(run, pc),
    `report  ${join(out, "report.html")}`,
    ...(spans.length > 0 ? [`capture ${tsharkLine(out, [])}`] : []),
    `again   ${input.again(undefined)}`,
  ].join("\n");
}

function totalLines(run: RunReport, pc: Colours): string[] {
  const { passed, failed, skipped } = run.totals;
  const { words, tone } = verdictOf(run);
  const tones = { good: pc.green, bad: pc.red, idle: pc.yellow };
  const { realS = 0, virtualS = 0 } = run.measures;
  const times = `${span(realS)}${virtualS > 0 ? `, ${span(virtualS)} of virtual time` : ""}`;
  const board = run.board && `on board ${plain(boardWords(run.board))}`;
  return [
    ...(board === undefined ? [] : [board]),
    tones[tone](words),
    `${passed} passed, ${failed > 0 ? pc.red(`${failed} failed`) : "0 failed"}, ${skipped} skipped  (seed ${run.seed}, ${times})`,
  ];
}

function skipLines(run: RunReport, pc: Colours): string[] {
  const reasons = skipReasons(run.scenarios);
  const shown = reasons
    .slice(0, reasonsShown)
    .map(({ reason, count }) => pc.yellow(`skipped ${count}: ${reason}`));
  const left = reasons.length - reasonsShown;
  const { notApplicable } = countsOf({ ...run, scenarios: [] });
  const where = run.target === "mock" ? "a board under test" : "other boards, or the model alone";
  return [
    ...shown,
    ...(left > 0 ? [`skipped for ${left} other reasons: see the report`] : []),
    ...(notApplicable > 0 ? [`not run ${notApplicable}: they are about ${where}`] : []),
  ];
}

function failureLines(
  recorded: RecordedScenario,
  number: number,
  input: SummaryInput,
  pc: Colours,
): string[] {
  const { report, events } = recorded;
  const errors = [report.error, ...(report.furtherErrors ?? [])].filter((each) => each !== undefined);
  const alert = lastAlert(events);
  const facts: [string, string | undefined][] = [
    [
      "time",
      events.length === 0 ? undefined : `${clock(report.virtualS)} of virtual time, seed ${report.seed}`,
    ],
    ["seed", events.length === 0 ? String(report.seed) : undefined],
    ["alert", alert === undefined ? undefined : plain(alert)],
    ["frames", report.capture && tsharkLine(input.out, report.capture)],
    ["again", input.again(recorded.again || undefined, report.file)],
  ];
  return [
    `${number}) ${pc.red(report.name)}`,
    ...errors.flatMap((error) => errorLines(error, pc)),
    ...facts.flatMap(([name, text]) => (text === undefined ? [] : [`   ${name.padEnd(7)} ${text}`])),
  ];
}

const framesShown = 8;
/** Some twelve lines of a terminal. The reports have it whole. */
const longestLine = 1000;

const shortened = (line: string): string =>
  line.length <= longestLine
    ? line
    : `${line.slice(0, longestLine)} … (${line.length - longestLine} more characters: see the report)`;

function errorLines({ message, code, diff, at, stack = "" }: ScenarioError, pc: Colours): string[] {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const coloured = (line: string): string =>
    /^\+/.test(line) ? pc.green(line) : /^-/.test(line) ? pc.red(line) : line;
  return [
    ...(at === undefined ? [] : [pc.bold(at)]),
    ...message
      .trimEnd()
      .split("\n")
      .map(shortened)
      .map((line, i) => (i === 0 ? pc.red(line) : coloured(line))),
    ...(code === undefined || code.startsWith("ERR_") ? [] : [pc.dim(`code ${code}`)]),
    ...(diff === undefined ? [] : diff.split("\n").map(shortened).map(coloured)),
    ...frames.slice(0, framesShown).map((line) => pc.dim(line.trimStart())),
  ].map((line) => `   ${line}`);
}
