/** The files that a run leaves in its output folder: all of them, or (when the folder cannot be written) none. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode, renderDecoded } from "../decode/index.ts";
import { makeFolder } from "../make-folder.ts";
import type { TraceEvent } from "../premises/trace.ts";
import { type CaptureFile, captureFile, wiresharkKeys } from "../reports/capture.ts";
import { type ExplainedMessage, reportHtml } from "../reports/html/index.ts";
import { junitXml } from "../reports/junit.ts";
import type { RecordedScenario, RunReport } from "../reports/run-report.ts";
import { clock } from "../reports/verdict.ts";
import { usageError } from "./exit.ts";

/** How many of the last messages before a failure the report explains. */
const messagesShown = 4;

export interface RunFiles {
  readonly run: RunReport;
  /** One for each scenario of `run`, in its order. */
  readonly scenarios: readonly RecordedScenario[];
  readonly again: string;
}

/** Makes the folder, or says why it cannot be used. Called before the run, so that no run is lost. */
export function prepareFolder(out: string): void {
  try {
    makeFolder(out);
    const probe = join(out, ".writable");
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (cause) {
    throw usageError(
      `run: the folder ${out} cannot be written (${(cause as Error).message})`,
      "Give another with --out DIR.",
    );
  }
}

/** Tells each scenario where its frames stand in the capture. */
export function withCapture(scenarios: readonly RecordedScenario[]): {
  readonly scenarios: readonly RecordedScenario[];
  readonly capture: CaptureFile | undefined;
} {
  const homes = scenarios.flatMap(({ report, captures }) =>
    captures.map((each) => ({ scenario: report.name, captures: each })),
  );
  const capture = captureFile(homes);
  let home = 0;
  const placed = scenarios.map((scenario) => {
    const spans = scenario.captures.map(() => capture?.spans[home++]).filter((span) => span !== undefined);
    return spans.length === 0 ? scenario : { ...scenario, report: { ...scenario.report, capture: spans } };
  });
  return { scenarios: placed, capture };
}

/** Writes every file beside its place first and then moves it there; the names written. */
export function writeRunFiles(out: string, files: RunFiles, capture: CaptureFile | undefined): string[] {
  const captures = files.scenarios.flatMap((scenario) => scenario.captures);
  const contents: Record<string, string | Uint8Array> = {
    "junit.xml": junitXml(files.run),
    "events.ndjson": ndjson(files.scenarios),
    ...(capture && { "capture.pcapng": capture.bytes, zigbee_pc_keys: wiresharkKeys(captures) }),
    "report.html": reportHtml({ ...files, out, messagesOf }),
    "run.json": `${JSON.stringify(files.run, null, 2)}\n`,
  };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(out, `${name}.part`), content);
  for (const name of Object.keys(contents)) renameSync(join(out, `${name}.part`), join(out, name));
  return Object.keys(contents);
}

function ndjson(scenarios: readonly RecordedScenario[]): string {
  return scenarios
    .flatMap(({ report, events }) =>
      events.map((event) => `${JSON.stringify({ scenario: report.name, ...event })}\n`),
    )
    .join("");
}

/** The last messages before the scenario ended, decoded, each once: it passes several hands. */
function messagesOf({ events }: RecordedScenario): ExplainedMessage[] {
  const last = new Map<string, TraceEvent>();
  for (const event of events) {
    if (typeof event.hex !== "string") continue;
    if (!last.has(event.hex)) last.set(event.hex, event);
  }
  return [...last.values()].slice(-messagesShown).map((event) => {
    const bytes = Uint8Array.from(Buffer.from(event.hex as string, "hex"));
    const way =
      event.direction === "up" ? "to the head end" : event.direction === "down" ? "to the home" : "";
    const title = `${[clock(event.t / 1000), way, `from ${event.from ?? event.source}`].filter(Boolean).join("  ")}`;
    return { title, text: explainBytes(bytes) };
  });
}

function explainBytes(bytes: Uint8Array): string {
  try {
    return renderDecoded(decode(bytes), 100);
  } catch (error) {
    // A scenario may well have sent something that nothing decodes: that is worth reading, too.
    return `${bytes.length} bytes that are no known message: ${(error as Error).message}`;
  }
}
