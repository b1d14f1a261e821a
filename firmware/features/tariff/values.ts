/**
 * Tariff values as commands give them (types already checked) into what the calendar works with: every reader
 * returns undefined for a value that means nothing, so that it is refused whole.
 */
import type { ValueOf, valueTypes } from "../../model/index.ts";
import { readDatePattern } from "../calendar-time.ts";
import type { Calendar, Day, Rate, Season, SpecialDay, Switch, Week } from "./calendar.ts";

type Types = typeof valueTypes;
const touCount = 48;
const blockTouCount = 8;
const secondaryTouCount = 4;
/** Scripts 101..108 are the block matrix's times of use, 201..204 the secondary element's (reference messages). */
const blockScriptBase = 100;
const secondaryScriptBase = 200;
/** 0-0:10.0.100.255, the tariffication script table: the only one a day profile may name. */
export const tariffScriptTable = [0, 0, 10, 0, 100, 255] as const;
/** As a threshold: the block before has no end. */
export const NO_FURTHER_BLOCK = 0xffff_ffff;

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const same = (bytes: Uint8Array, expected: readonly number[]): boolean =>
  bytes.every((byte, i) => byte === expected[i]);
/** The items, unless one is missing or two have the same key. */
function unique<T>(items: readonly (T | undefined)[], key: (item: T) => unknown): T[] | undefined {
  const present = items.filter((item) => item !== undefined);
  const distinct = new Set(present.map(key)).size === present.length;
  return present.length === items.length && distinct ? present : undefined;
}

/** 1 to 4 of them, names differing; what a start leaves open of its time of day is 0. */
export function readSeasons(value: readonly ValueOf<Types["season"]>[]): Season[] | undefined {
  const seasons = value.map(({ name, start, week }): Season | undefined => {
    const pattern = readDatePattern(start);
    const { hour = 0, minute = 0, second = 0, hundredth = 0 } = start;
    if (pattern === undefined || hundredth > 0) return undefined;
    return { name: text(name), start: pattern, atS: hour * 3600 + minute * 60 + second, week: text(week) };
  });
  return seasons.length === 0 ? undefined : unique(seasons, (each) => each.name);
}

/** 1 to 4 of them, names differing. */
export function readWeeks(value: readonly ValueOf<Types["week"]>[]): Week[] | undefined {
  const weeks = value.map(({ name, monday, tuesday, wednesday, thursday, friday, saturday, sunday }) => ({
    name: text(name),
    days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday],
  }));
  return weeks.length === 0 ? undefined : unique(weeks, (each) => each.name);
}

/** 1 to 16 of them, ids differing; times ascending. */
export const readDays = (value: readonly ValueOf<Types["day"]>[]): Day[] | undefined =>
  daysOf(value, readRate);
/** As {@link readDays}, of the secondary element. */
export const readSecondaryDays = (value: readonly ValueOf<Types["day"]>[]): Day[] | undefined =>
  daysOf(value, readSecondaryRate);

type RateOf = (script: number) => Rate | undefined;

function daysOf(value: readonly ValueOf<Types["day"]>[], rateOf: RateOf): Day[] | undefined {
  const days = value.map(({ day, switches: schedule }): Day | undefined => {
    const switches = unique(
      schedule.map((each) => readSwitch(each, rateOf)),
      (each) => each.atS,
    );
    if (switches === undefined || switches.length === 0) return undefined;
    return { id: day, switches: switches.sort((a, b) => a.atS - b.atS) };
  });
  return days.length === 0 ? undefined : unique(days, (each) => each.id);
}

/** Hours, minutes and seconds are told; hundredths none or open. */
function readSwitch(
  { start, script, selector }: ValueOf<Types["daySwitch"]>,
  rateOf: RateOf,
): Switch | undefined {
  const { hour, minute, second, hundredth = 0 } = start;
  const rate = rateOf(selector);
  if (hour === undefined || minute === undefined || second === undefined || hundredth > 0) return undefined;
  if (rate === undefined || !same(script, tariffScriptTable)) return undefined;
  return { atS: hour * 3600 + minute * 60 + second, rate };
}

/** Script 1..48: a time-of-use register; 101..108: a time of use of the block matrix. */
function readRate(script: number): Rate | undefined {
  if (script >= 1 && script <= touCount) return { kind: "tou", index: script };
  const index = script - blockScriptBase;
  return index >= 1 && index <= blockTouCount ? { kind: "block", index } : undefined;
}

