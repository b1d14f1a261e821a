/** The calendar of service request 2.1: when no supply is cut for want of credit. */
import { z } from "zod";
import { fromHex, toHex } from "../../../hal/base/hex.ts";
import { dateFault } from "../../../hal/base/iso-time.ts";
import { date, fromCalendar, toCalendar } from "./date.ts";
import { indexed, time, whole } from "./duis.ts";
import { list } from "./read.ts";
import type { Lookup } from "./request.ts";

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** xs:date: "2015-03-28Z"; year 65535 is any. */
const scheduleDate = z
  .string()
  .regex(/^(\d{4}|65535)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])Z?$/, 'expected "YYYY-MM-DD", or "65535-MM-DD"')
  .refine((text) => {
    const [year, month, day] = numbersOf(text);
    return year > 0 && dateFault(month, day, year) === undefined;
  }, "expected a day of the calendar");

const schedule = z.strictObject({
  NonDisablementScript: z.enum(["START", "STOP"]),
  SpecialDaysApplicability: z.strictObject({
    SpecialDayApplicability: z
      .array(z.strictObject({ SpecialDayID: whole(1, 20) }))
      .max(20)
      .default([]),
  }),
  DaysOfWeekApplicability: z.strictObject({
    DayOfWeekApplicability: z
      .array(z.strictObject({ DayOfWeekID: z.enum(weekdays) }))
      .max(7)
      .default([]),
  }),
  ScheduleDatesAndTime: z.strictObject({ SwitchTime: time, StartDate: scheduleDate, EndDate: scheduleDate }),
});

export const nonDisablementCalendar = z.strictObject({
  ElectricitySpecialDays: z.strictObject({
    SpecialDay: indexed(z.strictObject({ index: whole(1, 20), Date: date }), 0, 20).default([]),
  }),
  ElectricityNonDisablementSchedule: z.array(schedule).min(1).max(22),
});
type NonDisablementCalendar = z.output<typeof nonDisablementCalendar>;

const supplyScripts = "00000A006AFF";
const selectors = { START: 0x20, STOP: 0x21 } as const;
const openYear = 65_535;

const bits = (length: number, isSet: (at: number) => boolean): string =>
  Array.from({ length }, (_, at) => (isSet(at) ? "1" : "0")).join("");

const numbersOf = (text: string) =>
  text.replace("Z", "").split("-").map(Number) as [year: number, month: number, day: number];

function dateOf(text: string) {
  const [year, month, day] = numbersOf(text);
  return { ...(year === openYear ? {} : { year }), month, day };
}

function timeOf(text: string) {
  const [hour, minute, second, hundredth = 0] = text.replace("Z", "").split(/[:.]/).map(Number);
  return { hour, minute, second, hundredth };
}

export function calendarValues(calendar: NonDisablementCalendar): Record<string, unknown> {
  const { SpecialDay } = calendar.ElectricitySpecialDays;
  const entries = calendar.ElectricityNonDisablementSchedule.map((one, i) => {
    const days = one.SpecialDaysApplicability.SpecialDayApplicability.map(({ SpecialDayID }) => SpecialDayID);
    const onWeekdays = one.DaysOfWeekApplicability.DayOfWeekApplicability.map(
      ({ DayOfWeekID }) => DayOfWeekID,
    );
    const { SwitchTime, StartDate, EndDate } = one.ScheduleDatesAndTime;
    return {
      index: i + 1,
      enabled: true,
      script: fromHex(supplyScripts),
      selector: selectors[one.NonDisablementScript],
      start: timeOf(SwitchTime),
      weekdays: bits(7, (at) => onWeekdays.includes(weekdays[at] as (typeof weekdays)[number])),
      specialDays: bits(SpecialDay.length, (at) => days.includes(SpecialDay[at]?.index as number)),
      from: dateOf(StartDate),
      to: dateOf(EndDate),
    };
  });
  return {
    "nonDisablementSpecialDays.entries": SpecialDay.map(({ index, Date: on }) => ({
      index,
      date: toCalendar(on),
      day: index,
    })),
    "nonDisablementSchedule.entries": entries,
  };
}

