/** Service requests 3.2, 6.2.3, 6.8, 6.18 and 6.26: billing periods, maximum demand, change of tenancy. */
import { z } from "zod";
import type { CalendarDate } from "../../../firmware/model/index.ts";
import { dateTime, empty, oneOf, someOf, time, whole } from "./duis.ts";
import { list } from "./read.ts";
import { type Lookup, request } from "./request.ts";
import { isRow } from "./switching-table.ts";
import { clock, filledTime, timeOf } from "./time-of-day.ts";

const dayOfMonth = whole(1, 28);
const fromMonth = z.strictObject({ DayOfMonth: dayOfMonth, BillingPeriodStartMonth: whole(1, 12) });

export const electricityBillingCalendar = z
  .strictObject({
    BillingTime: time,
    Daily: empty.optional(),
    Weekly: whole(1, 7).optional(),
    Monthly: dayOfMonth.optional(),
    Quarterly: fromMonth.optional(),
    SixMonthly: fromMonth.optional(),
    Yearly: fromMonth.optional(),
  })
  .superRefine(oneOf("Daily", "Weekly", "Monthly", "Quarterly", "SixMonthly", "Yearly"));
type BillingCalendar = z.output<typeof electricityBillingCalendar>;

/** The older form of the use case knows these alone. */
const isOld = ({ Daily, Weekly, Monthly }: BillingCalendar): boolean =>
  [Daily, Weekly, Monthly].some((one) => one !== undefined);

function datesOf(calendar: BillingCalendar): readonly CalendarDate[] {
  const { Weekly, Monthly, Quarterly, SixMonthly, Yearly } = calendar;
  if (Weekly !== undefined) return [{ weekday: Weekly }];
  if (Monthly !== undefined) return [{ day: Monthly }];
  const several = (count: number, { DayOfMonth, BillingPeriodStartMonth }: z.output<typeof fromMonth>) =>
    Array.from({ length: count }, (_, i) => ({
      month: ((BillingPeriodStartMonth - 1 + (i * 12) / count) % 12) + 1,
      day: DayOfMonth,
    }));
  if (Quarterly !== undefined) return several(4, Quarterly);
  if (SixMonthly !== undefined) return several(2, SixMonthly);
  return Yearly === undefined ? [{}] : several(1, Yearly);
}

// The way back shares nothing with the way there.

export function readCalendar(times: unknown): unknown {
  const rows = list(times).map((each) => (isRow(each) ? each : { is: each }));
  const [first, ...others] = rows;
  if (first === undefined || others.some(({ time }) => clock(time) !== clock(first.time))) return times;
  const BillingTime = clock(first.time);
  const dates = rows.map(({ date }) => (isRow(date) ? (date as CalendarDate) : {}));
  const { year, month, day, weekday } = dates[0] as CalendarDate;
  const parts = [year, month, day, weekday].map((part) => part !== undefined).join();
  if (parts === "false,true,true,false") return { BillingTime, ...periodOf(dates, times) };
  if (dates.length > 1) return times;
  if (parts === "false,false,false,false") return { BillingTime, Daily: {} };
  if (parts === "false,false,false,true") return { BillingTime, Weekly: weekday };
  return parts === "false,false,true,false" ? { BillingTime, Monthly: day } : times;
}

/** Dates of one day each, evenly apart; anything else as it is. */
function periodOf(dates: readonly CalendarDate[], times: unknown): object {
  const words: Readonly<Record<number, string>> = { 1: "Yearly", 2: "SixMonthly", 4: "Quarterly" };
  const word = words[dates.length];
  const [{ month = 0, day = 0 } = {}] = dates;
  const step = 12 / dates.length;
  const even = dates.every((date, i) => {
    const expected = month + i * step;
    return date.month === (expected > 12 ? expected - 12 : expected) && date.day === day;
  });
  if (word === undefined || !even || dates.some((date) => date.year ?? date.weekday)) return { times };
  return { [word]: { DayOfMonth: day, BillingPeriodStartMonth: month } };
}

const window = z.strictObject({ StartTime: time, EndTime: time });
/** As in the reference messages: of every day, for ever. */
const always = {
  ...{ enabled: true, weekdays: "1111111", specialDays: "", from: { year: 0, month: 1 }, to: {} },
} as const;
const [begin, end] = [1, 2];

