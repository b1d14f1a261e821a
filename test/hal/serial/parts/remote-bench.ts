/** A simulated board behind the model's own SMP server, and the serial board that a host sees of it. */
import type { MockBoardOptions } from "../../../../hal/mock/index.ts";
import { linePair } from "../../../../hal/serial/line/memory-line.ts";
import { type ServeBoardOptions, ServedBoard } from "../../../../hal/serial/parts/parts-server.ts";
import { SerialBoard, type SerialBoardOptions } from "../../../../hal/serial/parts/serial-board.ts";
import { schedulerTimers, settled } from "../../../support/timers.ts";
import { type MockBench, mockBench } from "../../mock/mock-bench.ts";

export interface RemoteBenchOptions {
  readonly board?: Partial<MockBoardOptions>;
  readonly serve?: Partial<ServeBoardOptions>;
  readonly connect?: Partial<SerialBoardOptions>;
}

export async function remoteBench(options: RemoteBenchOptions = {}) {
  const bench = mockBench(options.board);
  return { ...bench, ...(await serveAndConnect(bench, options)) };
}

export async function serveAndConnect(bench: MockBench, options: RemoteBenchOptions = {}) {
  const timers = schedulerTimers(bench.scheduler);
  const [near, far] = linePair(timers);
  const served = new ServedBoard(bench.board, far, { timers, ...options.serve });
  const { crypto } = bench.board;
  const connecting = SerialBoard.connect(near, { crypto, timers, ...options.connect });
  const remote = await settled(bench.scheduler, connecting);
  return { served, remote, near, far, timers };
}
