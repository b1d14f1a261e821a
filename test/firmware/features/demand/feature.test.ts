import assert from "node:assert/strict";
import type { Value } from "../../../../firmware/wire/message.ts";
import { constantLoad, halfHourlyLoad } from "../../../../hal/mock/index.ts";
import { cutEverywhere, startUtcS } from "../../../support/feature-bench.ts";
import { type EnergyBench, energyBench } from "../../../support/meter-energy.ts";
import { octets } from "../tariff/samples.ts";

const hour = 3_600_000;
const notSet = 0xffff_ffff;
/** Wh of the half hours of a day: 1,000 but for a peak of 3,000 at 08:00 and one of 2,000 at 17:00. */
const dayOfPeaks = halfHourlyLoad(
  startUtcS * 1000,
  Array.from({ length: 48 }, (_, slot) => ({
    importWh: slot === 16 ? 3000 : slot === 34 ? 2000 : 1000,
    exportWh: slot === 24 ? 700 : 0,
  })),
);
const half = (n: number) => startUtcS + 1800 * n;
const everyDay = ["1111111", "1111111"];
const window = (start: string, end: string, weekdays = everyDay): Value =>
  [start, end].map((time, i) => [
    ...[i, true, octets("00000a8064ff"), i + 1, octets(time), 65_535, weekdays[i] ?? "", ""],
    ...[octets("000001ffff"), octets("ffffffffff")],
  ]);

const read = async (
  bench: EnergyBench,
  name: "demandImport" | "configurableDemandImport" | "demandExport",
) => [(await bench.get(name, 2)).value, (await bench.get(name, 5)).value];

describe("demand feature", () => {
  it("keeps the highest half hour of import and export, with its end (ECS18a, b)", async () => {
    const bench = await energyBench({ load: dayOfPeaks });
    assert.deepEqual(await read(bench, "demandImport"), [0, notSet]);
    await bench.run(24 * hour);
    assert.deepEqual(await read(bench, "demandImport"), [6000, half(17)]);
    assert.deepEqual(await read(bench, "demandExport"), [1400, half(25)]);
    assert.deepEqual(await read(bench, "configurableDemandImport"), [0, notSet], "a new meter has no window");
    assert.deepEqual((await bench.get("demandImport", 3)).value, [0, 27]);
  });

  it("resets each by itself (ECS57): zero and now, and what was before counts no more, over a restart", async () => {
    const bench = await energyBench({ load: dayOfPeaks });
    await bench.run(8.5 * hour);
    assert.equal((await bench.call("demandImport", 1, 0)).status, 0);
    assert.deepEqual(await read(bench, "demandImport"), [0, half(17)]);
    assert.equal((await bench.get("demandImportReset", 2)).value, half(17));
    assert.equal((await bench.get("demandExportReset", 2)).value, notSet);
    await bench.powerCycle(0);
    assert.deepEqual(await read(bench, "demandImport"), [0, half(17)]);
    await bench.run(hour);
    assert.deepEqual(await read(bench, "demandImport"), [2000, half(18)]);
  });

  it("measures in the operator's window (ECS37) what begins in it, and a new window leaves the maximum", async () => {
    const bench = await energyBench({ load: dayOfPeaks });
    assert.equal((await bench.set("demandWindow", 2, window("11000000", "14000000"))).status, 0);
    await bench.run(24 * hour);
    assert.deepEqual(await read(bench, "configurableDemandImport"), [4000, half(35)]);
    await bench.set("demandWindow", 2, window("00000000", "01000000"));
    assert.deepEqual(await read(bench, "configurableDemandImport"), [4000, half(35)]);
    await bench.call("configurableDemandImport", 1, 0);
    await bench.run(24 * hour);
    assert.deepEqual(await read(bench, "configurableDemandImport"), [2000, half(49)]);
    assert.deepEqual((await bench.get("demandWindow", 2)).value, window("00000000", "01000000"));
  });

  it("keeps a window open over midnight, and to its weekdays (1 January 2025 is a Wednesday)", async () => {
    const bench = await energyBench({ load: constantLoad(500) });
    await bench.set("demandWindow", 2, window("16000000", "02000000", ["0000100", "0000010"]));
    await bench.run(3 * 24 * hour);
    assert.deepEqual(await read(bench, "configurableDemandImport"), [500, half(2 * 48 + 44 + 1)]);
  });

  it("refuses a schedule that neither begins nor ends a window, or has no time of day", async () => {
    const bench = await energyBench();
    const [first] = window("11000000", "14000000") as Value[][];
    const other = (at: number, value: Value) => [first!.map((each, i) => (i === at ? value : each))];
    for (const entries of [other(3, 3), other(4, octets("ff000000"))])
      assert.equal((await bench.set("demandWindow", 2, entries)).status, 250);
  });

  it("misses no half hour over a cut at any flash operation", async () => {
    const cuts = await cutEverywhere(
      async () => {
        const bench = await energyBench({ load: dayOfPeaks });
        await bench.runTo(half(17) - 60);
        return bench;
      },
      (bench) => bench.run(120_000),
      async (bench, cut) => {
        await bench.run(120_000);
        const [watts, atS] = (await read(bench, "demandImport")) as [number, number];
        assert.ok(watts > 5900 && atS === half(17), `${cut}: ${watts} W at ${atS}`);
      },
    );
    assert.ok(cuts >= 6, `${cuts} cuts`);
  });
});
