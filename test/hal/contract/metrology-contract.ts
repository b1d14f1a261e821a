import assert from "node:assert/strict";
import type { Metrology, MetrologyReading } from "../../../hal/board.ts";
import { type Bench, eachTest, type Make, misuse } from "./bench.ts";

/** `load` draws this much from now on; a bench without a load bank leaves it out. */
export interface MetrologyBench extends Bench<Metrology> {
  load?(importW: number, exportW: number, secondaryW?: number): void;
}

const cumulative = [
  "activeImportWh",
  "secondaryImportWh",
  "activeExportWh",
  "reactiveImportVarh",
  "reactiveExportVarh",
] as const;

export function metrologyContract(name: string, make: Make<MetrologyBench>): void {
  describe(`${name}: metrology contract`, () => {
    const bench = eachTest(make);
    const metrology = (): Metrology => bench().part;
    const loadBank = (
      context: Mocha.Context,
    ): ((importW: number, exportW: number, secondaryW?: number) => void) => bench().load ?? context.skip();

    it("measures every phase it says it has", async () => {
      const reading = await metrology().read();
      assert.equal(reading.rmsVoltageV.length, metrology().phaseCount);
      assert.equal(reading.rmsVoltageVs.length, metrology().phaseCount);
    });

    it("never counts back", async () => {
      const before = await metrology().read();
      await bench().advance(1_000);
      const after = await metrology().read();
      for (const register of cumulative) assert.ok(after[register] >= before[register], register);
      after.rmsVoltageVs.forEach((value, phase) => {
        assert.ok(value > before.rmsVoltageVs[phase]!);
      });
    });

    it("counts import and export each in its register", async function () {
      const load = loadBank(this);
      const before = await metrology().read();
      load(2_000, 0);
      await bench().advance(1_800_000);
      load(0, 500);
      await bench().advance(3_600_000);
      const after = await metrology().read();
      assert.ok(Math.abs(after.activeImportWh - before.activeImportWh - 1_000) < 1e-6);
      assert.ok(Math.abs(after.activeExportWh - before.activeExportWh - 500) < 1e-6);
      assert.equal(after.activePowerW, -500);
    });

    it("counts a second element apart, where it has one, and its power with the rest", async function () {
      const load = loadBank(this);
      const isTwin = metrology().elementCount === 2;
      const before = await metrology().read();
      load(2_000, 0, 600);
      await bench().advance(1_800_000);
      const after = await metrology().read();
      assert.ok(Math.abs(after.activeImportWh - before.activeImportWh - 1_000) < 1e-6);
      const secondaryWh = after.secondaryImportWh - before.secondaryImportWh;
      assert.ok(Math.abs(secondaryWh - (isTwin ? 300 : 0)) < 1e-6);
      assert.deepEqual([after.activePowerW, after.secondaryPowerW], isTwin ? [2_600, 600] : [2_000, 0]);
    });

    it("integrates volts over time", async () => {
      const before = await metrology().read();
      await bench().advance(2_000);
      const after = await metrology().read();
      const average = (after.rmsVoltageVs[0]! - before.rmsVoltageVs[0]!) / 2;
      assert.ok(Math.abs(average - after.rmsVoltageV[0]!) < 0.01 * average);
    });

    it("tells a watcher when its level is passed, up and down, and not otherwise", async function () {
      const load = loadBank(this);
      load(100, 0);
      const seen: MetrologyReading[] = [];
      metrology().watch([{ quantity: "activePowerW", level: 1_000 }], (reading) => void seen.push(reading));
      for (const watts of [900, 1_100, 1_200, 400, 300]) {
        load(watts, 0);
        await bench().advance(10);
      }
      assert.deepEqual(
        seen.map((reading) => reading.activePowerW),
        [1_100, 400],
      );
    });

    it("tells a cancelled watcher nothing, and the others still", async function () {
      const load = loadBank(this);
      const seen: string[] = [];
      const watch = (who: string) =>
        metrology().watch([{ quantity: "activePowerW", level: 1_000 }], () => void seen.push(who));
      const cancel = watch("first");
      watch("second");
      cancel();
      cancel();
      load(5_000, 0);
      await bench().advance(10);
      assert.deepEqual(seen, ["second"]);
    });

    it("refuses thresholds on a phase it has not, or that are no number", async () => {
      const phase = metrology().phaseCount;
      await misuse(() => metrology().watch([{ quantity: "rmsVoltageV", phase, level: 200 }], () => {}));
      await misuse(() => metrology().watch([{ quantity: "activePowerW", level: Number.NaN }], () => {}));
    });
  });
}
