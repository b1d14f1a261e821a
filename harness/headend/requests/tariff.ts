/** Service requests 1.x: tariff and prices. */
import { z } from "zod";
import type { CalendarDate, CalendarTime } from "../../../firmware/model/index.ts";
import { date, fromCalendar, toCalendar } from "./date.ts";
import { indexed, numbered, oneOf, time, unsignedInt, whole } from "./duis.ts";
import { filledPrices, prices, priceValues, readPrices } from "./prices.ts";
import { list } from "./read.ts";
import { type Lookup, request } from "./request.ts";

const dayName = whole(1, 16);
const weekName = whole(1, 4);

const profileSchedule = z
  .strictObject({
    StartTime: time,
    TOUTariffAction: whole(1, 48).optional(),
    BlockTariffAction: whole(1, 8).optional(),
  })
  .superRefine(oneOf("TOUTariffAction", "BlockTariffAction"));

const switchingTable = z.strictObject({
  DayProfiles: z.strictObject({
    DayProfile: z
      .array(z.strictObject({ DayName: dayName, ProfileSchedule: z.array(profileSchedule).min(1).max(48) }))
      .min(1)
      .max(16),
  }),
  WeekProfiles: z.strictObject({
    WeekProfile: z
      .array(z.strictObject({ WeekName: weekName, ReferencedDayName: indexed(numbered(7, dayName), 7, 7) }))
      .min(1)
      .max(4),
  }),
  Seasons: z.strictObject({
    Season: z
      .array(
        z.strictObject({
          SeasonName: z.string().regex(/^[ -~]{0,8}$/, "expected up to 8 letters"),
          SeasonStartDate: date,
          ReferencedWeekName: weekName,
        }),
      )
      .min(1)
      .max(4),
  }),
});

const elecTariffElements = z.strictObject({
  CurrencyUnits: z.enum(["GBP", "ECB"]),
  SwitchingTable: switchingTable,
  SpecialDays: z.strictObject({
    SpecialDay: z
      .array(z.strictObject({ Date: date, ReferencedDayName: dayName }))
      .max(50)
      .default([]),
  }),
  /** Wh; what has fewer than three thresholds ends with 4294967295. */
  ThresholdMatrix: z.strictObject({
    Thresholds: indexed(
      z.strictObject({ index: whole(1, 8), BlockThreshold: indexed(numbered(3, unsignedInt), 1, 3) }),
      8,
      8,
    ),
  }),
});
type ElecTariff = z.output<typeof elecTariffElements>;

/** The tariffication script table: scripts 101 to 108 charge the block matrix. */
const firstBlockScript = 100;
const midnight = { hour: 0, minute: 0, second: 0, hundredth: 0 } as const;
const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

function tariffValues({ CurrencyUnits, SwitchingTable, SpecialDays, ThresholdMatrix }: ElecTariff) {
  const { DayProfiles, WeekProfiles, Seasons } = SwitchingTable;
  const thresholds = ThresholdMatrix.Thresholds.map(
    ({ index, BlockThreshold }) =>
      [`blockThresholdsTou${index}.thresholds`, BlockThreshold.map(({ value }) => value)] as const,
  );
  return {
    "tariffCalendar.seasonsPassive": Seasons.Season.map((season) => ({
      name: Uint8Array.from(Buffer.from(season.SeasonName, "latin1")),
      start: { ...toCalendar(season.SeasonStartDate), ...midnight },
      week: Uint8Array.of(season.ReferencedWeekName),
    })),
    "tariffCalendar.weeksPassive": WeekProfiles.WeekProfile.map((week) => ({
      name: Uint8Array.of(week.WeekName),
      ...Object.fromEntries(week.ReferencedDayName.map(({ index, value }) => [weekdays[index - 1], value])),
    })),
    "tariffCalendar.daysPassive": DayProfiles.DayProfile.map((day) => ({
      day: day.DayName,
      switches: day.ProfileSchedule.map((one) => ({
        start: timeOf(one.StartTime),
        selector: one.TOUTariffAction ?? firstBlockScript + (one.BlockTariffAction as number),
      })),
    })),
    "specialDays.entries": SpecialDays.SpecialDay.map((special, i) => ({
      index: i + 1,
      date: toCalendar(special.Date),
      day: special.ReferencedDayName,
    })),
    ...Object.fromEntries(thresholds),
    "currencyUnit.passive": CurrencyUnits === "GBP",
  };
}

function timeOf(text: string): CalendarTime {
  const [hour, minute, second, hundredth = 0] = text.replace("Z", "").split(/[:.]/).map(Number);
  return { hour, minute, second, hundredth } as CalendarTime;
}

// The way back shares nothing with the way there.

type Row = Readonly<Record<string, unknown>>;
const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array);
/** What is no row reads as one that says so. */
const rows = (value: unknown): readonly Row[] =>
  list(value).map((each) => (isRow(each) ? each : { is: each }));
