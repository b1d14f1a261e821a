import assert from "node:assert/strict";
import fc from "fast-check";
import type { ServedMember } from "../../../../firmware/features/serve.ts";
import type { Value } from "../../../../firmware/wire/message.ts";
import { constantLoad, halfHourlyLoad, SeededRandom } from "../../../../hal/mock/index.ts";
import { startUtcS } from "../../../support/feature-bench.ts";
import { type EnergyBench, energyBench } from "../../../support/meter-energy.ts";
import { ecs01a, octets } from "../tariff/samples.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const midnight = (n: number) => startUtcS + 86_400 * n;
const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
const wrapped = (value: number) => value % 2 ** 32;

const logs = [
  "importProfile",
  "exportProfile",
  "reactiveProfile",
  "dailyConsumptionLog",
  "dailyRegisterLog",
  "dailyExportLog",
] as const;
type Log = (typeof logs)[number];
const read = async (bench: EnergyBench, name: Log, from = 0, to = 0xffff_ffff) =>
  (await bench.get(name, 2, [from, to])).value as number[][];

/** Imports on two elements, exports at noon, and reactive energy both ways. */
const busy = halfHourlyLoad(
  startUtcS * 1000,
  Array.from({ length: 48 }, (_, slot) => ({
    importWh: 100 + slot,
    secondaryWh: slot % 8 === 0 ? 900 : 0,
    exportWh: slot > 20 && slot < 28 ? 400 : 0,
    reactiveImportVarh: 20,
    reactiveExportVarh: slot > 20 && slot < 28 ? 7 : 0,
  })),
);

/** Sets a secondary tariff: rate 3 from 12:00 on, rate 1 from midnight on. */
async function secondaryTariff(bench: EnergyBench): Promise<void> {
  const every = [1, 1, 1, 1, 1, 1, 1];
  const one = octets("01");
  const at = (start: string, script: number) => [octets(start), octets("00000a0064ff"), script];
  const prices = [1, 2, 3, 4].map((n) => [Uint8Array.of(n), 100 * n]);
  for (const [name, member, value] of [
    ["secondaryCalendar", 7, [[one, octets("ffff0101ff000000008000ff"), one]]],
    ["secondaryCalendar", 8, [[one, ...every]]],
    ["secondaryCalendar", 9, [[1, [at("00000000", 201), at("0c000000", 203)]]]],
    ["secondarySpecialDays", 2, []],
    ["secondaryPrice", 6, [[3, -5], [3, octets("0114010800ff"), 2], prices]],
    ["secondaryCalendar", 10, 0],
    ["secondaryPrice", 7, 0],
    ["secondarySpecialDaysActivation", 6, 0],
  ] as const)
    assert.equal((await bench.set(name, member, value as Value)).status, 0, `${name} ${member}`);
}

