/** Load limiting as objects show it: four settings with a passive value each, the limiter that reads them, the counter. */
import { objects } from "../../model/index.ts";
import type { Status } from "../../wire/message.ts";
import { counts } from "../counter.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import { reads, type ServedObject, serve } from "../serve.ts";

export interface LoadLimitValues {
  /** True: a trip disables (and arms) the supply. False: it only counts. */
  readonly disable: boolean;
  readonly thresholdW: number;
  readonly periodS: number;
  readonly restorationS: number;
}

export interface ShownLoadLimit {
  /** In force. */
  readonly values: LoadLimitValues;
  readonly count: number;
  resetCount(): Promise<void>;
  /** Puts values in force, or a count: for a bench. */
  load(values: Partial<LoadLimitValues>): Promise<void>;
  loadCount(count: number): Promise<void>;
  setPassive(name: keyof LoadLimitValues, value: number | boolean): Promise<Status>;
  /** Puts the passive value in force. */
  activate(name: keyof LoadLimitValues): Promise<Status>;
}

const settings = [
  ["disable", objects.loadLimitSupplyState],
  ["thresholdW", objects.loadLimitPowerThreshold],
  ["periodS", objects.loadLimitPeriod],
  ["restorationS", objects.loadLimitRestorationPeriod],
] as const;

export const loadLimitObjects = (limit: ShownLoadLimit, futureDated: FutureDatedValues): ServedObject[] => [
  ...settings.map(([name, object]) =>
    setting(limit, futureDated, name, object as typeof objects.loadLimitPeriod),
  ),
  serve(objects.loadLimiter, {
    threshold: reads(
      () => limit.values.thresholdW,
      (thresholdW) => limit.load({ thresholdW }),
    ),
    overDuration: reads(
      () => limit.values.periodS,
      (periodS) => limit.load({ periodS }),
    ),
    underDuration: reads(
      () => limit.values.restorationS,
      (restorationS) => limit.load({ restorationS }),
    ),
  }),
  serve(
    objects.loadLimitCounter,
    counts(
      () => limit.count,
      () => limit.resetCount(),
      (count) => limit.loadCount(count),
    ),
  ),
];

/** All four alike; the first one's values are booleans. */
function setting(
  limit: ShownLoadLimit,
  futureDated: FutureDatedValues,
  name: keyof LoadLimitValues,
  object: typeof objects.loadLimitPeriod,
): ServedObject {
  const activation = { object: object.id, member: object.attributes.activateAt.no };
  futureDated.onActivation(activation, () => limit.activate(name));
  return serve(object, {
    active: reads(
      () => limit.values[name] as number,
      (value) => limit.load({ [name]: value }),
    ),
    passive: { set: (value) => limit.setPassive(name, value) },
    activateAt: { set: (timeS, origin) => futureDated.schedule(activation, timeS, origin) },
  });
}
