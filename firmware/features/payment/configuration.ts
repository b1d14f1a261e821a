/**
 * What a supplier sets of an account: values in force, and passive ones that an activation time brings into force, each
 * by itself (ECS02, 03, 07, 08, 08a). A calendar that could not be followed is refused when it is set.
 */
import type { Journal, JournalChange } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import {
  fromPlain,
  objects,
  type Plain,
  toPlain,
  type ValueOf,
  type ValueType,
  type valueTypes,
} from "../../model/index.ts";
import { type CreditCharge, creditModeCharges } from "./account.ts";
import type { PaymentMode } from "./machine.ts";
import {
  type NonDisablementCalendar,
  readSpecialDates,
  readTriggers,
  type ScheduleEntry,
  type SpecialDay,
} from "./non-disablement.ts";

export type UnitCharge = ValueOf<typeof valueTypes.unitCharge>;
export type AccountMode = ValueOf<typeof valueTypes.accountMode>;

/** Amounts in units of 10^-5 of the currency. */
export interface Limits {
  readonly disablementThreshold: number;
  readonly lowCreditThreshold: number;
  readonly emergencyLimit: number;
  readonly emergencyThreshold: number;
  /** The largest single credit by token, and the largest balance that one may lead to. */
  readonly maximumCredit: number;
  readonly maximumBalance: number;
  /** Most payment debt recovered in `debtCapPeriodS`, in the unit that the device's settings name. */
  readonly debtCap: number;
  readonly debtCapPeriodS: number;
}
export type LimitName = keyof Limits;

export interface Account {
  readonly modeAndStatus: AccountMode;
  readonly creditCharges: readonly CreditCharge[];
}

export interface DebtSettings {
  readonly active: UnitCharge;
  readonly passive: UnitCharge;
  /** 3,600 or 86,400. */
  readonly periodS: number;
}

export interface Active extends Limits, Account {
  readonly timeDebt1: DebtSettings;
  readonly timeDebt2: DebtSettings;
  /** Of a credit, 1/10,000: what goes to payment debt. */
  readonly proportion: number;
}
interface Calendar {
  readonly schedule: readonly ScheduleEntry[];
  readonly specialDays: readonly SpecialDay[];
}
export type CalendarPart = keyof Calendar;

const noCharge: UnitCharge = {
  scale: { commodity: 0, price: -5 },
  commodity: { class: 0, name: new Uint8Array(6), attribute: 0 },
  charges: [{ index: new Uint8Array(), charge: 0 }],
};
const noDebt: DebtSettings = { active: noCharge, passive: noCharge, periodS: 86_400 };

/** As delivered: credit mode, no threshold above nothing, and no limit that a credit could pass. */
const delivered: Active = {
  modeAndStatus: { mode: "credit", status: "active" },
  creditCharges: creditModeCharges,
  disablementThreshold: 0,
  lowCreditThreshold: 0,
  emergencyLimit: 0,
  emergencyThreshold: 0,
  maximumCredit: 0x7fff_ffff,
  maximumBalance: 0x7fff_ffff,
  debtCap: 0xffff,
  debtCapPeriodS: 604_800,
  proportion: 0,
  timeDebt1: noDebt,
  timeDebt2: noDebt,
};

/** As the journal keeps it: without the names of its members, which would take four times as much. */
type Packed = Partial<Record<CalendarPart, Plain>>;
const types = {
  schedule: objects.nonDisablementScheduleInForce.attributes.entries.type,
  specialDays: objects.nonDisablementSpecialDaysInForce.attributes.entries.type,
} as const;
const unpacked = <P extends CalendarPart>(packed: Packed, part: P): Calendar[P] =>
  (packed[part] === undefined ? [] : fromPlain(types[part], packed[part])) as Calendar[P];

export class Configuration {
  readonly #active: Kept<Active>;
  readonly #passive: Kept<Partial<Limits & Account>>;
  readonly #calendar: Kept<Packed>;
  readonly #nextCalendar: Kept<Packed>;
  #read: NonDisablementCalendar | undefined;

  constructor(journal: Journal) {
    this.#active = new Kept(journal, "payment/active", delivered);
    this.#passive = new Kept<Partial<Limits & Account>>(journal, "payment/passive", {});
    this.#calendar = new Kept<Packed>(journal, "payment/calendar", {});
    this.#nextCalendar = new Kept<Packed>(journal, "payment/next-calendar", {});
  }

  get active(): Active {
    return this.#active.value;
  }
  get mode(): PaymentMode {
    return this.active.modeAndStatus.mode;
  }
  get calendar(): Calendar {
    const { value } = this.#calendar;
    return { schedule: unpacked(value, "schedule"), specialDays: unpacked(value, "specialDays") };
  }

  /** Stored values were checked when they were set. */
  get nonDisablement(): NonDisablementCalendar {
    this.#read ??= {
      triggers: readTriggers(this.calendar.schedule) ?? [],
      specialDays: readSpecialDates(this.calendar.specialDays) ?? [],
    };
    return this.#read;
  }

  setPassive(values: Partial<Limits & Account>): Promise<void> {
    return this.#passive.keep({ ...this.#passive.value, ...values });
  }

  /** The passive values of `names`; undefined when one was never set. */
  passive<N extends keyof (Limits & Account)>(names: readonly N[]): Pick<Limits & Account, N> | undefined {
    const found = names.map((name) => [name, this.#passive.value[name]] as const);
    if (found.some(([, value]) => value === undefined)) return undefined;
    return Object.fromEntries(found) as unknown as Pick<Limits & Account, N>;
  }

  /** Puts values in force by a commit made elsewhere. */
  put(values: Partial<Active>, commit: (change: JournalChange) => Promise<void>): Promise<void> {
    return this.#active.keepWith({ ...this.active, ...values }, commit);
  }

  async setNextCalendar<P extends CalendarPart>(part: P, value: Calendar[P]): Promise<void> {
    await this.#nextCalendar.keep({ ...this.#nextCalendar.value, [part]: packed(part, value) });
  }

  /** False when that part was never set. */
  async activateCalendar(part: CalendarPart): Promise<boolean> {
    const value = this.#nextCalendar.value[part];
    if (value === undefined) return false;
    await this.#putCalendar(part, value);
    return true;
  }

  putCalendar<P extends CalendarPart>(part: P, value: Calendar[P]): Promise<void> {
    return this.#putCalendar(part, packed(part, value));
  }

  async #putCalendar(part: CalendarPart, value: Plain): Promise<void> {
    await this.#calendar.keep({ ...this.#calendar.value, [part]: value });
    this.#read = undefined;
  }
}

const packed = <P extends CalendarPart>(part: P, value: Calendar[P]): Plain =>
  toPlain<ValueType>(types[part], value as never);
