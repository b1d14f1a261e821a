import assert from "node:assert/strict";
import { Scheduler } from "../../../../hal/mock/index.ts";
import { LineSession, linePair } from "../../../../hal/serial/line/index.ts";
import { schedulerTimers, settled } from "../../../support/timers.ts";

describe("a line session that is handed from one user to the next", () => {
  it("delivers every byte once", async () => {
    const scheduler = new Scheduler();
    const timers = schedulerTimers(scheduler);
    const [near, far] = linePair(timers);
    const session = await settled(scheduler, LineSession.open("pair", { timers, open: async () => near }));
    session.onData(() => {})();
    const heard: number[] = [];
    session.onData((bytes) => void heard.push(...bytes));
    await far.write(Uint8Array.of(1, 2, 3));
    await scheduler.runUntil(100);
    assert.deepEqual(heard, [1, 2, 3]);
  });
});
