/**
 * The time stamp of a response or alert: a COSEM date-time of 12 bytes (year 2, month, day, day of week,
 * hour, minute, second, hundredths, deviation 2, clock status), here always UTC with no day of week.
 */
import { toHex } from "../../../hal/base/hex.ts";
import { daysInMonth } from "../../../hal/base/iso-time.ts";
import { malformed } from "./bytes.ts";

export const DATE_TIME_BYTES = 12;
export const DAY_S = 86_400;

const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = year - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) - 477;
  const days = (year - 1970) * 365 + leapDays + (daysBeforeMonth[month - 1] as number) + day - 1;
  return month > 2 && isLeap(year) ? days + 1 : days;
}

/** 1 = Monday; `days` since 1970-01-01, a Thursday. */
export const weekdayOf = (days: number): number => ((days + 3) % 7) + 1;

/** Minutes: UTC, and "not specified", which GBCS times always say and mean UTC by (Blue Book §4.1.6.1). */
const NO_DEVIATION = -0x8000;
/** Bits of the clock status; 0xFF says that there is none. */
export const ClockStatus = { invalid: 1, doubtful: 2, otherBase: 4, invalidStatus: 8, summer: 0x80 } as const;
const RESERVED_STATUS = 0x70;

/** The fields of a date-time; undefined = not specified (0xFF; 0xFFFF; for the deviation 0x8000). */
export interface DateTimeFields {
  readonly year: number | undefined;
  readonly month: number | undefined;
  readonly day: number | undefined;
  /** 1 = Monday. */
  readonly weekday: number | undefined;
  readonly hour: number | undefined;
  readonly minute: number | undefined;
  readonly second: number | undefined;
  readonly hundredths: number | undefined;
  readonly deviationMin: number | undefined;
  readonly status: number | undefined;
}

/**
 * The fields of 12 bytes, each possible for itself and with the others. Throws `wire/malformed` for 30 February, a day of
 * the week that the date does not have, a time that is not UTC or is summer time, and reserved bits of the status.
 */
export function dateTimeFields(bytes: Uint8Array, at: number): DateTimeFields {
  const [y1 = 0, y2 = 0, ...octets] = bytes;
  const [month, day, weekday, hour, minute, second, hundredths] = octets.map(specified);
  const year = y1 * 256 + y2 === 0xffff ? undefined : y1 * 256 + y2;
  const deviation = (((bytes[9] as number) * 256 + (bytes[10] as number)) << 16) >> 16;
  const fields = {
    ...{ year, month, day, weekday, hour, minute, second, hundredths },
    deviationMin: deviation === NO_DEVIATION ? undefined : deviation,
    status: specified(bytes[11] as number),
  };
  const fault = dateFault(fields) ?? timeFault(fields);
  if (fault !== undefined) throw malformed("date-time", at, fault, toHex(bytes));
  return fields;
}

const specified = (octet: number): number | undefined => (octet === 0xff ? undefined : octet);
const within = (value: number | undefined, least: number, most: number): boolean =>
  value === undefined || (value >= least && value <= most);

function dateFault({ year, month, day, weekday }: DateTimeFields): string | undefined {
  if (!within(year, 1970, 0xfffe)) return "a year from 1970";
  if (!within(month, 1, 12)) return "a month from 1 to 12";
  // Of an unspecified year or month the longest counts: any day that one of them has.
  if (!within(day, 1, daysInMonth(month ?? 1, year))) return "a day that its month has";
  if (!within(weekday, 1, 7)) return "a day of the week from 1 to 7";
  if (weekday === undefined || year === undefined || month === undefined || day === undefined)
    return undefined;
  const expected = weekdayOf(daysSinceEpoch(year, month, day));
  return weekday === expected ? undefined : `day of the week ${expected} for its date`;
}

function timeFault({ hour, minute, second, hundredths, deviationMin, status }: DateTimeFields) {
  if (!within(hour, 0, 23) || !within(minute, 0, 59) || !within(second, 0, 59) || !within(hundredths, 0, 99))
    return "a time of day";
  if (deviationMin !== undefined && deviationMin !== 0) return "UTC: deviation 8000 (not specified) or 0";
  if (status !== undefined && (status & RESERVED_STATUS) !== 0) return "a clock status without reserved bits";
  if (status !== undefined && (status & ClockStatus.summer) !== 0) return "UTC, which has no summer time";
  return undefined;
}

/**
 * UTC seconds; undefined where a field that they need is not specified, or the clock says that its time is invalid.
 * Throws `wire/malformed` for no date at all.
 */
export function readDateTime(bytes: Uint8Array, at: number): number | undefined {
  const { year, month, day, hour, minute, second, status } = dateTimeFields(bytes, at);
  if (status !== undefined && (status & ClockStatus.invalid) !== 0) return undefined;
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  return daysSinceEpoch(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second;
}

/** The time stamp of a clock that was never set: nothing of it is specified. */
export const unspecified = Uint8Array.of(...new Array<number>(9).fill(0xff), 0x80, 0, 0xff);

/** `status`: the clock status byte (0xFF = not given). */
export function writeDateTime(timeS: number, status = 0xff): Uint8Array {
  const days = Math.floor(timeS / DAY_S);
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysSinceEpoch(year + 1, 1, 1) <= days) year++;
  while (daysSinceEpoch(year, 1, 1) > days) year--;
  let month = 12;
  while (daysSinceEpoch(year, month, 1) > days) month--;
  const day = days - daysSinceEpoch(year, month, 1) + 1;
  const s = timeS - days * DAY_S;
  const clock = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  return Uint8Array.of(year >>> 8, year, month, day, 0xff, ...clock, 0, 0x80, 0, status);
}
