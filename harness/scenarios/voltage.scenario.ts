import assert from "node:assert/strict";
import { appliesTo, needs, type Premises } from "../index.ts";
import { commissioned, voltageThresholds } from "./support.ts";

const minuteMs = 60_000;
const by = { by: "networkOperator" } as const;

describe("voltage quality, told to the network operator", function () {
  appliesTo(this, ["cose"]);
  needs(this, { boards: true });
  let home: Premises;

  const volts = (level: number) => home.device("esme").board.mockMains.setVoltage(level);
  const counters = async () => {
    const { underCount, overCount } = await home.read("4.10", {}, by);
    return [underCount, overCount];
  };

  beforeEach(async function () {
    home = await commissioned(this);
    await home.command("6.5", { ...voltageThresholds, averagingPeriodS: 60 }, by);
  });

  /** Above the average threshold and below the extreme one, for five averaging periods. */
  async function fiveHighPeriods(): Promise<void> {
    volts(270);
    await home.run(5 * minuteMs);
    volts(230);
    await home.run(5 * minuteMs);
  }

  it("five high averages in a row are one event: 8002, 8085, one count, in the power event log alone", async () => {
    await home.command("6.5", { ...voltageThresholds, averagingPeriodS: 60, swell: off }, by);
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
      ["power", ["8002", "8085"]],
      ["event", []],
      ["security", []],
    ] as const) {
      const { entries } = await home.read("6.13", { log }, by);
      const voltage = entries
        .map(({ code }: { code: string }) => code)
        .filter((code: string) => code.startsWith("80"));
      assert.deepEqual(voltage, expected, log);
    }
  });

  it("6.5 sets thresholds with the counters reset, or as they are (resetCounters: false)", async () => {
    await fiveHighPeriods();
    assert.deepEqual(await counters(), [0, 1]);
    const kept = await home.command("6.5", { ...voltageThresholds, resetCounters: false }, by);
    assert.equal(kept.preCommand.useCase.id, "ECS29c");
    assert.deepEqual(await counters(), [0, 1]);
    const reset = await home.command("6.5", voltageThresholds, by);
    assert.equal(reset.preCommand.useCase.id, "ECS29a");
    assert.deepEqual(await counters(), [0, 0]);
  });

  it("a period of 0 is not monitored: no sag, however deep and long", async () => {
    await home.command("6.5", { ...voltageThresholds, averagingPeriodS: 0, sag: off }, by);
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

const off = { thresholdV: 216, periodS: 0 };
