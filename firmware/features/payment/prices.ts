/** What energy and days cost, by the prices in force. Pure. */
import type { TariffRegisters } from "../metering/registers.ts";
import type { Charge } from "../tariff/values.ts";
import { type Fraction, unitScale, wholeUnits } from "./money.ts";

/** Wh modulo 2^32, as the tariff's registers have them. */
export type Consumption = Pick<TariffRegisters, "tou" | "blocks" | "secondaryTou">;

/** Prices that are not 0, by their index in the tariff. */
export interface Prices {
  /** Power of ten of units that a price of 1 makes of a Wh, or of a day. */
  readonly e: number;
  readonly prices: ReadonlyMap<number, number>;
}

/** Times of use are priced by their number, block b of time of use t by 0x90 + 0x10 b + t. */
const blockIndex = (at: number): number => 0xa0 + (at % 4) * 0x10 + Math.floor(at / 4) + 1;

export const pricesOf = ({ priceScale, commodityScale, prices }: Charge): Prices => ({
  e: priceScale - commodityScale - unitScale,
  prices: new Map([...prices].filter(([, price]) => price !== 0)),
});

/** Registers that one set of prices is for: Wh by index, before and now. */
type Registers = readonly (readonly [index: number, before: number, now: number])[];

const paired = (
  before: readonly number[],
  now: readonly number[],
  indexOf: (at: number) => number,
): Registers => now.map((wh, at) => [indexOf(at), before[at] ?? 0, wh]);

export const primaryOf = (before: Consumption, now: Consumption): Registers => [
  ...paired(before.tou, now.tou, (at) => at + 1),
  ...paired(before.blocks, now.blocks, blockIndex),
];
export const secondaryOf = (before: Consumption, now: Consumption): Registers =>
  paired(before.secondaryTou, now.secondaryTou, (at) => at + 1);

/** Units that the energy since before costs, and the fraction that stays. */
export function costOf({ e, prices }: Prices, registers: Registers, left: Fraction) {
  let amount = 0n;
  for (const [index, before, now] of registers)
    if (before !== now) amount += BigInt((now - before) >>> 0) * BigInt(prices.get(index) ?? 0);
  return amount === 0n ? { units: 0n, left } : wholeUnits(amount, e, left);
}

/** Units a day that the standing charge is, and the fraction that stays: the price of index 0. */
export const dayOf = ({ e, prices }: Prices, left: Fraction) =>
  wholeUnits(BigInt(prices.get(0) ?? 0), e, left);

/** The most that a Wh costs, units. */
export const dearest = ({ e, prices }: Prices): number => Math.max(0, ...prices.values()) * 10 ** e;
