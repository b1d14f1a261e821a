import assert from "node:assert/strict";
import fc from "fast-check";
import { Scheduler } from "../../../hal/mock/index.ts";

describe("scheduler", () => {
  it("runs events in order of time, then of insertion, whatever was cancelled", async () => {
    const plan = fc.array(fc.record({ atMs: fc.nat(20), cancelled: fc.boolean() }), { maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(plan, async (events) => {
        const scheduler = new Scheduler();
        const seen: number[] = [];
        const cancels = events.map(({ atMs }, index) => scheduler.at(atMs, () => void seen.push(index)));
        for (const [index, { cancelled }] of events.entries()) if (cancelled) cancels[index]!();
        assert.equal(scheduler.pending, events.filter((event) => !event.cancelled).length);
        await scheduler.runUntil(20);
        const expected = events
          .map((event, index) => ({ ...event, index }))
          .filter((event) => !event.cancelled)
          .sort((a, b) => a.atMs - b.atMs || a.index - b.index);
        assert.deepEqual(
          seen,
          expected.map((event) => event.index),
        );
        assert.equal(scheduler.pending, 0);
      }),
      { seed: 11, numRuns: 100 },
    );
  });

  it("shows each event its own time, fractions too, and ends at the time asked for", async () => {
    const scheduler = new Scheduler();
    const seen: number[] = [];
    scheduler.at(3.25, () => void seen.push(scheduler.nowMs));
    scheduler.at(3, () => {
      seen.push(scheduler.nowMs);
      scheduler.after(0.5, () => void seen.push(scheduler.nowMs));
      scheduler.at(1, () => void seen.push(scheduler.nowMs));
    });
    await scheduler.runUntil(10);
    assert.deepEqual(seen, [3, 3, 3.25, 3.5]);
    assert.equal(scheduler.nowMs, 10);
    assert.equal(scheduler.eventCount, 4);
    await scheduler.runUntil(5);
    assert.equal(scheduler.nowMs, 10, "never back");
  });

  it("awaits an action before it starts the next", async () => {
    const scheduler = new Scheduler();
    const order: string[] = [];
    scheduler.at(1, async () => {
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      order.push(`first at ${scheduler.nowMs}`);
    });
    scheduler.at(2, () => void order.push("second"));
    await scheduler.runUntil(5);
    assert.deepEqual(order, ["first at 1", "second"]);
  });

  it("runs until a condition holds, or says that it never did", async () => {
    const scheduler = new Scheduler();
    let count = 0;
    const tick = (): void => {
      count++;
      scheduler.after(10, tick);
    };
    tick();
    assert.equal(await scheduler.run(() => count === 4, 1_000), true);
    assert.equal(scheduler.nowMs, 30);
    assert.equal(await scheduler.run(() => count === 1_000, 100), false);
    assert.equal(scheduler.nowMs, 130);
  });

  it("lets promises that began outside an event have their turn before time moves", async () => {
    const scheduler = new Scheduler();
    const order: string[] = [];
    scheduler.at(1, () => void order.push("event"));
    void (async () => {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      order.push("promise");
    })();
    await scheduler.runUntil(1);
    assert.deepEqual(order, ["promise", "event"]);
  });

  it("lets work that an action began without awaiting it end before time moves", async () => {
    const scheduler = new Scheduler();
    const endedAtMs: number[] = [];
    const work = async (): Promise<void> => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      endedAtMs.push(scheduler.nowMs);
    };
    scheduler.after(1, () => void work());
    scheduler.after(2, () => {});
    await scheduler.runUntil(10);
    assert.deepEqual(endedAtMs, [1]);
  });

  it("passes an action's error to who runs it, and can go on afterwards", async () => {
    const scheduler = new Scheduler();
    let ran = false;
    scheduler.at(1, () => Promise.reject(new Error("broken")));
    scheduler.at(2, () => {
      ran = true;
    });
    await assert.rejects(scheduler.runUntil(5), /broken/);
    await scheduler.runUntil(5);
    assert.ok(ran);
  });

  it("refuses times that are no numbers, and being run from inside", async () => {
    const scheduler = new Scheduler();
    assert.throws(() => scheduler.at(Number.NaN, () => {}), RangeError);
    assert.throws(() => scheduler.at(Number.POSITIVE_INFINITY, () => {}), RangeError);
    assert.throws(() => scheduler.after(-1, () => {}), RangeError);
    await assert.rejects(scheduler.runUntil(Number.NaN), RangeError);
    scheduler.after(1, () => scheduler.runUntil(10));
    await assert.rejects(scheduler.runUntil(5), /already running/);
  });

  it("keeps no memory of timers that are set and cancelled for ever", async () => {
    const scheduler = new Scheduler();
    for (let round = 0; round < 100_000; round++) scheduler.at(1e12, () => {})();
    assert.equal(scheduler.pending, 0);
    await scheduler.runUntil(1);
  });
});
