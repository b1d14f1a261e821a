/**
 * Tariff values as they come from the wire (types already checked) into typed form: every reader returns
 * undefined for a value that means nothing, so that it is refused whole.
 */
import type { Value } from "../wire/message.ts";
import { readDatePattern } from "./calendar-time.ts";
import { integer } from "./results.ts";
import type { Calendar, Day, Rate, Season, SpecialDay, Switch, Week } from "./tariff-calendar.ts";

type Row = readonly Value[];
const rows = (value: Value) => value as readonly Row[];
const touCount = 48;
const blockTouCount = 8;
/** Scripts 101..108 are the block matrix's times of use (reference messages, ECS01a). */
const blockScriptBase = 100;
/** 0-0:10.0.100.255, the tariffication script table: the only one a day profile may name. */
const tariffScriptTable = [0, 0, 10, 0, 100, 255];

const text = (bytes: Value): string => String.fromCharCode(...(bytes as Uint8Array));
const same = (bytes: Value, expected: readonly number[]): boolean =>
  (bytes as Uint8Array).every((byte, i) => byte === expected[i]);
/** The items, unless one is missing or two have the same key. */
function unique<T>(items: readonly (T | undefined)[], key: (item: T) => unknown): T[] | undefined {
  const present = items.filter((item) => item !== undefined);
  const distinct = new Set(present.map(key)).size === present.length;
  return present.length === items.length && distinct ? present : undefined;
}

/** {name, start (12 octets, at midnight, UTC), week name}, 1 to 4 of them, names differing. */
export function readSeasons(value: Value): Season[] | undefined {
  const seasons = rows(value).map(([name, start, week]): Season | undefined => {
    const pattern = readDatePattern((start as Uint8Array).subarray(0, 5));
    if (pattern === undefined || !isMidnightUtc(start as Uint8Array)) return undefined;
    return { name: text(name as Value), start: pattern, week: text(week as Value) };
  });
  return seasons.length === 0 ? undefined : unique(seasons, (each) => each.name);
}

/** Time zero or any, no deviation from UTC, and a clock status that says nothing against it. */
function isMidnightUtc(dateTime: Uint8Array): boolean {
  const time = dateTime.subarray(5, 9).every((octet) => octet === 0 || octet === 0xff);
  const deviation = (dateTime[9] as number) * 256 + (dateTime[10] as number);
  const status = dateTime[11];
  return time && (deviation === 0x8000 || deviation === 0) && (status === 0 || status === 0xff);
}

/** {name, 7 day ids, Monday first}, 1 to 4 of them, names differing. */
export function readWeeks(value: Value): Week[] | undefined {
  const weeks = rows(value).map(([name, ...days]) => ({
    name: text(name as Value),
    days: days.map(integer),
  }));
  return weeks.length === 0 ? undefined : unique(weeks, (each) => each.name);
}

/** {id, [{start time (4 octets), script table, script}]}, 1 to 16 of them, ids differing, times ascending. */
export function readDays(value: Value): Day[] | undefined {
  const days = rows(value).map(([id, schedule]): Day | undefined => {
    const switches = unique(rows(schedule as Value).map(readSwitch), (each) => each.atS);
    if (switches === undefined || switches.length === 0) return undefined;
    return { id: integer(id), switches: switches.sort((a, b) => a.atS - b.atS) };
  });
  return days.length === 0 ? undefined : unique(days, (each) => each.id);
}

function readSwitch([start, table, script]: Row): Switch | undefined {
  const [hours = 0, minutes = 0, seconds = 0, hundredths = 0] = start as Uint8Array;
  const rate = readRate(integer(script));
  const timeIsValid = hours < 24 && minutes < 60 && seconds < 60 && (hundredths === 0 || hundredths === 0xff);
  if (!timeIsValid || rate === undefined || !same(table as Value, tariffScriptTable)) return undefined;
  return { atS: hours * 3600 + minutes * 60 + seconds, rate };
}

/** Script 1..48: a time-of-use register; 101..108: a time of use of the block matrix. */
export function readRate(script: number): Rate | undefined {
  if (script >= 1 && script <= touCount) return { kind: "tou", index: script };
  const index = script - blockScriptBase;
  return index >= 1 && index <= blockTouCount ? { kind: "block", index } : undefined;
}

/** {index, date (5 octets), day id}, 0 to 50 of them, indexes differing. Of two that match a date the first counts. */
export function readSpecialDays(value: Value): SpecialDay[] | undefined {
  const specialDays = rows(value).map(([index, octets, dayId]): SpecialDay | undefined => {
    const date = readDatePattern(octets as Uint8Array);
    return date && { index: integer(index), date, dayId: integer(dayId) };
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
export function readThresholds(value: Value): number[] | undefined {
  const thresholds = (value as Row).map(integer);
  const ascending = thresholds.every((each, i) => i === 0 || each > (thresholds[i - 1] as number));
  return thresholds.length > 0 && ascending ? thresholds : undefined;
}

/** Prices of a charge by index, in units of 10^priceScale. */
export interface Charge {
  readonly commodityScale: number;
  readonly priceScale: number;
  readonly prices: ReadonlyMap<number, number>;
}

/** The standing charge: one price without an index, on no commodity. */
export function readStandingCharge(value: Value): Charge | undefined {
  const charge = readCharge(value, [0, [0, 0, 0, 0, 0, 0], 0]);
  return charge?.prices.size === 1 ? charge : undefined;
}

/** 48 time-of-use prices (1..48) and 32 block prices (0xA1..0xA8 block 1 .. 0xD1..0xD8 block 4). */
export function readTariffPrices(value: Value): Charge | undefined {
  const charge = readCharge(value, [3, [1, 0, 1, 8, 0, 255], 2]);
  const known = (index: number) =>
    (index >= 1 && index <= touCount) ||
    (index >= 0xa1 && index <= 0xd8 && (index & 15) >= 1 && (index & 15) <= 8);
  return charge !== undefined && charge.prices.size > 0 && [...charge.prices.keys()].every(known)
    ? charge
    : undefined;
}

type Commodity = readonly [classId: number, logicalName: readonly number[], attribute: number];

function readCharge(value: Value, [classId, name, attribute]: Commodity): Charge | undefined {
  const [scaling, commodity, table] = rows(value) as readonly [Row, Row, readonly Row[]];
  if (integer(commodity[0]) !== classId || integer(commodity[2]) !== attribute) return undefined;
  if (!same(commodity[1] as Value, name)) return undefined;
  const prices = new Map(table.map(([index, price]) => [(index as Uint8Array)[0] ?? 0, integer(price)]));
  if (prices.size !== table.length) return undefined;
  return { commodityScale: integer(scaling[0]), priceScale: integer(scaling[1]), prices };
}
