/** The calendar of auxiliary controllers in DUIS's words: the older form switches, the newer one sets levels. */
import { z } from "zod";
import type { CalendarDate } from "../../../firmware/model/index.ts";
import { type DuisDate, date, fromCalendar, numberedDate, toCalendar } from "./date.ts";
import { empty, oneOf, time, whole } from "./duis.ts";
import { list } from "./read.ts";
import type { Lookup, NamedValues } from "./request.ts";
import { clock, filledTime, timeOf } from "./time-of-day.ts";

export const controllerNumber = whole(1, 5);
const maxSpecialDays = 20;
const dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

const daysOfWeek = z.strictObject({
  DayOfWeekApplicability: z
    .array(z.strictObject({ DayOfWeekID: z.enum(dayNames) }))
    .min(1)
    .max(7),
});
const period = z.strictObject({ SwitchTime: time, StartDate: date, EndDate: date });

export const olderEntry = z.strictObject({
  ActivateDeactivateSwitch: z
    .strictObject({
      index: controllerNumber,
      ActivateSwitch: empty.optional(),
      DeactivateSwitch: empty.optional(),
    })
    .superRefine(oneOf("ActivateSwitch", "DeactivateSwitch")),
  SpecialDaysApplicability: z
    .array(z.strictObject({ index: whole(1, maxSpecialDays) }))
    .max(maxSpecialDays)
    .default([]),
  DaysOfWeekApplicability: daysOfWeek.optional(),
  ALCSScheduleDatesAndTime: period,
});
export const olderSpecialDays = z.strictObject({
  ALCSHCALCSSpecialDay: z.array(numberedDate("index", maxSpecialDays)).max(maxSpecialDays).default([]),
});

export const entry = z.strictObject({
  AuxiliaryControllerAction: z.strictObject({
    auxiliaryControllerN: controllerNumber,
    CommandedStateLevel: whole(0, 100),
    InputFromControlledLoad: empty.optional(),
  }),
  SpecialDaysApplicability: z
    .array(z.strictObject({ identifier: whole(1, maxSpecialDays) }))
    .max(maxSpecialDays)
    .default([]),
  DaysOfWeekApplicability: daysOfWeek.optional(),
  AuxiliaryControllerSchedulePeriodAndTime: period,
});
export const specialDays = z.strictObject({
  AuxiliaryControllerSpecialDayDefinition: z
    .array(numberedDate("identifier", maxSpecialDays))
    .max(maxSpecialDays)
    .default([]),
});

type OlderEntry = z.output<typeof olderEntry>;
type Entry = z.output<typeof entry>;
type Period = z.output<typeof period>;
type DaysOfWeek = z.output<typeof daysOfWeek> | undefined;

/** An entry of either form, less its words. */
interface Row {
  readonly selector: number;
  readonly special: readonly number[];
  readonly days: DaysOfWeek;
  readonly period: Period;
}

export const olderRow = ({
  ActivateDeactivateSwitch: action,
  SpecialDaysApplicability,
  DaysOfWeekApplicability,
  ALCSScheduleDatesAndTime,
}: OlderEntry): Row => ({
  selector: action.index * 256 + (action.ActivateSwitch ? 1 : 2),
  special: SpecialDaysApplicability.map(({ index }) => index),
  days: DaysOfWeekApplicability,
  period: ALCSScheduleDatesAndTime,
});

export const newerRow = ({
  AuxiliaryControllerAction: action,
  SpecialDaysApplicability,
  DaysOfWeekApplicability,
  AuxiliaryControllerSchedulePeriodAndTime,
}: Entry): Row => ({
  selector:
    ((action.InputFromControlledLoad ? 0x20 : 0x10) + action.auxiliaryControllerN) * 256 +
    0x80 +
    action.CommandedStateLevel,
  special: SpecialDaysApplicability.map(({ identifier }) => identifier),
  days: DaysOfWeekApplicability,
  period: AuxiliaryControllerSchedulePeriodAndTime,
});

/** `special`: the number and date of each special day. One bit for each of them in every entry. */
export function calendarValues(
  rows: readonly Row[],
  special: readonly { readonly number: number; readonly on: DuisDate }[],
): NamedValues {
  const bitCount = Math.max(0, ...special.map(({ number }) => number));
  return {
    "auxiliarySpecialDays.entries": special.map(({ number, on }) => ({
      index: number,
      date: toCalendar(on),
      day: number,
    })),
    "auxiliarySchedule.entries": rows.map((row, i) => ({
      index: i + 1,
      enabled: true,
      selector: row.selector,
      start: timeOf(row.period.SwitchTime),
      weekdays: dayNames.map((name) => (daysIn(row.days).includes(name) ? "1" : "0")).join(""),
      specialDays: Array.from({ length: bitCount }, (_, bit) =>
        row.special.includes(bit + 1) ? "1" : "0",
      ).join(""),
      from: toCalendar(row.period.StartDate),
      to: toCalendar(row.period.EndDate),
    })),
  };
}

