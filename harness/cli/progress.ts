/** Progress of a run: one live line with counts on a terminal, plain lines elsewhere, nothing with `--json`. */
import { SingleBar } from "cli-progress";
import pc from "picocolors";
import type { ScenarioReport } from "../reports/run-report.ts";
import type { Progress } from "./scenario-runner.ts";

export function progressFor(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  if (quiet) return { start() {}, begin() {}, end() {}, stop() {} };
  return stream.isTTY ? new LiveProgress(stream) : new PlainProgress(stream);
}

/** One line for each scenario, then its error if it failed. */
function resultLine(scenario: ScenarioReport): string {
  const mark = { passed: pc.green("ok    "), failed: pc.red("FAILED"), skipped: pc.yellow("skip  ") }[
    scenario.status
  ];
  const reason = scenario.reason ? ` (${scenario.reason})` : "";
  const error = scenario.error ? `\n       ${pc.red(scenario.error.message.split("\n")[0] ?? "")}` : "";
  return `${mark} ${scenario.name}${reason}${error}`;
}

class PlainProgress implements Progress {
  readonly #stream: NodeJS.WriteStream;
  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }
  start(total: number): void {
    this.#stream.write(`running ${total} scenarios\n`);
  }
  begin(): void {}
  end(scenario: ScenarioReport): void {
    this.#stream.write(`${resultLine(scenario)}\n`);
  }
  stop(): void {}
}

class LiveProgress implements Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #bar: SingleBar;
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    const format = `{bar} {value}/{total}  ${pc.green("{passed} ok")}  {bad}  {name}`;
    this.#bar = new SingleBar({
      stream,
      format,
      barsize: 20,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      hideCursor: true,
      linewrap: false,
      clearOnComplete: true,
    });
  }

  start(total: number): void {
    this.#bar.start(total, 0, this.#payload(""));
  }

  begin(name: string): void {
    this.#bar.update(this.#payload(name));
  }

  end(scenario: ScenarioReport): void {
    this.#counts[scenario.status]++;
    // Why scenarios are skipped is told once, at the end.
    if (scenario.status === "failed") this.#stream.write(`\r\x1b[K${resultLine(scenario)}\n`);
    this.#bar.increment(1, this.#payload(scenario.name));
  }

  stop(): void {
    this.#bar.stop();
  }

  #payload(name: string): Record<string, string | number> {
    const { passed, failed, skipped } = this.#counts;
    const bad = failed > 0 ? pc.red(`${failed} failed`) : `${skipped} skipped`;
    const room = Math.max(10, (this.#stream.columns ?? 80) - 58);
    return { passed, bad, name: name.length > room ? `${name.slice(0, room - 1)}…` : name };
  }
}
