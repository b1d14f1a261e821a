/**
 * The tariffs of the primary element (ECS01a, ECS01b; read by ECS24) and of a secondary one (ECS01c, ECS01d; ECS24b):
 * calendar, special days, block thresholds, currency and prices, each with a passive value, which a command sets, and
 * an active one, which its activation time brings into force. Each activation has its own outcome.
 */

import { KeptValues } from "../../kernel/kept-values.ts";
import type { ValueOf, valueTypes } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import type { RandomisedOffsetFeature } from "../randomised-offset/feature.ts";
import type { ServedObject } from "../serve.ts";
import {
  type Calendar,
  defaultRate,
  defaultSecondaryRate,
  nextSwitchAfter,
  type Rate,
  rateAt,
} from "./calendar.ts";
import { type ShownTariff, tariffObjects } from "./cosem.ts";
import { factoryTariff } from "./factory.ts";
import { packed, unpacked } from "./pack.ts";
import { calendarParts, type Part, secondaryCalendarParts } from "./parts.ts";
import {
  type Charge,
  isConsistent,
  readDays,
  readSeasons,
  readSecondaryDays,
  readSecondaryPrices,
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

type PricePart = "price" | "secondaryPrice";
interface LoadedPrice {
  /** Of {@link priceIndex}. */
  readonly index: number;
  readonly charge?: number;
  readonly scale?: number;
}

export interface TariffFeature extends Feature {
  /** The rate in force at `utcS`. */
  rateAt(utcS: number): Rate;
  /** The secondary element's. */
  secondaryRateAt(utcS: number): Rate;
  /** The next moment after `utcS` at which one of the rates may change. */
  nextSwitchAfter(utcS: number): number;
  /** Upper limits of the blocks of block time of use `index` (1..8), Wh; beyond the last is the last block + 1. */
  blockThresholds(index: number): readonly number[];
  /** Prices in force, by {@link priceIndex}; of a new meter all are zero. */
  prices(): Charge;
  secondaryPrices(): Charge;
  /** In force; its one price has index 0. */
  standingCharge(): Charge;
  /** Has a rate, and those that cost the same, cost this; or scales all prices: for a bench. */
  loadPrice(part: PricePart, price: LoadedPrice): Promise<void>;
  /** Runs in the device's loop before an activation puts other values in force. */
  beforeChange(listener: () => Promise<void>): void;
  /** Runs after an activation, in the device's loop. */
  onChange(listener: () => Promise<void>): void;
}

export function tariffFeature(context: DeviceContext, options: TariffOptions): TariffFeature {
  return new Tariff(context, options);
}

type Which = "active" | "passive";
type Types = typeof valueTypes;
const primary = { parts: [...calendarParts, "specialDays"], readDays } as const;
const secondary = {
  parts: [...secondaryCalendarParts, "secondarySpecial"],
  readDays: readSecondaryDays,
} as const;
type Element = typeof primary | typeof secondary;

class Tariff implements TariffFeature, ShownTariff {
  readonly name = "tariff";
  readonly objects: readonly ServedObject[];
  readonly #options: TariffOptions;
  readonly #values: KeptValues;
  readonly #before: (() => Promise<void>)[] = [];
  readonly #listeners: (() => Promise<void>)[] = [];
  readonly #calendars = new Map<Element, Calendar>();

  constructor(context: DeviceContext, options: TariffOptions) {
    this.#options = options;
    this.#values = new KeptValues(context.journal, "tariff/");
    options.offset?.onChange(() => this.#changed());
    this.objects = tariffObjects(this, options.futureDated);
  }

  inForce(part: Part): unknown {
    return this.#value("active", part) ?? factoryTariff[part];
  }

  #value(which: Which, part: Part): unknown {
    return unpacked(part, this.#values.get(keyOf(which, part)));
  }

  async setPassive(part: Part, value: unknown): Promise<Status> {
    await this.#values.keep([[keyOf("passive", part), packed(part, value)]]);
    return Status.success;
  }

  async load(part: Part, value: unknown): Promise<void> {
    await this.#values.keep([[keyOf("active", part), packed(part, value)]]);
    await this.#changed();
  }

  async loadPrice(part: PricePart, { index, charge, scale }: LoadedPrice): Promise<void> {
    const value = this.inForce(part) as ValueOf<Types["touCharge"]>;
    const { charges } = value;
    const own = charges.find((each) => each.index[0] === index) ?? { index: Uint8Array.of(index), charge: 0 };
    const all = charges.includes(own) ? charges : [...charges, own];
    await this.load(part, {
      ...value,
      scale: { ...value.scale, price: scale ?? value.scale.price },
      charges: all.map((each) =>
        each.charge === own.charge ? { ...each, charge: charge ?? own.charge } : each,
      ),
    });
  }

  passiveIsConsistent(parts: typeof calendarParts | typeof secondaryCalendarParts): boolean {
    return isConsistent(this.#calendarOf("passive", parts === calendarParts ? primary : secondary));
  }

  beforeChange(listener: () => Promise<void>): void {
    this.#before.push(listener);
  }

  onChange(listener: () => Promise<void>): void {
    this.#listeners.push(listener);
  }

  rateAt(utcS: number): Rate {
    return rateAt(this.#calendar(primary), utcS - this.#offsetS()) ?? defaultRate;
  }

  secondaryRateAt(utcS: number): Rate {
    return rateAt(this.#calendar(secondary), utcS - this.#offsetS()) ?? defaultSecondaryRate;
  }

  nextSwitchAfter(utcS: number): number {
    const switches = [primary, secondary].map((element) =>
      nextSwitchAfter(this.#calendar(element), utcS - this.#offsetS()),
    );
    return Math.min(...switches) + this.#offsetS();
  }

  #offsetS(): number {
    return this.#options.offset?.offsetS() ?? 0;
  }

  async #changed(): Promise<void> {
    this.#calendars.clear();
    for (const listener of this.#listeners) await listener();
  }

  blockThresholds(index: number): readonly number[] {
    return readThresholds(this.inForce(`thresholds${index}` as Part) as number[]) ?? [];
  }

  prices(): Charge {
    return readTariffPrices(this.inForce("price") as ValueOf<Types["touCharge"]>) ?? free;
  }

  secondaryPrices(): Charge {
    return readSecondaryPrices(this.inForce("secondaryPrice") as ValueOf<Types["touCharge"]>) ?? free;
  }

  standingCharge(): Charge {
    return readStandingCharge(this.inForce("standing") as ValueOf<Types["unitCharge"]>) ?? free;
  }

  #calendar(element: Element): Calendar {
    const calendar = this.#calendars.get(element) ?? this.#calendarOf("active", element);
    this.#calendars.set(element, calendar);
    return calendar;
  }

  /** Stored values were checked when they were set: reading them again cannot fail. */
  #calendarOf(which: Which, element: Element): Calendar {
    const [seasons, weeks, days, specialDays] = element.parts;
    const read = <V, T>(part: Part, reader: (value: readonly V[]) => T[] | undefined): T[] => {
      const value = which === "active" ? this.inForce(part) : this.#value("passive", part);
      return reader((value ?? []) as V[]) ?? [];
    };
    return {
      seasons: read(seasons, readSeasons),
      weeks: read(weeks, readWeeks),
      days: read(days, element.readDays),
      specialDays: read(specialDays, readSpecialDays),
    };
  }

  async activate(parts: readonly Part[]): Promise<Status> {
    const passive = parts.map((part) => [part, this.#values.get(keyOf("passive", part))] as const);
    if (passive.some(([, value]) => value === undefined)) return Status.otherReason;
    if (isCalendar(parts) && !this.passiveIsConsistent(parts)) return Status.otherReason;
    for (const listener of this.#before) await listener();
    await this.#values.keep(passive.map(([part, value]) => [keyOf("active", part), value]));
    await this.#changed();
    return Status.success;
  }
}

const isCalendar = (parts: readonly Part[]): parts is typeof calendarParts | typeof secondaryCalendarParts =>
  parts === calendarParts || parts === secondaryCalendarParts;

/** Prices that a bench has loaded, and that no command could have set. */
const free: Charge = { commodityScale: 0, priceScale: 0, prices: new Map() };

/** Short, as the journal's keys are: the longest part has 20 letters. */
const keyOf = (which: "active" | "passive", part: Part): string =>
  `${which === "active" ? "now" : "next"}/${part}`;
