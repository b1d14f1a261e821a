/** A model board behind a TCP port of this machine. */

import { ModelBoard, type ModelBoardOptions } from "../../bench/rig/model-board.ts";
import { latencyRelay, type Relay } from "../../bench/rig/relay.ts";
import { linePair } from "../../hal/serial/line/index.ts";
import { realTimers } from "../../hal/serial/timers.ts";
import { testKey } from "../firmware/bootloader/images.ts";
import { running } from "../harness/rig/flash/flash-bench.ts";

export async function tcpBoard(
  options: Partial<ModelBoardOptions> = {},
): Promise<{ board: ModelBoard; relay: Relay }> {
  const board = new ModelBoard({ timers: realTimers, keys: [testKey], bootMs: 5, ...options });
  board.provision(running);
  await board.start();
  const [far, near] = linePair();
  board.attach(near);
  return { board, relay: await latencyRelay(far, 0, realTimers) };
}
