/**
 * What a device does again and again at moments of a calendar, each moment once: what fell due while it had no power
 * is done once, for the last of those moments, when power returns. A time that is set begins anew from there.
 */
import type { Cancel } from "../../hal/board.ts";
import type { JournalChange } from "../kernel/journal.ts";
import { Kept } from "../kernel/kept.ts";
import { type Execution, latestExecution, nextExecution } from "./executions.ts";
import type { DeviceContext } from "./feature.ts";

export interface RecurringOptions {
  /** The journal key under which the last moment that was done is kept. */
  readonly key: string;
  executions(): readonly Execution[];
  /** Does what is due at `dueS`; `done` must be durable with it. */
  run(dueS: number, done: JournalChange): Promise<void>;
}

/** The largest correction of a clock that is set; one set back further has lost its time. */
export const maxCorrectionS = 10;
const never = -1;

export class Recurring {
  readonly #context: DeviceContext;
  readonly #options: RecurringOptions;
  /** The last moment that was done, or from which on moments count; UTC seconds. */
  readonly #doneS: Kept<number>;
  #timer: Cancel = () => {};

  constructor(context: DeviceContext, options: RecurringOptions) {
    this.#context = context;
    this.#options = options;
    this.#doneS = new Kept<number>(context.journal, options.key, never);
  }

  /** Does what is due, and waits for the next moment: at the start, and when the time was set. */
  async resume(): Promise<void> {
    this.#timer();
    if (!this.#context.timeIsSet()) return;
    const nowS = this.#context.nowS();
    const doneS = this.#doneS.value;
    if (doneS === never || doneS - nowS > maxCorrectionS) await this.#doneS.keep(nowS);
    const dueS = latestExecution(this.#options.executions(), nowS);
    if (dueS !== undefined && dueS > this.#doneS.value)
      await this.#doneS.keepWith(dueS, (done) => this.#options.run(dueS, done));
    this.#aim();
  }

  /** Begins anew with other moments: those up to now are past. `commit` must make the change durable or throw. */
  async begin(commit: (change: JournalChange) => Promise<void>): Promise<void> {
    await this.#doneS.keepWith(this.#context.timeIsSet() ? this.#context.nowS() : never, commit);
    this.#aim();
  }

  #aim(): void {
    this.#timer();
    if (!this.#context.timeIsSet()) return;
    const nextS = nextExecution(
      this.#options.executions(),
      Math.max(this.#context.nowS(), this.#doneS.value),
    );
    if (nextS !== undefined) this.#timer = this.#context.at(nextS, () => this.resume());
  }
}
