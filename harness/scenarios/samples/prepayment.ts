/** Samples of balances, debts and their settings. */
import assert from "node:assert/strict";
import { dateOf, type Parameters } from "../../index.ts";
import { isList, nothing, type Sample, sample, state, whole } from "./sample.ts";

/** No disablement by night on weekdays, nor on Christmas Day. Amounts are 10^-5 pounds. */
export const prepaymentConfiguration = {
  UpdatePrepayConfigElectricity: {
    DebtRecoveryRateCap: 500,
    EmergencyCreditLimit: 500_000,
    EmergencyCreditThreshold: 100_000,
    LowCreditThreshold: 200_000,
    ElectricityNonDisablementCalendar: {
      ElectricitySpecialDays: { SpecialDay: [{ index: 1, Date: dateOf("12-25") }] },
      ElectricityNonDisablementSchedule: [
        entry("START", "18:00:00", weekdaysFrom("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
        entry("STOP", "09:00:00", weekdaysFrom("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
        {
          ...entry("START", "00:00:00", []),
          SpecialDaysApplicability: { SpecialDayApplicability: [{ SpecialDayID: 1 }] },
        },
      ],
    },
    MaxMeterBalance: 50_000_000,
    MaxCreditThreshold: 10_000_000,
  },
} as const satisfies Parameters<"2.1">;

type Schedule =
  Parameters<"2.1">["UpdatePrepayConfigElectricity"]["ElectricityNonDisablementCalendar"]["ElectricityNonDisablementSchedule"][number];
type Weekday = NonNullable<
  Schedule["DaysOfWeekApplicability"]["DayOfWeekApplicability"]
>[number]["DayOfWeekID"];

function weekdaysFrom(...days: Weekday[]): Weekday[] {
  return days;
}
function entry(script: "START" | "STOP", time: string, days: readonly Weekday[]): Schedule {
  return {
    NonDisablementScript: script,
    SpecialDaysApplicability: {},
    DaysOfWeekApplicability: { DayOfWeekApplicability: days.map((DayOfWeekID) => ({ DayOfWeekID })) },
    ScheduleDatesAndTime: { SwitchTime: `${time}Z`, StartDate: "65535-01-01Z", EndDate: "65535-12-31Z" },
  };
}

const recovery = (rate: number) =>
  ({ DebtRecoveryRate: rate, DebtRecoveryRatePriceScale: -5, DebtRecoveryRatePeriod: "DAILY" }) as const;

export const prepaymentSamples: readonly Sample[] = [
  // Before there is a balance above its threshold.
  sample("ECS09", "2.5", nothing),
  sample("ECS04a", "1.5", () => ({ CreditMode: { AdjustMeterBalance: 2_000_000 } })),
  sample("ECS08a", "2.1", () => prepaymentConfiguration),
  sample("ECS07", "2.3", () => ({
    TimeDebtRegister1: 1_000_000,
    TimeDebtRegister2: 500_000,
    PaymentDebtRegister: 3_000_000,
    DebtRecoveryPerPayment: 2000,
    ElecDebtRecovery1: recovery(5000),
    ElecDebtRecovery2: recovery(2500),
  })),
  sample("ECS03", "1.6", () => ({
    Prepayment: { SuspendDebtDisabled: true, SuspendDebtEmergency: true, DisablementThreshold: 0 },
  })),
  sample("CS01a", "2.2", ({ vend }) => ({ UTRN: vend(1000) })),
  sample("ECS19", "4.3", nothing, {
    ...state,
    check: ({ PrepaymentBalances }) => assert.equal(Object.keys(PrepaymentBalances).length, 6),
  }),
  sample("ECS20a", "4.4.4", whole, { ...state, check: ({ DebtPaymentLog }) => isList(DebtPaymentLog) }),
  sample("ECS20b", "4.4.2", whole, { ...state, check: ({ ChangeLog }) => isList(ChangeLog) }),
  sample("ECS20d", "4.4.5", whole, { ...state, check: ({ CreditLog }) => isList(CreditLog) }),
  sample("ECS21b", "4.14", whole, {
    ...state,
    check: ({ DailyPrepaymentLog }) => isList(DailyPrepaymentLog),
  }),
  sample("ECS26a", "4.13", nothing, {
    ...state,
    check: ({ AccountMaxProvisionPeriod }) => assert.equal(AccountMaxProvisionPeriod, 604_800),
  }),
  sample("ECS26j", "6.2.9", nothing, {
    ...state,
    check: ({ AccountModeAndStatus }) => assert.equal(AccountModeAndStatus.status, "active"),
  }),
  sample("ECS82", "4.18", nothing, {
    ...state,
    check: ({ MeterBalanceAmount }) => assert.equal(typeof MeterBalanceAmount, "number"),
  }),
  sample("ECS04b", "1.5", () => ({ PrepaymentMode: { ResetMeterBalance: {} } })),
  sample("ECS02", "1.6", () => ({ Credit: {} })),
];
