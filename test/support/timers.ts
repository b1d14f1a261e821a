/** Virtual time for what runs on a serial line. */
import type { Scheduler } from "../../hal/mock/scheduler.ts";
import type { Timers } from "../../hal/serial/timers.ts";

/** The run's scheduler as {@link Timers}: time moves only when the test runs the scheduler. */
export const schedulerTimers = (scheduler: Scheduler): Timers => ({
  nowMs: () => scheduler.nowMs,
  after: (delayMs, action) => scheduler.after(Math.max(0, delayMs), action),
});

/** Lets virtual time pass until `work` has settled, at most `limitMs`; fails when it has not. */
export async function settled<T>(scheduler: Scheduler, work: Promise<T>, limitMs = 600_000): Promise<T> {
  let done = false;
  const end = () => {
    done = true;
  };
  work.then(end, end);
  if (!(await scheduler.run(() => done, limitMs)))
    throw new Error(`after ${limitMs} ms of virtual time the work has not settled`);
  return work;
}
