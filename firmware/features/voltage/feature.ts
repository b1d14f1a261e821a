/**
 * Voltage quality: settings and counter resets (ECS29a, c, e; of three phases b, d, f), counters, averages and their logs
 * (ECS23, 23b), thresholds read (ECS26b, 26k).
 */
import type { Board } from "../../../hal/board.ts";
import type { FlashRegion } from "../../kernel/bytes.ts";
import { Kept } from "../../kernel/kept.ts";
import { RecordLog } from "../../kernel/record-log.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { ServedObject } from "../serve.ts";
import { type AverageSettings, AverageWatch, averageVoltageRecord } from "./average.ts";
import { type ShownVoltage, voltageObjects } from "./cosem.ts";
import { type LimitSetting, type LimitSettings, LimitWatch, type VoltageLimit } from "./limits.ts";

export interface VoltageOptions {
  /** One a phase, see {@link openVoltageLogs}. */
  readonly averages: readonly RecordLog[];
}

export interface VoltageFeature extends Feature {
  /** Call it when the device's time was set: averaging periods are aligned to UTC. */
  timeChanged(): Promise<void>;
}

interface VoltageSettings {
  readonly limits: LimitSettings;
  /** Of each phase. */
  readonly average: readonly AverageSettings[];
}

/** Factory settings: the reference messages' sample values, and averages over 10 minutes (facts §5.7). */
const factorySettings: VoltageSettings = {
  limits: {
    extremeOver: { thresholdV: 287, periodS: 30 },
    extremeUnder: { thresholdV: 180, periodS: 30 },
    sag: { thresholdV: 216, periodS: 30 },
    swell: { thresholdV: 253, periodS: 30 },
  },
  average: [0, 1, 2].map(() => ({ periodS: 600, overV: 264, underV: 200 })),
};

/** Where each phase's averages are in flash. */
interface VoltagePartitions {
  readonly voltageLog: FlashRegion;
  readonly voltageLogPhase2: FlashRegion;
  readonly voltageLogPhase3: FlashRegion;
}

/** The logs of the phases that a board has. */
export async function openVoltageLogs(
  { flash, metrology }: Pick<Board, "flash" | "metrology">,
  { voltageLog, voltageLogPhase2, voltageLogPhase3 }: VoltagePartitions,
): Promise<RecordLog[]> {
  const logs: RecordLog[] = [];
  for (const region of [voltageLog, voltageLogPhase2, voltageLogPhase3].slice(0, metrology?.phaseCount ?? 1))
    logs.push(await RecordLog.open(flash, region, averageVoltageRecord));
  return logs;
}

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
  readonly #averages: readonly AverageWatch[];

  constructor(context: DeviceContext, options: VoltageOptions) {
    const settings = new Kept<VoltageSettings>(context.journal, "voltage", factorySettings);
    const phaseCount = options.averages.length;
    const averages = options.averages.map(
      (log, phase) =>
        new AverageWatch(
          context,
          { phase, phaseCount },
          log,
          () => settings.value.average[phase] as AverageSettings,
        ),
    );
    this.#settings = settings;
    this.#averages = averages;
    this.#limits = new LimitWatch(context, () => settings.value.limits);
    this.objects = voltageObjects(this, averages);
  }

  get limits(): LimitSettings {
    return this.#settings.value.limits;
  }

  get average(): readonly AverageSettings[] {
    return this.#settings.value.average;
  }

  async start(): Promise<void> {
    await this.#limits.restart();
    await this.timeChanged();
  }

  async timeChanged(): Promise<void> {
    for (const watch of this.#averages) await watch.restart();
  }

  async setLimit(limit: VoltageLimit, field: keyof LimitSetting, value: number): Promise<Status> {
    if (!inRange(field, value)) return Status.otherReason;
    const { limits } = this.#settings.value;
    const changed = { ...limits, [limit]: { ...limits[limit], [field]: value } };
    await this.#settings.keep({ ...this.#settings.value, limits: changed });
    await this.#limits.restart();
    return Status.success;
  }

  async setAverage(phase: number, field: keyof AverageSettings, value: number): Promise<Status> {
    if (!inRange(field, value)) return Status.otherReason;
    const { average } = this.#settings.value;
    const before = average[phase]?.[field];
    const changed = average.map((each, i) => (i === phase ? { ...each, [field]: value } : each));
    await this.#settings.keep({ ...this.#settings.value, average: changed });
    if (field === "periodS" && before !== value) await this.#averages[phase]?.restart();
    return Status.success;
  }
}

function inRange(field: keyof typeof ranges, value: number): boolean {
  const [min, max] = ranges[field];
  return value >= min && value <= max;
}