const daysIn = (days: DaysOfWeek): readonly string[] =>
  days?.DayOfWeekApplicability.map(({ DayOfWeekID }) => DayOfWeekID) ?? [];

// The form as its command carries it: days in the order of the week, times in full.

const filledDays = (days: DaysOfWeek): DaysOfWeek =>
  days && {
    DayOfWeekApplicability: dayNames.flatMap((name) =>
      daysIn(days).includes(name) ? [{ DayOfWeekID: name }] : [],
    ),
  };
const filledPeriod = (of: Period): Period => ({ ...of, SwitchTime: filledTime(of.SwitchTime) });
const ascending = (key: "index" | "identifier") => (all: readonly object[]) =>
  [...new Set(all.map((each) => (each as Record<string, number>)[key] as number))]
    .sort((a, b) => a - b)
    .map((number) => ({ [key]: number }));

export const filledOlder = (one: OlderEntry) => ({
  ...one,
  SpecialDaysApplicability: ascending("index")(one.SpecialDaysApplicability),
  DaysOfWeekApplicability: filledDays(one.DaysOfWeekApplicability),
  ALCSScheduleDatesAndTime: filledPeriod(one.ALCSScheduleDatesAndTime),
});
export const filledEntry = (one: Entry) => ({
  ...one,
  SpecialDaysApplicability: ascending("identifier")(one.SpecialDaysApplicability),
  DaysOfWeekApplicability: filledDays(one.DaysOfWeekApplicability),
  AuxiliaryControllerSchedulePeriodAndTime: filledPeriod(one.AuxiliaryControllerSchedulePeriodAndTime),
});

// The way back shares nothing with the way there.

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array)
    ? (value as Fields)
    : { is: value };

interface Words {
  /** What an entry's action is called, and what its selector says. */
  readonly action: (selector: number) => Fields;
  readonly number: "index" | "identifier";
  readonly period: string;
}

export const olderWords: Words = {
  action: (selector) => ({
    ActivateDeactivateSwitch: {
      index: Math.floor(selector / 256),
      ...({ 1: { ActivateSwitch: {} }, 2: { DeactivateSwitch: {} } }[selector % 256] ?? { selector }),
    },
  }),
  number: "index",
  period: "ALCSScheduleDatesAndTime",
};
export const newerWords: Words = {
  action: (selector) => ({
    AuxiliaryControllerAction: {
      auxiliaryControllerN: Math.floor(selector / 256) % 16,
      CommandedStateLevel: (selector % 256) - 128,
      ...({ 1: {}, 2: { InputFromControlledLoad: {} } }[Math.floor(selector / 4096)] ?? { selector }),
    },
  }),
  number: "identifier",
  period: "AuxiliaryControllerSchedulePeriodAndTime",
};

export function readEntries(value: Lookup, words: Words): readonly Fields[] {
  const numbers = list(value("auxiliarySpecialDays.entries")).map((each) => Number(fieldsOf(each).index));
  const bitCount = Math.max(0, ...numbers);
  return list(value("auxiliarySchedule.entries")).map((each, i) => {
    const { index, enabled, selector, start, weekdays, specialDays: bits, from, to } = fieldsOf(each);
    const special = bitsOf(bits).map((number) => ({ [words.number]: number }));
    const days = bitsOf(weekdays).map((number) => ({ DayOfWeekID: dayNames[number - 1] }));
    return {
      ...words.action(Number(selector)),
      SpecialDaysApplicability: special,
      ...(days.length > 0 && { DaysOfWeekApplicability: { DayOfWeekApplicability: days } }),
      [words.period]: { SwitchTime: clock(start), StartDate: dateIn(from), EndDate: dateIn(to) },
      ...(index === i + 1 && enabled === true ? {} : { index, enabled }),
      ...(isBits(weekdays, 7) && isBits(bits, bitCount) ? {} : { weekdays, bits }),
    };
  });
}

export const readSpecialDays = (value: Lookup, { number }: Words): readonly Fields[] =>
  list(value("auxiliarySpecialDays.entries")).map((each) => {
    const { index, date: on, day, ...more } = fieldsOf(each);
    return { [number]: index, ...dateIn(on), ...more, ...(day === index ? {} : { day }) };
  });

const isBits = (value: unknown, count: number): boolean =>
  typeof value === "string" && value.length === count && /^[01]*$/.test(value);

/** The places of the ones, from 1. */
const bitsOf = (bits: unknown): readonly number[] =>
  typeof bits === "string" ? [...bits].flatMap((bit, i) => (bit === "1" ? [i + 1] : [])) : [];

/** What has no place in a date stays beside it. */
function dateIn(value: unknown): Fields {
  const { year, month, day, weekday, ...more } = fieldsOf(value);
  return { ...fromCalendar({ year, month, day, weekday } as CalendarDate), ...more };
}
