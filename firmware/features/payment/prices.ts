/** What energy and days cost, by the prices in force. Pure. */
import type { Charge } from "../tariff/values.ts";
import { type Fraction, unitScale, wholeUnits } from "./money.ts";

/** Wh modulo 2^32, as the tariff's registers have them: 48 times of use, 8 times of use x 4 blocks. */
export interface Consumption {
  readonly tou: readonly number[];
  /** Index 4 x (time of use - 1) + (block - 1). */
  readonly blocks: readonly number[];
}

export const noConsumption: Consumption = {
  tou: new Array<number>(48).fill(0),
  blocks: new Array<number>(32).fill(0),
};

/** A charge as the journal keeps it: prices that are not 0. */
export interface Prices {
  /** Power of ten of units that a price of 1 makes of a Wh, or of a day. */
  readonly e: number;
  readonly prices: readonly (readonly [index: number, price: number])[];
}

/** Times of use are priced by their number, block b of time of use t by 0x90 + 0x10 b + t. */
const blockIndex = (at: number): number => 0xa0 + (at % 4) * 0x10 + Math.floor(at / 4) + 1;

export const pricesOf = (charge: Charge | undefined): Prices => ({
  e: charge === undefined ? 0 : charge.priceScale - charge.commodityScale - unitScale,
  prices: [...(charge?.prices ?? [])].filter(([, price]) => price !== 0).sort(([a], [b]) => a - b),
});

export const samePrices = (a: Prices, b: Prices): boolean =>
  a.e === b.e &&
  a.prices.length === b.prices.length &&
  a.prices.every(([index, price], i) => b.prices[i]?.[0] === index && b.prices[i]?.[1] === price);

/** Units that the energy from `before` to `now` costs, and the fraction that stays. */
export function costOf({ e, prices }: Prices, before: Consumption, now: Consumption, left: Fraction) {
  const priceOf = new Map(prices);
  let amount = 0n;
  const add = (index: number, from = 0, to = 0) => {
    if (from !== to) amount += BigInt((to - from) >>> 0) * BigInt(priceOf.get(index) ?? 0);
  };
  now.tou.forEach((wh, i) => {
    add(i + 1, before.tou[i], wh);
  });
  now.blocks.forEach((wh, i) => {
    add(blockIndex(i), before.blocks[i], wh);
  });
  return amount === 0n ? { units: 0n, left } : wholeUnits(amount, e, left);
}

/** Units a day that the standing charge is, and the fraction that stays: the price without an index. */
export const dayOf = ({ e, prices }: Prices, left: Fraction) =>
  wholeUnits(BigInt(prices[0]?.[1] ?? 0), e, left);

/** The most that a Wh costs, units. */
export const dearest = ({ e, prices }: Prices): number =>
  Math.max(0, ...prices.map(([, price]) => price)) * 10 ** e;
