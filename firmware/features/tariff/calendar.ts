/**
 * Which rate is in force when: seasons pick a week, the week picks a day, special days replace days, and the
 * day's schedule picks the rate. Pure; all times UTC.
 */
import { type DatePattern, daySeconds, latestMatch, matchesDate, weekday } from "../calendar-time.ts";

/**
 * A time-of-use register (1..48), a time of use of the block matrix (1..8; script 101..108), or one of the secondary
 * element (1..4; script 201..204).
 */
export interface Rate {
  readonly kind: "tou" | "block" | "secondary";
  readonly index: number;
}

export interface Season {
  readonly name: string;
  readonly start: DatePattern;
  /** Second of that day. */
  readonly atS: number;
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
/** And the secondary element, to its first. */
export const defaultSecondaryRate: Rate = { kind: "secondary", index: 1 };

/**
 * The rate in force at `utcS`; undefined where the calendar says nothing. Before a day's first switch the day before's
 * last one holds.
 */
export function rateAt(calendar: Calendar, utcS: number): Rate | undefined {
  const today = Math.floor(utcS / daySeconds);
  const secondOfDay = utcS - today * daySeconds;
  const begun = dayAt(calendar, utcS)?.switches.findLast((each) => each.atS <= secondOfDay);
  return begun?.rate ?? dayAt(calendar, today * daySeconds - 1)?.switches.at(-1)?.rate;
}

/** The next moment after `utcS` at which the rate may be another: a switch, the start of a season, or midnight. */
export function nextSwitchAfter(calendar: Calendar, utcS: number): number {
  const today = Math.floor(utcS / daySeconds);
  const secondOfDay = utcS - today * daySeconds;
  const moments = [
    ...(dayAt(calendar, utcS)?.switches ?? []),
    ...calendar.seasons.filter(({ start }) => matchesDate(start, today)),
  ].flatMap(({ atS }) => (atS > secondOfDay ? [atS] : []));
  return today * daySeconds + Math.min(daySeconds, ...moments);
}

/** The day profile in force at `utcS`; undefined when the calendar has none for it. */
export function dayAt(calendar: Calendar, utcS: number): Day | undefined {
  const days = Math.floor(utcS / daySeconds);
  const special = calendar.specialDays.find((each) => matchesDate(each.date, days));
  const byId = (id: number | undefined) => calendar.days.find((each) => each.id === id);
  return (special && byId(special.dayId)) ?? byId(weekAt(calendar, utcS)?.days[weekday(days) - 1]);
}

function weekAt(calendar: Calendar, utcS: number): Week | undefined {
  const season = seasonAt(calendar.seasons, utcS);
  return calendar.weeks.find((each) => each.name === season?.week);
}

/** The season that began last. Before any has begun (all start in later years) the first one listed holds. */
export function seasonAt(seasons: readonly Season[], utcS: number): Season | undefined {
  let latest: { season: Season; beganS: number } | undefined;
  for (const season of seasons) {
    const days = latestMatch(season.start, Math.floor((utcS - season.atS) / daySeconds));
    const beganS = days === undefined ? undefined : days * daySeconds + season.atS;
    if (beganS !== undefined && (latest === undefined || beganS > latest.beganS)) latest = { season, beganS };
  }
  return latest?.season ?? seasons[0];
}
