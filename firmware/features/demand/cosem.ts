/** Maximum demand as objects show it. */
import { objects } from "../../model/index.ts";
import type { Status } from "../../wire/message.ts";
import { done, reads, type ServedObject, serve } from "../serve.ts";
import type { ScheduleEntry } from "./window.ts";

/** Import in the window is configurable demand. */
export type Register = "import" | "windowImport" | "export";

export interface Maximum {
  readonly watts: number;
  /** The end of its half hour, UTC seconds; UNSET_TIME when there was none. */
  readonly atS: number;
  /** Of the last reset. */
  readonly resetS: number;
}

export interface ShownDemand {
  maximum(register: Register): Maximum;
  load(register: Register, maximum: Partial<Maximum>): Promise<void>;
  /** Zero, and now. */
  reset(register: Register): Promise<void>;
  readonly window: readonly ScheduleEntry[];
  setWindow(entries: readonly ScheduleEntry[]): Promise<Status>;
  loadWindow(entries: readonly ScheduleEntry[]): Promise<void>;
}

const shown = [
  ["import", objects.demandImport, objects.demandImportReset],
  ["windowImport", objects.configurableDemandImport, objects.configurableDemandReset],
  ["export", objects.demandExport, objects.demandExportReset],
] as const;

export const demandObjects = (demand: ShownDemand): ServedObject[] => [
  ...shown.flatMap(([register, object, reset]) => [
    serve(object as typeof objects.demandImport, {
      value: reads(
        () => demand.maximum(register).watts,
        (watts) => demand.load(register, { watts }),
      ),
      scalerUnit: reads(() => ({ scaler: 0, unit: "watt" }) as const),
      captureTime: reads(
        () => demand.maximum(register).atS,
        (atS) => demand.load(register, { atS }),
      ),
      reset: async () => {
        await demand.reset(register);
        return done;
      },
    }),
    serve(reset as typeof objects.demandImportReset, {
      value: reads(
        () => demand.maximum(register).resetS,
        (resetS) => demand.load(register, { resetS }),
      ),
    }),
  ]),
  serve(objects.demandWindow, {
    entries: {
      ...reads(
        () => demand.window,
        (entries) => demand.loadWindow(entries),
      ),
      set: (entries) => demand.setWindow(entries),
    },
  }),
];
