/**
 * Balances and debts, and what moves them (facts §5.3; service-rules 1 row 4 and 5.3). Pure; all amounts in units.
 *
 * Charges come off the balance. In prepayment mode, with emergency credit active, those that would take it below the
 * disablement threshold come off the emergency credit while there is some, and then off the balance again. A credit
 * pays, in this order: a share of it payment debt, up to the cap; accumulated debt; what the balance lacks to the
 * disablement threshold; the emergency credit used; and the rest is the balance's.
 */
import { alerts } from "../../model/index.ts";
import type { Collections } from "./account.ts";
import { least, notNegative } from "./money.ts";

export type PaymentMode = "credit" | "prepayment";
export const balanceNames = [
  "balance",
  "emergencyCredit",
  "accumulatedDebt",
  "timeDebt1",
  "timeDebt2",
  "paymentDebt",
] as const;
export type BalanceName = (typeof balanceNames)[number];
export type Balances = Readonly<Record<BalanceName, bigint>>;
export type TimeDebt = "timeDebt1" | "timeDebt2";

/** What has been told, and is not told again before it has ended. */
export interface Told {
  readonly lowCredit: boolean;
  readonly emergencyOffered: boolean;
  readonly emergencySpent: boolean;
  readonly creditOut: boolean;
  readonly disablementSuspended: boolean;
}

export interface PaymentState extends Balances {
  /** Emergency credit was activated, and what was used of it is not paid back. */
  readonly emergencyActive: boolean;
  readonly told: Told;
}

export const emptyState: PaymentState = {
  balance: 0n,
  emergencyCredit: 0n,
  accumulatedDebt: 0n,
  timeDebt1: 0n,
  timeDebt2: 0n,
  paymentDebt: 0n,
  emergencyActive: false,
  told: {
    lowCredit: false,
    emergencyOffered: false,
    emergencySpent: false,
    creditOut: false,
    disablementSuspended: false,
  },
};

/** What is in force. */
export interface Rules {
  readonly mode: PaymentMode;
  readonly collections: Collections;
  readonly disablementThreshold: bigint;
  readonly lowCreditThreshold: bigint;
  readonly emergencyLimit: bigint;
  readonly emergencyThreshold: bigint;
}

export interface Step {
  readonly state: PaymentState;
  /** Alert codes owed. */
  readonly alerts: readonly number[];
}

const prepaid = ({ mode }: Rules): boolean => mode === "prepayment";

/** Do charges come off the emergency credit now, or would they, were it not spent? */
const inUse = (state: PaymentState, rules: Rules): boolean =>
  prepaid(rules) && state.emergencyActive && state.balance <= rules.disablementThreshold;

/** Takes a charge; a negative one gives. */
export function charge(state: PaymentState, rules: Rules, amount: bigint): PaymentState {
  if (!prepaid(rules) || !state.emergencyActive || amount <= 0n)
    return { ...state, balance: state.balance - amount };
  const first = least(amount, notNegative(state.balance - rules.disablementThreshold));
  const emergency = least(amount - first, notNegative(state.emergencyCredit));
  return {
    ...state,
    balance: state.balance - (amount - emergency),
    emergencyCredit: state.emergencyCredit - emergency,
  };
}

/** A charge that time makes: suspended, put aside, or taken. */
function timeCharge(
  state: PaymentState,
  rules: Rules,
  name: TimeDebt | "standingCharge",
  amount: bigint,
): PaymentState {
  if (!rules.collections[name].putAside || !inUse(state, rules)) return charge(state, rules, amount);
  return { ...state, accumulatedDebt: state.accumulatedDebt + amount };
}

const runs = (rules: Rules, name: TimeDebt | "standingCharge", supplyOff: boolean): boolean =>
  rules.collections[name].collected && (rules.collections[name].whileOff || !supplyOff);

/** A day's standing charge. */
export const standing = (state: PaymentState, rules: Rules, amount: bigint, supplyOff: boolean) =>
  runs(rules, "standingCharge", supplyOff) ? timeCharge(state, rules, "standingCharge", amount) : state;

const timeDebtPaid = { timeDebt1: alerts.timeDebt1Paid.code, timeDebt2: alerts.timeDebt2Paid.code } as const;

/** Is there a debt, and is it collected now? */
export const timeDebtRuns = (
  state: PaymentState,
  rules: Rules,
  name: TimeDebt,
  supplyOff: boolean,
): boolean => state[name] > 0n && runs(rules, name, supplyOff);

/** What one period takes of a time debt that runs: its rate, and no more than is left. */
export function recoverTimeDebt(state: PaymentState, rules: Rules, name: TimeDebt, rate: bigint): Step {
  const amount = least(rate, state[name]);
  const left = state[name] - amount;
  const next = { ...timeCharge(state, rules, name, amount), [name]: left };
  return { state: next, alerts: left === 0n ? [timeDebtPaid[name]] : [] };
}

export interface CreditStep extends Step {
  /** Of the payment debt. */
  readonly recovered: bigint;
}

const wholeShare = 10_000n;

