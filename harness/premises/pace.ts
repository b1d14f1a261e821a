/** How virtual time passes beside real time, for a simulation with something real in it. */
import type { Scheduler } from "../../hal/mock/index.ts";
import { pause, type Timers } from "../../hal/serial/timers.ts";

/** Real milliseconds between two looks at the clock: how late a simulated event may be. */
const tickMs = 5;

/**
 * Runs a scheduler no faster than `scale` virtual milliseconds a real one. What takes long in real time (a
 * request on a line) is caught up with afterwards. Between two calls virtual time stands still.
 */
export class Pace {
  readonly #scheduler: Scheduler;
  readonly #timers: Timers;
  readonly #scale: number;

  constructor(scheduler: Scheduler, timers: Timers, scale = 1) {
    this.#scheduler = scheduler;
    this.#timers = timers;
    this.#scale = scale;
  }

  /** As `Scheduler.run`: true as soon as `condition` holds, false after `limitMs` of virtual time or `signal`. */
  async run(condition: () => boolean, limitMs: number, signal?: AbortSignal): Promise<boolean> {
    const startMs = this.#timers.nowMs();
    const fromMs = this.#scheduler.nowMs;
    for (;;) {
      // Whole milliseconds: how real time cuts the way must not show in where it ends, not by the last bit.
      const passedMs = Math.min(limitMs, Math.floor((this.#timers.nowMs() - startMs) * this.#scale));
      const dueMs = Math.max(0, fromMs + passedMs - this.#scheduler.nowMs);
      if (await this.#scheduler.run(condition, dueMs)) return true;
      if (passedMs >= limitMs || signal?.aborted) return condition();
      await pause(this.#timers, tickMs, signal);
    }
  }
}
