/**
 * What each auxiliary channel should be at, and why. Pure. A command for a time goes before the boost button, that
 * before the calendar, and a limit bounds them all.
 */
import { full } from "./selector.ts";

/** Seconds UTC; the end is no longer part of it. */
export interface Period {
  readonly fromS: number;
  readonly untilS: number;
}
/** A level for a time. */
export interface Hold extends Period {
  /** Percent. */
  readonly level: number;
}

export const within = ({ fromS, untilS }: Period, atS: number): boolean => atS >= fromS && atS < untilS;

/** All that decides the level of one channel, percent. */
export interface Deciders {
  readonly hold: Hold | undefined;
  readonly limit: Hold | undefined;
  /** Of an output that obeys the button. */
  readonly boost: Period | undefined;
  /** None: no entry has run. */
  readonly calendar: number | undefined;
}

export function decide({ hold, limit, boost, calendar = 0 }: Deciders, atS: number): number {
  const boosted = boost && within(boost, atS) ? full : calendar;
  const wanted = hold && within(hold, atS) ? hold.level : boosted;
  return limit && within(limit, atS) ? Math.min(limit.level, wanted) : wanted;
}

/** When what decides a channel changes next; undefined when time alone changes nothing. */
export function nextChangeAfter(periods: readonly (Period | undefined)[], atS: number): number | undefined {
  const moments = periods.flatMap((period) => (period ? [period.fromS, period.untilS] : []));
  const later = moments.filter((moment) => moment > atS);
  return later.length === 0 ? undefined : Math.min(...later);
}

export type Pressed = { readonly boost: Period } | "cancelled";

/**
 * One press of the boost button: the first of `periodsMin` minutes, then the next longer one each time, counted from
 * the first press; after the longest the boost is cancelled.
 */
export function press(boost: Period | undefined, atS: number, periodsMin: readonly number[]): Pressed {
  const fromS = boost?.fromS ?? atS;
  const next = periodsMin.find((minutes) => fromS + 60 * minutes > (boost?.untilS ?? atS));
  return next === undefined ? "cancelled" : { boost: { fromS, untilS: fromS + 60 * next } };
}
