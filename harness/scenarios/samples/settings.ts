/** Samples of what parties write for consumer and installer, of power limits, and of who a device is. */
import assert from "node:assert/strict";
import { nothing, type Sample, sample, state } from "./sample.ts";

const mpans = { ImportMPAN: "1000000000105", SecondaryImportMPAN: "1000000000200" } as const;

export const settingsSamples: readonly Sample[] = [
  sample("ECS10", "3.1", () => ({ SupplierMessage: "Prices change on 1 April" })),
  sample("ECS16", "3.4", () => ({
    SupplierName: "Northern Light",
    SupplierTelephoneNumber: "0800 000 0000",
  })),
  sample("ECS14", "3.5", nothing),
  sample("ECS34", "6.12", () => ({ LowMediumPowerThreshold: 1000, MediumHighPowerThreshold: 3000 })),
  sample("ECS26f", "6.2.5", nothing, {
    ...state,
    check: ({ PowerThresholdsThresholds: { length } }) => assert.equal(length, 2),
  }),
  sample("ECS39a", "6.20.1", () => ({ ImportMPANs: mpans })),
  sample("ECS39b", "6.20.2", () => ({ ExportMPAN: mpans.ImportMPAN })),
  sample("ECS40", "6.2.7", nothing, {
    ...state,
    check: ({ ImportMpan, ExportMpan }) => assert.deepEqual([ImportMpan, ExportMpan], ["", ""]),
  }),
  sample("ECS50", "9.1", nothing),
  sample("ECS81", "6.25", () => ({ SupplyTamperState: "Locked" })),
  sample("ECS26m", "6.2.4", nothing, {
    ...state,
    check: (answer) =>
      assert.deepEqual(
        [
          (answer as { MeterVariant: string }).MeterVariant,
          (answer as { SupplyTamperState: boolean }).SupplyTamperState,
        ],
        ["A", false],
      ),
  }),
  sample("ECS26n", "6.2.4", nothing, { ...state, to: "hub" }),
];
