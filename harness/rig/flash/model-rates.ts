/** Upload rates of a model board, over a link in virtual time. */
import { Scheduler } from "../../../hal/mock/index.ts";
import type { Timers } from "../../../hal/serial/timers.ts";
import { connect } from "./connection.ts";
import { ModelBoard } from "./model-board.ts";
import { measureRates, type Rates } from "./rates.ts";

/** A link in virtual time: exact, and the same on every machine. */
export async function virtualRates(bytesPerS: number, delayMs: number, imageBytes: number): Promise<Rates> {
  const scheduler = new Scheduler();
  const timers: Timers = {
    nowMs: () => scheduler.nowMs,
    after: (ms, action) => scheduler.after(Math.max(0, ms), action),
  };
  const board = new ModelBoard({ timers, slotSectors: 80, link: { delayMs, bytesPerS } });
  let rates: Rates | undefined;
  let failure: unknown;
  const work = async () => {
    await startEmpty(board);
    const connection = await connect("model", { timers, open: () => board.open() });
    rates = await measureRates(connection, imageBytes);
  };
  void work().catch((error) => {
    failure = error;
  });
  await scheduler.run(() => rates !== undefined || failure !== undefined, 24 * 3_600_000);
  if (rates === undefined) throw failure ?? new Error("the measurement did not end");
  return rates;
}

/** There is nothing to boot on it, and nothing needs to. */
export const startEmpty = (board: ModelBoard): Promise<void> => board.start().catch(() => board.serve());
