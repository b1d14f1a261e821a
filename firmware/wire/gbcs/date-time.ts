/**
 * The time stamp of a response or alert: a COSEM date-time of 12 bytes (year 2, month, day, day of week,
 * hour, minute, second, hundredths, deviation 2, clock status), here always UTC with no day of week.
 */
import { malformed } from "./bytes.ts";

export const DATE_TIME_BYTES = 12;

const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = year - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) - 477;
  const days = (year - 1970) * 365 + leapDays + (daysBeforeMonth[month - 1] as number) + day - 1;
  return month > 2 && isLeap(year) ? days + 1 : days;
}

/** UTC seconds; undefined where fields are left unspecified (0xFF). Throws `wire/malformed` for no date at all. */
export function readDateTime(bytes: Uint8Array, at: number): number | undefined {
  const year = (bytes[0] as number) * 256 + (bytes[1] as number);
  const [month, day, , hour, minute, second] = bytes.subarray(2, 8) as unknown as number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (year === 0xffff || [month, day, hour, minute, second].includes(0xff)) return undefined;
  const sound = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!sound || year < 1970 || hour > 23 || minute > 59 || second > 59)
    throw malformed(
      "date-time",
      at,
      "a date and time of day",
      [year, month, day, hour, minute, second].join("-"),
    );
  return daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
}

/** `status`: the clock status byte (0xFF = not given). */
export function writeDateTime(timeS: number, status = 0xff): Uint8Array {
  const days = Math.floor(timeS / 86_400);
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysSinceEpoch(year + 1, 1, 1) <= days) year++;
  while (daysSinceEpoch(year, 1, 1) > days) year--;
  let month = 12;
  while (daysSinceEpoch(year, month, 1) > days) month--;
  const day = days - daysSinceEpoch(year, month, 1) + 1;
  const s = timeS - days * 86_400;
  const clock = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  return Uint8Array.of(year >>> 8, year, month, day, 0xff, ...clock, 0, 0x80, 0, status);
}
