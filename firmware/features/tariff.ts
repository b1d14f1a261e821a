/**
 * The tariff: calendar, special days, block thresholds, currency and prices (ECS01a, ECS01b), each with a
 * passive value, which a command sets, and an active one, which its activation time brings into force.
 * Each activation has its own outcome.
 */
import { type ObjectName, objects } from "../objects/dictionary.ts";
import { type MemberRef, NEVER, type OperationResult, Status, type Value } from "../wire/message.ts";
import type { CommandOrigin, DeviceContext, Feature, ServedObject } from "./feature.ts";
import type { FutureDatedValues } from "./future-dated.ts";
import { KeptValues } from "./kept-values.ts";
import type { RandomisedOffsetFeature } from "./randomised-offset.ts";
import { denied, integer, refused, success, withValue } from "./results.ts";
import { type Calendar, nextSwitchAfter, type Rate, rateAt } from "./tariff-calendar.ts";
import {
  type Charge,
  isConsistent,
  readDays,
  readSeasons,
  readSpecialDays,
  readStandingCharge,
  readTariffPrices,
  readThresholds,
  readWeeks,
} from "./tariff-values.ts";

export interface TariffOptions {
  readonly futureDated: FutureDatedValues;
  /** How late this meter's switches are. */
  readonly offset?: Pick<RandomisedOffsetFeature, "offsetS" | "onChange">;
}

export interface TariffFeature extends Feature {
  /** The rate in force at `utcS`. */
  rateAt(utcS: number): Rate;
  /** The next moment after `utcS` at which the rate may change. */
  nextSwitchAfter(utcS: number): number;
  /** Upper limits of the blocks of block time of use `index` (1..8), Wh; beyond the last is the last block + 1. */
  blockThresholds(index: number): readonly number[];
  /** Prices in force; undefined before any were activated. */
  prices(): Charge | undefined;
  standingCharge(): Charge | undefined;
  /** Runs after an activation, in the device's loop. */
  onChange(listener: () => Promise<void>): void;
}

export function tariffFeature(context: DeviceContext, options: TariffOptions): TariffFeature {
  return new Tariff(context, options);
}

/** A value that commands set as passive: where it is served, its name in the journal, and its check. */
interface Part {
  readonly name: string;
  readonly object: ObjectName;
  readonly passive: number;
  /** Where the active value is read; absent: the object shows the passive one only. */
  readonly active?: number;
  readonly read: (value: Value) => unknown;
}

const thresholdParts = ([1, 2, 3, 4, 5, 6, 7, 8] as const).map(
  (tou): Part => ({
    name: `thresholds${tou}`,
    object: `blockThresholdsTou${tou}`,
    passive: 2,
    read: readThresholds,
  }),
);
const calendarParts: readonly Part[] = [
  { name: "seasons", object: "tariffCalendar", passive: 7, active: 3, read: readSeasons },
  { name: "weeks", object: "tariffCalendar", passive: 8, active: 4, read: readWeeks },
  { name: "days", object: "tariffCalendar", passive: 9, active: 5, read: readDays },
];
const specialDays: Part = { name: "specialDays", object: "specialDays", passive: 2, read: readSpecialDays };
const currency: Part = {
  name: "currency",
  object: "currencyUnit",
  passive: 4,
  active: 2,
  read: (value) => value,
};
const standing: Part = {
  name: "standing",
  object: "standingCharge",
  passive: 6,
  active: 5,
  read: readStandingCharge,
};
const price: Part = { name: "price", object: "tariffPrice", passive: 6, active: 5, read: readTariffPrices };

/** What one activation time brings into force, all or nothing. */
const groups: readonly { object: ObjectName; member: number; parts: readonly Part[] }[] = [
  { object: "tariffCalendar", member: 10, parts: calendarParts },
  { object: "specialDaysActivation", member: 6, parts: [specialDays] },
  { object: "currencyUnit", member: 6, parts: [currency] },
  { object: "standingCharge", member: 7, parts: [standing] },
  { object: "tariffPrice", member: 7, parts: [price] },
  { object: "blockThresholdsActivation", member: 6, parts: thresholdParts },
];
const allParts = groups.flatMap((group) => group.parts);

class Tariff implements TariffFeature {
  readonly name = "tariff";
  readonly objects: readonly ServedObject[];
  readonly #options: TariffOptions;
  readonly #values: KeptValues;
  readonly #listeners: (() => Promise<void>)[] = [];
  #calendar: Calendar | undefined;

