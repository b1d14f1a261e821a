import assert from "node:assert/strict";
import { fromPlain, messages } from "../../firmware/model/index.ts";
import { constantLoad } from "../../hal/mock/index.ts";
import { appliesTo, type Premises, wholeLog } from "../index.ts";
import { secondaryTariff } from "./samples/metering.ts";
import { commissioned } from "./support.ts";

const dayMs = 86_400_000;
const whole = { ReadLogPeriod: wholeLog };
/** Nothing here needs a meter to ask the time every quarter of an hour: a year of it is long. */
const calm = { hubTimeEveryMs: 30 * dayMs, networkTimeEveryMs: 30 * dayMs };

describe("billing", function () {
  appliesTo(this, ["cose", "gbcs"]);
  let home: Premises;

  /** What the alerts tell of entries: end of the period, and the import register then. */
  const told = () =>
    home
      .alerts(0x8f0a)
      .map(({ values }) => fromPlain(messages.ECS68.alert.body.fields.log, values[0]))
      .map(([entry]) => [entry?.time, entry?.import]);
  const seconds = (iso: string) => Date.parse(iso) / 1000;
  const runTo = (iso: string) => home.run(Date.parse(iso) - home.startUtcMs - home.nowMs);

  it("a billing year: each quarter's registers are logged, sent to the supplier, and add up to the meter's", async function () {
    this.timeout(120_000);
    home = await commissioned(this, {
      start: "2026-01-31T12:00:00Z",
      load: constantLoad(400),
      settings: calm,
    });
    await home.command("6.8", {
      ElectricityBillingCalendar: {
        BillingTime: "00:00:00Z",
        Quarterly: { DayOfMonth: 1, BillingPeriodStartMonth: 2 },
      },
    });
    await runTo("2027-01-31T12:00:00Z");
    const quarters = ["2026-02-01", "2026-05-01", "2026-08-01", "2026-11-01"].map((day) =>
      seconds(`${day}T00:00Z`),
    );
    const { BillingRegisterLog, BillingPrepaymentLog } = await home.read("4.4.3", whole);
    const logged = BillingRegisterLog.map((entry) => [entry.time, entry.import]);
    assert.deepEqual(
      logged.map(([time]) => time),
      quarters,
    );
    assert.deepEqual(told(), logged, "the supplier has had each entry");
    assert.equal(BillingPrepaymentLog.length, 4);
    const [first = 0, , , last = 0] = BillingRegisterLog.map((entry) => entry.import);
    const used = Math.round(((quarters[3]! - quarters[0]!) * 400) / 3600);
    assert.ok(Math.abs(last - first - used) <= 1, `${last - first} Wh in three quarters, expected ${used}`);
    const { DailyConsumptionLog } = await home.read("4.17", whole);
    assert.equal(DailyConsumptionLog.length, 365);
  });

  it("a period that ends while the meter is dark is billed at its return, once", async function () {
    home = await commissioned(this, { start: "2026-06-30T12:00:00Z", load: constantLoad(1200) });
    await home.command("6.8", { ElectricityBillingCalendar: { BillingTime: "00:00:00Z", Monthly: 1 } });
    await runTo("2026-06-30T22:00:00Z");
    const { ImportRegisters: before } = await home.read("4.1.1");
    await home.cutMains(3 * 3_600_000);
    await runTo("2026-07-01T03:00:00Z");
    const [[time, imported] = [], ...more] = told();
    assert.deepEqual([time, more], [seconds("2026-07-01T00:00Z"), []]);
    assert.ok(
      Math.abs(Number(imported) - before.import) <= 1,
      `${imported} Wh, before the cut ${before.import}`,
    );
  });

  it("a twin-element meter bills its second circuit by a tariff of its own", async function () {
    home = await commissioned(this, {
      start: "2026-06-30T12:00:00Z",
      devices: [
        { name: "hub", type: "CHF" },
        { name: "esme", type: "ESME", elementCount: 2, load: constantLoad(600, 0, 300) },
      ],
    });
    await home.command("1.1.2", secondaryTariff);
    await home.command("6.8", { ElectricityBillingCalendar: { BillingTime: "00:00:00Z", Daily: {} } });
    await runTo("2026-07-02T00:01:00Z");
    const { BillingRegisterLog } = await home.read("4.4.3", whole);
    const [one, two] = BillingRegisterLog;
    const gained = two?.secondaryTou?.map((wh, i) => wh - (one?.secondaryTou?.[i] ?? 0)) ?? [];
    const near = (wh: number, expected: number) => assert.ok(Math.abs(wh - expected) <= 1, `${gained}`);
    near(gained[0] ?? 0, 300 * 21);
    near(gained[1] ?? 0, 300 * 3);
    near((two?.secondaryImport ?? 0) - (one?.secondaryImport ?? 0), 300 * 24);
    near((two?.import ?? 0) - (one?.import ?? 0), 600 * 24);
  });
});
