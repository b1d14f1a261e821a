/** One wire of a run in a process of its own, so that both cores of a machine have work. What it tells comes in its turn. */
import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { WireName } from "../../firmware/wire/suites.ts";
import type { RecordedRun } from "../reports/run-report.ts";
import type { Progress } from "./scenario-runner.ts";

export interface PartPlan {
  readonly patterns: readonly string[];
  readonly wire: WireName;
  readonly seed: number;
}

/** What a part says: a call of its progress display, or that it is done. */
export type PartMessage =
  | {
      readonly [K in keyof Progress]: { readonly call: K; readonly args: Parameters<Progress[K]> };
    }[keyof Progress]
  | { readonly recorded: RecordedRun };

export class Part {
  readonly #child: ChildProcess;
  readonly #heard: PartMessage[] = [];
  readonly #ended: Promise<void>;
  #wake: () => void = () => {};
  #isOver = false;

  /** On the mock. Aborted, it ends as the run itself does. */
  constructor(plan: PartPlan, signal: AbortSignal) {
    const file = new URL(`./part-main${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
    this.#child = fork(file, { serialization: "advanced" });
    this.#child.on("message", (message) => {
      this.#heard.push(message as PartMessage);
      this.#wake();
    });
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#isOver = true;
        this.#wake();
        resolve();
      };
      this.#child.once("close", end);
      this.#child.once("error", end);
    });
    this.#child.send(plan);
    signal.addEventListener("abort", () => this.#child.kill("SIGINT"), { once: true });
  }

  /** Passes on what it has told and tells; undefined when it ended without a result. */
  async follow(progress: Progress): Promise<RecordedRun | undefined> {
    for (;;) {
      const message = this.#heard.shift();
      if (message === undefined) {
        if (this.#isOver) return undefined;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if ("recorded" in message) {
        await this.#ended;
        return message.recorded;
      } else (progress[message.call] as (...args: unknown[]) => void)(...message.args);
    }
  }

  end(): void {
    if (!this.#isOver) this.#child.kill();
  }
}
