import assert from "node:assert/strict";
import { appliesTo, cancellation, needs, type Premises } from "../index.ts";
import { loadLimit } from "./samples.ts";
import { commissioned } from "./support.ts";

const hourMs = 3_600_000;

describe("future-dated commands", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
    await home.command("6.4.1", loadLimit);
  });

  const inAnHour = () => home.nowS + 3600;
  const threshold = async () => (await home.read("4.15")).LoadLimiterThreshold;

  it("take effect at their time, not before, and report each attribute", async () => {
    const exchange = await home.command("6.4.1", {
      ...loadLimit,
      LoadLimitPowerThreshold: 3000,
      ExecutionDateTime: inAnHour(),
    });
    assert.equal(await threshold(), 6900);
    await home.run(hourMs - 60_000);
    assert.equal(await threshold(), 6900);
    await home.run(120_000);
    assert.equal(await threshold(), 3000);
    const outcomes = home.alerts(0x8f66);
    assert.equal(outcomes.length, 4);
    for (const { header, values, to } of outcomes) {
      const body = values[0] as Uint8Array;
      assert.equal(header.code, 0x00cc);
      assert.equal(to, "supplier");
      const view = new DataView(body.buffer, body.byteOffset);
      assert.equal(view.getUint16(0), 0x0043, "the message code of the command");
      assert.equal(view.getBigUint64(2), exchange.preCommand.request.counter, "its counter");
    }
  });

  it("are cancelled by the same command with the year 3000", async () => {
    await home.command("6.4.1", {
      ...loadLimit,
      LoadLimitPowerThreshold: 3000,
      ExecutionDateTime: inAnHour(),
    });
    await home.command("6.4.1", {
      ...loadLimit,
      LoadLimitPowerThreshold: 3000,
      ExecutionDateTime: cancellation,
    });
    await home.run(2 * hourMs);
    assert.equal(await threshold(), 6900);
    assert.deepEqual(home.alerts(0x8f66), []);
  });

  it("are replaced by a newer command of the same kind", async () => {
    await home.command("6.4.1", {
      ...loadLimit,
      LoadLimitPowerThreshold: 3000,
      ExecutionDateTime: inAnHour(),
    });
    await home.command("6.4.1", {
      ...loadLimit,
      LoadLimitPowerThreshold: 4000,
      ExecutionDateTime: home.nowS + 7200,
    });
    await home.run(1.5 * hourMs);
    assert.equal(await threshold(), 6900);
    await home.run(hourMs);
    assert.equal(await threshold(), 4000);
    assert.equal(home.alerts(0x8f66).length, 4);
  });

  it("survive a power cut that lasts past their time: they take effect when the meter is back", async () => {
    await home.command("6.4.1", {
      ...loadLimit,
      LoadLimitPowerThreshold: 3000,
      ExecutionDateTime: inAnHour(),
    });
    await home.run(hourMs - 60_000);
    await home.cutMains(10 * 60_000);
    await home.run(10 * 60_000);
    assert.equal(await threshold(), 3000);
    assert.equal(home.alerts(0x8f66).length, 4);
  });

  it("dated in the past take effect at once", async () => {
    await home.command("6.4.1", {
      ...loadLimit,
      LoadLimitPowerThreshold: 3000,
      ExecutionDateTime: home.nowS - 60,
    });
    await home.run(60_000);
    assert.equal(await threshold(), 3000);
  });
});
