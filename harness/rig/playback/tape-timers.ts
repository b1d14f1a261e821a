import type { Cancel } from "../../../hal/board.ts";
import type { Timers } from "../../../hal/serial/timers.ts";

interface Timer {
  readonly dueMs: number;
  readonly action: () => void;
}

/** Real milliseconds before a step of time that the recording does not know yet. */
const holdMs = 1;

/**
 * The time of a playback: it passes as fast as nothing else has to be done. Up to `reachedMs` (when the host did in the
 * recording what it has yet to do now) it moves with each turn of the event loop; beyond, in slow steps, so that a
 * host that computes gets to its next request before time has run away from it.
 */
export class TapeTimers implements Timers {
  readonly #reachedMs: () => number;
  readonly #timers: Timer[] = [];
  #nowMs = 0;
  #armed = false;
  #stopped = false;

  constructor(reachedMs: () => number) {
    this.#reachedMs = reachedMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): Cancel {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), action };
    const at = this.#timers.findIndex(({ dueMs }) => dueMs > timer.dueMs);
    this.#timers.splice(at < 0 ? this.#timers.length : at, 0, timer);
    this.#arm();
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  /** No timer fires any more. */
  stop(): void {
    this.#stopped = true;
    this.#timers.length = 0;
  }

  #arm(): void {
    const [first] = this.#timers;
    if (this.#armed || this.#stopped || first === undefined) return;
    this.#armed = true;
    if (first.dueMs <= this.#reachedMs()) setImmediate(() => this.#step());
    else setTimeout(() => this.#step(), holdMs);
  }

  #step(): void {
    this.#armed = false;
    const timer = this.#timers.shift();
    if (timer !== undefined) {
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.action();
    }
    this.#arm();
  }
}
