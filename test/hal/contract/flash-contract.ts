import assert from "node:assert/strict";
import fc from "fast-check";
import type { Flash } from "../../../hal/board.ts";
import { type Bench, eachTest, type Make, misuse } from "./bench.ts";

/** What every flash part must do. It uses (and wears) the first two sectors only. */
export function flashContract(name: string, make: Make<Bench<Flash>>): void {
  describe(`${name}: flash contract`, () => {
    const bench = eachTest(make);
    const flash = (): Flash => bench().part;
    const zeros = (units: number): Uint8Array => new Uint8Array(units * flash().geometry.programUnitBytes);

    beforeEach(async () => {
      await flash().erase(0);
      await flash().erase(1);
    });

    it("has sectors that are whole numbers of program units", () => {
      const { sectorBytes, sectorCount, programUnitBytes } = flash().geometry;
      for (const value of [sectorBytes, sectorCount, programUnitBytes])
        assert.ok(Number.isInteger(value) && value > 0);
      assert.equal(sectorBytes % programUnitBytes, 0);
      assert.ok(sectorCount >= 2);
    });

    it("reads 0xFF everywhere in an erased sector", async () => {
      const { sectorBytes } = flash().geometry;
      assert.deepEqual(await flash().read(0, sectorBytes), new Uint8Array(sectorBytes).fill(0xff));
    });

    it("reads back what was programmed, and nothing else changes", async () => {
      const { programUnitBytes: unit } = flash().geometry;
      await flash().program(unit, zeros(2));
      const expected = new Uint8Array(unit * 4).fill(0xff).fill(0, unit, unit * 3);
      assert.deepEqual(await flash().read(0, unit * 4), expected);
    });

    it("gives copies: changing what was read or programmed changes nothing stored", async () => {
      const data = zeros(1);
      await flash().program(0, data);
      data.fill(0x55);
      (await flash().read(0, data.length)).fill(0xaa);
      assert.deepEqual(await flash().read(0, data.length), zeros(1));
    });

    it("programs across the end of a sector", async () => {
      const { sectorBytes, programUnitBytes: unit } = flash().geometry;
      await flash().program(sectorBytes - unit, zeros(2));
      assert.deepEqual(await flash().read(sectorBytes - unit, unit * 2), zeros(2));
    });

    it("clears more bits of a programmed unit without an erase", async () => {
      const first = zeros(1).fill(0xf0);
      await flash().program(0, first);
      await flash().program(0, zeros(1).fill(0x30));
      assert.deepEqual(await flash().read(0, first.length), zeros(1).fill(0x30));
    });

    it("refuses to set a cleared bit, and then leaves the stored bytes as they were", async () => {
      const { programUnitBytes: unit } = flash().geometry;
      await flash().program(unit, zeros(1));
      await misuse(() => flash().program(0, zeros(2).fill(0x01)));
      assert.deepEqual(await flash().read(0, unit * 2), zeros(2).fill(0xff, 0, unit));
    });

    it("erases one sector and leaves its neighbour", async () => {
      const { sectorBytes, programUnitBytes: unit } = flash().geometry;
      await flash().program(0, zeros(1));
      await flash().program(sectorBytes, zeros(1));
      await flash().erase(0);
      assert.deepEqual(await flash().read(0, unit), zeros(1).fill(0xff));
      assert.deepEqual(await flash().read(sectorBytes, unit), zeros(1));
    });

    it("refuses what is out of range, unaligned, empty or no integer", async () => {
      const { sectorBytes, sectorCount, programUnitBytes: unit } = flash().geometry;
      const size = sectorBytes * sectorCount;
      for (const [offset, length] of [
        [-1, 1],
        [size, 1],
        [size - 1, 2],
        [0, -1],
        [0.5, 1],
        [Number.NaN, 1],
        [0, 1.5],
      ]) {
        await misuse(() => flash().read(offset!, length!));
      }
      for (const offset of [-unit, size, size - unit, 0.5, Number.NaN]) {
        await misuse(() => flash().program(offset, zeros(2)));
      }
      for (const sector of [-1, sectorCount, 0.5, Number.NaN]) await misuse(() => flash().erase(sector));
      await misuse(() => flash().program(0, new Uint8Array(0)));
      if (unit > 1) {
        await misuse(() => flash().program(1, zeros(1)));
        await misuse(() => flash().program(0, new Uint8Array(1)));
      }
    });

    it("reads nothing as nothing, also at its very end", async () => {
      const { sectorBytes, sectorCount } = flash().geometry;
      assert.equal((await flash().read(sectorBytes * sectorCount, 0)).length, 0);
    });

    it("agrees with a model over any run of programs and erases", async () => {
      const { sectorBytes, programUnitBytes: unit } = flash().geometry;
      const units = (2 * sectorBytes) / unit;
      const step = fc.oneof(
        fc.record({ erase: fc.integer({ min: 0, max: 1 }) }),
        fc.record({ at: fc.nat(units - 4), bytes: fc.uint8Array({ minLength: unit, maxLength: 4 * unit }) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          await flash().erase(0);
          await flash().erase(1);
          await followModel(flash(), steps);
        }),
        { seed: 7, numRuns: 25 },
      );
    });
  });
}

type Step = { erase: number } | { at: number; bytes: Uint8Array };

async function followModel(flash: Flash, steps: readonly Step[]): Promise<void> {
  const { sectorBytes, programUnitBytes: unit } = flash.geometry;
  const model = new Uint8Array(2 * sectorBytes).fill(0xff);
  for (const step of steps) {
    if ("erase" in step) {
      await flash.erase(step.erase);
      model.fill(0xff, step.erase * sectorBytes, (step.erase + 1) * sectorBytes);
      continue;
    }
    const data = step.bytes.subarray(0, step.bytes.length - (step.bytes.length % unit));
    const offset = step.at * unit;
    const allowed = data.every((byte, index) => (byte & ~model[offset + index]!) === 0);
    if (!allowed) await misuse(() => flash.program(offset, data));
    else {
      await flash.program(offset, data);
      model.set(data, offset);
    }
  }
  assert.deepEqual(await flash.read(0, model.length), model);
}
