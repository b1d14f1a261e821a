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
  readonly average: AverageSettings;
  setAverage(field: keyof AverageSettings, value: number): Promise<Status>;
}

const limiters = [
  ["extremeOver", "extremeOverVoltage"],
  ["extremeUnder", "extremeUnderVoltage"],
  ["sag", "voltageSag"],
  ["swell", "voltageSwell"],
] as const;

export const voltageObjects = (voltage: ShownVoltage, averages: AverageWatch): ServedObject[] => [
  ...limiters.map(([limit, name]) => limiter(voltage, limit, objects[name])),
  threshold(voltage, objects.averageOverVoltageThreshold, "overV"),
  threshold(voltage, objects.averageUnderVoltageThreshold, "underV"),
  serve(
    objects.averageOverVoltageCounter,
    counts(
      () => averages.overCount,
      averages.resetOver,
      (overCount) => averages.loadCounts({ overCount }),
    ),
  ),
  serve(
    objects.averageUnderVoltageCounter,
    counts(
      () => averages.underCount,
      averages.resetUnder,
      (underCount) => averages.loadCounts({ underCount }),
    ),
  ),
  serve(objects.averageVoltageLog, {
    buffer: {
      get: (range) => readLog(averages, range),
      load: (entries) => averages.load(entries.map(({ time, value }) => [time, value])),
    },
    capturePeriod: setting(
      () => voltage.average.periodS,
      (value) => voltage.setAverage("periodS", value),
    ),
  }),
];

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
  field: "overV" | "underV",
): ServedObject =>
  serve(object, {
    value: setting(
      () => voltage.average[field],
      (value) => voltage.setAverage(field, value),
    ),
  });

async function readLog(averages: AverageWatch, range: Range | undefined) {
  const bounds = readRange(range);
  if (bounds === undefined) return refused;
  const entries = await averages.read(...bounds);
  return { value: entries.map(([time, value]) => ({ time, value })) };
}
