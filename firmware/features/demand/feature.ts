/**
 * Maximum demand (ECS18a, ECS18b): the highest average power of a half hour since the last reset (ECS57), of import, of
 * export, and of import in the window that the network operator sets (ECS37), with the end of that half hour (as the
 * capture times of the reference messages are). A half hour belongs to the window when it begins in it. A new window
 * leaves the maximum: the operator resets it.
 */

import { Kept } from "../../kernel/kept.ts";
import { Status, UNSET_TIME } from "../../wire/message.ts";
import { halfHourSeconds } from "../calendar-time.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { HalfHour, MeteringFeature } from "../metering/feature.ts";
import { demandObjects, type Maximum, type Register, type ShownDemand } from "./cosem.ts";
import { factoryWindow, isOpen, isSchedule, type ScheduleEntry } from "./window.ts";

type Maxima = Readonly<Record<Register, Maximum>>;

const none: Maximum = { watts: 0, atS: UNSET_TIME, resetS: UNSET_TIME };

export function demandFeature(
  context: DeviceContext,
  { metering }: { readonly metering: Pick<MeteringFeature, "onHalfHour"> },
): Feature {
  const demand = new Demand(context);
  metering.onHalfHour((halfHour) => demand.see(halfHour));
  return demand;
}

class Demand implements Feature, ShownDemand {
  readonly name = "demand";
  readonly objects = demandObjects(this);
  readonly #context: DeviceContext;
  readonly #maxima: Kept<Maxima>;
  readonly #window: Kept<readonly ScheduleEntry[]>;

  constructor(context: DeviceContext) {
    this.#context = context;
    const maxima = { import: none, windowImport: none, export: none };
    this.#maxima = new Kept<Maxima>(context.journal, "demand", maxima);
    this.#window = new Kept<readonly ScheduleEntry[]>(context.journal, "demand/window", factoryWindow);
  }

  /** Sees a half hour again after a start, which changes nothing. */
  async see({ endS, direction, wh }: HalfHour): Promise<void> {
    const watts = Math.min(0xffff_ffff, Math.round((wh * 3600) / halfHourSeconds));
    const inWindow = direction === "import" && isOpen(this.#window.value, endS - halfHourSeconds);
    const registers: Register[] = inWindow ? [direction, "windowImport"] : [direction];
    const beaten = registers.filter((register) => {
      const { watts: highest, resetS } = this.maximum(register);
      return watts > highest && (resetS === UNSET_TIME || endS > resetS);
    });
    if (beaten.length === 0) return;
    const changed = beaten.map((register) => [register, { ...this.maximum(register), watts, atS: endS }]);
    await this.#maxima.keep({ ...this.#maxima.value, ...Object.fromEntries(changed) });
  }

  maximum(register: Register): Maximum {
    return this.#maxima.value[register];
  }

  load(register: Register, maximum: Partial<Maximum>): Promise<void> {
    return this.#maxima.keep({
      ...this.#maxima.value,
      [register]: { ...this.maximum(register), ...maximum },
    });
  }

  reset(register: Register): Promise<void> {
    const nowS = this.#context.stampS();
    return this.load(register, { watts: 0, atS: nowS, resetS: nowS });
  }

  get window(): readonly ScheduleEntry[] {
    return this.#window.value;
  }

  async setWindow(entries: readonly ScheduleEntry[]): Promise<Status> {
    if (!isSchedule(entries)) return Status.otherReason;
    await this.loadWindow(entries);
    return Status.success;
  }

  loadWindow(entries: readonly ScheduleEntry[]): Promise<void> {
    return this.#window.keep(entries);
  }
}
