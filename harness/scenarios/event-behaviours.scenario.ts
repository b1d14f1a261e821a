import assert from "node:assert/strict";
import { appliesTo, needs, type Premises } from "../index.ts";
import { codesOf, commissioned } from "./support.ts";

const minuteMs = 60_000;

describe("what parties have made of their events", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
  });

  const magnet = async () => {
    for (const active of [true, false]) {
      home.device("esme").board.mockTamper.set("magnet", active);
      await home.run(minuteMs);
    }
  };
  const magnetGone = (word: "Enable" | "Disable") => ({ SupplierESMECommon: { x81BC: word } });

  it("the supplier switches an alert off: it is only logged, and after a power cut too, until it is on again", async () => {
    await home.command("6.22", { ElectricitySupplierAlerts: magnetGone("Disable") });
    await magnet();
    await home.powerCut("esme");
    await home.run(5 * minuteMs);
    await magnet();
    assert.deepEqual(home.alerts(0x81bc), []);
    assert.equal((await codesOf(home, "Event")).filter((code) => code === "81BC").length, 2);
    await home.command("6.22", { ElectricitySupplierAlerts: magnetGone("Enable") });
    await magnet();
    assert.equal(home.alerts(0x81bc).length, 1);
    assert.ok(home.alerts(0x8f75).length >= 6, "what is always sent went to both, each time");
  });

  it("an event sounds the alarm and is shared in the home where the supplier wants it, and is in no log where not", async () => {
    await home.command("6.22", { ElectricitySupplierAlarmSettings: magnetGone("Enable") });
    await home.command("6.22", { ElectricitySupplierHANAlertSettings: magnetGone("Enable") });
    await home.command("6.22", { ElectricitySupplierLoggingSettings: magnetGone("Disable") });
    await magnet();
    assert.equal(home.device("esme").board.mockUserInterface.alarms, 1);
    assert.deepEqual(
      home.trace.of("event-shared", "esme").map(({ code }) => code),
      [0x81bc],
    );
    assert.ok(!(await codesOf(home, "Event")).includes("81BC"));
  });

  it("neither party moves the other's events", async () => {
    const by = { by: "networkOperator" } as const;
    const own = { NetworkOperatorESMESinglePhase: { x8024: "Disable" } } as const;
    await home.command("6.22", { ElectricityNetworkOperatorAlerts: own }, by);
    const strings = await home.read("6.2.10", {}, by);
    const supplier = await home.read("6.2.10", {});
    assert.ok("OperatorAlertBehaviourInForce" in strings && !("SupplierAlertBehaviourInForce" in strings));
    assert.ok("SupplierAlertBehaviourInForce" in supplier && !("OperatorAlertBehaviourInForce" in supplier));
    home.device("esme").board.mockMains.setVoltage(260);
    await home.run(2 * minuteMs);
    assert.deepEqual(home.alerts(0x8024), []);
    assert.ok((await codesOf(home, "PowerEvent", by)).includes("8024"));
  });
});
