/** UTC calendar arithmetic without a clock, and COSEM dates with wildcards (Blue Book §4.1.6.1). */

import type { CalendarDate } from "../model/index.ts";

export const daySeconds = 86_400;
export const halfHourSeconds = 1800;

export interface CivilDate {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly day: number;
}

/** Days since 1970-01-01 of a proleptic Gregorian date. */
export function dayNumber({ year, month, day }: CivilDate): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

/** The date that is `days` after 1970-01-01. */
export function civilDate(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

/** 1 = Monday .. 7 = Sunday. */
export const weekday = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1;

export const daysInMonth = (year: number, month: number): number =>
  dayNumber(month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 }) -
  dayNumber({ year, month, day: 1 });

/** A COSEM date: undefined = any. */
export interface DatePattern {
  readonly year: number | undefined;
  readonly month: number | undefined;
  /** 1..31; "last" and "second-last" day of the month; with a weekday: the first such weekday from that day on. */
  readonly day: number | "last" | "second-last" | undefined;
  readonly weekday: number | undefined;
}

const LAST_BUT_ONE = 0xfd;
const LAST = 0xfe;

/** Undefined for a date that never comes: 31 April in no year, 29 February in no common one; nor does summer time. */
export function readDatePattern({ year, month, day, weekday }: CalendarDate): DatePattern | undefined {
  if ((month ?? 1) > 12 || (year ?? 1970) < 1970) return undefined;
  const longest = month === undefined ? 31 : daysInMonth(year ?? 2000, month);
  if (day !== undefined && day > longest && day < LAST_BUT_ONE) return undefined;
  const named = day === LAST ? "last" : day === LAST_BUT_ONE ? "second-last" : day;
  return { year, month, day: named, weekday };
}

/** Does the day `days` match the pattern? */
export function matchesDate(pattern: DatePattern, days: number): boolean {
  const date = civilDate(days);
  if (pattern.year !== undefined && pattern.year !== date.year) return false;
  if (pattern.month !== undefined && pattern.month !== date.month) return false;
  if (pattern.weekday !== undefined && pattern.weekday !== weekday(days)) return false;
  return matchesDay(pattern, date);
}

function matchesDay({ day, weekday: dayOfWeek }: DatePattern, date: CivilDate): boolean {
  if (day === undefined) return true;
  const length = daysInMonth(date.year, date.month);
  const wanted = day === "last" ? length : day === "second-last" ? length - 1 : day;
  if (dayOfWeek === undefined) return date.day === wanted;
  // "last Sunday", or "the first Sunday from the 8th on".
  return typeof day === "number"
    ? date.day >= wanted && date.day < wanted + 7
    : date.day <= wanted && date.day > wanted - 7;
}

/** Years a recurring date may be apart: 29 February across 1900 and 2100. */
const maxYearsBack = 8;

/** The last day up to and including `days` that matches; undefined when there is none. */
export function latestMatch(pattern: DatePattern, days: number): number | undefined {
  const { year: thisYear } = civilDate(days);
  const years =
    pattern.year === undefined
      ? Array.from({ length: maxYearsBack + 1 }, (_, back) => thisYear - back)
      : [pattern.year];
  for (const year of years) {
    const found = latestInYear(pattern, year, days);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** {@link latestMatch} for one who asks for days in falling order: looked for once each match, not once each day. */
export function latestMatchBackwards(pattern: DatePattern): (days: number) => number | undefined {
  let found: number | undefined = Number.POSITIVE_INFINITY;
  return (days) => {
    if (found !== undefined && found > days) found = latestMatch(pattern, days);
    return found;
  };
}

/** The first day from `days` on that matches; undefined when there is none within the years a recurring date may be apart. */
export function nextMatch(pattern: DatePattern, days: number): number | undefined {
  const { year = civilDate(days).year } = pattern;
  const first = Math.max(days, dayNumber({ year, month: 1, day: 1 }));
  const end = dayNumber({
    year: year + (pattern.year === undefined ? maxYearsBack + 1 : 1),
    month: 1,
    day: 1,
  });
  for (let day = first; day < end; day++) if (matchesDate(pattern, day)) return day;
  return undefined;
}

function latestInYear(pattern: DatePattern, year: number, upTo: number): number | undefined {
  const months = pattern.month === undefined ? [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1] : [pattern.month];
  for (const month of months) {
    const first = dayNumber({ year, month, day: 1 });
    for (let days = first + daysInMonth(year, month) - 1; days >= first; days--)
      if (days <= upTo && matchesDate(pattern, days)) return days;
  }
  return undefined;
}