describe("metering: registers and logs", () => {
  it("counts a twin-element meter's elements apart, each to its own tariff (ECS01c, ECS17b, d, ECS22b)", async () => {
    const bench = await energyBench({ elementCount: 2, load: constantLoad(1000, 0, 200) });
    await secondaryTariff(bench);
    await bench.run(18 * hour);
    assert.deepEqual((await bench.get("importRegisters", 2)).value, [18_000, [0, 30], 0, [0, 32], 3600]);
    const [tou, secondary] = (await bench.get("touRegisters", 2)).value as [number[], number[]];
    assert.deepEqual([tou[0], secondary], [18_000, [2400, 0, 1200, 0]]);
    assert.deepEqual((await read(bench, "importProfile"))[0], [startUtcS + 1800, 500, 100]);
    assert.deepEqual((await bench.get("powerImport", 2)).value, [1200, [0, 27], 1000]);
    assert.deepEqual((await bench.get("secondaryActiveTariffPrice", 2)).value, 300);
    assert.deepEqual((await bench.get("secondaryActiveTariffPrice", 3)).value, [-5, 254]);
  });

  it("a single-element meter shows nothing of a second", async () => {
    const bench = await energyBench({ load: constantLoad(1000, 0, 200) });
    await bench.run(day);
    assert.equal(((await bench.get("importRegisters", 2)).value as Value[]).length, 4);
    assert.equal(((await bench.get("touRegisters", 2)).value as Value[]).length, 1);
    assert.equal((await read(bench, "importProfile"))[0]?.length, 2);
    assert.equal((await read(bench, "dailyRegisterLog"))[0]?.length, 7);
  });

  it("profiles export and reactive energy, reads daily, and sums days (ECS22a, c, ECS21a, c, ECS66)", async () => {
    const bench = await energyBench({ elementCount: 2, load: busy });
    await bench.run(3 * day + hour);
    const { counters } = bench.built.metering as unknown as {
      counters: { registers(): Promise<Record<string, number>> };
    };
    const now = await counters.registers();
    assert.deepEqual((await bench.get("activeExport", 2)).value, 3 * 7 * 400);
    assert.deepEqual((await bench.get("reactiveExport", 3)).value, [0, 32]);
    const exports = await read(bench, "exportProfile");
    assert.deepEqual(exports[21], [startUtcS + 22 * 1800, 400, 7]);
    assert.equal(sum(exports.map(([, wh = 0]) => wh)), now.exportWh);
    assert.equal(
      sum((await read(bench, "reactiveProfile")).map(([, varh = 0]) => varh)),
      now.reactiveImportVarh,
    );
    assert.deepEqual(
      await read(bench, "dailyExportLog"),
      [1, 2, 3].map((n) => [midnight(n), 2800 * n]),
    );
    const ofDay = sum(Array.from({ length: 48 }, (_, slot) => 100 + slot)) + 6 * 900;
    assert.deepEqual(
      await read(bench, "dailyConsumptionLog"),
      [1, 2, 3].map((n) => [midnight(n), ofDay]),
    );
    const daily = await read(bench, "dailyRegisterLog");
    assert.deepEqual(
      daily.map(([time, primary = 0, secondary = 0]) => [time, primary + secondary]),
      [1, 2, 3].map((n) => [midnight(n), ofDay * n]),
    );
    assert.equal((await read(bench, "dailyRegisterLog", midnight(2), midnight(2))).length, 1);
    assert.equal((await bench.get("dailyRegisterLog", 2, [2, 1])).status, 250);
    assert.equal((await bench.get("dailyExportLog", 2, [2, 1])).status, 250);
  });

  it("reads a midnight that it missed at its return, once, and keeps 31 of them", async () => {
    const bench = await energyBench({ load: constantLoad(1000, 500) });
    await bench.run(23 * hour);
    await bench.powerCycle(2 * day);
    for (const restart of [false, true]) {
      if (restart) await bench.powerCycle(0);
      assert.deepEqual(await read(bench, "dailyExportLog"), [[midnight(2), 11_500]]);
      assert.equal((await read(bench, "dailyRegisterLog"))[0]?.[1], 23_000);
    }
    await bench.run(40 * day);
    for (const name of ["dailyExportLog", "dailyRegisterLog"] as const) {
      const times = (await read(bench, name)).map(([time]) => time);
      assert.deepEqual([times.length, times.at(-1)], [31, midnight(42)], name);
    }
  });

  it("shows the price in force: of a block rate that of the block that fills (ECS24)", async () => {
    const bench = await energyBench();
    await bench.runTo(startUtcS + 3 * 86_400); // Saturday: block rate 1, thresholds 1,000 and 5,000 Wh
    assert.deepEqual((await bench.get("activeTariffPrice", 2)).value, 0);
    await ecs01a(bench);
    const price = async () => (await bench.get("activeTariffPrice", 2)).value;
    assert.equal(await price(), 2289);
    await bench.run(hour);
    assert.equal(await price(), 3546);
    await bench.runTo(startUtcS + 5 * 86_400);
    assert.equal(await price(), 1100, "a Monday night");
  });

  it("registers and logs wrap at 2^32 without losing a Wh", async () => {
    const bench = await energyBench();
    await loads(bench, "importRegisters.value").load({
      import: 0xffff_ff00,
      reactive: 5,
      secondaryImport: 0,
    });
    await bench.run(hour);
    const [imported] = (await bench.get("importRegisters", 2)).value as [number];
    assert.equal(imported, wrapped(0xffff_ff00 + 1000));
    assert.deepEqual(
      (await read(bench, "importProfile")).map(([, wh]) => wh),
      [500, 500],
    );
  });
});