function readSecondaryRate(script: number): Rate | undefined {
  const index = script - secondaryScriptBase;
  return index >= 1 && index <= secondaryTouCount ? { kind: "secondary", index } : undefined;
}

/** 0 to 50 of them, indexes differing. Of two that match a date the first counts. */
export function readSpecialDays(value: readonly ValueOf<Types["specialDay"]>[]): SpecialDay[] | undefined {
  const specialDays = value.map(({ index, date, day }): SpecialDay | undefined => {
    const pattern = readDatePattern(date);
    return pattern && { index, date: pattern, dayId: day };
  });
  return unique(specialDays, (each) => each.index);
}

/** Seasons name weeks that exist, weeks name days that exist. */
export function isConsistent({ seasons, weeks, days }: Omit<Calendar, "specialDays">): boolean {
  const weekNames = new Set(weeks.map((week) => week.name));
  const dayIds = new Set(days.map((day) => day.id));
  return (
    seasons.every((season) => weekNames.has(season.week)) &&
    weeks.every((week) => week.days.every((id) => dayIds.has(id)))
  );
}

/** Block thresholds, Wh: 1 to 3, ascending (0xFFFFFFFF = no further block). */
export function readThresholds(thresholds: readonly number[]): readonly number[] | undefined {
  const ascending = thresholds.every((each, i) => i === 0 || each > (thresholds[i - 1] as number));
  return thresholds.length > 0 && ascending ? thresholds : undefined;
}

/** Prices of a charge by index, in units of 10^priceScale. */
export interface Charge {
  readonly commodityScale: number;
  readonly priceScale: number;
  readonly prices: ReadonlyMap<number, number>;
}

/** What charges are on: nothing, the import of the primary element, that of the secondary one. */
export const commodities = {
  standing: { classId: 0, name: [0, 0, 0, 0, 0, 0], attribute: 0, scale: 0 },
  primary: { classId: 3, name: [1, 0, 1, 8, 0, 255], attribute: 2, scale: 3 },
  secondary: { classId: 3, name: [1, 20, 1, 8, 0, 255], attribute: 2, scale: 3 },
} as const;
type Commodity = (typeof commodities)[keyof typeof commodities];

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
/** 48 times of use (1..48), and 32 of block 1 (0xA1..0xA8) to block 4 (0xD1..0xD8). */
export const priceIndexes: readonly number[] = [
  ...upTo(touCount),
  ...upTo(4).flatMap((block) => upTo(blockTouCount).map((tou) => blockPriceIndex(block, tou))),
];
export const secondaryPriceIndexes: readonly number[] = upTo(secondaryTouCount);

function blockPriceIndex(block: number, tou: number): number {
  return 0x90 + 0x10 * block + tou;
}

/** Where a rate's price stands in its charge; of a block rate that of `block`. */
export const priceIndex = ({ kind, index }: Rate, block = 1): number =>
  kind === "block" ? blockPriceIndex(block, index) : index;

/** The standing charge: one price without an index, on no commodity. */
export function readStandingCharge(value: ValueOf<Types["unitCharge"]>): Charge | undefined {
  const charge = readCharge(value, commodities.standing);
  return charge?.prices.size === 1 ? charge : undefined;
}

export const readTariffPrices = (value: ValueOf<Types["touCharge"]>): Charge | undefined =>
  pricesOf(readCharge(value, commodities.primary), priceIndexes);
export const readSecondaryPrices = (value: ValueOf<Types["touCharge"]>): Charge | undefined =>
  pricesOf(readCharge(value, commodities.secondary), secondaryPriceIndexes);

function pricesOf(charge: Charge | undefined, indexes: readonly number[]): Charge | undefined {
  const known = charge !== undefined && [...charge.prices.keys()].every((index) => indexes.includes(index));
  return known && charge.prices.size > 0 ? charge : undefined;
}

function readCharge(
  { scale, commodity, charges }: ValueOf<Types["touCharge"]>,
  { classId, name, attribute }: Commodity,
): Charge | undefined {
  if (commodity.class !== classId || commodity.attribute !== attribute) return undefined;
  if (!same(commodity.name, name)) return undefined;
  const prices = new Map(charges.map(({ index, charge }) => [index[0] ?? 0, charge]));
  if (prices.size !== charges.length) return undefined;
  return { commodityScale: scale.commodity, priceScale: scale.price, prices };
}
