/**
 * The auxiliary calendar: entries that set a level at a time of day, on weekdays or on special days (Blue Book classes
 * 10 and 11). What was set last holds until the next. Pure; all times UTC.
 */
import type { ValueOf, valueTypes } from "../../model/index.ts";
import {
  type DatePattern,
  daySeconds,
  latestMatchBackwards,
  matchesDate,
  readDatePattern,
  weekday,
} from "../calendar-time.ts";
import { type Channel, readCalendarTarget, type Target } from "./selector.ts";

export type ScheduleEntries = readonly ValueOf<typeof valueTypes.scheduleEntry>[];
export type SpecialDays = readonly ValueOf<typeof valueTypes.specialDay>[];

interface Entry extends Target {
  readonly index: number;
  readonly atS: number;
  /** Monday first, "1" where it runs. */
  readonly weekdays: string;
  /** By day id, "1" where it runs on the special days that have it. */
  readonly specialDays: string;
  readonly from: DatePattern;
  readonly to: DatePattern;
}
interface SpecialDay {
  readonly date: DatePattern;
  readonly day: number;
}
export interface AuxiliaryCalendar {
  /** By time of day, then index. */
  readonly entries: readonly Entry[];
  readonly specialDays: readonly SpecialDay[];
}

/** An entry that runs at all has run within a year and a leap day. */
const longestDays = 367;
/** One bit a special day, and at most 20 days. */
const maxSpecialDayBits = 20;

/** Does every entry mean something, each with an index of its own? */
export const isSchedule = (value: ScheduleEntries): boolean =>
  haveOwnIndex(value) && value.every((entry) => readEntry(entry) !== undefined);
/** Does every special day come, each with an index of its own? */
export const areSpecialDays = (value: SpecialDays): boolean =>
  haveOwnIndex(value) && readSpecialDays(value).length === value.length;

const haveOwnIndex = (value: readonly { readonly index: number }[]): boolean =>
  new Set(value.map(({ index }) => index)).size === value.length;

/** The entries that run. What means nothing, as a bench may load it, does not. */
export const readSchedule = (value: ScheduleEntries): readonly Entry[] =>
  value
    .flatMap((entry) => (entry.enabled ? (readEntry(entry) ?? []) : []))
    .sort((a, b) => a.atS - b.atS || a.index - b.index);

function readEntry(value: ScheduleEntries[number]): Entry | undefined {
  const { index, selector, start, weekdays, specialDays } = value;
  const { hour, minute, second, hundredth = 0 } = start;
  const [target, from, to] = [
    readCalendarTarget(selector),
    readDatePattern(value.from),
    readDatePattern(value.to),
  ];
  if (target === undefined || from === undefined || to === undefined) return undefined;
  if (hour === undefined || minute === undefined || second === undefined || hundredth > 0) return undefined;
  if (specialDays.length > maxSpecialDayBits) return undefined;
  const atS = hour * 3600 + minute * 60 + second;
  return { ...target, index, atS, weekdays, specialDays, from, to };
}

export const readSpecialDays = (value: SpecialDays): readonly SpecialDay[] =>
  value.flatMap(({ date, day }) => {
    const pattern = readDatePattern(date);
    return pattern === undefined ? [] : [{ date: pattern, day }];
  });

/** What the calendar has set `channel` to by `utcS`; undefined while no entry has run. */
export function calendarLevelAt(
  calendar: AuxiliaryCalendar,
  { controller, way }: Channel,
  utcS: number,
): number | undefined {
  const own = calendar.entries
    .filter((each) => each.controller === controller && each.way === way)
    .map((each) => ({ ...each, ...periodOf(each) }));
  if (own.length === 0) return undefined;
  const today = Math.floor(utcS / daySeconds);
  for (let day = today; day > today - longestDays; day--) {
    const special = specialDayOn(calendar, day);
    const last = own.findLast(
      (each) => (day < today || each.atS <= utcS - today * daySeconds) && runsOn(each, day, special),
    );
    if (last !== undefined) return last.level;
  }
  return undefined;
}

/** The next moment after `utcS` at which the calendar may set something: an entry of today, or midnight. */
export function nextEntryAfter(calendar: AuxiliaryCalendar, utcS: number): number {
  const today = Math.floor(utcS / daySeconds);
  const special = specialDayOn(calendar, today);
  const next = calendar.entries.find(
    (each) => each.atS > utcS - today * daySeconds && runsOn({ ...each, ...periodOf(each) }, today, special),
  );
  return today * daySeconds + (next?.atS ?? daySeconds);
}

const specialDayOn = ({ specialDays }: AuxiliaryCalendar, day: number): SpecialDay | undefined =>
  specialDays.find(({ date }) => matchesDate(date, day));

/** When an entry's period last began and ended by a day: of days in falling order. */
interface Period {
  readonly began: (day: number) => number | undefined;
  readonly ended: (day: number) => number | undefined;
}
const periodOf = ({ from, to }: Entry): Period => ({
  began: latestMatchBackwards(from),
  ended: latestMatchBackwards(to),
});

/** On a special day only what has that day's bit runs, whatever the day of the week. */
function runsOn(entry: Entry & Period, day: number, special: SpecialDay | undefined): boolean {
  const bits = special === undefined ? entry.weekdays : entry.specialDays;
  const bit = special === undefined ? weekday(day) : special.day;
  return bits[bit - 1] === "1" && inPeriod(entry, day);
}

/** From the last beginning on, until the first end after it: also over New Year, and with either end left open. */
function inPeriod({ from, to, ...last }: Entry & Period, day: number): boolean {
  if (isOpen(from)) return to.year === undefined || last.ended(day - 1) === undefined;
  const began = last.began(day);
  if (began === undefined || isOpen(to)) return began !== undefined;
  const ended = last.ended(day - 1);
  return ended === undefined || ended < began;
}

const isOpen = ({ year, month, day, weekday: dayOfWeek }: DatePattern): boolean =>
  year === undefined && month === undefined && day === undefined && dayOfWeek === undefined;
