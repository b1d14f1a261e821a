/** Samples of voltage. */
import assert from "node:assert/strict";
import type { Parameters } from "../../index.ts";
import { nothing, type Sample, sample, state, whole } from "./sample.ts";

export const rmsVoltageSettings = {
  RMSExtremeOverVoltageMeasurementPeriod: 30,
  RMSExtremeOverVoltageThreshold: 287,
  RMSExtremeUnderVoltageMeasurementPeriod: 30,
  RMSExtremeUnderVoltageThreshold: 180,
  RMSVoltageSagMeasurementPeriod: 30,
  RMSVoltageSagThreshold: 216,
  RMSVoltageSwellMeasurementPeriod: 30,
  RMSVoltageSwellThreshold: 253,
} as const;
export const averageVoltageSettings = {
  AverageRMSOverVoltageThreshold: 264,
  AverageRMSUnderVoltageThreshold: 200,
  AverageRMSVoltageMeasurementPeriod: 600,
} as const;
export const voltageSettings = {
  RMSVoltageSettings: rmsVoltageSettings,
  SinglePhaseVoltageSettings: averageVoltageSettings,
} as const satisfies Parameters<"6.5">;

const polyphaseSettings = {
  RMSVoltageSettings: rmsVoltageSettings,
  PolyPhaseVoltageSettings: [1, 2, 3].map((Phase) => ({
    Phase,
    PhaseVoltageSettings: { ...averageVoltageSettings, AverageRMSUnderVoltageThreshold: 200 + Phase },
  })),
} satisfies Parameters<"6.5">;
const polyphase = { phases: 3 } as const;

export const voltageSamples: readonly Sample[] = [
  sample("ECS29a", "6.5", () => voltageSettings),
  sample("ECS29c", "6.5", () => ({ ...voltageSettings, RMSVoltageCountersNotReset: {} })),
  sample("ECS29e", "6.27", nothing),
  sample("ECS26b", "6.2.1", nothing, {
    ...state,
    check: ({ VoltageSagThreshold }) => assert.ok(VoltageSagThreshold >= 0),
  }),
  sample("ECS23", "4.10", whole, {
    ...state,
    check: ({ AverageUnderVoltageCounter, AverageOverVoltageCounter }) =>
      assert.deepEqual([AverageUnderVoltageCounter, AverageOverVoltageCounter], [0, 0]),
  }),
  sample("ECS29b", "6.5", () => polyphaseSettings, polyphase),
  sample("ECS29d", "6.5", () => ({ ...polyphaseSettings, RMSVoltageCountersNotReset: {} }), polyphase),
  sample("ECS29f", "6.27", nothing, polyphase),
  sample("ECS26k", "6.2.1", nothing, { ...state, ...polyphase }),
  sample("ECS23b", "4.10", whole, { ...state, ...polyphase }),
];
