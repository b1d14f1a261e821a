/** Voltage quality as objects show it: a limiter each limit, thresholds and counters of averages, and their log. */
import { objects } from "../../model/index.ts";
import type { Status } from "../../wire/message.ts";
import { counts } from "../counter.ts";
import { type Range, readRange } from "../ranges.ts";
import { reads, refused, type ServedObject, serve } from "../serve.ts";
import type { AverageSettings, AverageWatch } from "./average.ts";
import type { LimitSetting, LimitSettings, VoltageLimit } from "./limits.ts";

export interface ShownVoltage {
  readonly limits: LimitSettings;
  setLimit(limit: VoltageLimit, field: keyof LimitSetting, value: number): Promise<Status>;
  /** Of each phase. */
  readonly average: readonly AverageSettings[];
  setAverage(phase: number, field: keyof AverageSettings, value: number): Promise<Status>;
}

const limiters = [
  ["extremeOver", "extremeOverVoltage"],
  ["extremeUnder", "extremeUnderVoltage"],
  ["sag", "voltageSag"],
  ["swell", "voltageSwell"],
] as const;

/** Of each phase: thresholds, counters and log of averages. */
const ofPhase = [
  {
    over: objects.averageOverVoltageThreshold,
    under: objects.averageUnderVoltageThreshold,
    overCounter: objects.averageOverVoltageCounter,
    underCounter: objects.averageUnderVoltageCounter,
    log: objects.averageVoltageLog,
  },
  {
    over: objects.averageOverVoltageThresholdPhase2,
    under: objects.averageUnderVoltageThresholdPhase2,
    overCounter: objects.averageOverVoltageCounterPhase2,
    underCounter: objects.averageUnderVoltageCounterPhase2,
    log: objects.averageVoltageLogPhase2,
  },
  {
    over: objects.averageOverVoltageThresholdPhase3,
    under: objects.averageUnderVoltageThresholdPhase3,
    overCounter: objects.averageOverVoltageCounterPhase3,
    underCounter: objects.averageUnderVoltageCounterPhase3,
    log: objects.averageVoltageLogPhase3,
  },
] as const;

/** A meter shows the phases that it has. */
export const voltageObjects = (voltage: ShownVoltage, averages: readonly AverageWatch[]): ServedObject[] => [
  ...limiters.map(([limit, name]) => limiter(voltage, limit, objects[name])),
  ...averages.flatMap((watch, phase) => averageObjects(voltage, watch, phase)),
];

function averageObjects(voltage: ShownVoltage, watch: AverageWatch, phase: number): ServedObject[] {
  // Alike but for their numbers.
  const { over, under, overCounter, underCounter, log } = ofPhase[phase] as (typeof ofPhase)[0];
  return [
    threshold(voltage, over, phase, "overV"),
    threshold(voltage, under, phase, "underV"),
    serve(
      overCounter,
      counts(
        () => watch.overCount,
        watch.resetOver,
        (overCount) => watch.loadCounts({ overCount }),
      ),
    ),
    serve(
      underCounter,
      counts(
        () => watch.underCount,
        watch.resetUnder,
        (underCount) => watch.loadCounts({ underCount }),
      ),
    ),
    serve(log, {
      buffer: {
        get: (range) => readLog(watch, range),
        load: (entries) => watch.load(entries.map(({ time, value }) => [time, value])),
      },
      capturePeriod: setting(
        () => voltage.average[phase]?.periodS ?? 0,
        (value) => voltage.setAverage(phase, "periodS", value),
      ),
    }),
  ];
}

/** Both ways take the same period. */
const limiter = (
  voltage: ShownVoltage,
  limit: VoltageLimit,
  object: typeof objects.voltageSag,
): ServedObject =>
  serve(object, {
    threshold: setting(
      () => voltage.limits[limit].thresholdV,
      (value) => voltage.setLimit(limit, "thresholdV", value),
    ),
    overDuration: setting(
      () => voltage.limits[limit].periodS,
      (value) => voltage.setLimit(limit, "periodS", value),
    ),
    underDuration: reads(
      () => voltage.limits[limit].periodS,
      async (value) => void (await voltage.setLimit(limit, "periodS", value)),
    ),
  });

const setting = (read: () => number, set: (value: number) => Promise<Status>) => ({
  ...reads(read, async (value) => void (await set(value))),
  set,
});

const threshold = (
  voltage: ShownVoltage,
  object: typeof objects.averageOverVoltageThreshold,
  phase: number,
  field: "overV" | "underV",
): ServedObject =>
  serve(object, {
    value: setting(
      () => voltage.average[phase]?.[field] ?? 0,
      (value) => voltage.setAverage(phase, field, value),
    ),
  });

async function readLog(averages: AverageWatch, range: Range | undefined) {
  const bounds = readRange(range);
  if (bounds === undefined) return refused;
  const entries = await averages.read(...bounds);
  return { value: entries.map(([time, value]) => ({ time, value })) };
}
