/** Voltage quality: settings and counter resets (ECS29a), counters, averages and their log (ECS23). */
import type { RecordLog } from "../kernel/record-log.ts";
import { type ObjectName, objects } from "../objects/dictionary.ts";
import type { OperationResult, Value } from "../wire/message.ts";
import type { DeviceContext, Feature, ServedObject } from "./feature.ts";
import { Kept } from "./kept.ts";
import { countUnit, denied, integer, readRange, refused, success, withValue } from "./results.ts";
import { type AverageSettings, AverageWatch } from "./voltage-average.ts";
import { type LimitSettings, LimitWatch, type VoltageLimit } from "./voltage-limits.ts";

export { averageVoltageRecord } from "./voltage-average.ts";

export interface VoltageOptions {
  /** Opened with `averageVoltageRecord`. */
  readonly averages: RecordLog;
}

export interface VoltageFeature extends Feature {
  /** Call it when the device's time was set: averaging periods are aligned to UTC. */
  timeChanged(): Promise<void>;
}

interface VoltageSettings {
  readonly limits: LimitSettings;
  readonly average: AverageSettings;
}

/** Factory settings: the reference messages' sample values, and averages over 10 minutes (facts §5.7). */
const factorySettings: VoltageSettings = {
  limits: {
    extremeOver: { thresholdV: 287, periodS: 30 },
    extremeUnder: { thresholdV: 180, periodS: 30 },
    sag: { thresholdV: 216, periodS: 30 },
    swell: { thresholdV: 253, periodS: 30 },
  },
  average: { periodS: 600, overV: 264, underV: 200 },
};

/** What a setting may be; outside it is refused whole. A period of 0 is not monitored. */
const ranges = { volts: [1, 1000], limitPeriodS: [0, 86_400], averagePeriodS: [0, 86_400] } as const;
type Range = (typeof ranges)[keyof typeof ranges];

const limitObjects = [
  ["extremeOver", "extremeOverVoltage"],
  ["extremeUnder", "extremeUnderVoltage"],
  ["sag", "voltageSag"],
  ["swell", "voltageSwell"],
] as const satisfies readonly (readonly [VoltageLimit, ObjectName])[];

export function voltageFeature(context: DeviceContext, options: VoltageOptions): VoltageFeature {
  return new Voltage(context, options);
}

class Voltage implements VoltageFeature {
  readonly name = "voltage";
  readonly objects: readonly ServedObject[];
  readonly #settings: Kept<VoltageSettings>;
  readonly #limits: LimitWatch;
  readonly #averages: AverageWatch;

  constructor(context: DeviceContext, options: VoltageOptions) {
    const settings = new Kept<VoltageSettings>(context.journal, "voltage", factorySettings);
    const averages = new AverageWatch(context, options.averages, () => settings.value.average);
    this.#settings = settings;
    this.#averages = averages;
    this.#limits = new LimitWatch(context, () => settings.value.limits);
    this.objects = [
      ...limitObjects.map(([limit, name]) => this.#limiter(limit, name)),
      this.#threshold("averageOverVoltageThreshold", "overV"),
      this.#threshold("averageUnderVoltageThreshold", "underV"),
      counter("averageOverVoltageCounter", () => averages.overCount, averages.resetOver),
      counter("averageUnderVoltageCounter", () => averages.underCount, averages.resetUnder),
      this.#log(),
    ];
  }

  async start(): Promise<void> {
    await this.#limits.restart();
    await this.#averages.restart();
  }

  timeChanged(): Promise<void> {
    return this.#averages.restart();
  }

  /** Both ways take the same period: member 6 sets it, 6 and 7 read it. */
  #limiter(limit: VoltageLimit, name: ObjectName): ServedObject {
    return {
      object: objects[name].id,
      get: (member) => withValue(this.#settings.value.limits[limit][member === 4 ? "thresholdV" : "periodS"]),
      set: (member, value) => this.#setLimit(limit, member, value),
    };
  }

  #threshold(name: ObjectName, field: "overV" | "underV"): ServedObject {
    return {
      object: objects[name].id,
      get: () => withValue(this.#settings.value.average[field]),
      set: (_member, value) => this.#setAverage(field, value, ranges.volts),
    };
  }

  #log(): ServedObject {
    return {
      object: objects.averageVoltageLog.id,
      get: (member, selector) =>
        member === 2 ? this.#readLog(selector) : withValue(this.#settings.value.average.periodS),
      set: (member, value) =>
        member === 4 ? this.#setAverage("periodS", value, ranges.averagePeriodS) : denied,
    };
  }

  async #setLimit(limit: VoltageLimit, member: number, value: Value): Promise<OperationResult> {
    if (member === 7) return denied;
    const field = member === 4 ? "thresholdV" : "periodS";
    if (!inRange(integer(value), member === 4 ? ranges.volts : ranges.limitPeriodS)) return refused();
    const { limits } = this.#settings.value;
    const changed = { ...limits, [limit]: { ...limits[limit], [field]: integer(value) } };
    await this.#settings.keep({ ...this.#settings.value, limits: changed });
    await this.#limits.restart();
    return success;
  }

  async #setAverage(field: keyof AverageSettings, value: Value, range: Range): Promise<OperationResult> {
    if (!inRange(integer(value), range)) return refused();
    const { average } = this.#settings.value;
    await this.#settings.keep({ ...this.#settings.value, average: { ...average, [field]: integer(value) } });
    if (field === "periodS" && average.periodS !== integer(value)) await this.#averages.restart();
    return success;
  }

  async #readLog(selector: Value | undefined): Promise<OperationResult> {
    const range = readRange(selector);
    return range === undefined ? refused() : withValue(await this.#averages.read(...range));
  }
}

const counter = (name: ObjectName, read: () => number, reset: () => Promise<void>): ServedObject => ({
  object: objects[name].id,
  get: (member) => withValue(member === 2 ? read() : countUnit),
  call: async () => {
    await reset();
    return success;
  },
});

const inRange = (value: number, [min, max]: Range): boolean => value >= min && value <= max;
