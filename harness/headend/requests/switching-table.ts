/** The switching tables of DUIS's tariffs: day, week and season profiles, and special days, of either element. */
import { z } from "zod";
import type { CalendarDate } from "../../../firmware/model/index.ts";
import { type DuisDate, date, fromCalendar, toCalendar } from "./date.ts";
import { indexed, numbered, whole } from "./duis.ts";
import { list } from "./read.ts";
import type { Lookup } from "./request.ts";
import { clock, filledTime, timeOf } from "./time-of-day.ts";

const dayName = whole(1, 16);
const weekName = whole(1, 4);

/** `profileSchedule`: a switching time, and the action then. */
export const switchingTable = <S extends z.ZodType<{ readonly StartTime: string }>>(profileSchedule: S) =>
  z.strictObject({
    DayProfiles: z.strictObject({
      DayProfile: z
        .array(z.strictObject({ DayName: dayName, ProfileSchedule: z.array(profileSchedule).min(1).max(48) }))
        .min(1)
        .max(16),
    }),
    WeekProfiles: z.strictObject({
      WeekProfile: z
        .array(z.strictObject({ WeekName: weekName, ReferencedDayName: indexed(numbered(7, dayName), 7, 7) }))
        .min(1)
        .max(4),
    }),
    Seasons: z.strictObject({
      Season: z
        .array(
          z.strictObject({
            SeasonName: z.string().regex(/^[ -~]{0,8}$/, "expected up to 8 letters"),
            SeasonStartDate: date,
            ReferencedWeekName: weekName,
          }),
        )
        .min(1)
        .max(4),
    }),
  });

export const specialDays = z.strictObject({
  SpecialDay: z
    .array(z.strictObject({ Date: date, ReferencedDayName: dayName }))
    .max(50)
    .default([]),
});

/** A table as its form has it; `Action`: what a schedule says beside its time. */
export interface Table<Action extends object> {
  readonly DayProfiles: {
    readonly DayProfile: readonly {
      readonly DayName: number;
      readonly ProfileSchedule: readonly (Action & { readonly StartTime: string })[];
    }[];
  };
  readonly WeekProfiles: {
    readonly WeekProfile: readonly {
      readonly WeekName: number;
      readonly ReferencedDayName: readonly { readonly index: number; readonly value: number }[];
    }[];
  };
  readonly Seasons: {
    readonly Season: readonly {
      readonly SeasonName: string;
      readonly SeasonStartDate: DuisDate;
      readonly ReferencedWeekName: number;
    }[];
  };
}

const midnight = { hour: 0, minute: 0, second: 0, hundredth: 0 } as const;
const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** Values of the passive members of `calendar`; `selectorOf`: the script that an action is. */
export const tableValues = <Action extends object>(
  calendar: string,
  { DayProfiles, WeekProfiles, Seasons }: Table<Action>,
  selectorOf: (action: Action) => number,
) => ({
  [`${calendar}.seasonsPassive`]: Seasons.Season.map((season) => ({
    name: Uint8Array.from(Buffer.from(season.SeasonName, "latin1")),
    start: { ...toCalendar(season.SeasonStartDate), ...midnight },
    week: Uint8Array.of(season.ReferencedWeekName),
  })),
  [`${calendar}.weeksPassive`]: WeekProfiles.WeekProfile.map((week) => ({
    name: Uint8Array.of(week.WeekName),
    ...Object.fromEntries(week.ReferencedDayName.map(({ index, value }) => [weekdays[index - 1], value])),
  })),
  [`${calendar}.daysPassive`]: DayProfiles.DayProfile.map((day) => ({
    day: day.DayName,
    switches: day.ProfileSchedule.map((one) => ({ start: timeOf(one.StartTime), selector: selectorOf(one) })),
  })),
});

export const specialDayValues = ({ SpecialDay }: z.output<typeof specialDays>) =>
  SpecialDay.map((special, i) => ({
    index: i + 1,
    date: toCalendar(special.Date),
    day: special.ReferencedDayName,
  }));

/** The table with its times in the one form that they are read back in. */
export function filledTable<Action extends object, T extends Table<Action>>(table: T): T {
  const DayProfile = table.DayProfiles.DayProfile.map((day) => ({
    ...day,
    ProfileSchedule: day.ProfileSchedule.map((one) => ({ ...one, StartTime: filledTime(one.StartTime) })),
  }));
  return { ...table, DayProfiles: { DayProfile } };
}

// The way back shares nothing with the way there.

type Row = Readonly<Record<string, unknown>>;
export const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array);
/** What is no row reads as one that says so. */
const rows = (value: unknown): readonly Row[] =>
  list(value).map((each) => (isRow(each) ? each : { is: each }));
const latin1 = (value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : { is: value };
const oneOctet = (value: unknown): unknown =>
  value instanceof Uint8Array && value.length === 1 ? value[0] : value;

export const readTable = (value: Lookup, calendar: string, actionOf: (selector: unknown) => Row) => ({
  DayProfiles: {
    DayProfile: rows(value(`${calendar}.daysPassive`)).map(({ day, switches }) => ({
      DayName: day,
      ProfileSchedule: rows(switches).map(({ start, selector }) => ({
        StartTime: clock(start),
        ...actionOf(selector),
      })),
    })),
  },
  WeekProfiles: {
    WeekProfile: rows(value(`${calendar}.weeksPassive`)).map(({ name, ...days }) => ({
      WeekName: oneOctet(name),
      ReferencedDayName: Object.values(days).map((day, i) => ({ index: i + 1, value: day })),
    })),
  },
  Seasons: {
    Season: rows(value(`${calendar}.seasonsPassive`)).map(({ name, start, week }) => ({
      SeasonName: latin1(name),
      SeasonStartDate: dateIn(start),
      ReferencedWeekName: oneOctet(week),
      ...(clock(start) === "00:00:00.00" ? {} : { start: clock(start) }),
    })),
  },
});

export const readSpecialDays = (entries: unknown) => ({
  SpecialDay: rows(entries).map(({ index, date: on, day }, i) => ({
    Date: dateIn(on),
    ReferencedDayName: day,
    ...(index === i + 1 ? {} : { index }),
  })),
});

/** The date of a moment; what has no place in one stays beside it. */
function dateIn(value: unknown): unknown {
  if (!isRow(value)) return value;
  const { hour: _h, minute: _m, second: _s, hundredth: _c, ...day } = value;
  const { year, month, day: dayOfMonth, weekday, ...more } = day as CalendarDate & Row;
  const known = { year, month, day: dayOfMonth, weekday } as CalendarDate;
  return { ...fromCalendar(known), ...more };
}
