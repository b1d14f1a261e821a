/** The clock as its object shows it: time and status are read; a window preset, then the adjustment in it. */
import { objects, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import { outcome, reads, type ServedObject, serve } from "../serve.ts";

export type ClockStatus = ValueOf<typeof valueTypes.clockStatus>;
export type ClockBase = ValueOf<typeof valueTypes.clockBase>;
export type Window = ValueOf<typeof valueTypes.clockWindow>;

export interface ShownClock {
  readonly status: ClockStatus;
  /** UTC seconds, or UNSET_TIME. */
  stampS(): number;
  /** Sets time or status: for a bench. */
  loadTime(utcS: number): Promise<void>;
  loadStatus(status: ClockStatus): Promise<void>;
  setBase(base: ClockBase): Promise<Status>;
  presetWindow(window: Window): Status;
  /** Adjusts once for `command` (originator and counter). */
  adjust(command: string): Promise<Status>;
}

const nameOf = ({ originator, counter }: CommandOrigin): string => `${originator}/${counter}`;

export const clockObjects = (clock: ShownClock): ServedObject[] => [
  serve(objects.clock, {
    time: reads(
      () => clock.stampS(),
      (utcS) => clock.loadTime(utcS),
    ),
    status: reads(
      () => clock.status,
      (status) => clock.loadStatus(status),
    ),
    clockBase: { set: (base) => clock.setBase(base) },
    presetAdjusting: (window) => outcome(clock.presetWindow(window)),
    adjustToPreset: async (_, origin) => outcome(await clock.adjust(nameOf(origin))),
  }),
];
