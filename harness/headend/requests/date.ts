/** DUIS's Date, any part of it open, and the calendar date of the model. */
import { z } from "zod";
import type { CalendarDate } from "../../../firmware/model/index.ts";
import { dateFault } from "../../../hal/base/iso-time.ts";
import { empty, oneOf, whole } from "./duis.ts";

/** Days that a calendar counts from the end of the month (Blue Book). */
const lastDay = 0xfe;
const secondLastDay = 0xfd;

const parts = {
  Year: z
    .strictObject({ SpecifiedYear: whole(2014, 9999).optional(), NonSpecifiedYear: empty.optional() })
    .superRefine(oneOf("SpecifiedYear", "NonSpecifiedYear")),
  Month: z
    .strictObject({ SpecifiedMonth: whole(1, 12).optional(), NonSpecifiedMonth: empty.optional() })
    .superRefine(oneOf("SpecifiedMonth", "NonSpecifiedMonth")),
  DayOfMonth: z
    .strictObject({
      SpecifiedDayOfMonth: whole(1, 31).optional(),
      LastDayOfMonth: empty.optional(),
      SecondLastDayOfMonth: empty.optional(),
      NonSpecifiedDayOfMonth: empty.optional(),
    })
    .superRefine(
      oneOf("SpecifiedDayOfMonth", "LastDayOfMonth", "SecondLastDayOfMonth", "NonSpecifiedDayOfMonth"),
    ),
  DayOfWeek: z
    .strictObject({ SpecifiedDayOfWeek: whole(1, 7).optional(), NonSpecifiedDayOfWeek: empty.optional() })
    .superRefine(oneOf("SpecifiedDayOfWeek", "NonSpecifiedDayOfWeek")),
};

interface Named {
  readonly Year: { readonly SpecifiedYear?: number | undefined };
  readonly Month: { readonly SpecifiedMonth?: number | undefined };
  readonly DayOfMonth: { readonly SpecifiedDayOfMonth?: number | undefined };
}
function exists({ Year, Month, DayOfMonth }: Named, context: z.core.$RefinementCtx): void {
  const [month, day] = [Month.SpecifiedMonth, DayOfMonth.SpecifiedDayOfMonth];
  const fault = month && day ? dateFault(month, day, Year.SpecifiedYear) : undefined;
  if (fault !== undefined) context.addIssue(`SpecifiedYear, SpecifiedMonth, SpecifiedDayOfMonth: ${fault}`);
}

export const date = z.strictObject(parts).superRefine(exists);
/** A date that has a number among others: `name` is its attribute. */
export const numberedDate = <const N extends string>(name: N, most: number) =>
  z
    .strictObject({ [name]: whole(1, most), ...parts } as Readonly<Record<N, z.ZodNumber>> & typeof parts)
    .superRefine(exists as (value: object, context: z.core.$RefinementCtx) => void);
export type DuisDate = z.input<typeof date>;

/** "MM-DD", each year, or "YYYY-MM-DD", once, as DUIS writes it. */
export function dateOf(text: string): DuisDate {
  const [day, month, year] = text.split("-").map(Number).reverse() as [number, number, number?];
  return fromCalendar({ month, day, ...(year === undefined ? {} : { year }) });
}

export function toCalendar({ Year, Month, DayOfMonth, DayOfWeek }: DuisDate): CalendarDate {
  const day = DayOfMonth.LastDayOfMonth
    ? lastDay
    : DayOfMonth.SecondLastDayOfMonth
      ? secondLastDay
      : DayOfMonth.SpecifiedDayOfMonth;
  const parts = {
    year: Year.SpecifiedYear,
    month: Month.SpecifiedMonth,
    day,
    weekday: DayOfWeek.SpecifiedDayOfWeek,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

export function fromCalendar({ year, month, day, weekday }: CalendarDate): DuisDate {
  const open = <const N extends string>(name: N, part: number | undefined) =>
    (part === undefined ? { [`NonSpecified${name}`]: {} } : { [`Specified${name}`]: part }) as Record<
      `Specified${N}`,
      number
    >;
  return {
    Year: open("Year", year),
    Month: open("Month", month),
    DayOfMonth:
      day === lastDay
        ? { LastDayOfMonth: {} }
        : day === secondLastDay
          ? { SecondLastDayOfMonth: {} }
          : open("DayOfMonth", day),
    DayOfWeek: open("DayOfWeek", weekday),
  };
}
