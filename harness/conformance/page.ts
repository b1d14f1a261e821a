/** `conform.html`: one self-contained page, with the first field that differs of each message that does. */
import { escapeHtml } from "../reports/html/escape.ts";
import { style } from "../reports/html/style.ts";
import { plainLine } from "../text.ts";
import type { ConformReport, Difference, Totals } from "./report.ts";

/** `dir`: of the set, as it was given. */
export function conformPage(report: ConformReport, dir: string): string {
  const bad = report.differs + report.alerts.differs;
  const words = bad === 0 ? "conforms" : `${bad} differ`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Meterbench conformance: ${words}</title><style>${style}</style></head>
<body><main>
<h1>Meterbench conformance</h1>
<div class="result"><span class="verdict ${bad === 0 ? "good" : "bad"}">${words}</span></div>
<dl class="facts"><dt>reference set</dt><dd>${text(dir)}</dd></dl>
${section("Commands", report.commands, report, report.differs, report.perUseCase)}
${section("Alerts", report.alerts.alerts, report.alerts, report.alerts.differs, report.alerts.perUseCase)}
</main></body></html>
`;
}

interface Group extends Totals {
  readonly useCase: string;
  readonly differs: readonly Difference[];
  readonly otherState: readonly Difference[];
}

function section(
  title: string,
  count: number,
  totals: Totals,
  differs: number,
  groups: readonly Group[],
): string {
  const number = (value: number, name: string, tone = "") =>
    `<span class="count"><b class="${tone}">${value}</b> ${name}</span>`;
  const { identical, sameShape } = totals;
  // What differs is what the page is opened for.
  const ordered = [...groups].sort((a, b) => b.differs.length - a.differs.length);
  return `<h2>${title}</h2><div class="result">${number(count, "in the set")} ${number(totals.authenticated, "authentic")}
${number(identical, "identical", "good")} ${number(sameShape, "of the same shape", "good")} ${number(differs, "differ", differs > 0 ? "bad" : "")}</div>
<div class="bar"><i style="flex:${identical}"></i><i class="idle" style="flex:${sameShape}"></i><i class="bad" style="flex:${differs}"></i></div>
${ordered.map(group).join("\n")}`;
}

function group({ useCase, identical, sameShape, differs, otherState }: Group): string {
  const [tone, mark] = differs.length > 0 ? ["bad", "✗"] : ["good", "✓"];
  const counts = `${identical} identical, ${sameShape} same shape, ${differs.length} differ`;
  return `<details class="scenario"${differs.length > 0 ? " open" : ""}><summary><span class="${tone}">${mark}</span><span>${text(useCase)}</span>
<span class="dim num">${counts}</span></summary><div>${table("differs: the first field", differs)}${table("same shape: the first value of another state", otherState)}</div></details>`;
}

function table(title: string, list: readonly Difference[]): string {
  if (list.length === 0) return "";
  const rows = list.map(
    ({ file, why }) => `<tr><td class="mono">${text(file)}</td><td>${text(why)}</td></tr>`,
  );
  return `<table><tr><th>file</th><th>${title}</th></tr>${rows.join("")}</table>`;
}

const text = (foreign: string): string => escapeHtml(plainLine(foreign));
