/** Upload rates of a model board, over a link in virtual time. */
import { Scheduler } from "../../hal/mock/index.ts";
import { connect } from "../../harness/rig/flash/connection.ts";
import { ModelBoard } from "./model-board.ts";
import { measureRates, type Rates } from "./rates.ts";
import { schedulerTimers, settled } from "./virtual-time.ts";

/** A link in virtual time: exact, and the same on every machine. */
export function virtualRates(bytesPerS: number, delayMs: number, imageBytes: number): Promise<Rates> {
  const scheduler = new Scheduler();
  const timers = schedulerTimers(scheduler);
  const board = new ModelBoard({ timers, slotSectors: 80, link: { delayMs, bytesPerS } });
  const work = async () => {
    await startEmpty(board);
    const connection = await connect("model", { timers, open: () => board.open() });
    return measureRates(connection, imageBytes);
  };
  return settled(scheduler, work(), 24 * 3_600_000);
}

/** There is nothing to boot on it, and nothing needs to. */
export const startEmpty = (board: ModelBoard): Promise<void> => board.start().catch(() => board.serve());
