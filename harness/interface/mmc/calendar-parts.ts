/** Dates, times of day, and the calendars that are made of them. */
import type { CalendarDate, CalendarTime } from "../../../firmware/model/index.ts";
import { date as dateForm, fromCalendar } from "../../headend/requests/date.ts";
import { clock } from "../../headend/requests/time-of-day.ts";
import { writeForm } from "../form.ts";
import type { Written } from "../xml-writer.ts";
import type { Found } from "./found.ts";
import type { Part } from "./parts.ts";

const dateMembers = ["year", "month", "day", "weekday"] as const;
const timeMembers = ["hour", "minute", "second", "hundredth"] as const;
type Name = (typeof dateMembers)[number] | (typeof timeMembers)[number];

/** The last day of a month, and the last but one (Blue Book). */
const countedFromEnd = [0xfe, 0xfd];
const within = (value: number | undefined, least: number, most: number): boolean =>
  value === undefined || (value >= least && value <= most);

/** What of a calendar's value the format's Date has words for: years from 2014. */
const isDate = ({ year, month, day, weekday }: CalendarDate): boolean =>
  within(year, 2014, 9999) &&
  within(month, 1, 12) &&
  (within(day, 1, 31) || countedFromEnd.includes(day as number)) &&
  within(weekday, 1, 7);

function takeMembers(from: Found, members: readonly Name[]): void {
  for (const member of members) from.at(member)?.take();
}

/** Date, any part of it open; with a number as `attribute` where there is one. */
export const date =
  (name: string, path: string): Part =>
  (from) => {
    const found = from.at(path);
    const value = (found?.look() ?? {}) as CalendarDate;
    if (found === undefined || !isDate(value)) return [];
    takeMembers(found, dateMembers);
    return [writeForm(dateForm, name, fromCalendar(value))];
  };

/** xs:date; year 65535 is any. */
export const plainDate =
  (name: string, path: string): Part =>
  (from) => {
    const found = from.at(path);
    const { year = 65_535, month, day, weekday } = (found?.look() ?? {}) as CalendarDate;
    const isPlain = month !== undefined && day !== undefined && day <= 31 && weekday === undefined;
    if (found === undefined || !isPlain || year < 1000 || month > 12) return [];
    takeMembers(found, dateMembers);
    const two = (part: number) => String(part).padStart(2, "0");
    return [{ name, content: `${year}-${two(month)}-${two(day)}Z` }];
  };

/** xs:time, "07:30:00.00Z". */
export const timeOfDay =
  (name: string, path: string): Part =>
  (from) => {
    const found = from.at(path);
    const { hour, minute, second, hundredth = 0 } = (found?.look() ?? {}) as CalendarTime;
    if (found === undefined || hour === undefined || minute === undefined || second === undefined) return [];
    takeMembers(found, timeMembers);
    return [{ name, content: `${clock({ hour, minute, second, hundredth })}Z` }];
  };

/** Of a moment in a calendar that takes the format's dates: midnight goes without saying. */
export const midnight =
  (path: string): Part =>
  (from) => {
    for (const member of timeMembers) {
      const part = from.at(path)?.at(member);
      if (part?.look() === 0) part.imply("a date begins at midnight");
    }
    return [];
  };

const dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
/** The places of the ones, from 1. */
const ones = (bits: unknown): readonly number[] =>
  typeof bits === "string" ? [...bits].flatMap((bit, i) => (bit === "1" ? [i + 1] : [])) : [];

/** The weekdays of a schedule's entry. */
export const weekdays: Part = (from) => {
  const days: readonly (string | undefined)[] = ones(from.at("weekdays")?.look()).map(
    (day) => dayNames[day - 1],
  );
  if (days.includes(undefined)) return [];
  from.at("weekdays")?.take();
  if (days.length === 0) return [];
  const content = days.map((day = "") => ({
    name: "DayOfWeekApplicability",
    content: [{ name: "DayOfWeekID", content: day }],
  }));
  return [{ name: "DaysOfWeekApplicability", content }];
};

const specialDayNumbers = 20;
/** The special days of a schedule's entry, each as `written`: a bit stands for each day of the table, by its number. */
export const specialDaysOf =
  (numbers: readonly number[], written: (number: number) => Written): Part =>
  (from) => {
    const days = ones(from.at("specialDays")?.look()).map((day) => numbers[day - 1] ?? 0);
    if (days.some((day) => !(day >= 1 && day <= specialDayNumbers))) return [];
    from.at("specialDays")?.take();
    return [...new Set(days)].map(written);
  };

/** Members of a schedule's entry that the format goes without. */
export const scheduleFrame: Part = (from) => {
  from.at("index")?.imply("entries stand in their order");
  const enabled = from.at("enabled");
  if (enabled?.look() === true) enabled.imply("entries that are not in force are not told");
  return [];
};

/** SwitchTime and its dates. */
export const period =
  (name: string, dateOf: typeof date = date): Part =>
  (from) =>
    from.attempt(
      () => {
        const content = [
          ...timeOfDay("SwitchTime", "start")(from),
          ...dateOf("StartDate", "from")(from),
          ...dateOf("EndDate", "to")(from),
        ];
        return content.length === 3 ? [{ name, content }] : [];
      },
      (result) => result.length > 0,
    );
