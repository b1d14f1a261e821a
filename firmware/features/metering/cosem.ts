/** What was imported, as objects show it. */
import { objects } from "../../model/index.ts";
import { type Range, readRange } from "../ranges.ts";
import { reads, refused, type ServedObject, serve } from "../serve.ts";
import type { TariffRegisters } from "./registers.ts";

/** Whole units. */
export interface Import {
  readonly activeImportWh: number;
  readonly reactiveImportVarh: number;
}

export interface ShownMetering {
  imported(): Promise<Import>;
  registers(): Promise<TariffRegisters>;
  /** Entries of the half-hourly profile from `fromS` to `toS`, UTC seconds, both inclusive, oldest first. */
  profile(fromS: number, toS: number): Promise<readonly (readonly [endS: number, wh: number])[]>;
}

const wattHours = { scaler: 0, unit: "wattHour" } as const;
const varHours = { scaler: 0, unit: "varHour" } as const;

export const meteringObjects = (metering: ShownMetering): ServedObject[] => [
  serve(objects.importRegisters, { value: reads(() => importRegisters(metering)) }),
  serve(objects.touRegisters, { value: reads(async () => ({ tou: (await metering.registers()).tou })) }),
  serve(objects.importProfile, { buffer: { get: (range) => readProfile(metering, range) } }),
];

async function importRegisters(metering: ShownMetering) {
  const { activeImportWh, reactiveImportVarh } = await metering.imported();
  return {
    import: activeImportWh,
    importUnit: wattHours,
    reactive: reactiveImportVarh,
    reactiveUnit: varHours,
  };
}

async function readProfile(metering: ShownMetering, range: Range | undefined) {
  const bounds = readRange(range);
  if (bounds === undefined) return refused;
  const entries = await metering.profile(...bounds);
  return { value: entries.map(([time, importWh]) => ({ time, import: importWh })) };
}
