/** Prepayment as it is set: 4.13, 6.2.9. Money in 10^-5 of the currency. */
import { aWeekS, readCharges } from "../../headend/requests/prepayment.ts";
import { date, period, plainDate, scheduleFrame, specialDaysOf, weekdays } from "./calendar-parts.ts";
import type { Found } from "./found.ts";
import { attributed, each, fixedBy, group, implied, leaf, type Part, some } from "./parts.ts";
import { between, oneOf } from "./words.ts";

const recovery = (name: string, object: string): Part => {
  const charge = `${object}.chargeActive`;
  return some(
    name,
    (from) => {
      const [first] = from.at(`${charge}.charges`)?.items() ?? [];
      if (first === undefined) return [];
      implied("index", new Uint8Array(), "the only rate")(first);
      return leaf("DebtRecoveryRate", "charge")(first);
    },
    leaf("DebtRecoveryRatePriceScale", `${charge}.scale.price`),
    leaf("DebtRecoveryRatePeriod", `${object}.period`, oneOf({ 3600: "HOURLY", 86400: "DAILY" })),
    fixedBy("ECS07", `${object}.chargePassive`, charge),
  );
};

interface Switches {
  readonly PaymentMode: "Credit" | "Prepayment";
  readonly SuspendDebtDisabled?: boolean;
  readonly SuspendDebtEmergency?: boolean;
}
/** Which credits pay which charges is how the mode and the two switches are kept; undefined for any other list. */
function switchesOf(from: Found): Switches | undefined {
  const rows = from.at("account.creditCharges")?.look();
  if (rows === undefined) return undefined;
  for (const isCredit of [true, false])
    for (const isTwin of [false, true]) {
      const { creditCharges, ...switches } = readCharges(rows, isCredit, isTwin);
      if (creditCharges === undefined)
        return { PaymentMode: isCredit ? "Credit" : "Prepayment", ...switches };
    }
  return undefined;
}
const switched =
  (name: keyof Switches): Part =>
  (from) => {
    const content = switchesOf(from)?.[name];
    if (content === undefined) return [];
    from.at("account.creditCharges")?.take();
    return [{ name, content: String(content) }];
  };

const dayIndex = (from: Found) => {
  const index = between(1, 20)(from.at("index")?.look());
  if (index === undefined) return undefined;
  from.at("index")?.take();
  implied("day", Number(index), "a special day has its own number")(from);
  return { index };
};

const schedule: Part = (from) => {
  const numbers = (from.at("nonDisablementSpecialDaysInForce.entries")?.items() ?? []).map((day) =>
    Number(day.at("index")?.look()),
  );
  const ofDay = (number: number) => ({
    name: "SpecialDayApplicability",
    content: [{ name: "SpecialDayID", content: String(number) }],
  });
  return each(
    "nonDisablementScheduleInForce.entries",
    22,
    group(
      "ElectricityNonDisablementSchedule",
      leaf("NonDisablementScript", "selector", oneOf({ 32: "START", 33: "STOP" })),
      some("SpecialDaysApplicability", specialDaysOf(numbers, ofDay)),
      weekdays,
      period("ScheduleDatesAndTime", plainDate),
      scheduleFrame,
    ),
  )(from);
};

export const prepayments = {
  ReadPrepaymentConfiguration: [
    leaf("DebtRecoveryPerPayment", "paymentDebt.proportion"),
    leaf("DebtRecoveryRateCap", "account.maxProvision"),
    (from) => {
      const [first] = from.at("disablementThresholdInForce.thresholds")?.items() ?? [];
      return first === undefined ? [] : [{ name: "DisablementThreshold", content: String(first.take()) }];
    },
    leaf("EmergencyCreditLimit", "emergencyCredit.preset"),
    leaf("EmergencyCreditThreshold", "emergencyCredit.availableThreshold"),
    leaf("LowCreditThreshold", "account.lowCreditThreshold"),
    leaf("CreditMaxCreditThreshold", "maximumCredit.active"),
    leaf("MaxCreditMaxMeterBalance", "maximumBalance.active"),
    switched("SuspendDebtDisabled"),
    switched("SuspendDebtEmergency"),
    group(
      "Electricity",
      switched("PaymentMode"),
      some(
        "NonDisablementCalendar",
        some(
          "ElectricitySpecialDays",
          each(
            "nonDisablementSpecialDaysInForce.entries",
            20,
            attributed(date("SpecialDay", "date"), dayIndex),
          ),
        ),
        schedule,
      ),
      recovery("DebtRecovery1", "timeDebt1"),
      recovery("DebtRecovery2", "timeDebt2"),
      fixedBy("ECS08a", "nonDisablementSchedule.entries", "nonDisablementScheduleInForce.entries"),
      implied("account.maxProvisionPeriod", aWeekS, "the cap is of a week"),
    ),
  ],
  ReadDeviceConfigurationPaymentMode: [
    leaf("PaymentMode", "account.modeAndStatus.mode", oneOf({ credit: "Credit", prepayment: "Prepayment" })),
    implied("account.modeAndStatus.status", "active", "the account that is in force"),
  ],
} as const satisfies Readonly<Record<string, readonly Part[]>>;
