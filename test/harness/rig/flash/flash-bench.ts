/** A model board with an image on it, and a connection to it, in virtual time. */

import { ModelBoard, type ModelBoardOptions } from "../../../../bench/rig/model-board.ts";
import { Scheduler } from "../../../../hal/mock/scheduler.ts";
import { type ConnectOptions, connect } from "../../../../harness/rig/flash/connection.ts";
import { makeImage, testKey } from "../../../firmware/bootloader/images.ts";
import { schedulerTimers, settled } from "../../../support/timers.ts";

const payload = (length: number, step: number) =>
  Uint8Array.from({ length }, (_, i) => (i * step + (i >> 7) * 3) & 0xff);

export const running = makeImage({ payload: payload(20_000, 7), version: [1, 0, 0, 0] });
export const coming = makeImage({ payload: payload(30_000, 11), version: [2, 0, 0, 0] });

export async function flashBench(
  options: Partial<ModelBoardOptions> = {},
  connectOptions: Partial<ConnectOptions> = {},
) {
  const scheduler = new Scheduler();
  const timers = schedulerTimers(scheduler);
  const board = new ModelBoard({ timers, keys: [testKey], ...options });
  board.provision(running);
  const run = <T>(work: Promise<T>, limitMs?: number) => settled(scheduler, work, limitMs);
  await run(board.start());
  const connection = await run(connect("model", { timers, open: () => board.open(), ...connectOptions }));
  return { scheduler, timers, board, connection, run };
}