function readWindow(value: Lookup): unknown {
  const entries = list(value("demandWindow.entries")).map((each) => (isRow(each) ? each : { is: each }));
  const shown = entries.map(({ index, selector, start: _, script: _s, window: _w, ...rest }, i) => {
    const asEver = JSON.stringify(rest) === JSON.stringify({ ...always });
    return index === i && selector === i + 1 && asEver;
  });
  if (shown.length !== 2 || shown.includes(false)) return { entries };
  return { StartTime: clock(entries[0]?.start), EndTime: clock(entries[1]?.start) };
}

const demandResets = [
  ["MaxDemandActivePowerImportValue", "demandImport.reset"],
  ["MaxDemandActivePowerExportValue", "demandExport.reset"],
  ["MaxDemandConfigTimeActivePowerImportValue", "configurableDemandImport.reset"],
] as const;

export const billing = {
  "3.2": request("3.2", "RestrictAccessForChangeOfTenancy", {
    fields: { RestrictionDateTime: dateTime },
    useCase: "ECS12",
    elements: { "restrictionTime.value": "RestrictionDateTime" },
  }),
  "6.2.3": request("6.2.3", "ReadDeviceConfigurationBillingCalendar", {
    useCase: (_, { isOlder }) => (isOlder ? "ECS26d" : "ECS26l"),
  }),
  "6.8": request("6.8", "UpdateDeviceConfigurationBillingCalendar", {
    fields: { ElectricityBillingCalendar: electricityBillingCalendar },
    useCase: (p) => (isOld(p.ElectricityBillingCalendar) ? "ECS30" : "ECS30a"),
    values: ({ ElectricityBillingCalendar: calendar }) => ({
      "billingCalendar.executionTimes": datesOf(calendar).map((date) => ({
        time: timeOf(calendar.BillingTime),
        date,
      })),
    }),
    readBack: (value) => ({
      ElectricityBillingCalendar: readCalendar(value("billingCalendar.executionTimes")),
    }),
    carried: ({ ElectricityBillingCalendar: calendar, ...rest }) => ({
      ...rest,
      ElectricityBillingCalendar: { ...calendar, BillingTime: filledTime(calendar.BillingTime) },
    }),
  }),
  "6.18.1": request("6.18.1", "SetMaximumDemandConfigurableTimePeriod", {
    fields: { MaximumDemandTimePeriodSchedule: window },
    values: ({ MaximumDemandTimePeriodSchedule: { StartTime, EndTime } }) => ({
      "demandWindow.entries": [
        { ...always, index: 0, selector: begin, start: timeOf(StartTime) },
        { ...always, index: 1, selector: end, start: timeOf(EndTime) },
      ],
    }),
    readBack: (value) => ({ MaximumDemandTimePeriodSchedule: readWindow(value) }),
    carried: ({ MaximumDemandTimePeriodSchedule: { StartTime, EndTime }, ...rest }) => ({
      ...rest,
      MaximumDemandTimePeriodSchedule: { StartTime: filledTime(StartTime), EndTime: filledTime(EndTime) },
    }),
  }),
  /** Each that is named. */
  "6.18.2": request("6.18.2", "ResetMaximumDemandRegisters", {
    fields: {
      MaxDemandActivePowerImportValue: empty.optional(),
      MaxDemandActivePowerExportValue: empty.optional(),
      MaxDemandConfigTimeActivePowerImportValue: empty.optional(),
    },
    check: someOf(...demandResets.map(([element]) => element)),
    values: (p) =>
      Object.fromEntries(
        demandResets.flatMap(([element, path]) => (p[element] === undefined ? [] : [[path, 0]])),
      ),
    readBack: (value) =>
      Object.fromEntries(
        demandResets.flatMap(([element, path]) => (value(path) === undefined ? [] : [[element, {}]])),
      ),
  }),
  "6.26": request("6.26", "UpdateDeviceConfigurationDailyResettingOfTariffBlockCounterMatrix", {
    fields: { DailyTariffBlockCounterMatrixReset: z.boolean() },
    values: ({ DailyTariffBlockCounterMatrixReset: daily }) => ({
      "blockCounterReset.executionTimes": daily ? [{ time: timeOf("00:00:00"), date: {} }] : [],
    }),
    readBack: (value) => {
      const times = value("blockCounterReset.executionTimes");
      const [first, ...more] = list(times).map((each) => (isRow(each) ? each : { is: each }));
      const isDaily = clock(first?.time) === "00:00:00.00" && isRow(first?.date) && more.length === 0;
      const isMidnight = isDaily && Object.keys(first?.date as object).length === 0;
      return {
        DailyTariffBlockCounterMatrixReset:
          Array.isArray(times) && times.length === 0 ? false : isMidnight || times,
      };
    },
  }),
} as const;
