/** Counters as objects show them: a plain count, which a command sets to zero. */
import { done, reads } from "./serve.ts";

export const counts = (
  read: () => number,
  reset: () => Promise<void>,
  load?: (count: number) => Promise<void>,
) => ({
  value: reads(read, load),
  scalerUnit: reads(() => ({ scaler: 0, unit: "count" }) as const),
  reset: async () => {
    await reset();
    return done;
  },
});
