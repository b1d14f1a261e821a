import assert from "node:assert/strict";
import { appliesTo, type Premises, wholeLog } from "../index.ts";
import { dailyLevel, levelCalendar } from "./samples.ts";
import { commissioned, disableSupply, expectRefusal, forge } from "./support.ts";

const hourMs = 3_600_000;

/** Runs until it is `time` ("HH:MM") of the home, today or tomorrow. */
async function runTo(home: Premises, time: string): Promise<void> {
  const [hour, minute] = time.split(":").map(Number) as [number, number];
  const wanted = hour * 3600 + minute * 60;
  const waitS = (((wanted - (home.nowS % 86_400)) % 86_400) + 86_400) % 86_400;
  await home.run(1000 * waitS + 2000);
}

const outputOf = (home: Premises, n: number, device = "esme") =>
  home.device(device).board.mockAuxiliary.levels(n).output;

describe("an auxiliary load", function () {
  appliesTo(this, ["cose", "gbcs"]);
  let home: Premises;
  /** A water heater on controller 1, on from 01:00 to 06:30; a car charger on controller 2, at 60 % from 23:00 on. */
  const night = levelCalendar([
    dailyLevel(1, "01:00:00", 100),
    dailyLevel(1, "06:30:00", 0),
    dailyLevel(2, "23:00:00", 60),
    dailyLevel(2, "05:00:00", 0),
  ]);
  beforeEach(async function () {
    const settings = {
      auxiliaryControllers: ["switch", "proportional", "none", "none", "none"] as const,
    };
    home = await commissioned(this, { settings });
    await runTo(home, "12:00");
    await home.command("6.14.1", {
      ALCSHCALCSDescription: [
        { index: 1, SwitchDescription: "water heater" },
        { index: 2, SwitchDescription: "car" },
      ],
    });
    await home.command("6.14.3", night);
  });

  it("goes through a day of its calendar, and a boost in the evening, over a power cut", async () => {
    const { board } = home.device("esme");
    await home.command("7.9", {
      AddToBoostButton: [1, 2, 3, 4, 5].map((index) => ({ index, value: index === 1 })),
    });
    await runTo(home, "18:00");
    assert.deepEqual([outputOf(home, 1), outputOf(home, 2)], [0, 0]);
    board.mockUserInterface.press("b");
    board.mockUserInterface.press("b");
    await home.run(20 * 60_000);
    assert.equal(outputOf(home, 1), 100, "boosted for half an hour by the second press");
    assert.equal(outputOf(home, 2), 0, "which does not obey the button");
    await home.run(11 * 60_000);
    assert.equal(outputOf(home, 1), 0);
    await runTo(home, "00:30");
    assert.deepEqual([outputOf(home, 1), outputOf(home, 2)], [0, 60]);
    board.mockMains.lose();
    await home.run(hourMs);
    board.mockMains.restore();
    await home.run(60_000);
    assert.deepEqual(
      [outputOf(home, 1), outputOf(home, 2)],
      [100, 60],
      "what the calendar did while it was dark",
    );
    await runTo(home, "07:00");
    assert.deepEqual([outputOf(home, 1), outputOf(home, 2)], [0, 0]);

    const { BoostLog } = await home.read("7.11", { ReadLogPeriod: wholeLog });
    assert.deepEqual(
      BoostLog.map(({ start, end }) => Number(end) - Number(start)),
      [1800],
    );
    const { AuxiliaryLog = [] } = await home.read("6.13", {
      ReadLogPeriod: wholeLog,
      LogToRead: "ALCSEvent",
    });
    assert.deepEqual(
      AuxiliaryLog.map(({ controller, outcome }) => [controller.toString(16), outcome]),
      [
        ["111", "success"],
        ["112", "success"],
        ["123c", "success"],
        ["111", "success"],
        ["1200", "success"],
        ["112", "success"],
      ],
    );
    assert.equal(home.alerts(0x8131).length, 4, "the switch");
    assert.equal(home.alerts(0x8f88).length, 2, "the proportional controller");
    const { AuxiliaryLabel2, AuxiliaryScheduleInForceEntries } = await home.read("7.14");
    assert.equal(AuxiliaryLabel2, "car");
    assert.equal(AuxiliaryScheduleInForceEntries.length, 4);
  });

  it("is held by the supplier for a time, and bounded by the load controller, who both hear of it", async () => {
    const { nowS } = home;
    const period = { StartDateTime: nowS - 60, EndDateTime: nowS + 2 * 3600 };
    await home.command("7.13", { auxiliaryControllerN: 2, ...period, CommandedStateLevel: 90 });
    assert.equal(outputOf(home, 2), 90);
    const limit = { auxiliaryControllerN: 2, ...period, EndDateTime: nowS + 3600, CommandedStateLevel: 40 };
    await home.command("7.16", limit, { by: "loadController" });
    assert.equal(outputOf(home, 2), 40);
    const { AuxiliaryState2 } = await home.read("7.15");
    assert.deepEqual(JSON.parse(AuxiliaryState2), { outputState: 40, inputState: 0 });
    await home.run(hourMs + 60_000);
    assert.equal(outputOf(home, 2), 90);
    await home.run(hourMs);
    assert.equal(outputOf(home, 2), 0, "as its calendar has it");
    const [set] = home.alerts(0x8f86);
    assert.deepEqual(set?.values, [0x12, limit.StartDateTime, limit.EndDateTime, 40]);
    assert.deepEqual(
      home.alerts(0x8f87).map(({ values }) => values),
      [[0x12, 90]],
    );
    const { supplementary } = home.alerts(0x8f88)[0]?.header ?? {};
    assert.equal(supplementary?.party, home.headEnd.parties.loadController.eui);
  });

  it("that does not follow is answered, told, and left where it is", async () => {
    home.device("esme").board.mockAuxiliary.stuck.add(1);
    const exchange = await home.request("7.5", { ActivateALCSHCALCS: { index: 1, Duration: 30 } });
    assert.deepEqual(
      exchange.answer?.results.map(({ status }) => status > 0),
      [false, true],
    );
    assert.equal(home.alerts(0x811a).length, 1);
    assert.equal(outputOf(home, 1), 0);
    const { AuxiliaryLog = [] } = await home.read("6.13", {
      ReadLogPeriod: wholeLog,
      LogToRead: "ALCSEvent",
    });
    assert.equal(AuxiliaryLog.at(-1)?.outcome, "failure");
  });
});

