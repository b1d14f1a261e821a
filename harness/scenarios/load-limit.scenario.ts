import assert from "node:assert/strict";
import { constantLoad } from "../../hal/mock/index.ts";
import { appliesTo, needs, type Premises } from "../index.ts";
import { loadLimit } from "./samples.ts";
import { commissioned, connected } from "./support.ts";

describe("load limit", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this, { load: constantLoad(1000) });
  });
  const draw = (watts: number) => {
    home.device("esme").board.mockMetrology.profile = constantLoad(watts);
  };

  it("trips after the whole period over the threshold, and restores after the restoration period", async () => {
    await home.command("6.4.1", loadLimit);
    draw(8000);
    await home.run(299_000);
    assert.equal(connected(home), true, "one second before the period ends");
    await home.waitForAlert(0x8f33, 60_000);
    assert.equal(connected(home), false);
    assert.equal(home.alerts(0x8f01).length, 1);
    assert.equal((await home.read("7.4")).SupplyState, "armed");
    draw(1000);
    await home.waitForAlert(0x8f34, 120_000);
    assert.equal(connected(home), true);
    assert.equal((await home.read("4.15")).LoadLimitCounter, 1);
  });

  it("does not trip when the load falls below the threshold in time", async () => {
    await home.command("6.4.1", loadLimit);
    for (let i = 0; i < 5; i++) {
      draw(8000);
      await home.run(290_000);
      draw(1000);
      await home.run(10_000);
    }
    assert.equal(connected(home), true);
    assert.equal((await home.read("4.15")).LoadLimitCounter, 0);
  });

  it("only counts and tells when the supplier left the supply unchanged", async () => {
    await home.command("6.4.1", { ...loadLimit, LoadLimitSupplyState: "Unchanged" });
    draw(8000);
    await home.waitForAlert(0x8f01, 400_000);
    await home.run(60_000);
    assert.equal(connected(home), true);
    assert.deepEqual(home.alerts(0x8f33), []);
    assert.equal((await home.read("4.15")).LoadLimitCounter, 1);
  });

  it("trips again while the load stays, and the supplier can reset the counter", async () => {
    await home.command("6.4.1", loadLimit);
    draw(8000);
    await home.run(20 * 60_000);
    const { LoadLimitCounter: count } = await home.read("4.15");
    assert.ok(count >= 3, `${count} trips`);
    await home.command("6.4.2");
    assert.equal((await home.read("4.15")).LoadLimitCounter, 0);
  });

  it("the supplier's disable during a restoration stays: no automatic restore", async () => {
    await home.command("6.4.1", { ...loadLimit, LoadLimitRestorationPeriod: 600 });
    draw(8000);
    await home.waitForAlert(0x8f33, 400_000);
    await home.command("7.2");
    await home.run(1_200_000);
    assert.equal(connected(home), false);
    assert.equal((await home.read("7.4")).SupplyState, "disabled");
    assert.deepEqual(home.alerts(0x8f34), []);
  });

  it("restores after a power cut inside the restoration period", async () => {
    await home.command("6.4.1", { ...loadLimit, LoadLimitRestorationPeriod: 300 });
    draw(8000);
    await home.waitForAlert(0x8f33, 400_000);
    draw(1000);
    await home.powerCut("esme");
    await home.run(600_000);
    assert.equal(connected(home), true);
    assert.equal((await home.read("7.4")).SupplyState, "enabled");
  });

  it("reads back what was set", async () => {
    await home.command("6.4.1", loadLimit);
    const limit = await home.read("4.15");
    assert.deepEqual(
      [limit.LoadLimiterThreshold, limit.LoadLimiterOverDuration, limit.LoadLimiterUnderDuration],
      [loadLimit.LoadLimitPowerThreshold, loadLimit.LoadLimitPeriod, loadLimit.LoadLimitRestorationPeriod],
    );
    assert.equal(limit.LoadLimitSupplyState, true, "the supply is cut at the limit");
  });
});
