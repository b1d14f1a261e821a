/** Voltage quality: settings and counter resets (ECS29a), counters, averages and their log (ECS23). */

import { Kept } from "../../kernel/kept.ts";
import type { RecordLog } from "../../kernel/record-log.ts";
import { objects } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import { counts } from "../counter.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { type Range as LogRange, readRange } from "../ranges.ts";
import { reads, refused, type ServedObject, serve } from "../serve.ts";
import { type AverageSettings, AverageWatch } from "./average.ts";
import { type LimitSettings, LimitWatch, type VoltageLimit } from "./limits.ts";

export { averageVoltageRecord } from "./average.ts";

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
] as const;

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
      ...limitObjects.map(([limit, name]) => this.#limiter(limit, objects[name])),
      this.#threshold(objects.averageOverVoltageThreshold, "overV"),
      this.#threshold(objects.averageUnderVoltageThreshold, "underV"),
      serve(
        objects.averageOverVoltageCounter,
        counts(() => averages.overCount, averages.resetOver),
      ),
      serve(
        objects.averageUnderVoltageCounter,
        counts(() => averages.underCount, averages.resetUnder),
      ),
      serve(objects.averageVoltageLog, {
        buffer: { get: (range) => this.#readLog(range) },
        capturePeriod: {
          ...reads(() => settings.value.average.periodS),
          set: (value) => this.#setAverage("periodS", value, ranges.averagePeriodS),
        },
      }),
    ];
  }

  async start(): Promise<void> {
    await this.#limits.restart();
    await this.#averages.restart();
  }

  timeChanged(): Promise<void> {
    return this.#averages.restart();
  }

  /** Both ways take the same period. */
  #limiter(limit: VoltageLimit, object: typeof objects.voltageSag): ServedObject {
    const setting = () => this.#settings.value.limits[limit];
    return serve(object, {
      threshold: {
        ...reads(() => setting().thresholdV),
        set: (value) => this.#setLimit(limit, "thresholdV", value, ranges.volts),
      },
      overDuration: {
        ...reads(() => setting().periodS),
        set: (value) => this.#setLimit(limit, "periodS", value, ranges.limitPeriodS),
      },
      underDuration: reads(() => setting().periodS),
    });
  }

  #threshold(object: typeof objects.averageOverVoltageThreshold, field: "overV" | "underV"): ServedObject {
    return serve(object, {
      value: {
        ...reads(() => this.#settings.value.average[field]),
        set: (value) => this.#setAverage(field, value, ranges.volts),
      },
    });
  }

  async #setLimit(
    limit: VoltageLimit,
    field: "thresholdV" | "periodS",
    value: number,
    range: Range,
  ): Promise<Status> {
    if (!inRange(value, range)) return Status.otherReason;
    const { limits } = this.#settings.value;
    const changed = { ...limits, [limit]: { ...limits[limit], [field]: value } };
    await this.#settings.keep({ ...this.#settings.value, limits: changed });
    await this.#limits.restart();
    return Status.success;
  }

  async #setAverage(field: keyof AverageSettings, value: number, range: Range): Promise<Status> {
    if (!inRange(value, range)) return Status.otherReason;
    const { average } = this.#settings.value;
    await this.#settings.keep({ ...this.#settings.value, average: { ...average, [field]: value } });
    if (field === "periodS" && average.periodS !== value) await this.#averages.restart();
    return Status.success;
  }

  async #readLog(range: LogRange | undefined) {
    const bounds = readRange(range);
    if (bounds === undefined) return refused;
    const entries = await this.#averages.read(...bounds);
    return { value: entries.map(([time, value]) => ({ time, value })) };
  }
}

const inRange = (value: number, [min, max]: Range): boolean => value >= min && value <= max;
