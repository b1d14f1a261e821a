/**
 * The account's books: balances and debts, and how far energy and days have been charged. What is charged is the
 * difference of registers and the hours of the clock since the last booking, so that a booking that a power cut loses
 * is made by the next one, once. Pure.
 */
import { daySeconds } from "../calendar-time.ts";
import { emptyRegisters } from "../metering/registers.ts";
import {
  type Balances,
  balanceNames,
  charge,
  emptyState,
  nextChange,
  type PaymentState,
  type Rules,
  recoverTimeDebt,
  standing,
  type TimeDebt,
  type Told,
  timeDebtRuns,
} from "./machine.ts";
import { type Fraction, noFraction, unitScale, wholeUnits } from "./money.ts";
import { type Consumption, costOf, dayOf, dearest, type Prices, primaryOf, secondaryOf } from "./prices.ts";

/** What was recovered of the payment debt, and when, UTC seconds. */
export interface Recovery {
  readonly timeS: number;
  readonly amount: bigint;
}

const fractionNames = ["tariff", "secondaryTariff", "standingCharge", "timeDebt1", "timeDebt2"] as const;
type Fractions = Readonly<Record<(typeof fractionNames)[number], Fraction>>;

export interface Ledger {
  readonly state: PaymentState;
  readonly fractions: Fractions;
  /** UTC seconds up to which the clock's charges are made; 0 before the clock was set. */
  readonly chargedToS: number;
  /** Registers up to which energy is charged. */
  readonly charged: Consumption;
  /** Of the payment debt, oldest first: those that the cap may still count. */
  readonly recoveries: readonly Recovery[];
  /** Alerts to raise. */
  readonly owed: readonly number[];
  /** The last command that moved amounts, and the members by which it has: done again after a cut, it moves none twice. */
  readonly command: string;
  readonly moved: readonly string[];
}

export const emptyLedger: Ledger = {
  state: emptyState,
  fractions: {
    tariff: noFraction,
    secondaryTariff: noFraction,
    standingCharge: noFraction,
    timeDebt1: noFraction,
    timeDebt2: noFraction,
  },
  chargedToS: 0,
  charged: emptyRegisters,
  recoveries: [],
  owed: [],
  command: "",
  moved: [],
};

export interface DebtRate {
  /** Price a period, times 10^`scale` of the currency. */
  readonly price: number;
  readonly scale: number;
  readonly periodS: number;
}

/** What a booking goes by. */
export interface Terms {
  readonly rules: Rules;
  readonly tariff: Prices;
  readonly secondaryTariff: Prices;
  readonly standing: Prices;
  readonly debts: Readonly<Record<TimeDebt, DebtRate>>;
  readonly supplyOff: boolean;
}

export interface Booking {
  readonly ledger: Ledger;
  /** Balances at each midnight that has passed. */
  readonly midnights: readonly { readonly timeS: number; readonly balances: Balances }[];
}

const hourSeconds = 3600;

/** Books energy up to `consumption`, then the hours up to `nowS` (undefined: the clock was never set). */
export function settle(
  ledger: Ledger,
  terms: Terms,
  consumption: Consumption,
  nowS: number | undefined,
): Booking {
  const booked = bookEnergy(ledger, terms, consumption);
  if (nowS === undefined) return { ledger: booked, midnights: [] };
  // A clock set back by more than a day was wrong before: charges go on from the new time.
  const { chargedToS } = booked;
  if (chargedToS === 0 || chargedToS - nowS > daySeconds)
    return { ledger: { ...booked, chargedToS: nowS }, midnights: [] };
  let next = booked;
  const midnights: { timeS: number; balances: Balances }[] = [];
  const first = (Math.floor(chargedToS / hourSeconds) + 1) * hourSeconds;
  for (let timeS = first; timeS <= nowS; timeS += hourSeconds) {
    next = bookHour(next, terms, timeS);
    if (timeS % daySeconds === 0) midnights.push({ timeS, balances: next.state });
  }
  return { ledger: nowS > chargedToS ? { ...next, chargedToS: nowS } : next, midnights };
}

function bookEnergy(ledger: Ledger, terms: Terms, { tou, blocks, secondaryTou }: Consumption): Ledger {
  const charged = { tou, blocks, secondaryTou };
  const first = bookElement(ledger, terms, "tariff", primaryOf(ledger.charged, charged));
  const both = bookElement(first, terms, "secondaryTariff", secondaryOf(ledger.charged, charged));
  return { ...both, charged };
}

