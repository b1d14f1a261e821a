/** A client and a server joined by a line in memory, in virtual time. */
import assert from "node:assert/strict";
import { Scheduler } from "../../../../hal/mock/scheduler.ts";
import { linePair, type MemoryLine } from "../../../../hal/serial/line/memory-line.ts";
import {
  SmpClient,
  type SmpClientOptions,
  SmpError,
  type SmpGroup,
  SmpServer,
  type SmpServerOptions,
} from "../../../../hal/serial/smp/index.ts";
import type { Timers } from "../../../../hal/serial/timers.ts";
import { schedulerTimers, settled } from "../../../support/timers.ts";

export interface SmpBench {
  readonly scheduler: Scheduler;
  readonly timers: Timers;
  readonly client: SmpClient;
  readonly server: SmpServer;
  readonly hostLine: MemoryLine;
  readonly boardLine: MemoryLine;
  /** Lets virtual time pass until `work` settles. */
  run<T>(work: Promise<T>, limitMs?: number): Promise<T>;
}

export function smpBench(
  groups: readonly SmpGroup[],
  server: Partial<SmpServerOptions> = {},
  client: Partial<SmpClientOptions> = {},
): SmpBench {
  const end = clientEnd(client);
  return { ...end, server: new SmpServer(end.boardLine, { timers: end.timers, groups, ...server }) };
}

/** A client alone; the far end of its line is the test's. */
export function clientEnd(options: Partial<SmpClientOptions> = {}) {
  const scheduler = new Scheduler();
  const timers = schedulerTimers(scheduler);
  const [hostLine, boardLine] = linePair(timers, ["host", "board"]);
  return {
    ...{ scheduler, timers, hostLine, boardLine },
    client: new SmpClient(hostLine, { timers, ...options }),
    run: <T>(work: Promise<T>, limitMs?: number) => settled(scheduler, work, limitMs),
  };
}

export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** The name of the error that `work` fails with. */
export async function refusal(bench: SmpBench, work: Promise<unknown>): Promise<string> {
  const error = await bench.run(
    work.then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  assert.ok(error instanceof SmpError, `expected a refusal, got ${String(error)}`);
  return error.name;
}
