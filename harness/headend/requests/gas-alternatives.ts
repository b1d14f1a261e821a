/** What variants for electricity meters ask of gas devices: other elements in the same body. They become no command here. */
import { z } from "zod";
import {
  dateTime,
  empty,
  indexed,
  int,
  numbered,
  oneOf,
  readLogPeriod,
  time,
  unsignedInt,
  whole,
} from "./duis.ts";
import { type RequestDefinition, request } from "./request.ts";

const either = (specified: string, other: string, value: z.ZodType) =>
  z
    .strictObject({ [specified]: value.optional(), [other]: empty.optional() })
    .superRefine(oneOf(specified, other));
const gasDate = z.strictObject({
  GasYearWithWildcards: either("SpecifiedYear", "NonSpecifiedYear", whole(2014, 9999)),
  GasMonthWithWildcards: either("SpecifiedMonth", "NonSpecifiedMonth", whole(1, 12)),
  GasDayOfMonthWithWildcards: either("SpecifiedDayOfMonth", "GasNonSpecifiedDayOfMonth", whole(1, 31)),
  GasDayOfWeekWithWildcards: either("SpecifiedDayOfWeek", "NonSpecifiedDayOfWeek", whole(1, 7)),
});

/** Weeks, seasons and special days over so many kinds of day. */
const calendarOf = (days: number) => ({
  weeks: z.strictObject({
    WeekProfile: z
      .array(
        z.strictObject({
          WeekName: whole(1, 2),
          ReferencedDayName: indexed(numbered(7, whole(1, days)), 7, 7),
        }),
      )
      .min(1)
      .max(2),
  }),
  seasons: z.strictObject({
    Season: z
      .array(z.strictObject({ SeasonStartDate: gasDate, ReferencedWeekName: whole(1, 2) }))
      .min(1)
      .max(3),
  }),
  specialDays: z.strictObject({
    SpecialDay: z
      .array(z.strictObject({ Date: gasDate, ReferencedDayName: whole(1, days) }))
      .max(20)
      .optional(),
  }),
});

const tariffCalendar = calendarOf(4);
const dayProfile = z
  .strictObject({
    DayName: whole(1, 4),
    TOUTariffAction: whole(1, 4).optional(),
    BlockTariff: empty.optional(),
  })
  .superRefine(oneOf("TOUTariffAction", "BlockTariff"));
const tariff = z.strictObject({
  SwitchingTable: z.strictObject({
    DayProfiles: z.strictObject({ DayProfile: z.array(dayProfile).min(1).max(4) }),
    WeekProfiles: tariffCalendar.weeks,
    Seasons: tariffCalendar.seasons,
  }),
  SpecialDays: tariffCalendar.specialDays,
  ThresholdMatrix: z.strictObject({ BlockThreshold: indexed(numbered(3, whole(0, 2 ** 48 - 1)), 1, 3) }),
});
const prices = z.strictObject({
  GasPriceElements: z
    .strictObject({
      CurrencyUnits: z.enum(["GBP", "ECB"]),
      StandingCharge: unsignedInt,
      BlockTariff: z
        .strictObject({
          BlockPrice: indexed(numbered(4, unsignedInt), 1, 4),
          NumberOfThresholds: whole(1, 3),
        })
        .optional(),
      TOUTariff: z.strictObject({ TOUPrice: indexed(numbered(4, unsignedInt), 1, 4) }).optional(),
    })
    .superRefine(oneOf("BlockTariff", "TOUTariff")),
});

const nonDisablement = calendarOf(5);
const nonDisablementDay = z.strictObject({
  TimeStartAction: z
    .array(z.strictObject({ StartTime: time, NonDisablementAction: z.enum(["START", "STOP"]) }))
    .min(1)
    .max(3),
  GasDayName: whole(1, 5),
});
const prepayment = z.strictObject({
  DebtRecoveryRateCap: int,
  EmergencyCreditLimit: unsignedInt,
  EmergencyCreditThreshold: unsignedInt,
  LowCreditThreshold: unsignedInt,
  GasNonDisablementCalendar: z.strictObject({
    DayProfiles: z.strictObject({ GasNonDisablementDayProfile: z.array(nonDisablementDay).min(1).max(5) }),
    WeekProfiles: nonDisablement.weeks,
    SeasonProfiles: nonDisablement.seasons,
    SpecialDays: nonDisablement.specialDays,
  }),
  MaxMeterBalance: unsignedInt,
  MaxCreditThreshold: unsignedInt,
});
const debtRecovery = z.strictObject({
  DebtRecoveryRate: int,
  DebtRecoveryRatePeriod: z.enum(["HOURLY", "DAILY"]),
});

