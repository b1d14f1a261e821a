/** The tariff as objects show it: parts in force are read, passive ones set, and an activation time swaps them. */
import { type Attribute, type ModelObject, type MomentType, objects } from "../../model/index.ts";
import { NEVER, Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import { reads, type ServedObject, serve } from "../serve.ts";
import { blockTous, calendarParts, type Part, secondaryCalendarParts, thresholdParts } from "./parts.ts";
import {
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

type CalendarParts = typeof calendarParts | typeof secondaryCalendarParts;

export interface ShownTariff {
  /** As the command had it; of a new meter, as the factory has it. */
  inForce(part: Part): unknown;
  setPassive(part: Part, value: unknown): Promise<Status>;
  /** Has `value` be in force: for a bench. */
  load(part: Part, value: unknown): Promise<void>;
  /** Whether the passive calendar names only what it has. */
  passiveIsConsistent(parts: CalendarParts): boolean;
  /** Puts the passive values of `parts` in force, all or none. */
  activate(parts: readonly Part[]): Promise<Status>;
}

/** An object with an activation time. */
type Activated = ModelObject<{ readonly activateAt: Attribute<MomentType> }>;

export function tariffObjects(tariff: ShownTariff, futureDated: FutureDatedValues): ServedObject[] {
  const bind = new Binding(tariff, futureDated);
  return [...primary(bind), ...blocks(bind), ...secondary(bind), ...prices(bind)];
}

const primary = (bind: Binding): ServedObject[] => [
  serve(objects.tariffCalendar, {
    seasonsActive: bind.active("seasons"),
    weeksActive: bind.active("weeks"),
    daysActive: bind.active("days"),
    seasonsPassive: bind.passive("seasons", readSeasons),
    weeksPassive: bind.passive("weeks", readWeeks),
    daysPassive: bind.passive("days", readDays),
    activateAt: bind.calendar(objects.tariffCalendar, calendarParts),
  }),
  serve(objects.specialDays, { entries: bind.passive("specialDays", readSpecialDays) }),
  serve(objects.specialDaysInForce, { entries: bind.active("specialDays") }),
  serve(objects.specialDaysActivation, {
    activateAt: bind.activation(objects.specialDaysActivation, ["specialDays"]),
  }),
];

const secondary = (bind: Binding): ServedObject[] => [
  serve(objects.secondaryCalendar, {
    seasonsActive: bind.active("secondarySeasons"),
    weeksActive: bind.active("secondaryWeeks"),
    daysActive: bind.active("secondaryDays"),
    seasonsPassive: bind.passive("secondarySeasons", readSeasons),
    weeksPassive: bind.passive("secondaryWeeks", readWeeks),
    daysPassive: bind.passive("secondaryDays", readSecondaryDays),
    activateAt: bind.calendar(objects.secondaryCalendar, secondaryCalendarParts),
  }),
  serve(objects.secondarySpecialDays, { entries: bind.passive("secondarySpecial", readSpecialDays) }),
  serve(objects.secondarySpecialDaysInForce, { entries: bind.active("secondarySpecial") }),
  serve(objects.secondarySpecialDaysActivation, {
    activateAt: bind.activation(objects.secondarySpecialDaysActivation, ["secondarySpecial"]),
  }),
  serve(objects.secondaryPrice, {
    chargeActive: bind.active("secondaryPrice"),
    chargePassive: bind.passive("secondaryPrice", readSecondaryPrices),
    activateAt: bind.activation(objects.secondaryPrice, ["secondaryPrice"]),
  }),
];

const blocks = (bind: Binding): ServedObject[] => [
  ...blockTous.flatMap((tou) => [
    serve(objects[`blockThresholdsTou${tou}`] as typeof objects.blockThresholdsTou1, {
      thresholds: bind.passive(`thresholds${tou}`, readThresholds),
    }),
    serve(objects[`blockThresholdsTou${tou}InForce`] as typeof objects.blockThresholdsTou1InForce, {
      thresholds: bind.active(`thresholds${tou}`),
    }),
  ]),
  serve(objects.blockThresholdsActivation, {
    activateAt: bind.activation(objects.blockThresholdsActivation, thresholdParts),
  }),
];

const prices = (bind: Binding): ServedObject[] => [
  serve(objects.currencyUnit, {
    active: bind.active("currency"),
    passive: bind.passive("currency", (isPounds: boolean) => isPounds),
    activateAt: bind.activation(objects.currencyUnit, ["currency"]),
  }),
  serve(objects.standingCharge, {
    chargeActive: bind.active("standing"),
    chargePassive: bind.passive("standing", readStandingCharge),
    activateAt: bind.activation(objects.standingCharge, ["standing"]),
  }),
  serve(objects.tariffPrice, {
    chargeActive: bind.active("price"),
    chargePassive: bind.passive("price", readTariffPrices),
    activateAt: bind.activation(objects.tariffPrice, ["price"]),
  }),
];

/** The ways in which a member belongs to a part. */
class Binding {
  readonly #tariff: ShownTariff;
  readonly #futureDated: FutureDatedValues;

  constructor(tariff: ShownTariff, futureDated: FutureDatedValues) {
    this.#tariff = tariff;
    this.#futureDated = futureDated;
  }

  active<V>(part: Part) {
    return reads(
      () => this.#tariff.inForce(part) as V,
      (value) => this.#tariff.load(part, value),
    );
  }

  /** Takes a value that `read` makes sense of. */
  passive<V>(part: Part, read: (value: V) => unknown) {
    return {
      set: async (value: V): Promise<Status> =>
        read(value) === undefined ? Status.otherReason : this.#tariff.setPassive(part, value),
    };
  }

  activation(object: Activated, parts: readonly Part[]) {
    const ref = { object: object.id, member: object.attributes.activateAt.no };
    this.#futureDated.onActivation(ref, () => this.#tariff.activate(parts));
    return { set: (timeS: number, origin: CommandOrigin) => this.#futureDated.schedule(ref, timeS, origin) };
  }

  /** A calendar that could not be activated is refused now, not when its time has come. */
  calendar(object: Activated, parts: CalendarParts) {
    const activation = this.activation(object, parts);
    return {
      set: async (timeS: number, origin: CommandOrigin): Promise<Status> =>
        timeS !== NEVER && !this.#tariff.passiveIsConsistent(parts)
          ? Status.otherReason
          : activation.set(timeS, origin),
    };
  }
}