interface Loads {
  load(value: unknown): Promise<void>;
  get(): Promise<unknown>;
}
function loads(bench: EnergyBench, path: string): Loads {
  const [object, name] = path.split(".") as [string, string];
  const served = bench.built.features.flatMap((feature) => feature.objects);
  const member = served
    .find((each) => each.object.name === object && each.members.has(name))
    ?.members.get(name);
  const { load, get } = member as Required<ServedMember>;
  return {
    load: async (value) => await load(value),
    async get() {
      const outcome = await get(undefined);
      return "value" in outcome ? outcome.value : outcome;
    },
  };
}

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const list = <T>(item: fc.Arbitrary<T>, length: number) =>
  fc.array(item, { minLength: length, maxLength: length });
/** Times from 2000 on, ascending. */
const timesUpTo = (most: number) =>
  fc
    .uniqueArray(fc.integer({ min: 946_684_800, max: 0xffff_fffe }), { maxLength: most })
    .map((all) => all.sort((a, b) => a - b));
const table = (most: number, entry: (time: number) => fc.Arbitrary<unknown>) =>
  timesUpTo(most).chain((all) => fc.tuple(...all.map(entry)));
const snapshot = (time: number) =>
  fc.record({
    ...{ time: fc.constant(time), import: u32, tou: list(u32, 48), secondaryImport: u32 },
    ...{ secondaryTou: list(u32, 4), block1: list(u32, 8), block2: list(u32, 8) },
    ...{ block3: list(u32, 8), block4: list(u32, 8) },
  });
const timed = (time: number) => fc.record({ time: fc.constant(time), value: u32 });
const wattHour = { scaler: 0, unit: "wattHour" } as const;
const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const execution = fc.record({
  time: fc.record({ hour: fc.nat(23), minute: fc.nat(59), second: fc.nat(59), hundredth: fc.constant(0) }),
  date: fc.record({ month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 28 }) }),
});

const openDate = fc.record(
  {
    ...{ year: fc.integer({ min: 2000, max: 2999 }), month: fc.integer({ min: 1, max: 12 }) },
    ...{ day: fc.constantFrom(1, 28, 0xfd, 0xfe), weekday: fc.integer({ min: 1, max: 7 }) },
  },
  { requiredKeys: [] },
);
const charge = fc.record({
  scale: fc.record({ commodity: fc.constant(3), price: fc.integer({ min: -128, max: 127 }) }),
  commodity: fc.constant({ class: 3, name: Uint8Array.of(1, 0, 1, 8, 0, 255), attribute: 2 }),
  charges: fc.array(
    fc.record({
      index: fc.nat(255).map((index) => Uint8Array.of(index)),
      charge: fc.integer({ min: -0x8000, max: 0x7fff }),
    }),
    { minLength: 1, maxLength: 80 },
  ),
});

