/** When configurable demand is measured: a schedule of which script 1 begins a window, and script 2 ends it. Pure; UTC. */
import type { CalendarDate, ValueOf, valueTypes } from "../../model/index.ts";
import { civilDate, daySeconds, weekday } from "../calendar-time.ts";

export type ScheduleEntry = ValueOf<(typeof valueTypes)["scheduleEntry"]>;

const begins = 1;
const ends = 2;
/** A weekday comes at least once in so many days. */
const daysBack = 7;

const midnight = { hour: 0, minute: 0, second: 0 } as const;
/** Of a new meter: none is open, ever. 0-0:10.0.128.100 is the script table. */
export const factoryWindow: readonly ScheduleEntry[] = [begins, ends].map((selector) => ({
  ...{ index: selector, enabled: false, script: Uint8Array.of(0, 0, 10, 128, 100, 255), selector },
  ...{ start: midnight, window: 0xffff, weekdays: "1111111", specialDays: "", from: {}, to: {} },
}));

/** Whether a device can follow it: each entry has a time of day, and begins or ends a window. */
export const isSchedule = (entries: readonly ScheduleEntry[]): boolean =>
  entries.every(({ selector, start }) => [begins, ends].includes(selector) && secondOf(start) !== undefined);

/** Is a window open at `utcS`: was the last script run until then the one that begins it? */
export function isOpen(entries: readonly ScheduleEntry[], utcS: number): boolean {
  const today = Math.floor(utcS / daySeconds);
  let last: { atS: number; selector: number } | undefined;
  for (let days = today; days >= today - daysBack && last === undefined; days--)
    for (const entry of entries.filter((each) => runsOn(each, days))) {
      const atS = days * daySeconds + (secondOf(entry.start) ?? 0);
      if (atS <= utcS && atS >= (last?.atS ?? 0)) last = { atS, selector: entry.selector };
    }
  return last?.selector === begins;
}

function runsOn({ enabled, weekdays, from, to }: ScheduleEntry, days: number): boolean {
  if (!enabled || weekdays[weekday(days) - 1] !== "1") return false;
  const date = civilDate(days);
  return compare(date, from) >= 0 && compare(date, to) <= 0;
}

/** What a bound leaves open is no bound. */
function compare(date: Required<Pick<CalendarDate, "year" | "month" | "day">>, bound: CalendarDate): number {
  for (const part of ["year", "month", "day"] as const) {
    const limit = bound[part];
    if (limit !== undefined && date[part] !== limit) return date[part] - limit;
  }
  return 0;
}

function secondOf({ hour, minute, second }: ScheduleEntry["start"]): number | undefined {
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  return hour * 3600 + minute * 60 + second;
}
