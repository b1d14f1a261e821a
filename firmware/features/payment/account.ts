/**
 * What an account says of its charges: which are collected, which go on while the supply is off, and which are put aside
 * while emergency credit is in use. Each is a row {credit, charge, when to collect} of the account, as the command had
 * it: the rows of the meter balance name what is collected at all (in credit mode tariff and standing charge alone),
 * those of the accumulated debt what suspend-debt-emergency puts aside; the third bit is suspend-debt-disabled's
 * (measured over the reference commands of ECS02 and ECS03). Pure.
 */
import { fromHex, toHex } from "../../../hal/base/hex.ts";
import type { ValueOf, valueTypes } from "../../model/index.ts";

export type CreditCharge = ValueOf<typeof valueTypes.creditCharge>;

/** Logical names: 0-0:19.20.x, and of credits 0-0:19.10.x. */
const charges = {
  tariff: "0000131400FF",
  timeDebt1: "0000131401FF",
  timeDebt2: "0000131402FF",
  paymentDebt: "0000131403FF",
  standingCharge: "0000131404FF",
  secondaryTariff: "0000131405FF",
} as const;
export type ChargeName = keyof typeof charges;

const meterBalance = "0000130A00FF";
const accumulatedDebt = "0000130A02FF";

export interface Collection {
  readonly collected: boolean;
  /** Goes on while the supply is off. */
  readonly whileOff: boolean;
  /** Put aside as accumulated debt while emergency credit is in use. */
  readonly putAside: boolean;
}
export type Collections = Readonly<Record<ChargeName, Collection>>;

/** Which bit of `collect` allows it while the supply is off. */
const whileOffBit = 2;

export interface AccountOptions {
  /** Suspending the time debts of a home whose supply is off suspends its standing charge, too. */
  readonly standingChargeWithDebts: boolean;
}

export function readCollections(rows: readonly CreditCharge[], options: AccountOptions): Collections {
  const named = rows.map((row) => ({ ...row, credit: toHex(row.credit), charge: toHex(row.charge) }));
  const of = (charge: string, credit: string) =>
    named.find((row) => row.credit === credit && row.charge === charge);
  const read = (name: ChargeName): Collection => {
    const row = of(charges[name], meterBalance);
    return {
      collected: row !== undefined,
      whileOff: row?.collect[whileOffBit] !== "0",
      putAside: of(charges[name], accumulatedDebt) !== undefined,
    };
  };
  const names = Object.keys(charges) as ChargeName[];
  const collections = Object.fromEntries(names.map((name) => [name, read(name)])) as Record<
    ChargeName,
    Collection
  >;
  const { standingCharge, timeDebt1, timeDebt2 } = collections;
  const debtsStop = options.standingChargeWithDebts && !(timeDebt1.whileOff && timeDebt2.whileOff);
  return debtsStop ? { ...collections, standingCharge: { ...standingCharge, whileOff: false } } : collections;
}

const row = (credit: string, charge: string): CreditCharge => ({
  credit: fromHex(credit),
  charge: fromHex(charge),
  collect: "111",
});

/** As delivered: credit mode, tariff and standing charge collected. */
export const creditModeCharges: readonly CreditCharge[] = [
  row(meterBalance, charges.tariff),
  row(meterBalance, charges.standingCharge),
];