// The way back shares nothing with the way there.

type Row = Readonly<Record<string, unknown>>;
const rows = (value: unknown): readonly Row[] =>
  list(value).map((each) => (typeof each === "object" && each !== null ? (each as Row) : { is: each }));
const two = (part: unknown): string => String(part).padStart(2, "0");

function dateText(value: unknown): unknown {
  const { year = 65_535, month, day, ...more } = (value ?? {}) as Row;
  return Object.keys(more).length > 0 ? value : `${year}-${two(month)}-${two(day)}`;
}
function clock(value: unknown): unknown {
  const { hour, minute, second, hundredth } = (value ?? {}) as Row;
  return `${two(hour)}:${two(minute)}:${two(second)}.${two(hundredth)}`;
}
/** 0-0:10.0.106.255. */
const isSupplyScript = (script: unknown): boolean =>
  script instanceof Uint8Array && toHex(script) === "00000A006AFF";
const isBits = (text: unknown, length: number): boolean =>
  typeof text === "string" && /^[01]*$/.test(text) && text.length === length;
const marked = (text: unknown): readonly number[] =>
  [...String(text)].flatMap((bit, at) => (bit === "1" ? [at] : []));

export function readNonDisablement(value: Lookup) {
  const days = rows(value("nonDisablementSpecialDays.entries"));
  return {
    ElectricitySpecialDays: {
      SpecialDay: days.map(({ index, date: on, day }) => ({
        index,
        Date: fromCalendar(on as Parameters<typeof fromCalendar>[0]),
        ...(day === index ? {} : { day }),
      })),
    },
    ElectricityNonDisablementSchedule: rows(value("nonDisablementSchedule.entries")).map((entry, i) => ({
      NonDisablementScript: entry.selector === 32 ? "START" : entry.selector === 33 ? "STOP" : entry.selector,
      SpecialDaysApplicability: {
        SpecialDayApplicability: marked(entry.specialDays).map((at) => ({
          SpecialDayID: days[at]?.index ?? at,
        })),
      },
      DaysOfWeekApplicability: {
        DayOfWeekApplicability: marked(entry.weekdays).map((at) => ({ DayOfWeekID: weekdays[at] })),
      },
      ScheduleDatesAndTime: {
        SwitchTime: clock(entry.start),
        StartDate: dateText(entry.from),
        EndDate: dateText(entry.to),
      },
      ...(entry.index === i + 1 && entry.enabled === true
        ? {}
        : { index: entry.index, enabled: entry.enabled }),
      ...(isSupplyScript(entry.script) && entry.window === 0xffff
        ? {}
        : { script: entry.script, window: entry.window }),
      ...(isBits(entry.weekdays, 7) && isBits(entry.specialDays, days.length)
        ? {}
        : { weekdays: entry.weekdays, specialDays: entry.specialDays }),
    })),
  };
}

/** The calendar in the one form that is read back: days in their order, dates and times without zone. */
export function filledNonDisablement(calendar: NonDisablementCalendar): unknown {
  return {
    ...calendar,
    ElectricityNonDisablementSchedule: calendar.ElectricityNonDisablementSchedule.map((one) => {
      const { SwitchTime, StartDate, EndDate } = one.ScheduleDatesAndTime;
      const [seconds, part = ""] = SwitchTime.replace("Z", "").split(".");
      return {
        ...one,
        SpecialDaysApplicability: {
          SpecialDayApplicability: one.SpecialDaysApplicability.SpecialDayApplicability.toSorted(
            (a, b) => a.SpecialDayID - b.SpecialDayID,
          ),
        },
        DaysOfWeekApplicability: {
          DayOfWeekApplicability: one.DaysOfWeekApplicability.DayOfWeekApplicability.toSorted(
            (a, b) => weekdays.indexOf(a.DayOfWeekID) - weekdays.indexOf(b.DayOfWeekID),
          ),
        },
        ScheduleDatesAndTime: {
          SwitchTime: `${seconds}.${part.padEnd(2, "0")}`,
          StartDate: StartDate.replace("Z", ""),
          EndDate: EndDate.replace("Z", ""),
        },
      };
    }),
  };
}
