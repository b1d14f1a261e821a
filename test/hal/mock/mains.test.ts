import assert from "node:assert/strict";
import type { MainsState } from "../../../hal/board.ts";
import { mockBench } from "./mock-bench.ts";

function bench(phaseCount = 1) {
  const base = mockBench({ parts: { mains: { phaseCount, holdUpCapacityJ: 100 }, metrology: true } });
  const seen: [number, MainsState][] = [];
  base.board.mains!.onChange((state) => void seen.push([base.scheduler.nowMs, state]));
  return { ...base, mains: base.board.mockMains, seen };
}

describe("mock mains", () => {
  it("tells the loss of one phase of three, and is then not on hold-up", async () => {
    const { mains, seen, advance, board } = bench(3);
    mains.lose(1);
    await advance(100);
    assert.deepEqual(seen, [[20, { phasesPresent: [true, false, true], onHoldUp: false }]]);
    assert.equal(await board.mains!.holdUpJ(), 100);
    mains.lose();
    await advance(100);
    assert.deepEqual(seen[1], [120, { phasesPresent: [false, false, false], onHoldUp: true }]);
    mains.restore(2);
    await advance(100);
    assert.deepEqual(seen[2]![1], { phasesPresent: [false, false, true], onHoldUp: false });
  });

  it("debounces from the moment of the loss, whatever the voltage does meanwhile", async () => {
    const { mains, seen, advance } = bench(3);
    mains.lose(0);
    await advance(15);
    mains.setVoltage(231, 1);
    await advance(100);
    assert.equal(seen[0]![0], 20);
  });

  it("a dip above the drop-out voltage is seen by the metrology chip only", async () => {
    const { mains, seen, advance, board } = bench();
    mains.brownOut({ volts: 150, durationMs: 500 });
    await advance(100);
    assert.deepEqual((await board.metrology!.read()).rmsVoltageV, [150]);
    assert.equal(mains.anyPresent, true);
    await advance(1_000);
    assert.deepEqual((await board.metrology!.read()).rmsVoltageV, [230]);
    assert.deepEqual(seen, []);
  });

  it("a dip below it is an interruption", async () => {
    const { mains, seen, advance } = bench();
    mains.brownOut({ volts: 60, durationMs: 500 });
    await advance(1_000);
    assert.deepEqual(
      seen.map(([atMs, state]) => [atMs, state.onHoldUp]),
      [
        [20, true],
        [520, false],
      ],
    );
  });

  it("a newer dip is not ended by an older one", async () => {
    const { mains, advance } = bench();
    mains.brownOut({ volts: 190, durationMs: 100 });
    await advance(50);
    mains.brownOut({ volts: 180, durationMs: 100 });
    await advance(60);
    assert.equal(mains.voltageV(0), 180);
    await advance(60);
    assert.equal(mains.voltageV(0), 230);
  });

  it("flaps as often as told; flaps shorter than the debounce time stay untold", async () => {
    const { mains, seen, advance } = bench();
    mains.flap({ count: 3, lostMs: 100, presentMs: 100 });
    await advance(1_000);
    assert.equal(seen.length, 6);
    mains.flap({ count: 5, lostMs: 10, presentMs: 15 });
    await advance(1_000);
    assert.equal(seen.length, 6);
  });

  it("senses at power-on what happened while the board was dark, and tells nothing", async () => {
    const { mains, seen, advance, board } = bench(3);
    board.powerOff();
    mains.lose(1);
    board.powerOn();
    assert.deepEqual((await board.mains!.read()).phasesPresent, [true, false, true]);
    await advance(100);
    assert.deepEqual(seen, []);
  });

  it("follows voltage steps at their times", async () => {
    const { mains, advance } = bench();
    mains.scheduleVoltage([
      { atMs: 100, volts: 245 },
      { atMs: 200, volts: 215 },
    ]);
    await advance(150);
    assert.equal(mains.voltageV(0), 245);
    await advance(100);
    assert.equal(mains.voltageV(0), 215);
  });

  it("a stuck sense input tells nothing, and the energy ends all the same", async () => {
    const { mains, seen, advance, board } = bench();
    mains.senseStuck = true;
    mains.lose();
    await advance(100);
    assert.equal((await board.mains!.read()).onHoldUp, false);
    await advance(300_000);
    assert.deepEqual([seen.length, board.powered], [0, false]);
  });

  it("refuses phases and voltages that cannot be", () => {
    const { mains } = bench();
    assert.throws(() => mains.lose(1), { code: "hal/misuse" });
    assert.throws(() => mains.setVoltage(-1), { code: "hal/misuse" });
  });
});
