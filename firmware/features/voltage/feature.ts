/** Voltage quality: settings and counter resets (ECS29a), counters, averages and their log (ECS23). */

import { Kept } from "../../kernel/kept.ts";
import type { RecordLog } from "../../kernel/record-log.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { ServedObject } from "../serve.ts";
import { type AverageSettings, AverageWatch } from "./average.ts";
import { type ShownVoltage, voltageObjects } from "./cosem.ts";
import { type LimitSetting, type LimitSettings, LimitWatch, type VoltageLimit } from "./limits.ts";

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
const ranges = {
  thresholdV: [1, 1000],
  overV: [1, 1000],
  underV: [1, 1000],
  periodS: [0, 86_400],
} as const;

export function voltageFeature(context: DeviceContext, options: VoltageOptions): VoltageFeature {
  return new Voltage(context, options);
}

class Voltage implements VoltageFeature, ShownVoltage {
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
    this.objects = voltageObjects(this, averages);
  }

  get limits(): LimitSettings {
    return this.#settings.value.limits;
  }

  get average(): AverageSettings {
    return this.#settings.value.average;
  }

  async start(): Promise<void> {
    await this.#limits.restart();
    await this.#averages.restart();
  }

  timeChanged(): Promise<void> {
    return this.#averages.restart();
  }

  async setLimit(limit: VoltageLimit, field: keyof LimitSetting, value: number): Promise<Status> {
    if (!inRange(field, value)) return Status.otherReason;
    const { limits } = this.#settings.value;
    const changed = { ...limits, [limit]: { ...limits[limit], [field]: value } };
    await this.#settings.keep({ ...this.#settings.value, limits: changed });
    await this.#limits.restart();
    return Status.success;
  }

  async setAverage(field: keyof AverageSettings, value: number): Promise<Status> {
    if (!inRange(field, value)) return Status.otherReason;
    const { average } = this.#settings.value;
    await this.#settings.keep({ ...this.#settings.value, average: { ...average, [field]: value } });
    if (field === "periodS" && average.periodS !== value) await this.#averages.restart();
    return Status.success;
  }
}

function inRange(field: keyof typeof ranges, value: number): boolean {
  const [min, max] = ranges[field];
  return value >= min && value <= max;
}
