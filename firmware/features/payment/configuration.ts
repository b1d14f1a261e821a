/**
 * What a supplier sets of an account: values in force, and passive ones that an activation time brings into force, each
 * by itself (ECS02, 03, 07, 08, 08a). A calendar that could not be followed is refused when it is set.
 */
import type { Journal, JournalChange } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import type { ValueOf, valueTypes } from "../../model/index.ts";
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

export class Configuration {
  readonly #active: Kept<Active>;
  readonly #passive: Kept<Partial<Limits & Account>>;
  readonly #calendar: Kept<Calendar>;
  readonly #nextCalendar: Kept<Partial<Calendar>>;
  #read: NonDisablementCalendar | undefined;

  constructor(journal: Journal) {
    this.#active = new Kept(journal, "payment/active", delivered);
    this.#passive = new Kept<Partial<Limits & Account>>(journal, "payment/passive", {});
    this.#calendar = new Kept<Calendar>(journal, "payment/calendar", { schedule: [], specialDays: [] });
    this.#nextCalendar = new Kept<Partial<Calendar>>(journal, "payment/next-calendar", {});
  }

  get active(): Active {
    return this.#active.value;
  }
  get mode(): PaymentMode {
    return this.active.modeAndStatus.mode;
  }
  get calendar(): Calendar {
    return this.#calendar.value;
  }

  /** Stored values were checked when they were set. */
  get nonDisablement(): NonDisablementCalendar {
    const { schedule, specialDays } = this.#calendar.value;
    this.#read ??= {
      triggers: readTriggers(schedule) ?? [],
      specialDays: readSpecialDates(specialDays) ?? [],
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

  async setNextCalendar(part: Partial<Calendar>): Promise<void> {
    await this.#nextCalendar.keep({ ...this.#nextCalendar.value, ...part });
  }

  /** False when that part was never set. */
  async activateCalendar(part: CalendarPart): Promise<boolean> {
    const value = this.#nextCalendar.value[part];
    if (value === undefined) return false;
    await this.putCalendar({ [part]: value });
    return true;
  }

  async putCalendar(part: Partial<Calendar>): Promise<void> {
    await this.#calendar.keep({ ...this.#calendar.value, ...part });
    this.#read = undefined;
  }
}
