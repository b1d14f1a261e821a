import assert from "node:assert/strict";
import fc from "fast-check";
import { Scheduler } from "../../../../hal/mock/scheduler.ts";
import { dropBytes, flipBit, type LineError, linePair } from "../../../../hal/serial/line/index.ts";
import { deadline, pause, realTimers } from "../../../../hal/serial/timers.ts";
import { schedulerTimers, settled } from "../../../support/timers.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const collect = (line: { onData(listener: (bytes: Uint8Array) => void): unknown }) => {
  const bytes: number[] = [];
  line.onData((piece) => void bytes.push(...piece));
  return bytes;
};

describe("A line in memory", () => {
  const setUp = () => {
    const scheduler = new Scheduler();
    return { scheduler, pair: linePair(schedulerTimers(scheduler)) };
  };

  it("carries bytes both ways, in order, whatever the pieces (fast-check, seed 1)", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 0, max: 3 }),
        async (writes, chunkBytes, delayMs) => {
          const { scheduler, pair } = setUp();
          const [a, b] = pair;
          Object.assign(a.faults, { chunkBytes, delayMs });
          const got = collect(b);
          for (const bytes of writes) await a.write(bytes);
          await scheduler.runUntil(10);
          assert.deepEqual(got, [...Buffer.concat(writes)]);
        },
      ),
      { seed: 1, numRuns: 50 },
    ));

  it("keeps what came before the first listener, in order with what comes after", async () => {
    const { scheduler, pair } = setUp();
    const [a, b] = pair;
    await a.write(ascii("BOOT "));
    await scheduler.runUntil(1);
    void a.write(ascii("done"));
    const got = collect(b);
    await scheduler.runUntil(2);
    assert.equal(String.fromCharCode(...got), "BOOT done");
  });

  it("keeps no more than the last 64 KiB for a listener that does not come", async () => {
    const { scheduler, pair } = setUp();
    const [a, b] = pair;
    for (let i = 0; i < 100; i++) await a.write(new Uint8Array(1000).fill(i));
    await scheduler.runUntil(1);
    const got = collect(b);
    await scheduler.runUntil(2);
    assert.ok(got.length <= 65_536 && got.length > 60_000, `${got.length} bytes`);
    assert.equal(got.at(-1), 99);
  });

  it("is as slow as the wire it plays, and as late as its latency", async () => {
    const { scheduler, pair } = setUp();
    const [a, b] = pair;
    Object.assign(a.faults, { bytesPerS: 1000, delayMs: 16 });
    const arrivals: number[] = [];
    b.onData(() => void arrivals.push(scheduler.nowMs));
    await settled(scheduler, Promise.all([a.write(new Uint8Array(100)), a.write(new Uint8Array(100))]));
    await scheduler.runUntil(1000);
    assert.deepEqual(arrivals, [116, 216]);
  });

  it("drops and corrupts the bytes that a test names", async () => {
    const { scheduler, pair } = setUp();
    const [a, b] = pair;
    const got = collect(b);
    a.faults.alter = dropBytes(2, 4);
    await a.write(Uint8Array.of(0, 1, 2));
    await a.write(Uint8Array.of(3, 4));
    a.faults.alter = flipBit(5, 0x80);
    await a.write(Uint8Array.of(5, 6));
    await scheduler.runUntil(1);
    assert.deepEqual(got, [0, 1, 4, 0x85, 6]);
  });

  it("tells both ends once that the cable was pulled, also those who ask later", async () => {
    const { scheduler, pair } = setUp();
    const [a, b] = pair;
    const reasons: string[] = [];
    a.onClose((reason) => void reasons.push(`a ${reason}`));
    b.onClose((reason) => void reasons.push(`b ${reason}`));
    a.unplug("pulled");
    await scheduler.runUntil(1);
    b.onClose((reason) => void reasons.push(`late ${reason}`));
    await scheduler.runUntil(2);
    assert.deepEqual(reasons, ["a pulled", "b pulled", "late pulled"]);
    await assert.rejects(a.write(ascii("x")), { code: "line/closed", message: /pulled/ });
    await Promise.all([a.close(), a.close(), b.close()]);
  });

  it("delivers what was written before it was closed", async () => {
    const { scheduler, pair } = setUp();
    const [a, b] = pair;
    const got = collect(b);
    await a.write(ascii("bye"));
    void a.close();
    await scheduler.runUntil(1);
    assert.equal(String.fromCharCode(...got), "bye");
    assert.equal(b.closedReason, "the other end closed");
  });

  it("ends a write that makes no way, and closes: nobody knows what went out", async () => {
    const { scheduler, pair } = setUp();
    const [a] = pair;
    a.faults.bytesPerS = 1;
    const writing = a.write(new Uint8Array(1000));
    await assert.rejects(settled(scheduler, writing), { code: "line/timeout" });
    assert.equal(scheduler.nowMs, 10_000);
    assert.match(a.closedReason ?? "", /^stalled/);
  });

  it("ends waiting writes when it closes, and takes no more than 4 MiB from those who do not wait", async () => {
    const { scheduler, pair } = setUp();
    const [a] = pair;
    a.faults.bytesPerS = 1;
    const first = a.write(new Uint8Array(4 * 1024 * 1024));
    await assert.rejects(a.write(ascii("one more")), /await each write/);
    void a.close();
    await assert.rejects(settled(scheduler, first), { code: "line/closed" });
  });
});

describe("Timers", () => {
  it("deadline ends a wait that nothing else ends, and only that", async () => {
    const scheduler = new Scheduler();
    const timers = schedulerTimers(scheduler);
    const limit = deadline(timers, 500, "the board to boot");
    await assert.rejects(
      settled(scheduler, limit.guard(new Promise(() => undefined))),
      (error: LineError) => {
        assert.equal(error.code, "line/timeout");
        assert.equal(error.message, "waited 500 ms for the board to boot");
        return true;
      },
    );
    const next = settled(scheduler, limit.guard(new Promise(() => undefined)));
    await assert.rejects(next, { code: "line/timeout" });
    assert.equal(scheduler.nowMs, 500, "one limit for all that it guards");
    assert.equal(await settled(scheduler, deadline(timers, 500, "x").guard(Promise.resolve(7))), 7);
    await assert.rejects(deadline(timers, 500, "x").guard(Promise.reject(new Error("own"))), /own/);
    assert.equal(scheduler.pending, 0, "no timer is left behind");
  });

  it("pause ends early when it is aborted, on the real clock too", async () => {
    const stop = new AbortController();
    const startMs = realTimers.nowMs();
    const pausing = pause(realTimers, 60_000, stop.signal);
    stop.abort();
    await pausing;
    await pause(realTimers, 60_000, stop.signal);
    await pause(realTimers, 1);
    assert.ok(realTimers.nowMs() - startMs < 10_000);
  });
});
