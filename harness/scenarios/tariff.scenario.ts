import assert from "node:assert/strict";
import { constantLoad } from "../../hal/mock/index.ts";
import { appliesTo, needs, type Premises, wholeLog } from "../index.ts";
import { tariffWithSpecialDays, twoRateTariff } from "./samples.ts";
import { commissioned } from "./support.ts";

const hourMs = 3_600_000;

describe("tariff switch", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    // 2026-12-01 is a Tuesday.
    home = await commissioned(this, { start: "2026-12-01T00:00:00Z", load: constantLoad(1200) });
  });

  const registers = async () => (await home.read("4.1.2")).TouRegisters.tou;
  /** Runs to this time of the first days. */
  const runTo = (iso: string) => home.run(Date.parse(iso) - home.startUtcMs - home.nowMs);
  const near = (got: number, expected: number) =>
    assert.ok(Math.abs(got - expected) <= 2, `${got} Wh, expected ${expected}`);

  it("energy goes to the register of the rate in force", async () => {
    await home.command("1.1.1", twoRateTariff);
    const [before] = await registers();
    await runTo("2026-12-01T07:30:00Z");
    const [night] = await registers();
    near(night! - before!, 1200 * 7.5 - before!);
    await runTo("2026-12-01T12:00:00Z");
    const [still, day] = await registers();
    near(still!, night!);
    near(day!, 1200 * 4.5);
  });

  it("a future-dated tariff takes over at its time, and tells the supplier (8F66)", async () => {
    await home.command("1.1.1", { ...twoRateTariff, ExecutionDateTime: "2026-12-02T00:00:00Z" });
    await runTo("2026-12-01T23:59:00Z");
    assert.deepEqual(home.alerts(0x8f66), []);
    const [first, second] = await registers();
    near(first!, 1200 * (23 + 59 / 60));
    assert.equal(second, 0, "the new tariff is not in force");
    await runTo("2026-12-02T12:00:00Z");
    assert.equal(home.alerts(0x8f66).length, 6, "one alert for each activation time of the command");
    assert.equal(home.alerts(0x8f67).length, 0);
    const [cheap, dear] = await registers();
    near(cheap!, 1200 * 31.5);
    near(dear!, 1200 * 4.5);
  });

  it("the future-dated tariff takes over although the meter was dark at that moment", async () => {
    await home.command("1.1.1", { ...twoRateTariff, ExecutionDateTime: "2026-12-02T09:00:00Z" });
    await runTo("2026-12-02T08:50:00Z");
    const [before] = await registers();
    await home.cutMains(hourMs / 3);
    await runTo("2026-12-02T12:00:00Z");
    const [first, second] = await registers();
    near(first!, before!);
    assert.ok(second! > 1200 * 2.5, `${second} Wh at rate 2`);
    assert.equal(home.alerts(0x8f66).length, 6);
  });

  it("a change at midnight with the power cut across it books each Wh once, and reads midnight as it was", async () => {
    await home.command("1.1.1", { ...twoRateTariff, ExecutionDateTime: "2026-12-02T00:00:00Z" });
    await runTo("2026-12-01T23:50:00Z");
    const before = (await home.read("4.1.1")).ImportRegisters.import;
    await home.cutMains(hourMs / 3);
    await runTo("2026-12-02T09:00:00Z");
    assert.equal(home.alerts(0x8f66).length, 6);
    const [cheap, dear] = await registers();
    const { ImportRegisters } = await home.read("4.1.1");
    near(cheap! + dear!, ImportRegisters.import);
    near(dear!, 1200 * 1.5);
    const { DailyRegisterLog } = await home.read("4.6.1", { ReadLogPeriod: wholeLog });
    const midnight = Date.parse("2026-12-02T00:00:00Z") / 1000;
    assert.deepEqual(
      DailyRegisterLog.map(({ time }) => time),
      [midnight],
    );
    near(DailyRegisterLog[0]!.import, before);
  });

  it("weekends keep the cheap rate all day", async () => {
    await home.command("1.1.1", twoRateTariff);
    await runTo("2026-12-05T00:00:00Z");
    const [, friday] = await registers();
    await runTo("2026-12-06T00:00:00Z");
    const [, saturday] = await registers();
    assert.equal(saturday, friday);
  });

  it("a special day follows its own day type", async () => {
    await home.command("1.1.1", tariffWithSpecialDays(["2026-12-02"]));
    await runTo("2026-12-02T00:00:00Z");
    const [, before] = await registers();
    await runTo("2026-12-03T00:00:00Z");
    const [, after] = await registers();
    assert.equal(after, before);
  });

  it("the registers of all rates together are the import register", async () => {
    await home.command("1.1.1", twoRateTariff);
    await runTo("2026-12-03T10:10:00Z");
    const { ImportRegisters } = await home.read("4.1.1");
    const total = (await registers()).reduce((sum, wh) => sum + wh, 0);
    near(total, ImportRegisters.import);
  });

  it("the half-hourly profile holds each half hour's energy", async () => {
    await runTo("2026-12-01T06:01:00Z");
    const { ImportProfile } = await home.read("4.8.1", {
      ReadLogPeriod: { StartDateTime: "2026-12-01T03:00:00Z", EndDateTime: "2026-12-01T06:00:00Z" },
    });
    assert.equal(ImportProfile.length, 7, "both ends inclusive");
    for (const { time, import: wh } of ImportProfile) {
      assert.equal(Number(time) % 1800, 0);
      assert.ok(Math.abs(wh - 600) <= 1, `${wh} Wh`);
    }
  });
});
