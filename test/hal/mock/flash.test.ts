import assert from "node:assert/strict";
import fc from "fast-check";
import type { CutPoint } from "../../../hal/mock/index.ts";
import { fault, powerLost } from "../contract/bench.ts";
import { mockBench } from "./mock-bench.ts";

const small = { sectorBytes: 64, sectorCount: 4, programUnitBytes: 1 };
const bench = (seed = 1, extra = {}) =>
  mockBench({ parts: { mains: true, flash: { ...small, ...extra } } }, seed).board;

describe("mock flash", () => {
  it("counts operations and erases, and keeps its contents over a power cycle", async () => {
    const board = bench();
    await board.flash.erase(1);
    await board.flash.erase(1);
    await board.flash.program(64, Uint8Array.of(1, 2, 3));
    assert.equal(board.mockFlash.operationCount, 3);
    assert.deepEqual(board.mockFlash.wear, [0, 2, 0, 0]);
    board.powerOff();
    board.powerOn();
    assert.deepEqual(board.flash.read(64, 3), Uint8Array.of(1, 2, 3));
  });

  it("does not count what it refused", () => {
    const board = bench();
    assert.throws(() => board.flash.erase(99));
    assert.throws(() => board.flash.program(-1, Uint8Array.of(1)));
    assert.equal(board.mockFlash.operationCount, 0);
  });

  it("cuts the power before and after exactly the operation asked for", async () => {
    for (const point of ["before", "after"] as const) {
      const board = bench();
      board.mockFlash.cutPowerAt(1, point);
      await board.flash.program(0, Uint8Array.of(0));
      await powerLost(() => board.flash.program(1, Uint8Array.of(0)));
      assert.equal(board.powered, false);
      await powerLost(() => board.flash.read(0, 1));
      board.powerOn();
      assert.deepEqual(board.flash.read(0, 3), Uint8Array.of(0, point === "after" ? 0 : 0xff, 0xff));
    }
  });

  it("tears a program: every bit is old or new, nothing else moves, and all outcomes happen", async () => {
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000), fc.uint8Array({ minLength: 8, maxLength: 8 }), async (seed, data) => {
        const board = bench(seed);
        await board.flash.program(0, Uint8Array.of(0xff, 0xf0));
        board.mockFlash.cutPowerAt(1, "torn");
        data[1]! &= 0xf0;
        await powerLost(() => board.flash.program(0, data));
        board.powerOn();
        const old = Uint8Array.of(0xff, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
        const torn = await board.flash.read(0, 8);
        torn.forEach((byte, index) => {
          assert.equal(byte & ~old[index]!, 0, "no bit rose");
          assert.equal(data[index]! & ~byte, 0, "no bit fell that should stay");
        });
        assert.deepEqual(await board.flash.read(8, 56), new Uint8Array(56).fill(0xff));
        outcomes.add(
          torn.every((byte, i) => byte === data[i])
            ? "all"
            : torn.every((byte, i) => byte === old[i])
              ? "none"
              : "part",
        );
      }),
      { seed: 5, numRuns: 200 },
    );
    assert.deepEqual([...outcomes].sort(), ["all", "none", "part"]);
  });

  it("tears an erase into a mix, inside its sector only", async () => {
    let mixes = 0;
    for (let seed = 0; seed < 20; seed++) {
      const board = bench(seed);
      for (const sector of [0, 1, 2]) await board.flash.program(sector * 64, new Uint8Array(64).fill(0x5a));
      board.mockFlash.cutPowerAt(3, "torn");
      await powerLost(() => board.flash.erase(1));
      board.powerOn();
      assert.deepEqual(await board.flash.read(0, 64), new Uint8Array(64).fill(0x5a));
      assert.deepEqual(await board.flash.read(128, 64), new Uint8Array(64).fill(0x5a));
      if (new Set(await board.flash.read(64, 64)).size > 1) mixes++;
      assert.equal(board.mockFlash.wear[1], 1);
    }
    assert.ok(mixes > 15);
  });

  it("tears the same way for the same seed", async () => {
    const torn = async (): Promise<Uint8Array> => {
      const board = bench(77);
      board.mockFlash.cutPowerAt(0, "torn");
      await powerLost(() => board.flash.program(0, new Uint8Array(64)));
      return board.mockFlash.snapshot().bytes;
    };
    assert.deepEqual(await torn(), await torn());
  });

  it("cuts once, and a cleared cut never", async () => {
    const board = bench();
    board.mockFlash.cutPowerAt(0, "before" satisfies CutPoint);
    board.mockFlash.clearCut();
    await board.flash.erase(0);
    board.mockFlash.cutPowerAt(1, "after");
    await powerLost(() => board.flash.erase(0));
    board.powerOn();
    await board.flash.erase(0);
  });

  it("goes back to a snapshot, wear and all, and refuses one of another size", async () => {
    const board = bench();
    await board.flash.program(0, Uint8Array.of(7));
    const snapshot = board.mockFlash.snapshot();
    await board.flash.erase(0);
    board.mockFlash.restore(snapshot);
    assert.deepEqual(await board.flash.read(0, 2), Uint8Array.of(7, 0xff));
    assert.deepEqual(board.mockFlash.wear, [0, 0, 0, 0]);
    const other = mockBench({ parts: { flash: { ...small, sectorCount: 5 } } }).board.mockFlash.snapshot();
    assert.throws(() => board.mockFlash.restore(other), { code: "hal/misuse" });
  });

  it("wears out: an erase beyond the endurance fails and leaves no clean sector behind", async () => {
    const board = bench(1, { enduranceCycles: 3 });
    for (let cycle = 0; cycle < 3; cycle++) await board.flash.erase(2);
    await board.flash.program(128, new Uint8Array(64));
    await fault(() => board.flash.erase(2));
    assert.notDeepEqual(await board.flash.read(128, 64), new Uint8Array(64).fill(0xff));
    await board.flash.erase(1);
  });

  it("fails in the sectors and at the operations it is told to, with power left on", async () => {
    const board = bench();
    board.mockFlash.failSector(1, "program");
    await fault(() => board.flash.program(64, Uint8Array.of(0)));
    await board.flash.erase(1);
    board.mockFlash.failSector(1, undefined);
    await board.flash.program(64, Uint8Array.of(0));
    board.mockFlash.failSector(2, "both");
    await fault(() => board.flash.erase(2));
    board.mockFlash.failAt(board.mockFlash.operationCount);
    await fault(() => board.flash.program(0, new Uint8Array(16)));
    await board.flash.program(32, Uint8Array.of(0));
    assert.equal(board.powered, true);
  });

  it("flips bits by order or by read disturb", async () => {
    const board = bench();
    board.mockFlash.flipBit(5, 3);
    assert.equal((await board.flash.read(5, 1))[0], 0xff ^ 8);
    board.mockFlash.readDisturbProbability = 1;
    const read = await board.flash.read(10, 4);
    assert.equal(
      read.reduce((bits, byte) => bits + 8 - byte.toString(2).replaceAll("0", "").length, 0),
      1,
    );
  });

  it("refuses a geometry that does not fit together", () => {
    assert.throws(() => bench(1, { programUnitBytes: 7 }), { code: "hal/misuse" });
    assert.throws(() => bench(1, { sectorCount: 0 }), { code: "hal/misuse" });
  });
});
