/** Samples of what becomes of events. */
import assert from "node:assert/strict";
import { nothing, type Sample, sample, state } from "./sample.ts";

const supplier = {
  SupplierESMECommon: { x81BC: "Disable", x81A5: "Enable" },
  SupplierESMEPolyPhase: { x81B7: "Enable" },
} as const;
const operator = {
  NetworkOperatorESMECommon: { x8014: "Enable", x8015: "Disable" },
  NetworkOperatorESMESinglePhase: { x8002: "Disable" },
} as const;
const isString = (bits: string): void => assert.match(bits, /^[01]{256}$/);

export const eventsSamples: readonly Sample[] = [
  sample("ECS25a", "6.22", () => ({ ElectricitySupplierAlerts: supplier })),
  sample("ECS25a1", "6.22", () => ({ ElectricitySupplierHANAlertSettings: supplier })),
  sample("ECS25a2", "6.22", () => ({ ElectricitySupplierAlarmSettings: supplier })),
  sample("ECS25a3", "6.22", () => ({ ElectricitySupplierLoggingSettings: supplier })),
  sample("ECS25b", "6.22", () => ({ ElectricityNetworkOperatorAlerts: operator }), { by: "networkOperator" }),
  sample("ECS25b3", "6.22", () => ({ ElectricityNetworkOperatorLoggingSettings: operator }), {
    by: "networkOperator",
  }),
  sample("ECS25r1", "6.2.10", nothing, {
    ...state,
    check: (answer) => isString((answer as Record<string, string>).SupplierAlertBehaviourInForce ?? ""),
  }),
  sample("ECS25r2", "6.2.10", nothing, {
    ...state,
    by: "networkOperator",
    check: (answer) => isString((answer as Record<string, string>).OperatorAlertBehaviourInForce ?? ""),
  }),
];
