/**
 * When no supply is cut for want of credit: a schedule of starts and stops by the day of the week, or for special days
 * by a list of them, between two dates that may recur each year (ECS08a, ECS26a). Pure; all times UTC.
 */
import type { CalendarDate, ValueOf, valueTypes } from "../../model/index.ts";
import {
  civilDate,
  type DatePattern,
  daySeconds,
  matchesDate,
  readDatePattern,
  weekday,
} from "../calendar-time.ts";

export type ScheduleEntry = ValueOf<typeof valueTypes.scheduleEntry>;
export type SpecialDay = ValueOf<typeof valueTypes.specialDay>;

/** Selectors of the script table. */
const scripts = { start: 0x20, stop: 0x21 } as const;
/** How far back a start is looked for: what recurs, recurs each year. Ours, not a fact. */
const longestDays = 366;

interface Trigger {
  /** Second of the day. */
  readonly atS: number;
  readonly starts: boolean;
  readonly weekdays: string;
  readonly specialDays: string;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

export interface NonDisablementCalendar {
  readonly triggers: readonly Trigger[];
  readonly specialDays: readonly DatePattern[];
}

/** Undefined for entries that mean nothing: another script, an open time, a date that never comes, an index twice. */
export function readTriggers(entries: readonly ScheduleEntry[]): Trigger[] | undefined {
  const triggers: Trigger[] = [];
  for (const { enabled, selector, start, ...rest } of entries) {
    const { hour, minute, second, hundredth = 0 } = start;
    if (selector !== scripts.start && selector !== scripts.stop) return undefined;
    if (hour === undefined || minute === undefined || second === undefined || hundredth > 0) return undefined;
    if (readDatePattern(rest.from) === undefined || readDatePattern(rest.to) === undefined) return undefined;
    const atS = hour * 3600 + minute * 60 + second;
    if (enabled) triggers.push({ atS, starts: selector === scripts.start, ...rest });
  }
  const indexes = new Set(entries.map(({ index }) => index));
  return indexes.size === entries.length ? triggers.sort((a, b) => a.atS - b.atS) : undefined;
}

/** In the order of their bits; undefined when a date never comes or an index stands twice. */
export function readSpecialDates(days: readonly SpecialDay[]): DatePattern[] | undefined {
  const patterns = days.map(({ date }) => readDatePattern(date)).filter((each) => each !== undefined);
  const indexes = new Set(days.map(({ index }) => index));
  return patterns.length === days.length && indexes.size === days.length ? patterns : undefined;
}

/** Is the supply kept at `utcS` whatever the credit? The last start or stop up to then says. */
export function isNonDisablement(calendar: NonDisablementCalendar, utcS: number): boolean {
  if (calendar.triggers.length === 0) return false;
  const today = Math.floor(utcS / daySeconds);
  for (let day = today; day >= today - longestDays; day--) {
    const until = day === today ? utcS - today * daySeconds : daySeconds;
    const last = calendar.triggers.findLast((one) => one.atS <= until && isOn(one, calendar, day));
    if (last !== undefined) return last.starts;
  }
  return false;
}

/** The next moment after `utcS` at which that may change; the next midnight at the latest. */
export function nextTriggerAfter({ triggers }: NonDisablementCalendar, utcS: number): number {
  const today = Math.floor(utcS / daySeconds) * daySeconds;
  return today + (triggers.find(({ atS }) => atS > utcS - today)?.atS ?? daySeconds);
}

/** A special day follows its own bit, and no weekday's. */
function isOn(trigger: Trigger, { specialDays }: NonDisablementCalendar, day: number): boolean {
  if (!isBetween(trigger, day)) return false;
  const special = specialDays.findIndex((pattern) => matchesDate(pattern, day));
  return special >= 0 ? trigger.specialDays[special] === "1" : trigger.weekdays[weekday(day) - 1] === "1";
}

/** Both dates included. Where they leave the year open they recur, and may span its end. */
function isBetween({ from, to }: Trigger, day: number): boolean {
  const date = civilDate(day);
  const first = orderOf(from, date);
  const last = orderOf(to, date);
  const now = orderOf({}, date);
  const recurs = from.year === undefined || to.year === undefined;
  return recurs && first > last ? now >= first || now <= last : now >= first && now <= last;
}

/** A date as a number that sorts; its open parts are those of `on`. The last days of months sort behind the 31st. */
const orderOf = (
  { year, month, day }: CalendarDate,
  on: { readonly year: number; readonly month: number; readonly day: number },
): number => ((year ?? on.year) * 16 + (month ?? on.month)) * 512 + (day ?? on.day);
