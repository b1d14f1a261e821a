/** A simulated board with somebody else's SMP server, and a session to it, in virtual time. */
import { Scheduler } from "../../hal/mock/index.ts";
import { LineSession } from "../../hal/serial/line/index.ts";
import type { RigBoard } from "../../harness/rig/rig-file.ts";
import { makeImage } from "../firmware/bootloader/images.ts";
import { OtherBoard, type OtherBoardOptions } from "./other-boards.ts";
import { schedulerTimers, settled } from "./timers.ts";

export const rigBoard: RigBoard = { id: "other", kind: "serial", port: "tcp://other:1", labels: [] };

export const payload = (seed: number) => Uint8Array.from({ length: 3000 }, (_, i) => (i * seed) & 0xff);
export const version = (major: number) => [major, 0, 0, 0] as const;
/** What runs on it, or lies in its slot. */
export const old = makeImage({ payload: payload(7), version: version(1) });

export const recovery = { starts: "recovery" } as const;

export function otherBench(options: OtherBoardOptions) {
  const scheduler = new Scheduler();
  const timers = schedulerTimers(scheduler);
  const board = new OtherBoard(timers, old, options);
  const { open } = board;
  const run = <T>(work: Promise<T>) => settled(scheduler, work);
  const session = () => run(LineSession.open("other", { timers, open }));
  return { scheduler, timers, board, open, run, session };
}