const onOff = z.enum(["Enable", "Disable"]);
const settings = z.strictObject({ WANAlert: onOff, HANAlert: onOff, EventLog: onOff, Alarm: onOff });
const alertCodes = (
  "810D 810E 8119 8145 8154 8155 8168 8183 8184 81A1 81A4 81A5 81A6 81A7 81A8 81A9 81AA 81AB 81AC 81AD 81AE 81AF " +
  "81B0 81B1 81B2 81B3 81B4 81B5 81B6 81B9 81BA 81BC 81BD 81BE 81BF 81C0 81C2 81C3 81C4 81C5"
).split(" ");
/** One member a code, in their order. */
const byCode = (codes: readonly string[], each: z.ZodType) =>
  z.strictObject(Object.fromEntries(codes.toSorted().map((code) => [`x${code}`, each.optional()])));

/** By reference. */
export const gasAlternatives: Readonly<Record<string, RequestDefinition>> = {
  "1.1.1": request("1.1.1", "UpdateImportTariffPrimaryElement", {
    fields: { GasTariffElements: tariff, PriceElements: prices },
  }),
  "1.2.1": request("1.2.1", "UpdatePricePrimaryElement", { fields: { PriceElements: prices } }),
  "2.1": request("2.1", "UpdatePrepayConfiguration", { fields: { UpdatePrepayConfigGas: prepayment } }),
  "2.3": request("2.3", "UpdateDebt", {
    fields: {
      TimeDebtRegister1: int,
      TimeDebtRegister2: int,
      PaymentDebtRegister: int,
      DebtRecoveryPerPayment: whole(0, 10_000),
      GasDebtRecovery1: debtRecovery,
      GasDebtRecovery2: debtRecovery,
    },
  }),
  "6.8": request("6.8", "UpdateDeviceConfigurationBillingCalendar", {
    fields: {
      GasBillingCalendar: z.strictObject({
        BillingPeriodStart: dateTime,
        Periodicity: z.enum(["Daily", "Weekly", "Monthly", "Quarterly", "SixMonthly", "Yearly"]),
      }),
    },
  }),
  "6.13": request("6.13", "ReadEventOrSecurityLog", {
    fields: { ReadLogPeriod: readLogPeriod, LogToRead: z.enum(["GSMEEvent", "GSMESecurity"]) },
  }),
  "6.20.1": request("6.20.1", "SetDeviceConfigurationImportMPxN", {
    fields: { ImportMPRN: z.string().regex(/^\d{1,10}$/, "expected up to 10 digits") },
  }),
  "6.22": request("6.22", "ConfigureAlertBehaviour", {
    fields: {
      GasSupplierAlerts: byCode(alertCodes, onOff).optional(),
      GasSupplierAlertEventSettings: byCode(
        [...alertCodes, "8161", "8162", "81A0", "81C6"],
        settings,
      ).optional(),
    },
    check: oneOf("GasSupplierAlerts", "GasSupplierAlertEventSettings"),
  }),
};

/** Elements that stand for those of an electricity meter, where the target is a gas device. */
const forGas = /^(Gas[A-Z]|UpdatePrepayConfigGas$|ImportMPRN$)/;

interface Element {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
}

/** The definition that a body is to be read by, when its elements are those for a gas device. */
export function alternativeFor(reference: string, body: Element): RequestDefinition | undefined {
  const inner = [...body.children, ...body.children.flatMap(({ children }) => children)];
  const isGas = inner.some(({ name, text }) => forGas.test(name) || /^GSME/.test(text));
  return isGas && Object.hasOwn(gasAlternatives, reference) ? gasAlternatives[reference] : undefined;
}

/** The definition whose form `parameters` fill in, when they are for a gas device. */
export function alternativeOf(reference: string, parameters: unknown): RequestDefinition | undefined {
  const alternative = Object.hasOwn(gasAlternatives, reference) ? gasAlternatives[reference] : undefined;
  return alternative?.form.safeParse(parameters).success ? alternative : undefined;
}
