/** Progress of a run: one live line with counts on a terminal, plain lines elsewhere, nothing with `--json`. */
import type { ScenarioReport } from "../reports/run-report.ts";
import { plainLine } from "../text.ts";
import { type Colours, coloursFor } from "./colours.ts";
import type { Progress } from "./scenario-runner.ts";

export function progressFor(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  if (quiet) return { start() {}, begin() {}, end() {}, note() {}, stop() {} };
  return stream.isTTY ? new LiveProgress(stream) : new PlainProgress(stream);
}

/** One line for each scenario, then where and how it failed; all of the failure is told at the end. */
function resultLine({ status, name, reason, error, furtherErrors }: ScenarioReport, pc: Colours): string {
  const mark = { passed: pc.green("ok    "), failed: pc.red("FAILED"), skipped: pc.yellow("skip  ") }[status];
  const last = furtherErrors?.at(-1) ?? error;
  const [first = ""] = last?.message.split("\n") ?? [];
  const where = last?.at === undefined ? "" : `${last.at}: `;
  return `${mark} ${name}${reason ? ` (${reason})` : ""}${last ? `\n       ${pc.red(`${where}${first}`)}` : ""}`;
}

class PlainProgress implements Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #pc: Colours;
  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#pc = coloursFor(stream);
  }
  start(total: number): void {
    this.#stream.write(`running ${total} scenarios\n`);
  }
  begin(): void {}
  end(scenario: ScenarioReport): void {
    this.#stream.write(`${resultLine(scenario, this.#pc)}\n`);
  }
  note(text: string): void {
    this.#stream.write(`${text}\n`);
  }
  stop(): void {}
}

const barColumns = 20;
/** Drawn no more often than one can see. */
const drawnEveryMs = 40;

/** The live line is drawn over itself; what stays is written in its place, and the line again below. */
class LiveProgress implements Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #pc: Colours;
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };
  #total = 0;
  #name = "";
  #drawnMs = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#pc = coloursFor(stream);
  }

  start(total: number): void {
    Object.assign(this.#counts, { passed: 0, failed: 0, skipped: 0 });
    this.#total = total;
    this.#draw();
  }

  begin(name: string): void {
    this.#name = plainLine(name);
    if (performance.now() - this.#drawnMs > drawnEveryMs) this.#draw();
  }

  end(scenario: ScenarioReport, before?: ScenarioReport): void {
    this.#counts[scenario.status]++;
    if (before !== undefined) this.#counts[before.status]--;
    // Why scenarios are skipped is told once, at the end.
    if (scenario.status === "failed") this.note(resultLine(scenario, this.#pc));
  }

  note(text: string): void {
    this.#stream.write(`\r\x1b[K${text}\n`);
    this.#draw();
  }

  stop(): void {
    this.#stream.write("\r\x1b[K");
  }

  #draw(): void {
    this.#drawnMs = performance.now();
    const { passed, failed, skipped } = this.#counts;
    const done = passed + failed + skipped;
    const full = Math.min(barColumns, Math.round((barColumns * done) / Math.max(1, this.#total)));
    const bar = "█".repeat(full) + "░".repeat(barColumns - full);
    const bad = failed > 0 ? `${failed} failed` : `${skipped} skipped`;
    const counts = `${bar} ${done}/${this.#total}  ${passed} ok  ${bad}  `;
    // A line as wide as the terminal would already break.
    const room = Math.max(0, (this.#stream.columns || 80) - counts.length - 1);
    const name = this.#name.length > room ? `${this.#name.slice(0, Math.max(0, room - 1))}…` : this.#name;
    const shown = failed > 0 ? counts.replace(bad, this.#pc.red(bad)) : counts;
    this.#stream.write(`\r\x1b[K${`${shown}${room > 0 ? name : ""}`}`);
  }
}
