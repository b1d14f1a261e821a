/**
 * The tariff: calendar, special days, block thresholds, currency and prices (ECS01a, ECS01b), each with a
 * passive value, which a command sets, and an active one, which its activation time brings into force.
 * Each activation has its own outcome.
 */

import { KeptValues } from "../../kernel/kept-values.ts";
import { type Attribute, type ModelObject, type MomentType, objects } from "../../model/index.ts";
import { NEVER, Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import type { RandomisedOffsetFeature } from "../randomised-offset/feature.ts";
import { refused, type ServedObject, serve } from "../serve.ts";
import { type Calendar, nextSwitchAfter, type Rate, rateAt } from "./calendar.ts";
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
  /** Runs after an activation, in the device's loop. */
  onChange(listener: () => Promise<void>): void;
}

export function tariffFeature(context: DeviceContext, options: TariffOptions): TariffFeature {
  return new Tariff(context, options);
}

const blockTous = [1, 2, 3, 4, 5, 6, 7, 8] as const;
/** Parts of the tariff that one activation time brings into force, all or nothing. */
const calendarParts = ["seasons", "weeks", "days"] as const;
const thresholdParts = blockTous.map((tou) => `thresholds${tou}` as const);
type Part =
  | (typeof calendarParts)[number]
  | (typeof thresholdParts)[number]
  | "specialDays"
  | "currency"
  | "standing"
  | "price";

/** An object with an activation time. */
type Activated = ModelObject<{ readonly activateAt: Attribute<MomentType> }>;

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
    options.offset?.onChange(() => this.#changed());
    this.objects = [
      this.#serveCalendar(),
      serve(objects.specialDays, { entries: this.#passive("specialDays", readSpecialDays) }),
      serve(objects.specialDaysActivation, {
        activateAt: this.#activation(objects.specialDaysActivation, ["specialDays"]),
      }),
      ...blockTous.map((tou) =>
        serve(objects[`blockThresholdsTou${tou}`] as typeof objects.blockThresholdsTou1, {
          thresholds: this.#passive(`thresholds${tou}`, readThresholds),
        }),
      ),
      serve(objects.blockThresholdsActivation, {
        activateAt: this.#activation(objects.blockThresholdsActivation, thresholdParts),
      }),
      ...this.#servePrices(),
    ];
  }

  #serveCalendar(): ServedObject {
    const activation = this.#activation(objects.tariffCalendar, calendarParts);
    return serve(objects.tariffCalendar, {
      seasonsActive: this.#active("seasons"),
      weeksActive: this.#active("weeks"),
      daysActive: this.#active("days"),
      seasonsPassive: this.#passive("seasons", readSeasons),
      weeksPassive: this.#passive("weeks", readWeeks),
      daysPassive: this.#passive("days", readDays),
      activateAt: {
        // A calendar that could not be activated is refused now, not when its time has come.
        set: async (timeS, origin) =>
          timeS !== NEVER && !isConsistent(this.#calendarOf("passive"))
            ? Status.otherReason
            : activation.set(timeS, origin),
      },
    });
  }

  #servePrices(): ServedObject[] {
    return [
      serve(objects.currencyUnit, {
        active: this.#active("currency"),
        passive: this.#passive("currency", (isPounds: boolean) => isPounds),
        activateAt: this.#activation(objects.currencyUnit, ["currency"]),
      }),
      serve(objects.standingCharge, {
        chargeActive: this.#active("standing"),
        chargePassive: this.#passive("standing", readStandingCharge),
        activateAt: this.#activation(objects.standingCharge, ["standing"]),
      }),
      serve(objects.tariffPrice, {
        chargeActive: this.#active("price"),
        chargePassive: this.#passive("price", readTariffPrices),
        activateAt: this.#activation(objects.tariffPrice, ["price"]),
      }),
    ];
  }

  onChange(listener: () => Promise<void>): void {
    this.#listeners.push(listener);
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
    return this.#inForce(`thresholds${index}` as Part, readThresholds) ?? [];
  }

  prices(): Charge | undefined {
    return this.#inForce("price", readTariffPrices);
  }

  standingCharge(): Charge | undefined {
    return this.#inForce("standing", readStandingCharge);
  }

  #inForce<V, T>(part: Part, read: (value: V) => T | undefined): T | undefined {
    const value = this.#values.get(`active/${part}`);
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

  #active<V>(part: Part) {
    return {
      get: () => {
        const value = this.#values.get(`active/${part}`) as V | undefined;
        return value === undefined ? refused : { value };
      },
    };
  }

  /** Takes a value that `read` makes sense of. */
  #passive<V>(part: Part, read: (value: V) => unknown) {
    return {
      set: async (value: V): Promise<Status> => {
        if (read(value) === undefined) return Status.otherReason;
        await this.#values.keep([[`passive/${part}`, value]]);
        return Status.success;
      },
    };
  }

  #activation(object: Activated, parts: readonly Part[]) {
    const ref = { object: object.id, member: object.attributes.activateAt.no };
    const { futureDated } = this.#options;
    futureDated.onActivation(ref, () => this.#activate(parts));
    return { set: (timeS: number, origin: CommandOrigin) => futureDated.schedule(ref, timeS, origin) };
  }

  async #activate(parts: readonly Part[]): Promise<Status> {
    const passive = parts.map((part) => [part, this.#values.get(`passive/${part}`)] as const);
    if (passive.some(([, value]) => value === undefined)) return Status.otherReason;
    if (parts === calendarParts && !isConsistent(this.#calendarOf("passive"))) return Status.otherReason;
    await this.#values.keep(passive.map(([part, value]) => [`active/${part}`, value]));
    this.#calendar = undefined;
    await this.#changed();
    return Status.success;
  }
}