  constructor(context: DeviceContext, options: TariffOptions) {
    this.#options = options;
    this.#values = new KeptValues(context.journal, "tariff/");
    for (const { object, member, parts } of groups)
      options.futureDated.onActivation({ object: objects[object].id, member }, () => this.#activate(parts));
    options.offset?.onChange(() => this.#changed());
    const names = new Set<ObjectName>([...allParts, ...groups].map((each) => each.object));
    this.objects = [...names].map((name) => this.#serve(name));
  }

  onChange(listener: () => Promise<void>): void {
    this.#listeners.push(listener);
  }

  rateAt(utcS: number): Rate {
    return rateAt(this.#active(), utcS - this.#offsetS());
  }

  nextSwitchAfter(utcS: number): number {
    return nextSwitchAfter(this.#active(), utcS - this.#offsetS()) + this.#offsetS();
  }

  #offsetS(): number {
    return this.#options.offset?.offsetS() ?? 0;
  }

  async #changed(): Promise<void> {
    for (const listener of this.#listeners) await listener();
  }

  blockThresholds(index: number): readonly number[] {
    const value = this.#values.get(`active/thresholds${index}`);
    return (value === undefined ? undefined : readThresholds(value)) ?? [];
  }

  prices(): Charge | undefined {
    const value = this.#values.get("active/price");
    return value === undefined ? undefined : readTariffPrices(value);
  }

  standingCharge(): Charge | undefined {
    const value = this.#values.get("active/standing");
    return value === undefined ? undefined : readStandingCharge(value);
  }

  #active(): Calendar {
    this.#calendar ??= this.#calendarOf("active");
    return this.#calendar;
  }

  /** Stored values were checked when they were set: reading them again cannot fail. */
  #calendarOf(which: "active" | "passive"): Calendar {
    const read = <T>(name: string, reader: (value: Value) => T[] | undefined): T[] =>
      reader(this.#values.get(`${which}/${name}`) ?? []) ?? [];
    return {
      seasons: read("seasons", readSeasons),
      weeks: read("weeks", readWeeks),
      days: read("days", readDays),
      specialDays: read("specialDays", readSpecialDays),
    };
  }

  #serve(name: ObjectName): ServedObject {
    const object = objects[name].id;
    const parts = allParts.filter((part) => part.object === name);
    const activation = groups.find((group) => group.object === name)?.member;
    return {
      object,
      get: (member) => this.#get(parts, { object, member }, activation),
      set: (member, value, origin) =>
        member === activation
          ? this.#schedule({ object, member }, integer(value), origin)
          : this.#setPassive(
              parts.find((part) => part.passive === member),
              value,
            ),
    };
  }

  #get(parts: readonly Part[], ref: MemberRef, activation: number | undefined): OperationResult {
    if (ref.member === activation) return withValue(this.#options.futureDated.activationS(ref));
    for (const part of parts) {
      if (ref.member === part.active) return this.#stored(`active/${part.name}`);
      if (ref.member === part.passive) return this.#stored(`passive/${part.name}`);
    }
    return denied;
  }

  #stored(name: string): OperationResult {
    const value = this.#values.get(name);
    return value === undefined ? refused() : withValue(value);
  }

  async #setPassive(part: Part | undefined, value: Value): Promise<OperationResult> {
    if (part === undefined) return denied;
    if (part.read(value) === undefined) return refused();
    await this.#values.keep([[`passive/${part.name}`, value]]);
    return success;
  }

  /** A calendar that could not be activated is refused now, not when its time has come. */
  async #schedule(ref: MemberRef, activationS: number, origin: CommandOrigin): Promise<OperationResult> {
    const isCalendar = ref.object === objects.tariffCalendar.id && activationS !== NEVER;
    if (isCalendar && !isConsistent(this.#calendarOf("passive"))) return refused();
    return { status: await this.#options.futureDated.schedule(ref, activationS, origin) };
  }

  async #activate(parts: readonly Part[]): Promise<Status> {
    const passive = parts.map((part) => [part.name, this.#values.get(`passive/${part.name}`)] as const);
    const complete = passive.filter((entry): entry is readonly [string, Value] => entry[1] !== undefined);
    if (complete.length !== parts.length) return Status.otherReason;
    if (parts === calendarParts && !isConsistent(this.#calendarOf("passive"))) return Status.otherReason;
    await this.#values.keep(complete.map(([name, value]) => [`active/${name}`, value]));
    this.#calendar = undefined;
    await this.#changed();
    return Status.success;
  }
}
