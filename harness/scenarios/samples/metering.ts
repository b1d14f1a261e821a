/** Samples of registers, logs, billing, demand, and the secondary element's tariff. */
import assert from "node:assert/strict";
import { dateOf } from "../../index.ts";
import { nothing, type Sample, sample, state, whole } from "./sample.ts";

export const secondaryPrices = {
  PriceElements: {
    PriceScale: -5,
    ElectricityPriceElement: [
      { index: 1, value: 900 },
      { index: 2, value: 1800 },
    ],
  },
};

/** Rate 2 from 16:00 to 19:00, rate 1 at all other times. */
export const secondaryTariff = {
  SwitchingTable: {
    DayProfiles: {
      DayProfile: [
        {
          DayName: 1,
          ProfileSchedule: [
            { StartTime: "00:00:00Z", TOUTariffAction: 1 },
            { StartTime: "16:00:00Z", TOUTariffAction: 2 },
            { StartTime: "19:00:00Z", TOUTariffAction: 1 },
          ],
        },
      ],
    },
    WeekProfiles: {
      WeekProfile: [
        {
          WeekName: 1,
          ReferencedDayName: [1, 2, 3, 4, 5, 6, 7].map((index) => ({ index, value: 1 })),
        },
      ],
    },
    Seasons: {
      Season: [{ SeasonName: "year", SeasonStartDate: dateOf("01-01"), ReferencedWeekName: 1 }],
    },
  },
  SpecialDays: {},
  ...secondaryPrices,
};

const monthly = { ElectricityBillingCalendar: { BillingTime: "00:00:00Z", Monthly: 1 } };
const quarterly = {
  ElectricityBillingCalendar: {
    BillingTime: "00:00:00Z",
    Quarterly: { DayOfMonth: 1, BillingPeriodStartMonth: 2 },
  },
};

export const meteringSamples: readonly Sample[] = [
  sample("ECS01c", "1.1.2", () => secondaryTariff),
  sample("ECS01d", "1.2.2", () => secondaryPrices),
  sample("ECS24", "4.11.1", nothing, {
    ...state,
    check: ({ TariffPriceChargeActive: price, ActiveTariffPrice }) =>
      assert.ok(price.charges.some(({ charge }) => charge === ActiveTariffPrice)),
  }),
  sample("ECS24b", "4.11.2", nothing, {
    ...state,
    check: ({ SecondaryPriceChargeActive: price }) => assert.equal(price.charges.length, 4),
  }),
  sample("ECS05", "1.7", nothing),
  sample("ECS48", "6.26", () => ({ DailyTariffBlockCounterMatrixReset: true })),
  sample("ECS30", "6.8", () => monthly),
  sample("ECS30a", "6.8", () => quarterly),
  sample("ECS26l", "6.2.3", nothing, {
    ...state,
    check: ({ BillingCalendarExecutionTimes: times }) => assert.ok(times.length <= 4),
  }),
  sample("ECS12", "3.2", ({ nowS }) => ({ RestrictionDateTime: nowS })),
  sample("ECS37", "6.18.1", () => ({
    MaximumDemandTimePeriodSchedule: { StartTime: "16:00:00Z", EndTime: "20:00:00Z" },
  })),
  sample("ECS57", "6.18.2", () => ({
    MaxDemandActivePowerImportValue: {},
    MaxDemandConfigTimeActivePowerImportValue: {},
  })),
  sample("ECS17a", "4.2", nothing, {
    ...state,
    check: ({ ActiveExport }, home) =>
      assert.equal(
        ActiveExport,
        Math.floor(home.device("esme").board.mockMetrology.reading().activeExportWh),
      ),
  }),
  sample("ECS17c", "4.16", nothing, {
    ...state,
    check: ({ PowerImport }, home) =>
      assert.equal(
        PowerImport.power,
        Math.max(0, Math.round(home.device("esme").board.mockMetrology.reading().activePowerW)),
      ),
  }),
  sample("ECS17e", "4.1.3", nothing, {
    ...state,
    check: ({ BlockTouRegisters }) => assert.equal(BlockTouRegisters.values.length, 64),
  }),
  sample("ECS18a", "4.12.2", nothing, {
    ...state,
    check: ({ DemandExport }) => assert.equal(DemandExport, 0),
  }),
  sample("ECS18b", "4.12.1", nothing, {
    ...state,
    check: ({ DemandImport, ConfigurableDemandImport }) =>
      assert.ok(ConfigurableDemandImport <= DemandImport),
  }),
  sample("ECS20c", "4.4.3", whole, {
    ...state,
    check: ({ BillingRegisterLog, BillingPrepaymentLog }) =>
      assert.equal(BillingRegisterLog.length, BillingPrepaymentLog.length),
  }),
  sample("ECS21a", "4.6.1", whole, {
    ...state,
    check: ({ DailyRegisterLog }) => assert.ok(DailyRegisterLog.length <= 31),
  }),
  sample("ECS21c", "4.6.2", whole, {
    ...state,
    check: ({ DailyExportLog }) => assert.ok(DailyExportLog.length <= 31),
  }),
  sample("ECS22a", "4.8.3", whole, {
    ...state,
    check: ({ ExportProfile }) => assert.ok(ExportProfile.length >= 2, `${ExportProfile.length} half hours`),
  }),
  sample("ECS22c", "4.8.2", whole, {
    ...state,
    check: ({ ReactiveProfile }) => assert.ok(ReactiveProfile.length >= 2),
  }),
  sample("ECS66", "4.17", whole, {
    ...state,
    check: ({ DailyConsumptionLog }) => assert.ok(DailyConsumptionLog.length <= 731),
  }),
];
