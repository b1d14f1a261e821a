/** The account's logs: credits, payment debt recovered, balances at midnight, and registers when mode or tariff changed. */
import type { Journal } from "../../kernel/journal.ts";
import { KeptRing } from "../../kernel/kept-ring.ts";
import type { Share } from "../../kernel/together.ts";
import { objects, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { Snapshot } from "../metering/snapshot.ts";
import { type Balances, balanceNames } from "./machine.ts";
import { shown } from "./money.ts";

type Types = typeof valueTypes;
export type TimedValue = ValueOf<Types["timedValue"]>;
export type DailyEntry = ValueOf<Types["prepaymentLogEntry"]>;
export type ChangeEntry = ValueOf<Types["changeLogEntry"]>;

/** Entries that a read returns at most: the sizes of the tables (facts §5.6). */
const sizeOf = (log: {
  readonly attributes: { readonly buffer: { readonly type: { readonly max: number } } };
}) => log.attributes.buffer.type.max;

export class PaymentLogs {
  readonly credits: KeptRing<TimedValue>;
  readonly debts: KeptRing<TimedValue>;
  readonly daily: KeptRing<DailyEntry>;
  readonly changes: KeptRing<ChangeEntry>;

  constructor(journal: Journal) {
    const ring = <T>(name: string, log: Parameters<typeof sizeOf>[0]) =>
      new KeptRing<T>(journal, `payment-log/${name}/`, sizeOf(log));
    this.credits = ring("credit", objects.creditLog);
    this.debts = ring("debt", objects.debtPaymentLog);
    this.daily = ring("daily", objects.dailyPrepaymentLog);
    this.changes = ring("change", objects.changeLog);
  }

  /** Of a credit of `amount`, `recovered` went to payment debt. */
  credited(time: number, amount: bigint, recovered: bigint): Share[] {
    const entry = (value: bigint): TimedValue => ({ time, value: shown(value, 0, 0xffff_ffff) });
    return [
      (commit) => this.credits.appendWith(entry(amount), commit),
      ...(recovered > 0n
        ? ([(commit) => this.debts.appendWith(entry(recovered), commit)] satisfies Share[])
        : []),
    ];
  }

  /** Several changes of one moment are one. */
  changed(time: number, registers: Snapshot, balances: Balances): Share[] {
    if (this.changes.entries.at(-1)?.time === time) return [];
    const entry: ChangeEntry = { time, ...registers, ...amountsOf(balances) };
    return [(commit) => this.changes.appendWith(entry, commit)];
  }

  /** A midnight is logged once, also when its booking was lost. */
  async midnight(time: number, balances: Balances): Promise<void> {
    if ((this.daily.entries.at(-1)?.time ?? 0) < time)
      await this.daily.append({ time, ...amountsOf(balances) });
  }
}

/** As logs have them. */
export const amountsOf = (balances: Balances) =>
  Object.fromEntries(balanceNames.map((name) => [name, shown(balances[name])])) as Record<
    keyof Balances,
    number
  >;
