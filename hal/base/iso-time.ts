/**
 * Times as people write them (ISO 8601, RFC 3339). A date must be in the calendar and an hour on the clock: `Date.parse`
 * takes 30 February for 2 March, 24:00 for the next day, and a time without a zone for the machine's own.
 */

/** What is wrong, where (a column of the text, from 1), in words that follow a colon. */
export interface TimeFault {
  readonly column: number;
  readonly fault: string;
}

const form =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const months = ["January", "February", "March", "April", "May", "June"].concat([
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
]);

/** The days of a month (1 to 12) of the Gregorian calendar; without a year, the most that it can have. */
export function daysInMonth(month: number, year?: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  const leap = year === undefined || (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return leap ? 29 : 28;
}

/** Why `day` of `month` is in no calendar, or in none of `year`; undefined when it is. */
export function dateFault(month: number, day: number, year?: number): string | undefined {
  if (month < 1 || month > 12) return `month ${month}: expected 01 to 12`;
  const days = daysInMonth(month, year);
  if (day >= 1 && day <= days) return undefined;
  const name = `${months[month - 1]}${year === undefined ? "" : ` ${String(year).padStart(4, "0")}`}`;
  return `there is no ${day} ${name}, which has ${days} days`;
}

/**
 * Milliseconds since 1970 of a date, or a date and time; UTC unless it names a zone. Digits beyond milliseconds are
 * dropped. A leap second (:60) is refused: no clock here counts them.
 */
export function readIsoTime(text: string): number | TimeFault {
  const found = form.exec(text);
  if (found === null)
    return { column: firstWrong(text), fault: "expected a time of the form 2026-12-01T00:00:00Z" };
  const part = (n: number) => Number(found[n] ?? 0);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [
    ...[number, number, number, number, number, number],
  ];
  const date = dateFault(month, day, year);
  if (date !== undefined) return { column: month < 1 || month > 12 ? 6 : 9, fault: date };
  if (hour > 23) return { column: 12, fault: `hour ${hour}: expected 00 to 23` };
  if (minute > 59) return { column: 15, fault: `minute ${minute}: expected 00 to 59` };
  if (second > 59) return { column: 18, fault: `second ${second}: expected 00 to 59` };
  const zone = found[8] ?? "Z";
  const offsetMin = offsetOf(zone);
  if (offsetMin === undefined)
    return { column: text.length - zone.length + 1, fault: `zone ${zone}: expected Z, or -23:59 to +23:59` };
  const utc = new Date(0);
  utc.setUTCFullYear(year, month - 1, day);
  utc.setUTCHours(hour, minute - offsetMin, second, Number((found[7] ?? "").slice(0, 3).padEnd(3, "0")));
  return utc.getTime();
}

/** Minutes that a zone is ahead of UTC. */
function offsetOf(zone: string): number | undefined {
  if (/^z$/i.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(":", ""))];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/** The column of the first character that no time has there. */
function firstWrong(text: string): number {
  const pattern = "dddd-dd-ddTdd:dd:dd";
  for (let at = 0; at < pattern.length; at++) {
    const got = text[at];
    if (got === undefined) return text.length + 1;
    const fits =
      pattern[at] === "d" ? /\d/.test(got) : pattern[at] === "T" ? /[T ]/i.test(got) : got === pattern[at];
    if (!fits) return at + 1;
  }
  return Math.min(text.length, pattern.length) + 1;
}
