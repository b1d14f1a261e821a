/**
 * Which rate is in force when: seasons pick a week, the week picks a day, special days replace days, and the
 * day's schedule picks the rate. Pure; all times UTC.
 */
import { type DatePattern, daySeconds, latestMatch, matchesDate, weekday } from "../calendar-time.ts";

/** A time-of-use register (1..48), or a time of use of the block matrix (1..8; script 101..108). */
export type Rate =
  | { readonly kind: "tou"; readonly index: number }
  | { readonly kind: "block"; readonly index: number };

export interface Season {
  readonly name: string;
  /** Begins at midnight. */
  readonly start: DatePattern;
  readonly week: string;
}
export interface Week {
  readonly name: string;
  /** Day ids, Monday first. */
  readonly days: readonly number[];
}
export interface Switch {
  readonly atS: number;
  readonly rate: Rate;
}
export interface Day {
  readonly id: number;
  /** By second of the day, ascending; never empty. */
  readonly switches: readonly Switch[];
}
export interface SpecialDay {
  readonly index: number;
  readonly date: DatePattern;
  readonly dayId: number;
}
export interface Calendar {
  readonly seasons: readonly Season[];
  readonly weeks: readonly Week[];
  readonly days: readonly Day[];
  readonly specialDays: readonly SpecialDay[];
}

/** What a meter charges to before it has a tariff: time-of-use register 1. */
export const defaultRate: Rate = { kind: "tou", index: 1 };

/** The rate in force at `utcS`. Before a day's first switch the day before's last one holds. */
export function rateAt(calendar: Calendar, utcS: number): Rate {
  const today = Math.floor(utcS / daySeconds);
  const secondOfDay = utcS - today * daySeconds;
  const begun = dayOn(calendar, today)?.switches.findLast((each) => each.atS <= secondOfDay);
  return begun?.rate ?? dayOn(calendar, today - 1)?.switches.at(-1)?.rate ?? defaultRate;
}

/** The next moment after `utcS` at which the rate may be another: the day's next switch, or midnight. */
export function nextSwitchAfter(calendar: Calendar, utcS: number): number {
  const today = Math.floor(utcS / daySeconds);
  const secondOfDay = utcS - today * daySeconds;
  const next = dayOn(calendar, today)?.switches.find((each) => each.atS > secondOfDay);
  return today * daySeconds + (next?.atS ?? daySeconds);
}

/** The day profile of day number `days`; undefined when the calendar has none for it. */
export function dayOn(calendar: Calendar, days: number): Day | undefined {
  const special = calendar.specialDays.find((each) => matchesDate(each.date, days));
  const byId = (id: number | undefined) => calendar.days.find((each) => each.id === id);
  return (special && byId(special.dayId)) ?? byId(weekOn(calendar, days)?.days[weekday(days) - 1]);
}

function weekOn(calendar: Calendar, days: number): Week | undefined {
  const season = seasonOn(calendar.seasons, days);
  return calendar.weeks.find((each) => each.name === season?.week);
}

/** The season that began last. Before any has begun (all start in later years) the first one listed holds. */
export function seasonOn(seasons: readonly Season[], days: number): Season | undefined {
  let latest: { season: Season; began: number } | undefined;
  for (const season of seasons) {
    const began = latestMatch(season.start, days);
    if (began !== undefined && (latest === undefined || began > latest.began)) latest = { season, began };
  }
  return latest?.season ?? seasons[0];
}
