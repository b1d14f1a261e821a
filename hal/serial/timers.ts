/** Real time, injected: whatever waits on a serial line waits through this. */
import type { Cancel } from "../board.ts";
import { LineError } from "./line/errors.ts";

export interface Timers {
  /** Milliseconds from some fixed moment; never goes back. */
  nowMs(): number;
  /** Runs `action` once, `delayMs` from now. */
  after(delayMs: number, action: () => void): Cancel;
}

/**
 * The host's monotonic clock. A process that stood still for a while (a busy machine, a closed lid) finds its time over
 * and its answers waiting: the answers are heard first.
 */
export const realTimers: Timers = {
  nowMs: () => performance.now(),
  after: (delayMs, action) => {
    let heard: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      heard = setImmediate(action);
    }, delayMs);
    return () => {
      clearTimeout(timer);
      if (heard !== undefined) clearImmediate(heard);
    };
  },
};

/** A limit on one wait, or on several together, running from the moment it was made. */
export interface Deadline {
  /** `work`, or a rejection with {@link LineError} `line/timeout` once the time is over. */
  guard<T>(work: Promise<T>): Promise<T>;
}

/**
 * Bounds a wait: `await deadline(timers, 2000, "the port to open").guard(opening)`. `what` ends the sentence
 * "waited 2000 ms for ...". What comes too late is dropped, a rejection too; a timer runs only while something is
 * guarded.
 */
export function deadline(timers: Timers, ms: number, what: string): Deadline {
  const endMs = timers.nowMs() + ms;
  const guard = <T>(work: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const cancel = timers.after(Math.max(0, endMs - timers.nowMs()), () =>
        reject(new LineError("line/timeout", `waited ${ms} ms for ${what}`, { what, timeoutMs: ms })),
      );
      work.then(resolve, reject).finally(cancel);
    });
  return { guard };
}

/** Resolves after `ms`, or as soon as `signal` aborts. */
export function pause(timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const cancel = timers.after(ms, () => {
      signal?.removeEventListener("abort", end);
      resolve();
    });
    const end = () => {
      cancel();
      resolve();
    };
    signal?.addEventListener("abort", end, { once: true });
  });
}
