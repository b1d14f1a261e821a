/**
 * The tariff: calendar, special days, block thresholds, currency and prices (ECS01a, ECS01b), each with a
 * passive value, which a command sets, and an active one, which its activation time brings into force.
 * Each activation has its own outcome.
 */

import { KeptValues } from "../../kernel/kept-values.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import type { RandomisedOffsetFeature } from "../randomised-offset/feature.ts";
import type { ServedObject } from "../serve.ts";
import { type Calendar, nextSwitchAfter, type Rate, rateAt } from "./calendar.ts";
import { type ShownTariff, tariffObjects } from "./cosem.ts";
import { calendarParts, type Part } from "./parts.ts";
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
} from "./values.ts";

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
  /** Runs after an activation, and when the offset of its switches has changed, in the device's loop. */
  onChange(listener: () => Promise<void>): void;
  /** Runs after an activation. */
  onActivation(listener: () => Promise<void>): void;
}

export function tariffFeature(context: DeviceContext, options: TariffOptions): TariffFeature {
  return new Tariff(context, options);
}

class Tariff implements TariffFeature, ShownTariff {
  readonly name = "tariff";
  readonly objects: readonly ServedObject[];
  readonly #options: TariffOptions;
  readonly #values: KeptValues;
  readonly #listeners: (() => Promise<void>)[] = [];
  readonly #onActivation: (() => Promise<void>)[] = [];
  #calendar: Calendar | undefined;

  constructor(context: DeviceContext, options: TariffOptions) {
    this.#options = options;
    this.#values = new KeptValues(context.journal, "tariff/");
    options.offset?.onChange(() => this.#changed());
    this.objects = tariffObjects(this, options.futureDated);
  }

  inForce(part: Part): unknown {
    return this.#values.get(`active/${part}`);
  }

  async setPassive(part: Part, value: unknown): Promise<Status> {
    await this.#values.keep([[`passive/${part}`, value]]);
    return Status.success;
  }

  passiveIsConsistent(): boolean {
    return isConsistent(this.#calendarOf("passive"));
  }

  onChange(listener: () => Promise<void>): void {
    this.#listeners.push(listener);
  }

  onActivation(listener: () => Promise<void>): void {
    this.#onActivation.push(listener);
  }

  rateAt(utcS: number): Rate {
    return rateAt(this.#calendarNow(), utcS - this.#offsetS());
  }

  nextSwitchAfter(utcS: number): number {
    return nextSwitchAfter(this.#calendarNow(), utcS - this.#offsetS()) + this.#offsetS();
  }

  #offsetS(): number {
    return this.#options.offset?.offsetS() ?? 0;
  }

  async #changed(): Promise<void> {
    for (const listener of this.#listeners) await listener();
  }

  blockThresholds(index: number): readonly number[] {
    return this.#readInForce(`thresholds${index}` as Part, readThresholds) ?? [];
  }

  prices(): Charge | undefined {
    return this.#readInForce("price", readTariffPrices);
  }

  standingCharge(): Charge | undefined {
    return this.#readInForce("standing", readStandingCharge);
  }

  #readInForce<V, T>(part: Part, read: (value: V) => T | undefined): T | undefined {
    const value = this.inForce(part);
    return value === undefined ? undefined : read(value as V);
  }

  #calendarNow(): Calendar {
    this.#calendar ??= this.#calendarOf("active");
    return this.#calendar;
  }

  /** Stored values were checked when they were set: reading them again cannot fail. */
  #calendarOf(which: "active" | "passive"): Calendar {
    const read = <V, T>(part: Part, reader: (value: readonly V[]) => T[] | undefined): T[] =>
      reader((this.#values.get(`${which}/${part}`) ?? []) as V[]) ?? [];
    return {
      seasons: read("seasons", readSeasons),
      weeks: read("weeks", readWeeks),
      days: read("days", readDays),
      specialDays: read("specialDays", readSpecialDays),
    };
  }

  async activate(parts: readonly Part[]): Promise<Status> {
    const passive = parts.map((part) => [part, this.#values.get(`passive/${part}`)] as const);
    if (passive.some(([, value]) => value === undefined)) return Status.otherReason;
    if (parts === calendarParts && !this.passiveIsConsistent()) return Status.otherReason;
    await this.#values.keep(passive.map(([part, value]) => [`active/${part}`, value]));
    this.#calendar = undefined;
    await this.#changed();
    for (const listener of this.#onActivation) await listener();
    return Status.success;
  }
}
