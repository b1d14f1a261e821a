/** `report.html`: one self-contained file that shows a run to a person. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tsharkLine } from "../capture.ts";
import type { RecordedScenario, RunReport, ScenarioError } from "../run-report.ts";
import { boardWords, clock, countsOf, lastAlert, span, verdictOf } from "../verdict.ts";
import { escapeHtml } from "./escape.ts";
import { lanes, type TimelineItem, timeline } from "./lanes.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";

/** Most events of one scenario that the page carries; events.ndjson has them all. */
const maxItems = 3000;
const marks = { passed: ["good", "✓"], failed: ["bad", "✗"], skipped: ["idle", "–"] } as const;

export interface HtmlInput {
  readonly run: RunReport;
  readonly scenarios: readonly RecordedScenario[];
  /** The line that repeats the run. */
  readonly again: string;
  /** The folder of the report and its capture. */
  readonly out: string;
  /** The messages before a failure, decoded. */
  readonly messagesOf: (scenario: RecordedScenario) => readonly ExplainedMessage[];
}

export interface ExplainedMessage {
  readonly title: string;
  readonly text: string;
}

export function reportHtml(input: HtmlInput): string {
  const { run } = input;
  const uplot = createRequire(import.meta.url).resolve("uplot/dist/uPlot.iife.min.js");
  const uplotCss = createRequire(import.meta.url).resolve("uplot/dist/uPlot.min.css");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Meterbench: ${verdictOf(run).words}</title>
<style>${readFileSync(uplotCss, "utf8")}${style}</style></head>
<body><main>
${head(input)}
${sections(input)}
</main>
<script>${readFileSync(uplot, "utf8")}</script>
<script>const lanes = ${json(lanes)};${script}</script>
</body></html>
`;
}

function head({ run, again, out, scenarios }: HtmlInput): string {
  const { passed, failed, skipped, notApplicable } = countsOf(run);
  const { words, tone } = verdictOf(run);
  const spans = scenarios.flatMap(({ report }) => report.capture ?? []);
  const count = (number: number, name: string, tone = "") =>
    `<span class="count"><b class="${tone}">${number}</b> ${name}</span>`;
  const rest = notApplicable > 0 ? count(notApplicable, "do not apply") : "";
  return `<h1>Meterbench run</h1>
<div class="result"><span class="verdict ${tone}">${words}</span>
${count(passed, "passed", "good")} ${count(failed, "failed", failed > 0 ? "bad" : "")} ${count(skipped, "skipped")} ${rest}</div>
<div class="bar"><i style="flex:${passed}"></i><i class="bad" style="flex:${failed}"></i><i class="idle" style="flex:${skipped}"></i></div>
<h2>The run</h2><dl class="facts">
${fact("started", run.startedAt.slice(0, 19).replace("T", " ").concat(" UTC"))}${fact("wire", run.wire)}${fact("target", run.target)}${run.board ? fact("board", boardWords(run.board)) : ""}${fact("seed", String(run.seed))}
${fact("virtual time", span(run.measures.virtualS ?? 0))}${fact("real time", span(run.measures.realS ?? 0))}
${fact("run it again", code(again), true)}${spans.length > 0 ? fact("see all frames", code(tsharkLine(out, [])), true) : ""}</dl>`;
}

const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;

function fact(name: string, value: string, raw = false): string {
  return `<dt>${escapeHtml(name)}</dt><dd>${raw ? value : escapeHtml(value)}</dd>`;
}

/** Failures first, whatever suite they are in: they are what the page is opened for. */
function sections(input: HtmlInput): string {
  const failed = input.scenarios.filter((s) => s.report.status === "failed");
  const suites = [...new Set(input.scenarios.map((s) => s.suite))];
  const first = failed.length > 0 ? undefined : input.scenarios.find((s) => s.events.length > 0);
  const section = (
    title: string,
    scenarios: readonly RecordedScenario[],
    open: (s: RecordedScenario) => boolean,
  ) =>
    scenarios.length === 0
      ? ""
      : `<h2>${escapeHtml(title)}</h2>${scenarios.map((s) => scenario(s, input, open(s))).join("\n")}`;
  const rest = suites.map((suite) =>
    section(
      suite,
      input.scenarios.filter((s) => s.suite === suite && s.report.status !== "failed"),
      (s) => s === first,
    ),
  );
  return [section("Failures", failed, () => true), ...rest].join("\n");
}

function scenario(recorded: RecordedScenario, input: HtmlInput, open: boolean): string {
  const { report } = recorded;
  const [tone, mark] = marks[report.status];
  const isFailure = report.status === "failed";
  const items = [...timeline(recorded.events), ...(isFailure ? failureItem(recorded) : [])];
  const shown = isFailure ? items.slice(-maxItems) : items.slice(0, maxItems);
  const left = items.length - shown.length;
  return `<details class="scenario"${open ? " open" : ""}><summary><span class="${tone}">${mark}</span><span>${escapeHtml(title(recorded, input.run))}</span>
<span class="dim num">${report.virtualS > 0 ? `${span(report.virtualS)} in ` : ""}${span(report.durationMs / 1000)}</span></summary><div>
${isFailure ? failure(recorded) : ""}${report.reason ? `<p class="idle">${escapeHtml(report.reason)}</p>` : ""}
<div class="chart"></div><div class="pick mono dim"></div>
<script type="application/json">${json(shown.map((i) => [i.timeS, i.lane, i.source, i.label]))}</script>
${left > 0 ? `<p class="dim">${left} further events are in events.ndjson.</p>` : ""}${eventTable(shown, isFailure)}
${isFailure ? messages(input.messagesOf(recorded)) : ""}${foot(recorded, input)}</div></details>`;
}

/** Where it stands, and where its frames are. */
function foot({ report }: RecordedScenario, { out }: HtmlInput): string {
  const { capture = [] } = report;
  const frames = capture
    .map(({ home, firstFrame, lastFrame }) => `home ${home}, frames ${firstFrame} to ${lastFrame}`)
    .join("; ");
  const where = report.line === undefined ? report.file : `${report.file}:${report.line}`;
  return `<p class="dim">seed ${report.seed} · ${escapeHtml(where)}${frames === "" ? "" : ` · capture.pcapng: ${frames}`}</p>
${capture.length === 0 ? "" : `<p class="dim">${code(tsharkLine(out, capture))}</p>`}`;
}

/** The moment it failed, as far as the home's time had come. */
function failureItem({ events, report }: RecordedScenario): TimelineItem[] {
  const last = events.at(-1);
  if (last === undefined) return [];
  const label = report.error?.message.split("\n")[0] ?? "failed";
  // After what happened in the same moment: the chart draws one of two that end it together.
  return [{ timeS: (last.t + 1) / 1000, lane: lanes.indexOf("failure"), source: "scenario", label }];
}

/** The name without the suite's, which stands above it; a failure stands alone and has it whole. */
function title({ report, suite }: RecordedScenario, run: RunReport): string {
  const name = report.status === "failed" ? report.name : report.name.slice(suite.length).trim();
  return run.wire === "both" ? `${name} (${report.wire})` : name;
}

const rowsShown = 200;

/** Of a failure the last events, for they led there. */
function eventTable(items: readonly TimelineItem[], isFailure: boolean): string {
  if (items.length === 0) return "";
  const rows = (isFailure ? items.slice(-rowsShown) : items.slice(0, rowsShown)).map(
    (i) =>
      `<tr><td class="num mono">${clock(i.timeS)}</td><td>${escapeHtml(lanes[i.lane] ?? "")}</td><td>${escapeHtml(i.source)}</td><td>${escapeHtml(i.label)}</td></tr>`,
  );
  return `<div class="events"><table><tr><th class="num">virtual time</th><th>lane</th><th>who</th><th>what</th></tr>${rows.join("")}</table></div>`;
}

/** What went wrong and where, before anything else. */
function failure({ report, events }: RecordedScenario): string {
  const errors = [report.error, ...(report.furtherErrors ?? [])].filter((error) => error !== undefined);
  const alert = lastAlert(events);
  const moment = events.length === 0 ? [] : [`at ${clock(report.virtualS)} of virtual time`];
  const facts = [...moment, ...(alert === undefined ? [] : [`last alert: ${alert}`])];
  return `${errors.map(errorText).join("\n")}
${facts.length === 0 ? "" : `<p>${escapeHtml(facts.join(" · "))}</p>`}`;
}

function errorText({ message, at, diff, stack }: ScenarioError): string {
  const [first = "", ...others] = message.split("\n");
  const more = [others.join("\n").trim(), diff ?? ""].filter((part) => part !== "").join("\n\n");
  return `<p class="bad error">${escapeHtml(first)}</p>${at === undefined ? "" : `<p class="mono at">${escapeHtml(at)}</p>`}
${more === "" ? "" : `<pre>${escapeHtml(more)}</pre>`}${stack === undefined ? "" : folded("where it came from", stack)}`;
}

const messages = (list: readonly ExplainedMessage[]): string =>
  list.length === 0
    ? ""
    : `<p>The last messages before it:</p>${list.map(({ title, text }) => folded(title, text)).join("\n")}`;

const folded = (title: string, text: string): string =>
  `<details class="fold"><summary>${escapeHtml(title)}</summary><pre>${escapeHtml(text)}</pre></details>`;

/** JSON that cannot end the script element it stands in. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
