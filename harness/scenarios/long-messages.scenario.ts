import assert from "node:assert/strict";
import { halfHourlyLoad } from "../../hal/mock/index.ts";
import { appliesTo, mockOnly, type Premises } from "../index.ts";
import { tariffWithSpecialDays } from "./samples.ts";
import { commissioned } from "./support.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const start = "2026-12-01T00:00:00Z";
const firstMidnight = "2026-12-02T00:00:00Z";
const lastMidnight = "2027-01-02T00:00:00Z";
/** Whole watt-hours, different in each half hour of a week. */
const week = Array.from({ length: 7 * 48 }, (_, i) => ({ importWh: 100 + ((i * 37) % 400) }));

/** After the request: half of the answer is in the tunnel. */
const inTheMiddleMs = 600;

describe("messages longer than the home network's tunnel", function () {
  appliesTo(this, ["cose", "gbcs"]);
  mockOnly(
    this,
    "weeks of half hours, each written to flash over the line: longer than the two minutes a scenario has",
  );
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this, { start, load: halfHourlyLoad(Date.parse(start), week) });
  });

  const month = { ReadLogPeriod: { StartDateTime: firstMidnight, EndDateTime: lastMidnight } };
  const read = async () => (await home.read("4.8.1", month)).ImportProfile;
  const runTo = (iso: string) => home.run(Date.parse(iso) - home.startUtcMs - home.nowMs);
  const meteredWh = () => home.device("esme").board.mockMetrology.read().activeImportWh;

  it("31 days of half hours are read with one service request, and equal the metrology's sum", async function () {
    this.timeout(120_000);
    await runTo(firstMidnight);
    const beforeWh = meteredWh();
    await runTo(lastMidnight);
    const monthWh = meteredWh() - beforeWh;
    await home.run(minuteMs);
    const [midnight, ...rest] = await read();
    const from = Number(midnight!.time);
    assert.equal(from * 1000, Date.parse(firstMidnight), "both ends inclusive");
    assert.equal(rest.length, 31 * 48);
    const sum = rest.reduce((total, { import: wh }) => total + wh, 0);
    assert.ok(Math.abs(sum - monthWh) <= 2, `${sum} Wh read, ${monthWh} Wh metered`);
    for (const [i, { time, import: wh }] of rest.entries()) {
      assert.equal(time, from + (i + 1) * 1800);
      const used = week[(i + 48) % week.length]!.importWh;
      assert.ok(Math.abs(wh - used) <= 2, `half hour ${i}: ${wh} Wh, used ${used} Wh`);
    }
  });

  it("frames lost on the way cost time, not the answer", async () => {
    await home.run(4 * dayMs);
    home.ether.settings.lossProbability = 0.15;
    assert.ok((await read()).length >= 3 * 48);
  });

  for (const device of ["esme", "hub"] as const)
    it(`a power cut of the ${device} in the middle of a long answer costs no later one`, async () => {
      await home.run(10 * dayMs);
      const cut = home.submit("4.8.1", month, { timeoutMs: minuteMs });
      await home.run(inTheMiddleMs);
      assert.equal(cut.status, "sent", "the answer is on its way");
      home.device(device).board.powerOff();
      await home.run(5_000);
      home.device(device).board.powerOn();
      await home.run(10 * minuteMs);
      // The meter's answers wait in RAM: its own cut ends this one, the hub's does not.
      assert.equal(cut.status, device === "esme" ? "timed-out" : "answered");
      assert.ok((await read()).length >= 9 * 48);
    });

  it("a long command comes through too: a tariff with all its special days", async () => {
    const date = (i: number) => new Date(Date.parse(start) + i * dayMs).toISOString().slice(0, 10);
    const dates = Array.from({ length: 50 }, (_, i) => date(i));
    const exchange = await home.command("1.1.1", tariffWithSpecialDays(dates));
    assert.equal(exchange.status, "answered");
  });
});