describe("a stand-alone auxiliary proportional controller", function () {
  appliesTo(this, ["cose", "gbcs"]);
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this, {
      devices: [
        { name: "hub", type: "CHF" },
        { name: "esme", type: "ESME" },
        { name: "sapc", type: "SAPC" },
      ],
    });
  });

  it("is commissioned beside a meter, follows its calendar, and is limited", async () => {
    const { inventory } = home.headEnd;
    assert.equal(inventory.status(home.device("sapc").eui), "Commissioned");
    await runTo(home, "12:00");
    await home.command("6.14.3", levelCalendar([dailyLevel(4, "13:00:00", 75)]), { to: "sapc" });
    await runTo(home, "14:00");
    assert.deepEqual([outputOf(home, 4, "sapc"), outputOf(home, 4)], [75, 0]);
    const { nowS } = home;
    const limit = { StartDateTime: nowS, EndDateTime: nowS + 3600, CommandedStateLevel: 20 };
    await home.command("7.16", { auxiliaryControllerN: 4, ...limit }, { by: "loadController", to: "sapc" });
    assert.equal(outputOf(home, 4, "sapc"), 20);
    await home.waitForAlert(0x8f87, 2 * hourMs);
    assert.equal(outputOf(home, 4, "sapc"), 75);
  });

  it("tells the sender of a meter's command that it does not support it (ECS100)", async () => {
    const { eui } = home.device("sapc");
    const code = 0x0050;
    const bytes = forge(home, { code, operations: [disableSupply], target: eui });
    const refusal = { reason: "unsupported", alertCode: 0x8f85, device: "sapc" };
    await expectRefusal(home, refusal, () => home.inject(bytes));
    const [alert] = home.alerts(0x8f85);
    assert.equal(alert?.header.code, 0x0120);
    assert.equal(alert?.to, "supplier");
    const view = new DataView(Uint8Array.from(alert!.values[0] as Uint8Array).buffer);
    assert.deepEqual(
      [view.getUint16(0), view.getBigUint64(2)],
      [code, home.headEnd.parties.supplier.counter],
    );
  });
});
