/** The registers that import is booked to by rate: 48 times of use, and 8 times of use x 4 blocks. Pure. */
import { defaultRate, type Rate } from "../tariff/calendar.ts";

export interface TariffRegisters {
  /** Import register up to which energy has been booked, Wh modulo 2^32. */
  readonly bookedWh: number;
  /** The rate in force since then. */
  readonly rate: Rate;
  /** Upper limits of its blocks, Wh; none for a time-of-use rate. */
  readonly thresholds: readonly number[];
  /** Wh, index 0 = TOU 1. */
  readonly tou: readonly number[];
  /** Wh, index 4 x (TOU - 1) + (block - 1). */
  readonly blocks: readonly number[];
}

export const blockCount = 4;

export const emptyRegisters: TariffRegisters = {
  bookedWh: 0,
  rate: defaultRate,
  thresholds: [],
  tou: new Array<number>(48).fill(0),
  blocks: new Array<number>(8 * blockCount).fill(0),
};

/** Registers wrap at 2^32, as the wire's double-long-unsigned does. */
export const wrap = (wh: number): number => wh >>> 0;

/**
 * Books the energy imported since the last booking to the rate in force. A block rate fills its blocks in
 * order: block b takes what lies between threshold b - 1 and threshold b of that time of use's total.
 */
export function book(registers: TariffRegisters, importWh: number): TariffRegisters {
  const wh = wrap(importWh - registers.bookedWh);
  if (wh === 0) return registers;
  const bookedWh = wrap(importWh);
  const { kind, index } = registers.rate;
  if (kind === "tou")
    return {
      ...registers,
      bookedWh,
      tou: registers.tou.with(index - 1, wrap((registers.tou[index - 1] ?? 0) + wh)),
    };
  const first = blockCount * (index - 1);
  const before = registers.blocks.slice(first, first + blockCount);
  const blocks = [...registers.blocks];
  blocks.splice(first, blockCount, ...fillBlocks(before, wh, registers.thresholds));
  return { ...registers, bookedWh, blocks };
}

function fillBlocks(before: readonly number[], wh: number, thresholds: readonly number[]): number[] {
  let left = wh;
  let total = before.reduce((sum, each) => sum + each, 0);
  return before.map((filled, block) => {
    const limit =
      block < blockCount - 1 ? (thresholds[block] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    const take = Math.min(left, Math.max(0, limit - total));
    left -= take;
    total += take;
    return wrap(filled + take);
  });
}
