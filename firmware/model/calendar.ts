/** Dates and times of day with open parts, as the octets that COSEM gives them (Blue Book: date 5, time 4, date-time 12). */
import type { CalendarDate, CalendarTime, CalendarType } from "./types.ts";

export type CalendarForm = CalendarType["form"];
type Parts = CalendarDate & CalendarTime;

/** Octets of each form. */
export const calendarBytes: Readonly<Record<CalendarForm, number>> = { date: 5, time: 4, dateTime: 12 };

const OPEN = 0xff;
const OPEN_YEAR = 0xffff;
/** Deviation from UTC "not specified" and clock status "not specified", which GBCS has in every date-time. */
const UNSPECIFIED = [0x80, 0x00, 0xff] as const;

/** Month 0xFD and 0xFE begin and end summer time, day 0xFD and 0xFE are the last but one and the last of the month. */
const limits = {
  month: [1, 12, 0xfd, 0xfe],
  day: [1, 31, 0xfd, 0xfe],
  weekday: [1, 7],
  hour: [0, 23],
  minute: [0, 59],
  second: [0, 59],
  hundredth: [0, 99],
} as const;
type Part = keyof typeof limits;

const dateParts: readonly Part[] = ["month", "day", "weekday"];
const timeParts: readonly Part[] = ["hour", "minute", "second", "hundredth"];

/** The octets of a value; a part outside its limits is a RangeError that names it. */
export function calendarOctets(form: CalendarForm, value: Parts): Uint8Array {
  const date =
    form === "time" ? [] : [...yearOctets(value.year), ...dateParts.map((p) => octet(p, value[p]))];
  const time = form === "date" ? [] : timeParts.map((p) => octet(p, value[p]));
  return Uint8Array.of(...date, ...time, ...(form === "dateTime" ? UNSPECIFIED : []));
}

/** The value of octets in COSEM's form, or a sentence on what is wrong with them. */
export function calendarValue(form: CalendarForm, octets: Uint8Array): Parts | string {
  if (octets.length !== calendarBytes[form])
    return `expected ${calendarBytes[form]} octets, got ${octets.length}`;
  const found: Partial<Record<Part | "year", number>> = {};
  let at = 0;
  if (form !== "time") {
    const year = octets[0]! * 256 + octets[1]!;
    if (year !== OPEN_YEAR) found.year = year;
    at = 2;
  }
  for (const part of [...(form === "time" ? [] : dateParts), ...(form === "date" ? [] : timeParts)]) {
    const octet = octets[at++]!;
    if (octet === OPEN) continue;
    if (!within(part, octet)) return `expected a ${part}, got ${octet}`;
    found[part] = octet;
  }
  if (form === "dateTime" && UNSPECIFIED.some((octet, i) => octets[at + i] !== octet))
    return "expected deviation and clock status not specified (8000FF)";
  return found;
}

function yearOctets(year = OPEN_YEAR): [number, number] {
  if (!Number.isInteger(year) || year < 0 || year > OPEN_YEAR) throw new RangeError(`year: got ${year}`);
  return [year >> 8, year & 0xff];
}

function octet(part: Part, value = OPEN): number {
  if (value !== OPEN && !within(part, value)) throw new RangeError(`${part}: got ${value}`);
  return value;
}

function within(part: Part, value: number): boolean {
  const [low, high, ...special] = limits[part] as readonly number[];
  return Number.isInteger(value) && ((value >= low! && value <= high!) || special.includes(value));
}
