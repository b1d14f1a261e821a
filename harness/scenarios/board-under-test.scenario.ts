/** A device with its own firmware at the far end of a line: what it answers must be what the model answers. */
import assert from "node:assert/strict";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { appliesTo, currentRun, needs, skipBecause } from "../index.ts";
import { type AskOptions, BesideModel } from "../rig/beside-model.ts";
import type { DeviceEnd } from "../run-context.ts";
import { flipBit, loadLimit, macBytes, twoRateTariff, voltageThresholds } from "./support.ts";

interface Question {
  readonly reference: string;
  readonly what: string;
  readonly parameters?: (nowS: number) => unknown;
  readonly options?: AskOptions;
}

const stateDecides = { stateDecides: true } as const;

/** In this order: what is read back has been set before, whatever the board did in earlier runs. */
const meterQuestions: readonly Question[] = [
  {
    reference: "6.11",
    what: "set the clock",
    parameters: (nowS) => ({ validFrom: nowS - 3600, validUntil: nowS + 3600 }),
    options: stateDecides,
  },
  { reference: "7.1", what: "enable the supply" },
  { reference: "7.2", what: "disable the supply" },
  { reference: "7.4", what: "read the supply state after that" },
  { reference: "7.3", what: "arm the supply" },
  { reference: "7.4", what: "read the supply state after that" },
  { reference: "7.1", what: "enable the supply again" },
  { reference: "1.1.1", what: "set tariff and prices", parameters: () => twoRateTariff },
  { reference: "6.4.1", what: "set the load limit", parameters: () => loadLimit },
  { reference: "6.4.2", what: "reset the load limit's counter" },
  { reference: "4.15", what: "read the load limit", options: stateDecides },
  {
    reference: "6.5",
    what: "set the voltage thresholds",
    parameters: () => voltageThresholds,
    options: { by: "networkOperator" },
  },
  { reference: "4.1.1", what: "read the import registers", options: stateDecides },
  { reference: "11.2", what: "read the firmware version" },
];

const hubQuestions: readonly Question[] = [
  { reference: "8.9", what: "read the device log", options: stateDecides },
  { reference: "8.11", what: "add a device to the log", parameters: () => newDevice },
  { reference: "8.9", what: "read the device log after that", options: stateDecides },
];
const newDevice = { action: "add", device: "00DB1234567890A5", installCode: "00".repeat(16), deviceType: 5 };

describe("a board under test answers as the model does", function () {
  appliesTo(this, ["cose"]);
  needs(this, { device: true });
  let device: DeviceEnd;
  let beside: BesideModel;
  before(async () => {
    const run = currentRun();
    if (run?.device === undefined)
      throw new MeterbenchError("rig/parts", "this scenario needs a board under test", { run: run?.target });
    device = run.device;
    beside = await BesideModel.start(device, { seed: run.seed });
  });

  for (const [type, questions] of [
    ["ESME", meterQuestions],
    ["CHF", hubQuestions],
  ] as const)
    for (const { reference, what, parameters, options } of questions)
      it(`${type}: ${what} (${reference})`, async function () {
        skipOthers(this, type);
        await beside.ask(reference, parameters?.(Math.floor(device.startUtcMs / 1000)) ?? {}, options);
      });

  const refusals: readonly [what: string, type: "ESME" | "CHF", reference: string, options: AskOptions][] = [
    ["a party without authority", "ESME", "7.2", { by: "networkOperator" }],
    ["a MAC wrong in one bit", "ESME", "7.2", { tamper: flipBit() }],
    ["a signature wrong in one bit", "ESME", "7.2", { tamper: flipBit(macBytes) }],
    ["a command that is cut short", "ESME", "7.2", { tamper: (bytes) => bytes.subarray(0, 40) }],
    ["a party without authority", "CHF", "8.9", { by: "wanProvider" }],
  ];
  for (const [what, type, reference, options] of refusals)
    it(`${type}: refuses ${what} (${reference}), as the model does`, async function () {
      skipOthers(this, type);
      await beside.ask(reference, {}, options);
    });

  it("ESME: the supply is as before all refused commands", async function () {
    skipOthers(this, "ESME");
    const { verdict } = await beside.ask("7.4");
    assert.notEqual(verdict, "differs");
  });

  function skipOthers(context: Mocha.Context, type: "ESME" | "CHF"): void {
    if (device.type === type) return;
    skipBecause(context, `the board is a ${device.type}`);
  }
});
