/**
 * Ties a home's virtual time to real time, and is the only one to move it. What comes from outside is done between two events, and
 * its place is told by {@link Timeline.position}: done again at the same places, the same things follow, byte for byte.
 */
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { Scheduler } from "../../../hal/mock/index.ts";
import type { Timers } from "../../../hal/serial/timers.ts";

/** Between which two events of a home. */
export interface Position {
  /** Events run so far. */
  readonly events: number;
  /** Virtual milliseconds since the home was built. */
  readonly nowMs: number;
}

/** Real milliseconds between two looks at the clock, and for which events are run in one go. */
const tickMs = 5;

export class Timeline {
  readonly #scheduler: Scheduler;
  readonly #timers: Timers;
  readonly #scale: number;
  readonly #work: (() => void)[] = [];
  #wake: () => void = () => {};
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  /** `scale`: virtual milliseconds for a real one. */
  constructor(scheduler: Scheduler, timers: Timers, scale = 1) {
    this.#scheduler = scheduler;
    this.#timers = timers;
    this.#scale = scale;
  }

  get position(): Position {
    return { events: this.#scheduler.eventCount, nowMs: this.#scheduler.nowMs };
  }

  /** Runs to a place where the home has been before, as fast as it can. Throws `serve/history` when it goes another way now. */
  async replayTo({ events, nowMs }: Position): Promise<void> {
    const scheduler = this.#scheduler;
    await scheduler.run(() => scheduler.eventCount >= events, Number.POSITIVE_INFINITY);
    if (scheduler.nowMs < nowMs) await scheduler.runUntil(nowMs);
    const got = this.position;
    if (got.events !== events || got.nowMs !== nowMs)
      throw otherHistory(
        `expected event ${events} at ${nowMs} ms, got event ${got.events} at ${got.nowMs} ms`,
      );
  }

  /** From now on virtual time goes with real time; `behindMs` of it are caught up with first. `failed`: the home cannot go on. */
  start(behindMs: number, failed: (error: unknown) => void): void {
    const fromMs = this.#scheduler.nowMs + behindMs;
    const startMs = this.#timers.nowMs();
    const dueMs = () =>
      fromMs + Math.floor((this.#timers.nowMs() - startMs) * this.#scale) - this.#scheduler.nowMs;
    this.#running = this.#run(dueMs).catch(failed);
  }

  /** Does `work` between two events. Rejects as it throws, and with `serve/stopped` once the time stands still. */
  do<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) return reject(new CodedError("serve/stopped", "the home has been stopped"));
      this.#work.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
      this.#wake();
    });
  }

  /** The event that runs, and what waits to be done, are the last. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
    this.#doWork();
  }

  async #run(dueMs: () => number): Promise<void> {
    while (!this.#stopped) {
      this.#doWork();
      const due = dueMs();
      if (due > 0) await this.#runEvents(due);
      else if (this.#work.length === 0) await this.#idle();
    }
  }

  #runEvents(dueMs: number): Promise<boolean> {
    const endMs = this.#timers.nowMs() + tickMs;
    return this.#scheduler.run(
      () => this.#work.length > 0 || this.#stopped || this.#timers.nowMs() >= endMs,
      dueMs,
    );
  }

  #doWork(): void {
    for (let work = this.#work.shift(); work !== undefined; work = this.#work.shift()) work();
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#timers.after(tickMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

export const otherHistory = (what: string): CodedError =>
  new CodedError(
    "serve/history",
    `the home in the store does not come to where it was: ${what}. Was it kept by another version? Begin anew: --fresh`,
  );