/** Any state that a bench may load, by member. */
const states: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  "importRegisters.value": fc.record({
    ...{ import: u32, importUnit: fc.constant(wattHour), reactive: u32, secondaryImport: u32 },
    reactiveUnit: fc.constant({ scaler: 0, unit: "varHour" }),
  }),
  "activeExport.value": u32,
  "reactiveExport.value": u32,
  "touRegisters.value": fc.record({ tou: list(u32, 48), secondaryTou: list(u32, 4) }),
  "blockTouRegisters.value": fc.record({ values: list(u32, 64) }),
  "powerImport.value": fc.record({
    ...{ power: u32, unit: fc.constant({ scaler: 0, unit: "watt" }), primary: u32 },
  }),
  "importProfile.buffer": table(60, (time) =>
    fc.record({ time: fc.constant(time), import: u32, secondaryImport: u32 }),
  ),
  "exportProfile.buffer": table(60, (time) =>
    fc.record({ time: fc.constant(time), value: u32, second: u32 }),
  ),
  "reactiveProfile.buffer": table(60, timed),
  "dailyConsumptionLog.buffer": table(60, timed),
  "dailyRegisterLog.buffer": table(31, snapshot),
  "dailyExportLog.buffer": table(31, timed),
  "billingRegisterLog.buffer": table(12, snapshot),
  "billingPrepaymentLog.buffer": table(12, (time) =>
    fc.record({
      ...{ time: fc.constant(time), emergencyCredit: i32, balance: i32, paymentDebt: i32 },
      ...{ timeDebt1: i32, timeDebt2: i32, accumulatedDebt: i32 },
    }),
  ),
  "billingCalendar.executionTimes": fc.array(execution, { maxLength: 4 }),
  "activeTariffPrice.value": fc.integer({ min: 0, max: 0x7fff }),
  "activeTariffPrice.scalerUnit": fc.record({
    ...{ scaler: fc.integer({ min: -128, max: 127 }), unit: fc.constant("currency") },
  }),
  "specialDaysInForce.entries": fc.array(
    fc.record({ index: fc.nat(0xffff), date: openDate, day: fc.nat(255) }),
    { maxLength: 50 },
  ),
  "tariffPrice.chargeActive": charge,
  "secondaryPrice.chargeActive": charge,
  "currencyUnit.active": fc.boolean(),
  "blockThresholdsTou3InForce.thresholds": fc.array(u32, { minLength: 1, maxLength: 3 }),
  "demandImport.value": u32,
  "demandImport.captureTime": u32,
  "configurableDemandImport.value": u32,
  "demandExportReset.value": u32,
};

describe("metering, billing and demand: a bench loads a state", () => {
  for (const [path, arbitrary] of Object.entries(states))
    it(`${path} shows what was loaded, whatever it is`, async () => {
      const bench = await energyBench({ elementCount: 2 });
      await ecs01a(bench);
      await bench.run(hour);
      const { load, get } = loads(bench, path);
      await fc.assert(
        fc.asyncProperty(arbitrary, async (value) => {
          await load(structuredClone(value));
          assert.deepEqual(await get(), structuredClone(value));
        }),
        { numRuns: 12, seed: 3 },
      );
      await bench.run(2 * hour);
    });

  it("and goes on counting from there: what is loaded is no energy", async () => {
    const bench = await energyBench();
    await bench.run(10 * minute);
    await loads(bench, "importProfile.buffer").load([{ time: startUtcS - 1800, import: 77 }]);
    await loads(bench, "importRegisters.value").load({ import: 1_000_000, reactive: 0 });
    await bench.run(50 * minute);
    const [imported] = (await bench.get("importRegisters", 2)).value as [number];
    assert.equal(imported, 1_000_834);
    assert.deepEqual(await read(bench, "importProfile"), [
      [startUtcS - 1800, 77],
      [startUtcS + 1800, 334],
      [startUtcS + 3600, 500],
    ]);
    assert.equal(sum((await bench.built.metering.registers()).tou), 1000);
  });
});

/** What a log that is shorter than a year has had, read now and then. */
class Gathered {
  readonly sums: number[];
  readonly #bench: EnergyBench;
  #seenS = 0;

