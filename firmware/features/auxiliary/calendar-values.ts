/** The auxiliary calendar and its special days in the journal: each in force, and a passive one that an activation swaps in. */

import type { Journal } from "../../kernel/journal.ts";
import { KeptValues } from "../../kernel/kept-values.ts";
import { fromPlain, makeType, type Plain, toPlain, type ValueOf, valueTypes } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import {
  type AuxiliaryCalendar,
  areSpecialDays,
  isSchedule,
  readSchedule,
  readSpecialDays,
} from "./calendar.ts";

/** As many as the model of any object takes: `set` is checked before it comes here. */
const types = {
  schedule: makeType.array(valueTypes.scheduleEntry, 0, 120),
  specialDays: makeType.array(valueTypes.specialDay, 0, 20),
} as const;
export type CalendarPart = keyof typeof types;
export type CalendarValue<P extends CalendarPart> = ValueOf<(typeof types)[P]>;

const meanings: { readonly [P in CalendarPart]: (value: CalendarValue<P>) => boolean } = {
  schedule: isSchedule,
  specialDays: areSpecialDays,
};

export class CalendarValues {
  readonly #kept: KeptValues;
  #inForce: AuxiliaryCalendar | undefined;

  constructor(journal: Journal) {
    this.#kept = new KeptValues(journal, "auxiliary/");
  }

  inForce<P extends CalendarPart>(part: P): CalendarValue<P> {
    const plain = this.#kept.get(`active/${part}`) ?? [];
    return fromPlain(types[part], plain as Plain, part) as CalendarValue<P>;
  }

  /** What the calendar in force says, read once. */
  get calendar(): AuxiliaryCalendar {
    this.#inForce ??= {
      entries: readSchedule(this.inForce("schedule")),
      specialDays: readSpecialDays(this.inForce("specialDays")),
    };
    return this.#inForce;
  }

  async setPassive<P extends CalendarPart>(part: P, value: CalendarValue<P>): Promise<Status> {
    if (!meanings[part](value)) return Status.otherReason;
    await this.#kept.keep([[`passive/${part}`, toPlain(types[part], value)]]);
    return Status.success;
  }

  async activate(part: CalendarPart): Promise<Status> {
    const passive = this.#kept.get(`passive/${part}`);
    if (passive === undefined) return Status.otherReason;
    await this.#keepActive(part, passive);
    return Status.success;
  }

  load<P extends CalendarPart>(part: P, value: CalendarValue<P>): Promise<void> {
    return this.#keepActive(part, toPlain(types[part], value));
  }

  async #keepActive(part: CalendarPart, plain: unknown): Promise<void> {
    await this.#kept.keep([[`active/${part}`, plain]]);
    this.#inForce = undefined;
  }
}
