/**
 * The registers that import is booked to by rate: 48 times of use, 8 times of use x 4 blocks, and 4 times of use of a
 * secondary element. Registers only grow (and wrap at 2^32); block counters say how far a period has filled its
 * blocks, and are set to zero when it ends. Pure.
 */
import { defaultRate, defaultSecondaryRate, type Rate } from "../tariff/calendar.ts";
import { type Counts, wrap } from "./counts.ts";

export interface TariffRegisters {
  /** Count of import up to which energy has been booked, Wh modulo 2^32. */
  readonly bookedWh: number;
  /** The rate in force since then. */
  readonly rate: Rate;
  /** Upper limits of its blocks, Wh; none for a time-of-use rate. */
  readonly thresholds: readonly number[];
  /** Wh, index 0 = TOU 1. */
  readonly tou: readonly number[];
  /** Wh, index 4 x (TOU - 1) + (block - 1). */
  readonly blocks: readonly number[];
  /** As `blocks`, since they were last set to zero. */
  readonly counters: readonly number[];
  readonly secondaryBookedWh: number;
  readonly secondaryRate: Rate;
  /** Wh, index 0 = TOU 1 of the secondary element. */
  readonly secondaryTou: readonly number[];
}

export const blockCount = 4;
const zeros = (count: number): readonly number[] => new Array<number>(count).fill(0);

export const emptyCounters = zeros(8 * blockCount);
export const emptyRegisters: TariffRegisters = {
  bookedWh: 0,
  rate: defaultRate,
  thresholds: [],
  tou: zeros(48),
  blocks: emptyCounters,
  counters: emptyCounters,
  secondaryBookedWh: 0,
  secondaryRate: defaultSecondaryRate,
  secondaryTou: zeros(4),
};

type Import = Pick<Counts, "importWh" | "secondaryImportWh">;

/** Books the energy imported since the last booking to the rates in force. */
export function book(registers: TariffRegisters, { importWh, secondaryImportWh }: Import): TariffRegisters {
  const wh = wrap(importWh - registers.bookedWh);
  const secondaryWh = wrap(secondaryImportWh - registers.secondaryBookedWh);
  if (wh + secondaryWh === 0) return registers;
  return {
    ...registers,
    ...(wh > 0 && bookPrimary(registers, wh)),
    bookedWh: wrap(importWh),
    secondaryTou: add(registers.secondaryTou, registers.secondaryRate.index - 1, secondaryWh),
    secondaryBookedWh: wrap(secondaryImportWh),
  };
}

/** A block rate fills its blocks in order: block b takes what lies between its thresholds of that time of use's counters. */
function bookPrimary(registers: TariffRegisters, wh: number): Partial<TariffRegisters> {
  const { kind, index } = registers.rate;
  if (kind !== "block") return { tou: add(registers.tou, index - 1, wh) };
  const first = blockCount * (index - 1);
  let { blocks, counters } = registers;
  for (const [block, taken] of shares(
    counters.slice(first, first + blockCount),
    wh,
    registers.thresholds,
  ).entries()) {
    blocks = add(blocks, first + block, taken);
    counters = add(counters, first + block, taken);
  }
  return { blocks, counters };
}

const add = (values: readonly number[], index: number, wh: number): readonly number[] =>
  wh === 0 ? values : values.with(index, wrap((values[index] ?? 0) + wh));

/** How much of `wh` each block takes. */
function shares(before: readonly number[], wh: number, thresholds: readonly number[]): number[] {
  let left = wh;
  let total = before.reduce((sum, each) => sum + each, 0);
  return before.map((_, block) => {
    const take = Math.min(left, Math.max(0, limitOf(block, thresholds) - total));
    left -= take;
    total += take;
    return take;
  });
}

const limitOf = (block: number, thresholds: readonly number[]): number =>
  block < blockCount - 1 ? (thresholds[block] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;

/** The block (1..4) that the next Wh at the rate in force goes to; undefined for a time-of-use rate. */
export function blockInForce({ rate, thresholds, counters }: TariffRegisters): number | undefined {
  if (rate.kind !== "block") return undefined;
  const first = blockCount * (rate.index - 1);
  return shares(counters.slice(first, first + blockCount), 1, thresholds).indexOf(1) + 1;
}
