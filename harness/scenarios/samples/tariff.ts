/** Samples of tariffs and prices. */
import assert from "node:assert/strict";
import { dateOf, type Parameters } from "../../index.ts";
import { nothing, type Sample, sample, state } from "./sample.ts";

/** The two-rate prices; other rates cost nothing. */
export const twoRatePrices = {
  ElectricityPriceElements: {
    StandingCharge: 4521,
    StandingChargeScale: -2,
    PriceScale: -5,
    TOUTariff: {
      TOUPrice: [
        { index: 1, value: 1575 },
        { index: 2, value: 3208 },
      ],
    },
  },
};

const NO_FURTHER_BLOCK = 0xffff_ffff;

/** An ordinary two-rate tariff: rate 2 from 07:30 on weekdays, rate 1 at all other times; `SpecialDay`s are its own. */
export const twoRateTariff = {
  ElecTariffElements: {
    CurrencyUnits: "GBP",
    SwitchingTable: {
      DayProfiles: {
        DayProfile: [
          {
            DayName: 1,
            ProfileSchedule: [
              { StartTime: "00:00:00Z", TOUTariffAction: 1 },
              { StartTime: "07:30:00Z", TOUTariffAction: 2 },
            ],
          },
          { DayName: 2, ProfileSchedule: [{ StartTime: "00:00:00Z", TOUTariffAction: 1 }] },
        ],
      },
      WeekProfiles: {
        WeekProfile: [
          {
            WeekName: 1,
            ReferencedDayName: [1, 1, 1, 1, 1, 2, 2].map((value, i) => ({ index: i + 1, value })),
          },
        ],
      },
      Seasons: {
        Season: [{ SeasonName: "year", SeasonStartDate: dateOf("01-01"), ReferencedWeekName: 1 }],
      },
    },
    SpecialDays: {},
    ThresholdMatrix: {
      Thresholds: Array.from({ length: 8 }, (_, i) => ({
        index: i + 1,
        BlockThreshold: [{ index: 1, value: NO_FURTHER_BLOCK }],
      })),
    },
  },
  PriceElements: twoRatePrices,
} as const satisfies Parameters<"1.1.1">;

/** {@link twoRateTariff} with day profile 2 on each of `dates`. */
export const tariffWithSpecialDays = (dates: readonly string[]): Parameters<"1.1.1"> => ({
  ...twoRateTariff,
  ElecTariffElements: {
    ...twoRateTariff.ElecTariffElements,
    SpecialDays: { SpecialDay: dates.map((date) => ({ Date: dateOf(date), ReferencedDayName: 2 })) },
  },
});

export const tariffSamples: readonly Sample[] = [
  sample("ECS01a", "1.1.1", () => twoRateTariff),
  sample("ECS01b", "1.2.1", () => ({ PriceElements: twoRatePrices })),
  sample("ECS38", "7.12", () => ({ RandomisedOffsetLimit: 900 })),
  sample("ECS26c", "6.2.2", nothing, {
    ...state,
    check: ({ RandomisedOffset, RandomisedOffsetNumber, RandomisedOffsetLimit }) =>
      assert.equal(RandomisedOffset, Math.round((RandomisedOffsetNumber * RandomisedOffsetLimit) / 10_000)),
  }),
];
