/** Samples of supply and load limit. */
import assert from "node:assert/strict";
import type { Parameters } from "../../index.ts";
import { nothing, type Sample, sample, state } from "./sample.ts";

export const loadLimit = {
  LoadLimitPeriod: 300,
  LoadLimitPowerThreshold: 6900,
  LoadLimitRestorationPeriod: 60,
  LoadLimitSupplyState: "Disable",
} as const satisfies Parameters<"6.4.1">;

export const supplySamples: readonly Sample[] = [
  sample("ECS42", "7.1", nothing),
  sample("ECS43", "7.2", nothing),
  sample("ECS44", "7.3", nothing, { first: "7.2" }),
  sample("ECS45", "7.4", nothing, { check: ({ SupplyState }) => assert.equal(SupplyState, "enabled") }),
  sample("ECS28a", "6.4.1", () => loadLimit),
  sample("ECS28b", "6.4.2", nothing),
  sample("ECS27", "4.15", nothing, {
    ...state,
    check: ({ LoadLimitCounter }) => assert.equal(LoadLimitCounter, 0),
  }),
];
