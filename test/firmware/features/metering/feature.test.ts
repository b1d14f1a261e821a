import assert from "node:assert/strict";
import { partitions } from "../../../../firmware/devices/partitions.ts";
import { meteringFeature, meteringLogs } from "../../../../firmware/features/metering/feature.ts";
import { tariffFeature } from "../../../../firmware/features/tariff/feature.ts";
import { constantLoad, SeededRandom, typicalHome } from "../../../../hal/mock/index.ts";
import { type BenchOptions, cutEverywhere, FeatureBench, startUtcS } from "../../../support/feature-bench.ts";
import { ecs01a } from "../tariff/samples.ts";

const make = (options: BenchOptions = {}) =>
  FeatureBench.start({ load: constantLoad(1000), ...options }, async (context) => {
    const { flash } = context.board;
    const logs = await meteringLogs(flash, partitions(flash.geometry));
    const tariff = tariffFeature(context, { futureDated: context.futureDated });
    const metering = meteringFeature(context, { tariff, ...logs });
    return { features: [tariff, metering], metering };
  });
type Bench = Awaited<ReturnType<typeof make>>;
const hour = 3_600_000;

const readProfile = async (bench: Bench, from = 0, to = 0xffff_ffff) =>
  (await bench.get("importProfile", 2, [from, to])).value as [number, number][];
const importWh = async (bench: Bench) =>
  ((await bench.get("importRegisters", 2)).value as number[])[0] as number;
const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);

/** Registers by rate always add up to the import register, and so do entries and the half hour now running. */
async function assertConsistent(bench: Bench, message = "") {
  const total = await importWh(bench);
  const registers = await bench.built.metering.registers();
  assert.equal(sum(registers.tou) + sum(registers.blocks), total, `${message} registers`);
  assert.equal(
    total,
    Math.floor(bench.board.mockMetrology.reading().activeImportWh + 1e-6),
    `${message} metrology`,
  );
  const entries = await readProfile(bench);
  assert.ok(sum(entries.map(([, wh]) => wh)) <= total, `${message} profile`);
  return { total, entries };
}

