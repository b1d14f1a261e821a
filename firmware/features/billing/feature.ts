/**
 * Billing periods: at each moment of the billing calendar (ECS30, ECS30a) registers and balances go to the billing log
 * (ECS20c), the block counters begin anew, and the supplier is sent the entry (ECS68, 8F0A): all in one commit. Block
 * counters are set to zero by a command (ECS05) and on a schedule of their own (ECS48), too.
 */
import type { MaybePromise } from "../../../hal/board.ts";
import type { JournalChange } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import { KeptRing } from "../../kernel/kept-ring.ts";
import { together } from "../../kernel/together.ts";
import { alerts, messages, toPlain } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import { type ExecutionValue, readExecutions } from "../executions.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { MeteringFeature } from "../metering/feature.ts";
import type { RegisterEntry } from "../metering/snapshot.ts";
import { Recurring } from "../recurring.ts";
import { report } from "../report.ts";
import { billingObjects, type Calendar, type PrepaymentEntry, type ShownBilling } from "./cosem.ts";

export type Balances = Omit<PrepaymentEntry, "time">;

export interface BillingOptions {
  readonly metering: Pick<MeteringFeature, "snapshot" | "resetBlockCounters">;
  /** What goes to the log beside the registers, charged up to now; a meter that keeps no account has none. */
  balances?(): MaybePromise<Balances>;
}

export interface BillingFeature extends Feature {
  /** Call it when the device's time was set or adjusted. */
  timeChanged(): Promise<void>;
}

export function billingFeature(context: DeviceContext, options: BillingOptions): BillingFeature {
  return new Billing(context, options);
}

const capacity = 12;
const none: Balances = {
  ...{ emergencyCredit: 0, balance: 0, paymentDebt: 0 },
  ...{ timeDebt1: 0, timeDebt2: 0, accumulatedDebt: 0 },
};

class Billing implements BillingFeature, ShownBilling {
  readonly name = "billing";
  readonly objects = billingObjects(this);
  readonly registers: KeptRing<RegisterEntry>;
  readonly prepayment: KeptRing<PrepaymentEntry>;
  readonly periods: Calendar;
  readonly blockResets: Calendar;
  readonly #context: DeviceContext;
  readonly #options: BillingOptions;
  readonly #recurring: readonly Recurring[];

  constructor(context: DeviceContext, options: BillingOptions) {
    const { journal } = context;
    this.#context = context;
    this.#options = options;
    this.registers = new KeptRing<RegisterEntry>(journal, "billing/registers/", capacity);
    this.prepayment = new KeptRing<PrepaymentEntry>(journal, "billing/balances/", capacity);
    const resets = this.#calendar("billing/block-resets", (_, done) => this.#resetBlocks(done));
    const periods = this.#calendar("billing/periods", (dueS, done) => this.#endPeriod(dueS, done));
    this.blockResets = resets.calendar;
    this.periods = periods.calendar;
    // Where both fall due at once, the billing log has the registers, which resets leave alone.
    this.#recurring = [periods.recurring, resets.recurring];
  }

  start(): Promise<void> {
    return this.timeChanged();
  }

  async timeChanged(): Promise<void> {
    for (const each of this.#recurring) await each.resume();
  }

  resetBlockCounters(): Promise<void> {
    return this.#options.metering.resetBlockCounters((change) => this.#context.journal.commit([change]));
  }

  #calendar(key: string, run: (dueS: number, done: JournalChange) => Promise<void>) {
    const kept = new Kept<readonly ExecutionValue[]>(this.#context.journal, key, []);
    const recurring = new Recurring(this.#context, {
      key: `${key}-done`,
      executions: () => readExecutions(kept.value) ?? [],
      run,
    });
    const set = async (values: readonly ExecutionValue[]): Promise<Status> => {
      if (readExecutions(values) === undefined) return Status.otherReason;
      await recurring.begin((change) => kept.keep(values, change));
      return Status.success;
    };
    return {
      recurring,
      calendar: { get: () => kept.value, set, load: (values) => kept.keep(values) } satisfies Calendar,
    };
  }

  #resetBlocks(done: JournalChange): Promise<void> {
    return this.#options.metering.resetBlockCounters((change) =>
      this.#context.journal.commit([change, done]),
    );
  }

  async #endPeriod(time: number, done: JournalChange): Promise<void> {
    const { metering, balances = () => none } = this.#options;
    const money = { time, ...(await balances()) };
    const entry = { time, ...(await metering.snapshot()) };
    const { log } = messages.ECS68.alert.body.fields;
    const values = [toPlain(log, [entry])];
    await together(
      (changes) =>
        report(this.#context, alerts.billingLogUpdated.code, { values, changes: [...changes, done] }),
      [
        (commit) => metering.resetBlockCounters(commit),
        (commit) => this.registers.appendWith(entry, commit),
        (commit) => this.prepayment.appendWith(money, commit),
      ],
    );
  }
}