const latin1 = (value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : { is: value };
const oneOctet = (value: unknown): unknown =>
  value instanceof Uint8Array && value.length === 1 ? value[0] : value;

function readTariff(value: Lookup) {
  return {
    CurrencyUnits: currencyOf(value("currencyUnit.passive")),
    SwitchingTable: {
      DayProfiles: {
        DayProfile: rows(value("tariffCalendar.daysPassive")).map(({ day, switches }) => ({
          DayName: day,
          ProfileSchedule: rows(switches).map(({ start, selector }) => ({
            StartTime: clock(start),
            ...actionOf(selector),
          })),
        })),
      },
      WeekProfiles: {
        WeekProfile: rows(value("tariffCalendar.weeksPassive")).map(({ name, ...days }) => ({
          WeekName: oneOctet(name),
          ReferencedDayName: Object.values(days).map((day, i) => ({ index: i + 1, value: day })),
        })),
      },
      Seasons: {
        Season: rows(value("tariffCalendar.seasonsPassive")).map(({ name, start, week }) => ({
          SeasonName: latin1(name),
          SeasonStartDate: dateIn(start),
          ReferencedWeekName: oneOctet(week),
          ...(clock(start) === "00:00:00.00" ? {} : { start: clock(start) }),
        })),
      },
    },
    SpecialDays: {
      SpecialDay: rows(value("specialDays.entries")).map(({ index, date: on, day }, i) => ({
        Date: dateIn(on),
        ReferencedDayName: day,
        ...(index === i + 1 ? {} : { index }),
      })),
    },
    ThresholdMatrix: {
      Thresholds: [1, 2, 3, 4, 5, 6, 7, 8].map((tou) => ({
        index: tou,
        BlockThreshold: list(value(`blockThresholdsTou${tou}.thresholds`)).map((limit, i) => ({
          index: i + 1,
          value: limit,
        })),
      })),
    },
  };
}

const currencyOf = (pounds: unknown): unknown =>
  pounds === true ? "GBP" : pounds === false ? "ECB" : pounds;

const actionOf = (selector: unknown): Row =>
  typeof selector === "number" && selector > 100
    ? { BlockTariffAction: selector - 100 }
    : { TOUTariffAction: selector };

/** The date of a moment; what has no place in one stays beside it. */
function dateIn(value: unknown): unknown {
  if (!isRow(value)) return value;
  const { hour: _h, minute: _m, second: _s, hundredth: _c, ...day } = value;
  const { year, month, day: dayOfMonth, weekday, ...more } = day as CalendarDate & Row;
  const known = { year, month, day: dayOfMonth, weekday } as CalendarDate;
  return { ...fromCalendar(known), ...more };
}

/** "07:30:00.00", with whatever else a moment of the day would hold. */
function clock(value: unknown): string {
  const { hour, minute, second, hundredth } = (isRow(value) ? value : {}) as CalendarTime;
  const two = (part: number | undefined) => String(part).padStart(2, "0");
  return `${two(hour)}:${two(minute)}:${two(second)}.${two(hundredth)}`;
}

/** A switching time in the one form that {@link clock} gives. */
const filledTime = (text: string): string => {
  const [seconds, part = ""] = text.replace("Z", "").split(".");
  return `${seconds}.${part.padEnd(2, "0")}`;
};

function filledTariff(elements: ElecTariff) {
  const { SwitchingTable } = elements;
  const DayProfile = SwitchingTable.DayProfiles.DayProfile.map((day) => ({
    ...day,
    ProfileSchedule: day.ProfileSchedule.map((one) => ({ ...one, StartTime: filledTime(one.StartTime) })),
  }));
  return { ...elements, SwitchingTable: { ...SwitchingTable, DayProfiles: { DayProfile } } };
}

export const tariff = {
  "1.1.1": request("1.1.1", "UpdateImportTariffPrimaryElement", {
    fields: { ElecTariffElements: elecTariffElements, PriceElements: prices },
    useCase: "ECS01a",
    values: (p) => ({ ...tariffValues(p.ElecTariffElements), ...priceValues(p.PriceElements) }),
    readBack: (value) => ({ ElecTariffElements: readTariff(value), PriceElements: readPrices(value) }),
    carried: (p) => ({
      ...p,
      ElecTariffElements: filledTariff(p.ElecTariffElements),
      PriceElements: filledPrices(p.PriceElements),
    }),
  }),
  "1.2.1": request("1.2.1", "UpdatePricePrimaryElement", {
    fields: { PriceElements: prices },
    useCase: "ECS01b",
    values: (p) => priceValues(p.PriceElements),
    readBack: (value) => ({ PriceElements: readPrices(value) }),
    carried: (p) => ({ ...p, PriceElements: filledPrices(p.PriceElements) }),
  }),
} as const;
