/** The files that a run leaves in its output folder: all of them, or (when the folder cannot be written) none. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode, renderDecoded } from "../decode/index.ts";
import { captureFile, wiresharkKeys } from "../reports/capture.ts";
import { reportHtml } from "../reports/html/index.ts";
import { junitXml } from "../reports/junit.ts";
import type { RecordedScenario, RunReport } from "../reports/run-report.ts";
import type { Captures } from "../run-context.ts";
import { usageError } from "./exit.ts";

/** How many of the last messages before a failure the report explains. */
const messagesShown = 4;

export interface RunFiles {
  readonly run: RunReport;
  readonly scenarios: readonly RecordedScenario[];
  readonly captures: readonly Captures[];
  readonly again: string;
}

/** Makes the folder, or says why it cannot be used. Called before the run, so that no run is lost. */
export function prepareFolder(out: string): void {
  try {
    mkdirSync(out, { recursive: true });
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

/** Writes every file beside its place first and then moves it there; the names written. */
export function writeRunFiles(out: string, files: RunFiles): string[] {
  const capture = captureFile(files.captures);
  const contents: Record<string, string | Uint8Array> = {
    "junit.xml": junitXml(files.run),
    "events.ndjson": ndjson(files.scenarios),
    ...(capture === undefined
      ? {}
      : { "capture.pcapng": capture, zigbee_pc_keys: wiresharkKeys(files.captures) }),
    "report.html": reportHtml({ ...files, explain }),
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

/** The last messages on the WAN before the scenario ended, decoded. */
function explain({ events }: RecordedScenario): string {
  return events
    .filter((event) => typeof event.hex === "string")
    .slice(-messagesShown)
    .map((event) => {
      const title = `${event.at}  ${event.source}: ${event.kind}`;
      return `${title}\n${explainBytes(Uint8Array.from(Buffer.from(event.hex as string, "hex")))}`;
    })
    .join("\n\n");
}

function explainBytes(bytes: Uint8Array): string {
  try {
    return renderDecoded(decode(bytes), 100);
  } catch (error) {
    // A scenario may well have sent something that nothing decodes: that is worth reading, too.
    return `${bytes.length} bytes that are no known message: ${(error as Error).message}`;
  }
}