function bookElement(
  ledger: Ledger,
  terms: Terms,
  name: "tariff" | "secondaryTariff",
  registers: ReturnType<typeof primaryOf>,
): Ledger {
  const { state, fractions } = ledger;
  const { rules } = terms;
  if (!rules.collections[name].collected) return ledger;
  const { units, left } = costOf(terms[name], registers, fractions[name]);
  return {
    ...ledger,
    state: units === 0n ? state : charge(state, rules, units),
    fractions: left === fractions[name] ? fractions : { ...fractions, [name]: left },
  };
}

function bookHour(ledger: Ledger, terms: Terms, timeS: number): Ledger {
  let next = ledger;
  if (timeS % daySeconds === 0 && terms.standing.prices.size > 0) {
    const { units, left } = dayOf(terms.standing, next.fractions.standingCharge);
    const state = standing(next.state, terms.rules, units, terms.supplyOff);
    if (state !== next.state)
      next = { ...next, state, fractions: { ...next.fractions, standingCharge: left } };
  }
  for (const name of ["timeDebt1", "timeDebt2"] as const)
    if (terms.debts[name].periodS > 0 && timeS % terms.debts[name].periodS === 0)
      next = bookDebt(next, terms, name);
  return next;
}

function bookDebt(ledger: Ledger, { rules, debts, supplyOff }: Terms, name: TimeDebt): Ledger {
  const { price, scale } = debts[name];
  if (price <= 0 || !timeDebtRuns(ledger.state, rules, name, supplyOff)) return ledger;
  const { units, left } = wholeUnits(BigInt(price), scale - unitScale, ledger.fractions[name]);
  const { state, alerts } = recoverTimeDebt(ledger.state, rules, name, units);
  return {
    ...ledger,
    state,
    fractions: { ...ledger.fractions, [name]: state[name] === 0n ? noFraction : left },
    owed: alerts.length === 0 ? ledger.owed : [...ledger.owed, ...alerts],
  };
}

/** A balance is looked at no more often than this. */
const shortestCheckS = 10;

/** When a load of `watts` at the dearest price could have used up what is left to the next thing to tell, s from now. */
export function soonestChangeS({ state }: Ledger, terms: Terms, watts: number): number {
  const left = nextChange(state, terms.rules);
  if (left === undefined) return Number.POSITIVE_INFINITY;
  const dearestUnit = Math.max(dearest(terms.tariff), dearest(terms.secondaryTariff));
  return Math.max(shortestCheckS, Math.floor((Number(left) * 3600) / (dearestUnit * watts)));
}

/**
 * Recoveries that a cap over `periodS` up to `nowS` counts, with those of a clock that was set back since; more than a
 * list holds are counted with the next.
 */
export function recentRecoveries(
  recoveries: readonly Recovery[],
  nowS: number,
  periodS: number,
): readonly Recovery[] {
  const recent = recoveries.filter(({ timeS }) => timeS > nowS - periodS);
  const [oldest, second, ...rest] = recent;
  if (recent.length <= maxRecoveries || oldest === undefined || second === undefined) return recent;
  return [{ timeS: second.timeS, amount: oldest.amount + second.amount }, ...rest];
}
const maxRecoveries = 64;

// --- as the journal keeps it: amounts as decimal text ---

type StoredFraction = readonly [n: string, e: number];
export interface StoredLedger {
  readonly amounts: readonly string[];
  readonly emergencyActive: boolean;
  readonly told: Told;
  readonly fractions: readonly StoredFraction[];
  readonly chargedToS: number;
  readonly charged: Consumption;
  readonly recoveries: readonly (readonly [timeS: number, amount: string])[];
  readonly owed: readonly number[];
  readonly command: string;
  readonly moved: readonly string[];
}

export function stored({ state, fractions, recoveries, ...ledger }: Ledger): StoredLedger {
  const { emergencyActive, told } = state;
  return {
    ...ledger,
    emergencyActive,
    told,
    amounts: balanceNames.map((name) => String(state[name])),
    fractions: fractionNames.map((name) => [String(fractions[name].n), fractions[name].e]),
    recoveries: recoveries.map(({ timeS, amount }) => [timeS, String(amount)]),
  };
}

export function restored({
  amounts,
  fractions,
  recoveries,
  emergencyActive,
  told,
  ...ledger
}: StoredLedger): Ledger {
  const balances = Object.fromEntries(balanceNames.map((name, i) => [name, BigInt(amounts[i] ?? 0)]));
  const readFraction = (at: number): Fraction => {
    const [n, e] = fractions[at] ?? ["0", 0];
    return n === "0" ? noFraction : { n: BigInt(n), e };
  };
  return {
    ...ledger,
    state: { ...(balances as Balances), emergencyActive, told },
    fractions: Object.fromEntries(fractionNames.map((name, i) => [name, readFraction(i)])) as Fractions,
    recoveries: recoveries.map(([timeS, amount]) => ({ timeS, amount: BigInt(amount) })),
  };
}
