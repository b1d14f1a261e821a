import assert from "node:assert/strict";
import { appliesTo, needs, type Premises, wholeLog } from "../index.ts";
import { averageVoltageSettings, rmsVoltageSettings, voltageSettings } from "./samples.ts";
import { codesOf, commissioned } from "./support.ts";

const minuteMs = 60_000;
const by = { by: "networkOperator" } as const;

describe("voltage quality, told to the network operator", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;

  const volts = (level: number) => home.device("esme").board.mockMains.setVoltage(level);
  const counters = async () => {
    const counts = await home.read("4.10", { ReadLogPeriod: wholeLog }, by);
    return [counts.AverageUnderVoltageCounter, counts.AverageOverVoltageCounter];
  };

  beforeEach(async function () {
    home = await commissioned(this);
    await home.command("6.5", settings(60), by);
  });

  /** Above the average threshold and below the extreme one, for five averaging periods. */
  async function fiveHighPeriods(): Promise<void> {
    volts(270);
    await home.run(5 * minuteMs);
    volts(230);
    await home.run(5 * minuteMs);
  }

  it("five high averages in a row are one event: 8002, 8085, one count, in the power event log alone", async () => {
    await home.command("6.5", settings(60, { RMSVoltageSwellMeasurementPeriod: 0 }), by);
    await fiveHighPeriods();
    const alerts = home.headEnd.alerts.filter(({ alertCode }) => alertCode < 0x8100);
    assert.deepEqual(
      alerts.map(({ alertCode, to }) => [alertCode, to]),
      [
        [0x8002, "networkOperator"],
        [0x8085, "networkOperator"],
      ],
    );
    assert.deepEqual(await counters(), [0, 1]);
    for (const [log, expected] of [
      ["PowerEvent", ["8002", "8085"]],
      ["Event", []],
      ["Security", []],
    ] as const) {
      const voltage = (await codesOf(home, log, by)).filter((code) => code.startsWith("80"));
      assert.deepEqual(voltage, expected, log);
    }
  });

  it("6.5 sets thresholds with the counters reset, or as they are (RMSVoltageCountersNotReset)", async () => {
    await fiveHighPeriods();
    assert.deepEqual(await counters(), [0, 1]);
    const kept = await home.command("6.5", { ...voltageSettings, RMSVoltageCountersNotReset: {} }, by);
    assert.equal(kept.preCommand.useCase.id, "ECS29c");
    assert.deepEqual(await counters(), [0, 1]);
    const reset = await home.command("6.5", voltageSettings, by);
    assert.equal(reset.preCommand.useCase.id, "ECS29a");
    assert.deepEqual(await counters(), [0, 0]);
  });

  it("a period of 0 is not monitored: no sag, however deep and long", async () => {
    await home.command("6.5", settings(0, { RMSVoltageSagMeasurementPeriod: 0 }), by);
    volts(190);
    await home.run(10 * minuteMs);
    volts(230);
    await home.run(10 * minuteMs);
    assert.deepEqual(
      home.headEnd.alerts.filter(({ alertCode }) => alertCode < 0x8100),
      [],
    );
  });
});

/** The usual thresholds, with another averaging period, s, and other limits. */
const settings = (averagingPeriodS: number, limits: Partial<typeof rmsVoltageSettings> | object = {}) => ({
  RMSVoltageSettings: { ...rmsVoltageSettings, ...limits },
  SinglePhaseVoltageSettings: {
    ...averageVoltageSettings,
    AverageRMSVoltageMeasurementPeriod: averagingPeriodS,
  },
});