  constructor(bench: EnergyBench, columns: number) {
    this.#bench = bench;
    this.sums = new Array<number>(columns).fill(0);
  }

  async gather(log: Log): Promise<void> {
    for (const [endS = 0, ...values] of await read(this.#bench, log, this.#seenS + 1)) {
      this.#seenS = endS;
      for (const [i, value] of values.entries()) this.sums[i]! += value;
    }
  }
}

describe("energy is conserved", () => {
  it("over any year with power cuts: sums of profiles, days and rates are what the registers gained", async function () {
    this.timeout(120_000);
    const runs = fc.integer({ min: 1, max: 1_000_000 });
    await fc.assert(
      fc.asyncProperty(runs, async (seed) => {
        const random = new SeededRandom(seed);
        const within = (most: number) => Math.floor(random.next() * most);
        const halfHours = Array.from({ length: 337 }, () => ({
          ...{ importWh: within(2000), secondaryWh: within(500), exportWh: within(300) },
          ...{ reactiveImportVarh: within(90), reactiveExportVarh: within(40) },
        }));
        const bench = await energyBench({ seed, elementCount: 2, load: halfHourlyLoad(0, halfHours) });
        await ecs01a(bench);
        await secondaryTariff(bench);
        await bench.set("billingCalendar", 4, [[octets("00000000"), octets("ffffff01ff")]]);
        const gathered = { exportProfile: new Gathered(bench, 2), reactiveProfile: new Gathered(bench, 1) };
        const gather = async () => {
          for (const log of ["exportProfile", "reactiveProfile"] as const) await gathered[log].gather(log);
        };
        const nowS = () => startUtcS + bench.scheduler.nowMs / 1000;
        while (nowS() < midnight(365)) {
          await bench.run(within(25 * 86_400) * 1000);
          const { mockFlash } = bench.board;
          if (random.next() < 0.5) mockFlash.cutPowerAt(mockFlash.operationCount + within(8), "torn");
          await bench.run(within(7200) * 1000);
          // The cut may strike while the firmware starts.
          do await bench.powerCycle(within(3 * 86_400) * 1000);
          while (!bench.board.powered);
          await gather();
        }
        // To the end of a half hour and of a day, at which the meter has power.
        await bench.runTo(Math.ceil((nowS() + 1) / 86_400) * 86_400);
        await gather();
        const [exported, reactiveExported] = gathered.exportProfile.sums;
        assert.equal(exported, (await bench.get("activeExport", 2)).value, "export profile");
        assert.equal(reactiveExported, (await bench.get("reactiveExport", 2)).value, "reactive export");
        const [, , reactive] = (await bench.get("importRegisters", 2)).value as number[];
        assert.equal(gathered.reactiveProfile.sums[0], reactive, "reactive profile");
        await assertConserved(bench);
      }),
      { numRuns: 2, seed: 11 },
    );
  });

  async function assertConserved(bench: EnergyBench): Promise<void> {
    const { metering } = bench.built;
    const [primary, , , , secondary] = (await bench.get("importRegisters", 2)).value as number[];
    const { tou, blocks, secondaryTou } = await metering.registers();
    assert.equal(sum(tou) + sum(blocks), primary, "rates");
    assert.equal(sum(secondaryTou), secondary, "rates of the secondary element");
    const column = async (log: Log, at: number) =>
      sum((await read(bench, log)).map((entry) => entry[at] ?? 0));
    assert.equal(await column("importProfile", 1), primary, "profile");
    assert.equal(await column("importProfile", 2), secondary, "profile of the secondary element");
    assert.equal(await column("dailyConsumptionLog", 1), (primary ?? 0) + (secondary ?? 0), "days");
    const billed = ((await bench.get("billingRegisterLog", 2)).value as number[][]).map(([, wh = 0]) => wh);
    assert.deepEqual(
      billed,
      billed.toSorted((a, b) => a - b),
      "registers never go back",
    );
  }
});
