/** A tariff in the user's terms (service requests 1.1.1 and 1.2.1), and its values on the meter's objects. */
import { z } from "zod";
import type { Value } from "../../firmware/wire/message.ts";
import { fromHex } from "../../hal/base/hex.ts";
import { dateFault } from "../../hal/base/iso-time.ts";
import { activation, u8 } from "./parameters.ts";

/** "HH:MM". */
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, "HH:MM"');
/** "MM-DD", each year; or "YYYY-MM-DD", once. */
const dayOfYear = z
  .string()
  .regex(/^(\d{4}-)?\d\d-\d\d$/, 'expected "MM-DD" or "YYYY-MM-DD"')
  .superRefine((text, context) => {
    const [day, month, year] = text.split("-").map(Number).reverse() as [number, number, number?];
    const fault = dateFault(month, day, year);
    if (fault !== undefined) context.addIssue(fault);
    if (year !== undefined && year < 1970) context.addIssue(`year ${year}: expected 1970 or later`);
  });
const name = (max: number) =>
  z.string().regex(new RegExp(`^[ -~]{1,${max}}$`), `expected 1 to ${max} letters`);
/** A time-of-use register, 1..48; or a time of use of the block matrix, 1..8 (scripts 101..108). */
const rate = z.union([
  z.strictObject({ at: timeOfDay, rate: z.int().min(1).max(48) }),
  z.strictObject({ at: timeOfDay, blockRate: z.int().min(1).max(8) }),
]);
const price = z.int().min(-0x8000).max(0x7fff);
const scale = z.int().min(-10).max(10);

const season = z.strictObject({ name: name(8), from: dayOfYear, week: name(4) });
/** `days`: the day type of Monday … Sunday. */
const week = z.strictObject({ name: name(4), days: z.array(u8).length(7) });
const day = z.strictObject({
  id: u8,
  switches: z.array(rate).min(1).max(48),
});
const specialDay = z.strictObject({ date: dayOfYear, day: u8 });

/**
 * Prices are integers x 10^scale of the currency: `touPrices[0]` is the price per kWh of rate 1;
 * `blockPrices[b][t]` that of block b+1 in time-of-use t+1.
 */
const prices = {
  standingCharge: price,
  standingChargeScale: scale.default(-2),
  touPrices: z.array(price).min(1).max(48),
  blockPrices: z.array(z.array(price).max(8)).max(4).default([]),
  priceScale: scale.default(-5),
  activateAt: activation,
};
export const priceParameters = z.strictObject(prices);
export const tariffParameters = z.strictObject({
  seasons: z.array(season).min(1).max(4),
  weeks: z.array(week).min(1).max(4),
  days: z.array(day).min(1).max(16),
  specialDays: z.array(specialDay).max(50).default([]),
  /** Up to three rising thresholds, Wh, for each of eight time-of-use periods. */
  blockThresholdsWh: z
    .array(z.array(z.int().min(0).max(0xffff_ffff)).max(3))
    .max(8)
    .default([]),
  currency: z.enum(["GBP", "EUR"]).default("GBP"),
  ...prices,
});
export type PriceParameters = z.output<typeof priceParameters>;
export type TariffParameters = z.output<typeof tariffParameters>;

/** Every entry of the price table, in the order and with the indices of the reference messages. */
const blockIndex = (block: number, tou: number) => 0xa1 + block * 0x10 + tou;

export function priceValues(p: PriceParameters): Record<string, Value> {
  const tou = Array.from({ length: 48 }, (_, i) => entry(i + 1, p.touPrices[i] ?? 0));
  const blocks = Array.from({ length: 32 }, (_, i) => {
    const [block, period] = [i >> 3, i & 7];
    return entry(blockIndex(block, period), p.blockPrices[block]?.[period] ?? 0);
  });
  return {
    "standingCharge.6": [
      [0, p.standingChargeScale],
      [0, new Uint8Array(6), 0],
      [[new Uint8Array(0), p.standingCharge]],
    ],
    "tariffPrice.6": [
      [3, p.priceScale],
      [3, fromHex("0100010800FF"), 2],
      [...tou, ...blocks],
    ],
    "standingCharge.7": p.activateAt,
    "tariffPrice.7": p.activateAt,
  };
}

const entry = (index: number, charge: number): Value => [Uint8Array.of(index), charge];

export function tariffValues(p: TariffParameters): Record<string, Value> {
  const thresholds = Array.from({ length: 8 }, (_, i) => {
    const own = [...(p.blockThresholdsWh[i] ?? []), noFurtherBlock];
    return [`blockThresholdsTou${i + 1}.2`, own.slice(0, 3)] as const;
  });
  return {
    "tariffCalendar.7": p.seasons.map((s) => [ascii(s.name), seasonStart(s.from), ascii(s.week)]),
    "tariffCalendar.8": p.weeks.map((w) => [ascii(w.name), ...w.days]),
    "tariffCalendar.9": p.days.map((d) => [
      d.id,
      d.switches.map((s) => [clockTime(s.at), script, scriptOf(s)]),
    ]),
    "specialDays.2": p.specialDays.map((s, i) => [i + 1, specialDate(s.date), s.day]),
    ...Object.fromEntries(thresholds),
    "currencyUnit.4": p.currency === "GBP",
    "tariffCalendar.10": p.activateAt,
    "specialDaysActivation.6": p.activateAt,
    "currencyUnit.6": p.activateAt,
    "blockThresholdsActivation.6": p.activateAt,
    ...priceValues(p),
  };
}

/** Closes a list of block thresholds that has room left. */
export const noFurtherBlock = 0xffff_ffff;
/** The tariffication script table, 0-0:10.0.100.255. */
const script = fromHex("00000A0064FF");
const scriptOf = (s: { rate: number } | { blockRate: number }): number =>
  "rate" in s ? s.rate : 100 + s.blockRate;
const ascii = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));

/** COSEM date: year (FFFF any), month, day, day of week (FF any). */
function date(text: string): number[] {
  const [day, month, year] = text.split("-").map(Number).reverse() as [number, number, number | undefined];
  return year === undefined ? [0xff, 0xff, month, day] : [year >> 8, year & 0xff, month, day];
}

const specialDate = (text: string) => Uint8Array.from([...date(text), 0xff]);
/** COSEM date-time, midnight, UTC. */
const seasonStart = (text: string) => Uint8Array.from([...date(text), 0xff, 0, 0, 0, 0, 0x80, 0, 0xff]);

function clockTime(text: string): Uint8Array {
  const [hour, minute] = text.split(":").map(Number) as [number, number];
  return Uint8Array.of(hour, minute, 0, 0);
}
