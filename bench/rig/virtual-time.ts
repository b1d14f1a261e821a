/** Boards and lines in virtual time: exact, quick, and the same on every machine. */
import type { Scheduler } from "../../hal/mock/index.ts";
import type { Timers } from "../../hal/serial/timers.ts";

/** The scheduler as {@link Timers}: time moves only when somebody runs the scheduler. */
export const schedulerTimers = (scheduler: Scheduler): Timers => ({
  nowMs: () => scheduler.nowMs,
  after: (delayMs, action) => scheduler.after(Math.max(0, delayMs), action),
});

/** Lets virtual time pass until `work` has settled, at most `limitMs`; throws when it has not. */
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
