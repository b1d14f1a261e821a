/** Samples of the hub's sub-GHz network. */
import assert from "node:assert/strict";
import type { Parameters } from "../../index.ts";
import { nothing, type Sample, sample, state, whole } from "./sample.ts";

/** Two channels of each band, and the limits of the reference command. */
export const subGhzConfiguration: Parameters<"6.28"> = {
  LowerBandSubGHzChannels0To26: { Channel1: {}, Channel2: {} },
  LowerBandSubGHzChannels27To34: { Channel28: {}, Channel29: {} },
  LowerBandSubGHzChannels35To61: { Channel36: {}, Channel37: {} },
  UpperBandSubGHzChannels0To26: { Channel1: {}, Channel2: {} },
  NormalLimitedDutyCycleThreshold: 1.3,
  LimitedCriticalDutyCycleThreshold: 2.2,
  MaximumSubGHzChannelChangesPerWeek: 5,
  GSMECurfew: 7,
  ChannelQuieterThreshold: 7,
  ChannelNoisierThreshold: 12,
  NonGSMEPoorCommsPercentageThreshold: 60,
  NonGSMEPoorCommsMeasurementPeriods: 130,
  LocalCHNoiseMeasurementPeriod: 100,
  LocalCHFailurePercentage: 40,
  LocalCHRetryPercentage: 30,
};

export const subGhzSamples: readonly Sample[] = [
  sample("DBCH04", "6.28", () => subGhzConfiguration),
  sample("DBCH05", "6.29", nothing),
  sample("DBCH03", "6.30", nothing, {
    ...state,
    check: ({ SubGhzConfiguration }) => assert.equal(SubGhzConfiguration.page28, "11100".padEnd(32, "1")),
  }),
  sample("DBCH01", "6.31", nothing, {
    ...state,
    check: ({ SubGhzChannel }) => assert.equal(SubGhzChannel, `11100${"1".padStart(27, "0")}`),
  }),
  sample("DBCH02", "6.32", whole, {
    ...state,
    check: ({ SubGhzChannelLog }) => assert.deepEqual(SubGhzChannelLog, []),
  }),
];
