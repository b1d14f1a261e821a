/** Billing as objects show it: two calendars, the block counters' reset, and the two halves of the billing log. */
import type { KeptRing } from "../../kernel/kept-ring.ts";
import { objects, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { Status } from "../../wire/message.ts";
import type { ExecutionValue } from "../executions.ts";
import type { RegisterEntry } from "../metering/snapshot.ts";
import { type Range, readRange } from "../ranges.ts";
import { done, reads, refused, type ServedObject, serve } from "../serve.ts";

export type PrepaymentEntry = ValueOf<(typeof valueTypes)["prepaymentLogEntry"]>;

export interface Calendar {
  get(): readonly ExecutionValue[];
  set(values: readonly ExecutionValue[]): Promise<Status>;
  load(values: readonly ExecutionValue[]): Promise<void>;
}

export interface ShownBilling {
  readonly periods: Calendar;
  readonly blockResets: Calendar;
  readonly registers: KeptRing<RegisterEntry>;
  readonly prepayment: KeptRing<PrepaymentEntry>;
  resetBlockCounters(): Promise<void>;
}

/** The one script of the table that a command may run (ECS05). */
const resetScript = 99;

export const billingObjects = (billing: ShownBilling): ServedObject[] => [
  serve(objects.billingCalendar, {
    executionTimes: {
      ...reads(
        () => billing.periods.get(),
        (values) => billing.periods.load(values),
      ),
      set: (values) => billing.periods.set(values),
    },
  }),
  serve(objects.blockCounterReset, { executionTimes: { set: (values) => billing.blockResets.set(values) } }),
  serve(objects.blockCounterControl, {
    execute: async (script) => {
      if (script !== resetScript) return refused;
      await billing.resetBlockCounters();
      return done;
    },
  }),
  serve(objects.billingRegisterLog, { buffer: buffer(() => billing.registers) }),
  serve(objects.billingPrepaymentLog, { buffer: buffer(() => billing.prepayment) }),
];

/** A log that the journal keeps: a range of it, both ends inclusive, oldest first. */
const buffer = <T extends { readonly time: number }>(ring: () => KeptRing<T>) => ({
  get: (range: Range | undefined) => {
    const bounds = readRange(range);
    if (bounds === undefined) return refused;
    const [fromS, toS] = bounds;
    return { value: ring().entries.filter(({ time }) => time >= fromS && time <= toS) };
  },
  load: (entries: readonly T[]) => ring().replace(entries),
});
