/** The tariff as objects show it: parts in force are read, passive ones set, and an activation time swaps them. */
import { type Attribute, type ModelObject, type MomentType, objects } from "../../model/index.ts";
import { NEVER, Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import { refused, type ServedObject, serve } from "../serve.ts";
import { blockTous, calendarParts, type Part, thresholdParts } from "./parts.ts";
import {
  readDays,
  readSeasons,
  readSpecialDays,
  readStandingCharge,
  readTariffPrices,
  readThresholds,
  readWeeks,
} from "./values.ts";

export interface ShownTariff {
  /** As the command had it; undefined before any was activated. */
  inForce(part: Part): unknown;
  setPassive(part: Part, value: unknown): Promise<Status>;
  /** Whether the passive calendar names only what it has. */
  passiveIsConsistent(): boolean;
  /** Puts the passive values of `parts` in force, all or none. */
  activate(parts: readonly Part[]): Promise<Status>;
}

/** An object with an activation time. */
type Activated = ModelObject<{ readonly activateAt: Attribute<MomentType> }>;

export function tariffObjects(tariff: ShownTariff, futureDated: FutureDatedValues): ServedObject[] {
  const bind = new Binding(tariff, futureDated);
  return [
    calendar(tariff, bind),
    serve(objects.specialDays, { entries: bind.passive("specialDays", readSpecialDays) }),
    serve(objects.specialDaysActivation, {
      activateAt: bind.activation(objects.specialDaysActivation, ["specialDays"]),
    }),
    ...blockTous.map((tou) =>
      serve(objects[`blockThresholdsTou${tou}`] as typeof objects.blockThresholdsTou1, {
        thresholds: bind.passive(`thresholds${tou}`, readThresholds),
      }),
    ),
    serve(objects.blockThresholdsActivation, {
      activateAt: bind.activation(objects.blockThresholdsActivation, thresholdParts),
    }),
    ...prices(bind),
  ];
}

function calendar(tariff: ShownTariff, bind: Binding): ServedObject {
  const activation = bind.activation(objects.tariffCalendar, calendarParts);
  return serve(objects.tariffCalendar, {
    seasonsActive: bind.active("seasons"),
    weeksActive: bind.active("weeks"),
    daysActive: bind.active("days"),
    seasonsPassive: bind.passive("seasons", readSeasons),
    weeksPassive: bind.passive("weeks", readWeeks),
    daysPassive: bind.passive("days", readDays),
    activateAt: {
      // A calendar that could not be activated is refused now, not when its time has come.
      set: async (timeS, origin) =>
        timeS !== NEVER && !tariff.passiveIsConsistent() ? Status.otherReason : activation.set(timeS, origin),
    },
  });
}

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

/** The three ways in which a member belongs to a part. */
class Binding {
  readonly #tariff: ShownTariff;
  readonly #futureDated: FutureDatedValues;

  constructor(tariff: ShownTariff, futureDated: FutureDatedValues) {
    this.#tariff = tariff;
    this.#futureDated = futureDated;
  }

  active<V>(part: Part) {
    return {
      get: () => {
        const value = this.#tariff.inForce(part) as V | undefined;
        return value === undefined ? refused : { value };
      },
    };
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
}
