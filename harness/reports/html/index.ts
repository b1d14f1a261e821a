/** `report.html`: one self-contained file that shows a run to a person. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { RecordedScenario, RunReport } from "../run-report.ts";
import { lanes, timeline } from "./lanes.ts";
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
  /** Explains the messages around a failure, as text. */
  readonly explain: (scenario: RecordedScenario) => string;
}

export function reportHtml(input: HtmlInput): string {
  const { run } = input;
  const uplot = createRequire(import.meta.url).resolve("uplot/dist/uPlot.iife.min.js");
  const uplotCss = createRequire(import.meta.url).resolve("uplot/dist/uPlot.min.css");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Meterbench: ${verdict(run)}</title>
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

function verdict(run: RunReport): string {
  if (run.totals.failed > 0) return `${run.totals.failed} failed`;
  return run.totals.passed > 0 ? "all passed" : "nothing ran";
}

function head({ run, again }: HtmlInput): string {
  const { passed, failed, skipped } = run.totals;
  const virtualS = run.scenarios.reduce((sum, s) => sum + s.virtualS, 0);
  const tone = failed > 0 ? "bad" : passed > 0 ? "good" : "idle";
  return `<h1>Meterbench run</h1>
<div class="result"><span class="verdict ${tone}">${verdict(run)}</span>
<span class="count"><b class="good">${passed}</b> passed</span>
<span class="count"><b class="${failed > 0 ? "bad" : ""}">${failed}</b> failed</span>
<span class="count"><b>${skipped}</b> skipped</span></div>
<div class="bar"><i style="flex:${passed}"></i><i class="bad" style="flex:${failed}"></i><i class="idle" style="flex:${skipped}"></i></div>
<h2>The run</h2><dl class="facts">
${fact("started", run.startedAt)}${fact("wire", run.wire)}${fact("target", run.target)}${fact("seed", String(run.seed))}
${fact("virtual time", span(virtualS))}${fact("real time", span(run.scenarios.reduce((sum, s) => sum + s.durationMs, 0) / 1000))}
${fact("run it again", `<code>${escapeHtml(again)}</code>`, true)}</dl>`;
}

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
  const items = timeline(recorded.events);
  const shown = items.slice(0, maxItems);
  const left = items.length - shown.length;
  return `<details${open ? " open" : ""}><summary><span class="${tone}">${mark}</span><span>${escapeHtml(title(recorded))}</span>
<span class="dim num">${report.virtualS > 0 ? `${span(report.virtualS)} in ` : ""}${span(report.durationMs / 1000)}</span></summary><div>
${report.status === "failed" ? failure(recorded, input) : ""}${report.reason ? `<p class="idle">${escapeHtml(report.reason)}</p>` : ""}
<div class="chart"></div><div class="pick mono dim"></div>
<script type="application/json">${json(shown.map((i) => [i.timeS, i.lane, i.source, i.label]))}</script>
${left > 0 ? `<p class="dim">${left} further events are in events.ndjson.</p>` : ""}${eventTable(shown)}
<p class="dim">seed ${report.seed} · ${escapeHtml(report.file)}</p></div></details>`;
}

/** The name without the suite's, which stands above it; a failure stands alone and has it whole. */
function title({ report, suite }: RecordedScenario): string {
  return report.status === "failed" ? report.name : report.name.slice(suite.length).trim();
}

function eventTable(items: ReturnType<typeof timeline>): string {
  if (items.length === 0) return "";
  const rows = items
    .slice(0, 200)
    .map(
      (i) =>
        `<tr><td class="num mono">${i.timeS.toFixed(3)}</td><td>${escapeHtml(lanes[i.lane] ?? "")}</td><td>${escapeHtml(i.source)}</td><td>${escapeHtml(i.label)}</td></tr>`,
    );
  return `<div class="events"><table><tr><th class="num">virtual s</th><th>lane</th><th>who</th><th>what</th></tr>${rows.join("")}</table></div>`;
}

function failure(recorded: RecordedScenario, input: HtmlInput): string {
  const { error } = recorded.report;
  const decoded = input.explain(recorded);
  return `<p class="bad">${escapeHtml(error?.message ?? "failed")}</p><pre>${escapeHtml(error?.stack ?? "")}</pre>
${decoded === "" ? "" : `<p>The last messages before it:</p><pre>${escapeHtml(decoded)}</pre>`}`;
}

/** A span of time in the two largest units that fit. */
function span(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.round((seconds % 86_400) / 3600)} h`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** JSON that cannot end the script element it stands in. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
