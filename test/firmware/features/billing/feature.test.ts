import assert from "node:assert/strict";
import type { Value } from "../../../../firmware/wire/message.ts";
import { type BenchOptions, cutEverywhere, refusalOf, startUtcS } from "../../../support/feature-bench.ts";
import { type EnergyBench, energyBench } from "../../../support/meter-energy.ts";
import { ecs01a, octets } from "../tariff/samples.ts";

const hour = 3_600_000;
const day = 24 * hour;
const at = (text: string) => Date.parse(`${text}Z`) / 1000;
const times = (...pairs: readonly (readonly [time: string, date: string])[]): Value =>
  pairs.map(([time, date]) => [octets(time), octets(date)]);
const noon = "0c000000";
const midnight = "00000000";
/** At noon of each second day of a month. */
const monthly = times([noon, "ffffff02ff"]);

/** Block rate 101 from midnight on, on every day, with a threshold of 1,000 Wh. */
async function blockTariff(bench: EnergyBench) {
  await ecs01a(bench);
  const always = [[1, [[octets(midnight), octets("00000a0064ff"), 101]]]];
  const week = [1, 2].map((n) => [Uint8Array.of(n), 1, 1, 1, 1, 1, 1, 1]);
  await bench.set("tariffCalendar", 9, always);
  await bench.set("tariffCalendar", 8, week);
  await bench.set("specialDays", 2, []);
  for (const [name, member] of [
    ["specialDaysActivation", 6],
    ["tariffCalendar", 10],
  ] as const)
    assert.equal((await bench.set(name, member, 0)).status, 0);
}

const made = async (options: BenchOptions = {}, calendar = monthly) => {
  const bench = await energyBench(options);
  await blockTariff(bench);
  assert.equal((await bench.set("billingCalendar", 4, calendar)).status, 0);
  return bench;
};
const entries = async (bench: EnergyBench) => (await bench.get("billingRegisterLog", 2)).value as number[][];
const ends = async (bench: EnergyBench) => (await entries(bench)).map(([time]) => time);
/** Registers and counters of block `block` at time of use 1. */
async function ofBlock(bench: EnergyBench, block: number) {
  const [values] = (await bench.get("blockTouRegisters", 2)).value as [number[]];
  return [values[16 * (block - 1)], values[16 * (block - 1) + 8]];
}