/** Takes a credit; `share` of it in 1/10,000, and at most `cap`, goes to payment debt. */
export function credit(
  state: PaymentState,
  rules: Rules,
  amount: bigint,
  share: number,
  cap: bigint,
): CreditStep {
  if (!prepaid(rules)) return { ...added(state, amount), recovered: 0n };
  const owed = rules.collections.paymentDebt.collected ? notNegative(state.paymentDebt) : 0n;
  const recovered = least((amount * BigInt(share)) / wholeShare, owed, notNegative(cap));
  const accumulated = least(amount - recovered, notNegative(state.accumulatedDebt));
  let left = amount - recovered - accumulated;
  const lacking = least(left, notNegative(rules.disablementThreshold - state.balance));
  left -= lacking;
  const emergency = least(left, notNegative(rules.emergencyLimit - state.emergencyCredit));
  const paymentDebt = state.paymentDebt - recovered;
  const paid = {
    ...state,
    paymentDebt,
    accumulatedDebt: state.accumulatedDebt - accumulated,
    emergencyCredit: state.emergencyCredit + emergency,
    balance: state.balance + lacking + left - emergency,
  };
  const alertsOwed = recovered > 0n && paymentDebt === 0n ? [alerts.paymentDebtPaid.code] : [];
  return { state: paid, alerts: alertsOwed, recovered };
}

/** Adds to the balance, and to nothing else; negative takes. */
export const added = (state: PaymentState, amount: bigint): Step => ({
  state: { ...state, balance: state.balance + amount },
  alerts: [],
});

/** Emergency credit that is paid back, and not wanted at this balance, waits to be activated again. */
function paidBack(state: PaymentState, rules: Rules): PaymentState {
  const owes = state.emergencyCredit < rules.emergencyLimit;
  const wanted = state.balance <= rules.emergencyThreshold;
  return state.emergencyActive && !owes && !wanted ? { ...state, emergencyActive: false } : state;
}

/**
 * Activates emergency credit, which stays so if it was. Undefined while the balance is above its threshold. A home that
 * is still in credit mode may have it for its change to prepayment.
 */
export function activateEmergency(state: PaymentState, rules: Rules): Step | undefined {
  if (state.emergencyActive) return { state, alerts: [] };
  if (state.balance > rules.emergencyThreshold) return undefined;
  return { state: { ...state, emergencyActive: true }, alerts: [alerts.emergencyCreditActivated.code] };
}

/** A new limit: all of it when none is owed, else less what is. */
export function limitChanged(state: PaymentState, before: bigint, limit: bigint): PaymentState {
  const owed = notNegative(before - state.emergencyCredit);
  return { ...state, emergencyCredit: limit - owed };
}

/** Is there nothing left to draw on? */
export const isOut = (state: PaymentState, rules: Rules): boolean =>
  prepaid(rules) &&
  state.balance < rules.disablementThreshold &&
  !(state.emergencyActive && state.emergencyCredit > 0n);

const messages: readonly (readonly [keyof Told, number])[] = [
  ["emergencySpent", alerts.emergencyCreditExhausted.code],
  ["emergencyOffered", alerts.emergencyCreditAvailable.code],
  ["lowCredit", alerts.lowCredit.code],
  ["creditOut", alerts.creditExhausted.code],
  ["disablementSuspended", alerts.disablementSuspended.code],
];

/** What holds now, and the alerts that it owes: one each time that something begins. */
export function told(before: PaymentState, rules: Rules, nonDisablement: boolean): Step {
  const state = paidBack(before, rules);
  const { balance, emergencyCredit, emergencyActive } = state;
  const prepayment = prepaid(rules);
  const creditOut = isOut(state, rules);
  const combined = balance + (emergencyActive ? emergencyCredit : 0n);
  const now: Told = {
    lowCredit: prepayment && combined < rules.lowCreditThreshold,
    emergencyOffered:
      prepayment && !emergencyActive && emergencyCredit > 0n && balance <= rules.emergencyThreshold,
    emergencySpent: prepayment && emergencyActive && emergencyCredit <= 0n && rules.emergencyLimit > 0n,
    creditOut,
    disablementSuspended: creditOut && nonDisablement,
  };
  const begun = messages.filter(([name]) => now[name] && !state.told[name]);
  if (messages.every(([name]) => now[name] === state.told[name])) return { state, alerts: [] };
  return { state: { ...state, told: now }, alerts: begun.map(([, code]) => code) };
}

/**
 * The least charge that may change what {@link told} says, or where the next one comes off: until then nobody need look.
 * Undefined when none will.
 */
export function nextChange(state: PaymentState, rules: Rules): bigint | undefined {
  if (!prepaid(rules)) return undefined;
  const { balance, emergencyCredit, emergencyActive } = state;
  const combined = balance + (emergencyActive ? emergencyCredit : 0n);
  const distances = [
    combined - rules.lowCreditThreshold + 1n,
    balance - rules.emergencyThreshold,
    combined - rules.disablementThreshold + 1n,
    emergencyActive ? combined - rules.disablementThreshold : 0n,
  ].filter((distance) => distance > 0n);
  const [first, ...others] = distances;
  return first === undefined ? undefined : least(first, ...others);
}
