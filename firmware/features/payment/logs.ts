/** The account's logs: credits, payment debt recovered, balances at midnight, and registers when mode or tariff changed. */
import type { Journal } from "../../kernel/journal.ts";
import { KeptRing } from "../../kernel/kept-ring.ts";
import type { Share } from "../../kernel/together.ts";
import {
  type ArrayType,
  fromPlain,
  objects,
  type Plain,
  toPlain,
  type ValueOf,
  type ValueType,
  type valueTypes,
} from "../../model/index.ts";
import type { Snapshot } from "../metering/snapshot.ts";
import { type Balances, balanceNames } from "./machine.ts";
import { shown } from "./money.ts";

type Types = typeof valueTypes;
type TimedValue = ValueOf<Types["timedValue"]>;

interface Buffer<T extends ValueType> {
  readonly attributes: { readonly buffer: { readonly type: ArrayType<T> } };
}

/** As many entries as a read returns (facts §5.6), kept without the names of their members. */
class Log<T extends ValueType> {
  readonly #type: T;
  readonly #kept: KeptRing<Plain>;

  constructor(journal: Journal, name: string, { attributes }: Buffer<T>) {
    const { item, max } = attributes.buffer.type;
    this.#type = item;
    this.#kept = new KeptRing<Plain>(journal, `payment-log/${name}/`, max);
  }

  get capacity(): number {
    return this.#kept.capacity;
  }

  /** Oldest first. */
  get entries(): readonly ValueOf<T>[] {
    return this.#kept.entries.map((entry) => fromPlain(this.#type, entry));
  }

  appendWith(entry: ValueOf<T>, commit: Parameters<Share>[0]): Promise<void> {
    return this.#kept.appendWith(toPlain(this.#type, entry), commit);
  }

  append(entry: ValueOf<T>): Promise<void> {
    return this.#kept.append(toPlain(this.#type, entry));
  }

  replace(entries: readonly ValueOf<T>[]): Promise<void> {
    return this.#kept.replace(entries.map((entry) => toPlain(this.#type, entry)));
  }
}

export class PaymentLogs {
  readonly credits: Log<Types["timedValue"]>;
  readonly debts: Log<Types["timedValue"]>;
  readonly daily: Log<Types["prepaymentLogEntry"]>;
  readonly changes: Log<Types["changeLogEntry"]>;

  constructor(journal: Journal) {
    this.credits = new Log(journal, "credit", objects.creditLog);
    this.debts = new Log(journal, "debt", objects.debtPaymentLog);
    this.daily = new Log(journal, "daily", objects.dailyPrepaymentLog);
    this.changes = new Log(journal, "change", objects.changeLog);
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
    const entry = { time, ...registers, ...amountsOf(balances) };
    return [(commit) => this.changes.appendWith(entry, commit)];
  }

  /** Midnights are logged once, also when their booking was lost; of many, those that the log has room for. */
  async midnights(passed: readonly { readonly timeS: number; readonly balances: Balances }[]): Promise<void> {
    for (const { timeS: time, balances } of passed.slice(-this.daily.capacity))
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
