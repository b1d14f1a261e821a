import assert from "node:assert/strict";
import type { Clock } from "../../../hal/board.ts";
import { type Bench, eachTest, type Make, misuse } from "./bench.ts";

/** 0 and 0 on the mock, whose time is virtual. */
export interface ClockBench extends Bench<Clock> {
  /** How far a real board's timer may be late: as long as a busy host may stand still. */
  readonly toleranceMs: number;
  /** How far the host's reckoning of the board's time may be corrected meanwhile. */
  readonly earlyMs?: number;
}

export function clockContract(name: string, make: Make<ClockBench>): void {
  describe(`${name}: clock contract`, () => {
    const bench = eachTest(make);
    const clock = (): Clock => bench().part;
    const near = (value: number, expected: number): void => {
      const { earlyMs = 0, toleranceMs } = bench();
      assert.ok(
        value >= expected - earlyMs && value <= expected + toleranceMs,
        `${value} is not ${expected}`,
      );
    };

    it("counts whole milliseconds since power-on, and never back", async () => {
      const before = clock().uptimeMs();
      assert.ok(Number.isInteger(before));
      await bench().advance(250);
      near(clock().uptimeMs() - before, 250);
    });

    it("runs a timer once, when its delay has passed and not before", async () => {
      const firedMs: number[] = [];
      const before = clock().uptimeMs();
      clock().after(100, () => void firedMs.push(clock().uptimeMs() - before));
      if (bench().toleranceMs === 0) {
        await bench().advance(99);
        assert.deepEqual(firedMs, []);
      }
      await bench().advance(1000);
      assert.equal(firedMs.length, 1);
      near(firedMs[0]!, 100);
    });

    it("runs timers in order of their time, equal ones in order of setting", async () => {
      const order: string[] = [];
      clock().after(60, () => void order.push("late"));
      clock().after(20, () => void order.push("early 1"));
      clock().after(20, () => void order.push("early 2"));
      clock().after(0, () => void order.push("now"));
      assert.deepEqual(order, [], "never inside the call");
      await bench().advance(1000);
      assert.deepEqual(order, ["now", "early 1", "early 2", "late"]);
    });

    it("awaits a handler before it runs the next", async () => {
      const order: string[] = [];
      clock().after(10, async () => {
        order.push("begin");
        await Promise.resolve();
        order.push("end");
      });
      clock().after(10, () => void order.push("next"));
      await bench().advance(1000);
      assert.deepEqual(order, ["begin", "end", "next"]);
    });

    it("never runs a cancelled timer, and cancelling twice or too late is harmless", async () => {
      let runs = 0;
      const cancel = clock().after(10, () => void runs++);
      const late = clock().after(10, () => void runs++);
      cancel();
      cancel();
      await bench().advance(1000);
      late();
      assert.equal(runs, 1);
    });

    it("refuses a delay that is negative, infinite or no number", async () => {
      for (const delayMs of [-1, Number.NaN, Number.POSITIVE_INFINITY])
        await misuse(() => clock().after(delayMs, () => {}));
    });

    it("keeps the time of day once set", async () => {
      await clock().setRtcMs(1_700_000_000_000);
      await bench().advance(5_000);
      near((await clock().readRtcMs())!, 1_700_000_005_000);
    });

    it("refuses a time of day that is no whole number of ms since 1970", async () => {
      for (const utcMs of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
        await misuse(() => clock().setRtcMs(utcMs));
    });
  });
}