describe("metering feature", () => {
  it("reads import registers with scalers and units (ECS17b)", async () => {
    const bench = await make();
    await bench.run(90 * 60_000);
    assert.deepEqual((await bench.get("importRegisters", 2)).value, [1500, [0, 30], 0, [0, 32]]);
  });

  it("makes an entry at the end of each UTC half hour (ECS22b), and reads inclusive ranges of them", async () => {
    const bench = await make();
    await bench.run(10 * 60_000);
    await bench.powerCycle(0);
    await bench.run(24 * hour);
    const entries = await readProfile(bench);
    assert.equal(entries.length, 48);
    assert.deepEqual(entries[0], [startUtcS + 1800, 500]);
    assert.ok(entries.every(([endS, wh], i) => endS === startUtcS + 1800 * (i + 1) && wh === 500));
    const [from, to] = [startUtcS + 3600, startUtcS + 7200];
    assert.deepEqual(
      (await readProfile(bench, from, to)).map(([endS]) => endS),
      [from, from + 1800, to],
    );
    assert.equal((await readProfile(bench, to, to)).length, 1);
    assert.equal((await readProfile(bench, from + 1, to - 1)).length, 1);
    assert.equal((await bench.get("importProfile", 2, [to, from])).status, 250);
    assert.equal(((await bench.get("importProfile", 2)).value as unknown[]).length, 48);
  });

  it("leaves out half hours without power, and gives those cut short what was used in them", async () => {
    const bench = await make();
    await bench.run(70 * 60_000); // 01:10
    await bench.powerCycle(3 * hour); // until 04:10
    await bench.run(5 * 60_000); // 04:15
    await bench.powerCycle(2 * hour); // until 06:15
    await bench.run(30 * 60_000); // 06:45
    const half = (n: number) => startUtcS + 1800 * n;
    assert.deepEqual(await readProfile(bench), [
      [half(1), 500],
      [half(2), 500],
      [half(3), 166],
      [half(9), 84],
      [half(13), 250],
    ]);
    await assertConsistent(bench);
  });

  it("has no entries before its time is set, and counts on all the same", async () => {
    const bench = await make({ timeIsSet: false });
    await bench.run(3 * hour);
    assert.deepEqual(await readProfile(bench), []);
    await bench.context.setTime(startUtcS + 600);
    await bench.built.metering.timeChanged();
    await bench.run(hour);
    const entries = await readProfile(bench);
    assert.deepEqual(entries, [
      [startUtcS + 1800, 333],
      [startUtcS + 3600, 500],
    ]);
    assert.equal(await importWh(bench), 4000);
  });

  it("makes no entry twice when the clock goes back over the end of a half hour", async () => {
    const bench = await make();
    await bench.run(30 * 60_000 + 3000);
    await bench.context.setTime(startUtcS + 1795);
    await bench.built.metering.timeChanged();
    await bench.run(hour);
    const ends = (await readProfile(bench)).map(([endS]) => endS);
    assert.deepEqual(ends, [startUtcS + 1800, startUtcS + 3600, startUtcS + 5400].slice(0, ends.length));
    await assertConsistent(bench);
  });

  it("goes on when the time of day was lost and is set again, forward or back", async () => {
    for (const setTo of [startUtcS - 86_400, startUtcS + 10 * 86_400]) {
      const bench = await make();
      bench.board.mockClock.batteryDead = true;
      await bench.run(hour);
      await bench.powerCycle();
      await bench.run(hour);
      await bench.context.setTime(setTo);
      await bench.built.metering.timeChanged();
      await bench.run(hour);
      const { total, entries } = await assertConsistent(bench);
      assert.deepEqual(entries.at(-1)?.[0], setTo + 3600);
      assert.equal(sum(entries.map(([, wh]) => wh)), total, "nothing is lost between entries");
    }
  });

  it("books import to the rate in force, through switches, blocks, a tariff change and outages", async () => {
    const bench = await make();
    await bench.run(hour);
    await ecs01a(bench); // 2025-01-01 is a Wednesday: winter, day 1
    await bench.run(8 * hour); // 09:00
    const registers = await bench.built.metering.registers();
    assert.deepEqual(registers.tou.slice(0, 3), [1000 + 2000, 6000, 0]);
    await bench.powerCycle(15 * hour); // over midnight, to 00:00
    await bench.run(2 * 24 * hour + 3 * hour); // Saturday 03:00
    const { tou, blocks } = await bench.built.metering.registers();
    assert.deepEqual(blocks.slice(0, 4), [1000, 2000, 0, 0]);
    assert.deepEqual(tou.slice(0, 2), [3000 + 2 * 17_000, 6000 + 2 * 7000]);
    assert.deepEqual((await bench.get("touRegisters", 2)).value, [tou]);
    await assertConsistent(bench);
  });

  const beforeSwitch = async () => {
    const bench = await make();
    await bench.run(5 * hour);
    await ecs01a(bench);
    await bench.run(hour + 10 * 60_000);
    return bench;
  };
  const assertSound = async (bench: Bench, cut: string) => {
    await bench.run(hour);
    const ends = (await assertConsistent(bench, cut)).entries.map(([endS]) => endS);
    assert.deepEqual(
      ends,
      [...new Set(ends)].sort((a, b) => a - b),
      cut,
    );
  };

  it("after a cut at any flash operation over a tariff switch and half hours, all totals agree", async () => {
    const cuts = await cutEverywhere(beforeSwitch, (bench) => bench.run(2 * hour), assertSound);
    assert.ok(cuts >= 12, `${cuts} cuts`);
  });

  it("after a cut at any flash operation of the start after an outage, too", async () => {
    const duringOutage = async () => {
      const bench = await beforeSwitch();
      bench.board.powerOff();
      await bench.run(3 * hour);
      return bench;
    };
    const cuts = await cutEverywhere(
      duringOutage,
      async (bench) => {
        bench.board.powerOn();
        await bench.run(hour);
      },
      assertSound,
    );
    assert.ok(cuts >= 9, `${cuts} cuts`);
  });

  it("meters a year of a typical home in seconds, and keeps the last 19,056 half hours of more", async function () {
    this.timeout(60_000);
    const bench = await make({ load: typicalHome(new SeededRandom(3)) });
    await ecs01a(bench);
    const began = performance.now();
    await bench.run(365 * 24 * hour);
    const seconds = (performance.now() - began) / 1000;
    console.log(`        a year took ${seconds.toFixed(1)} s`);
    const { total, entries } = await assertConsistent(bench);
    assert.equal(entries.length, 365 * 48);
    assert.ok(Math.abs(sum(entries.map(([, wh]) => wh)) - total) <= 0);
    assert.ok(seconds < 20, `${seconds} s`);
    await bench.run(60 * 24 * hour);
    const kept = await readProfile(bench);
    assert.equal(kept.length, 19_056);
    assert.equal(kept.at(-1)?.[0], startUtcS + 425 * 86_400);
  });

  it("a record that flash has lost costs two entries, not the profile; nor does metering stop", async () => {
    const bench = await make();
    await bench.run(200 * hour);
    const whole = await readProfile(bench);
    assert.ok(whole.length >= 399);
    const { geometry } = bench.board.flash;
    const first = partitions(geometry).profileLog.firstSector * geometry.sectorBytes;
    bench.board.mockFlash.flipBit(first + 1500, 3);
    for (const restart of [false, true]) {
      if (restart) await bench.powerCycle();
      const left = await readProfile(bench);
      const kept = whole.filter(([endS]) => left.some(([end]) => end === endS));
      assert.equal(kept.length, whole.length - 2);
      assert.deepEqual(left.slice(0, kept.length), kept);
    }
    const sectors = partitions(geometry).profileLog.sectorCount;
    const flash = await bench.board.flash.read(first, sectors * geometry.sectorBytes);
    bench.board.mockFlash.flipBit(first + flash.findLastIndex((byte) => byte !== 0xff), 0);
    const before = await readProfile(bench);
    await bench.run(2 * hour);
    assert.ok((await readProfile(bench)).length >= before.length + 3, "goes on after the loss of the newest");
  });
});