describe("billing feature", () => {
  it("at the calendar's moment logs registers and balances, begins the blocks anew, and sends the entry", async () => {
    const bench = await made();
    await bench.runTo(at("2025-01-02T11:59:59"));
    assert.deepEqual([await entries(bench), bench.alertCodes], [[], []]);
    const before = await ofBlock(bench, 2);
    assert.ok(before[0] === before[1] && (before[0] ?? 0) > 0);
    await bench.runTo(at("2025-01-02T12:00:00"));
    const [entry, ...more] = await entries(bench);
    assert.deepEqual(more, []);
    const [time, imported, tou, block1, block2] = entry as unknown as [
      number,
      number,
      number[],
      number[],
      number[],
    ];
    assert.equal(time, at("2025-01-02T12:00:00"));
    assert.equal(imported, 36_000);
    assert.deepEqual([tou.length, block1[0], block2[0]], [48, 1000, 4000]);
    assert.deepEqual(await ofBlock(bench, 2), [4000, 0], "the register stays, the counter begins anew");
    assert.deepEqual((await bench.get("billingPrepaymentLog", 2)).value, [[time, 0, 0, 0, 0, 0, 0]]);
    const [alert] = bench.context.alerts();
    assert.deepEqual([alert?.code, alert?.message, alert?.to], [0x8f0a, 0x61, "supplier"]);
    assert.deepEqual(alert?.values, [[entry]]);
    await bench.run(hour);
    assert.deepEqual(await ofBlock(bench, 1), [2000, 1000], "and the first block fills again");
  });

  const calendars: readonly [string, Value, string[]][] = [
    ["daily", times([midnight, "ffffffffff"]), ["2025-01-02T00:00", "2025-01-03T00:00", "2025-01-04T00:00"]],
    ["weekly", times([midnight, "ffffffff01"]), ["2025-01-06T00:00", "2025-01-13T00:00", "2025-01-20T00:00"]],
    ["on the last day", times([midnight, "fffffffeff"]), ["2025-01-31T00:00", "2025-02-28T00:00"]],
    [
      "quarterly",
      times([noon, "ffff0201ff"], [noon, "ffff0501ff"], [noon, "ffff0801ff"], [noon, "ffff0b01ff"]),
      ["2025-02-01T12:00", "2025-05-01T12:00", "2025-08-01T12:00"],
    ],
    ["yearly", times([noon, "ffff040cff"]), ["2025-04-12T12:00"]],
    ["never", [], []],
  ];
  for (const [what, calendar, expected] of calendars)
    it(`${what}: ends periods at ${expected.join(", ") || "no moment"}`, async () => {
      const bench = await made({}, calendar);
      await bench.runTo(at(expected.at(-1) ?? "2025-01-10T00:00"));
      assert.deepEqual(await ends(bench), expected.map(at));
      assert.deepEqual((await bench.get("billingCalendar", 4)).value, calendar);
    });

  it("ends a period that fell due without power once, at the return, and keeps the last twelve", async () => {
    const bench = await made({}, times([midnight, "ffffffffff"]));
    await bench.run(36 * hour);
    const [before] = (await entries(bench)) as unknown as [[number, number]];
    assert.equal(before[1], 24_000);
    await bench.powerCycle(5 * day);
    assert.deepEqual(await ends(bench), [at("2025-01-02"), at("2025-01-07")]);
    assert.equal((await entries(bench))[1]?.[1], 36_000, "registers stood still");
    assert.equal(bench.alertCodes.length, 2);
    await bench.powerCycle();
    assert.equal(bench.alertCodes.length, 2);
    await bench.run(20 * day);
    const all = await ends(bench);
    assert.deepEqual([all.length, all.at(-1)], [12, at("2025-01-27")]);
    const range = [at("2025-01-20"), at("2025-01-22")];
    assert.equal(((await bench.get("billingRegisterLog", 2, range)).value as unknown[]).length, 3);
  });

  it("bills nothing for moments before a calendar was set or the time was known", async () => {
    const bench = await energyBench({ timeIsSet: false });
    await bench.set("billingCalendar", 4, monthly);
    await bench.run(day);
    await bench.context.setTime(at("2025-02-01T12:00"));
    await bench.built.metering.timeChanged();
    await bench.built.billing.timeChanged();
    assert.deepEqual(await ends(bench), []);
    await bench.run(day);
    assert.deepEqual(await ends(bench), [at("2025-02-02T12:00")]);
    await bench.set("billingCalendar", 4, times([midnight, "ffffff03ff"]));
    await bench.run(10 * hour);
    assert.equal((await ends(bench)).length, 1);
  });

  it("sets block counters to zero by command (ECS05), and daily when told so (ECS48)", async () => {
    const bench = await made({}, []);
    await bench.run(5 * hour);
    assert.deepEqual(await ofBlock(bench, 2), [4000, 4000]);
    assert.equal((await bench.call("blockCounterControl", 1, 98)).status, 250);
    assert.equal((await bench.call("blockCounterControl", 1, 99)).status, 0);
    assert.deepEqual(await ofBlock(bench, 2), [4000, 0]);
    await bench.set("blockCounterReset", 4, times([midnight, "ffffffffff"]));
    await bench.run(day);
    assert.deepEqual((await ofBlock(bench, 1))[1], 1000);
    assert.equal((await ofBlock(bench, 2))[1], 4000, "five hours since midnight");
    await bench.set("blockCounterReset", 4, []);
    await bench.run(day);
    assert.equal((await ofBlock(bench, 3))[1], 24_000);
  });

  const hostile: readonly [string, Value][] = [
    ["without an hour", times(["ff000000", "ffffff01ff"])],
    ["at a hundredth of a second", times(["00000001", "ffffff01ff"])],
    ["on 31 April", times([noon, "ffff041fff"])],
  ];
  for (const [what, calendar] of hostile)
    it(`refuses a calendar ${what}, whole and without effect`, async () => {
      const bench = await made();
      const before = bench.board.mockFlash.operationCount;
      for (const name of ["billingCalendar", "blockCounterReset"] as const)
        assert.ok(["format", 250].includes(await refusalOf(bench.set(name, 4, calendar))));
      assert.equal(bench.board.mockFlash.operationCount, before);
      assert.deepEqual((await bench.get("billingCalendar", 4)).value, monthly);
    });

  it("after a cut at any flash operation of a period's end there is one entry, one alert, and counters begun once", async () => {
    const cuts = await cutEverywhere(
      async () => {
        const bench = await made({}, times([noon, "ffffffffff"]));
        await bench.runTo(startUtcS + 12 * 3600 - 60);
        return bench;
      },
      (bench) => bench.run(120_000),
      async (bench, cut) => {
        await bench.run(120_000);
        assert.deepEqual([(await entries(bench)).length, bench.alertCodes], [1, ["8f0a"]], cut);
        const [, counter = 0] = await ofBlock(bench, 1);
        assert.ok(counter < 100, `${cut}: ${counter}`);
      },
    );
    assert.ok(cuts >= 3, `${cuts} cuts`);
  });
});
