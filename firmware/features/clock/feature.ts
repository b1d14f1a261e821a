/**
 * The meter's clock (ECS70): sets itself by the hub's clock when that lies in the window the supplier gave.
 * The first setting is taken as it is; after that a correction of up to 10 s is made and logged (8145), and
 * a larger one refused with 8F0C, as is a window that is missed (facts §5.9, service-rules 1 rows 12 and 13).
 */

import { Kept } from "../../kernel/kept.ts";
import { alerts } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { report } from "../report.ts";
import { type ClockBase, type ClockStatus, clockObjects, type ShownClock, type Window } from "./cosem.ts";

export interface ClockOptions {
  /** The hub's time, UTC seconds; undefined while the hub has none or cannot be heard. */
  hubTimeS(): number | undefined;
  /** Runs after the device's time was set or adjusted. */
  afterSet?(): Promise<void>;
}

const maxAdjustmentS = 10;
const adjusted = alerts.clockAdjusted.code;
const notAdjusted = alerts.clockNotAdjusted.code;
const outOfTolerance = alerts.clockOutOfTolerance.code;
export function clockFeature(context: DeviceContext, options: ClockOptions): Feature {
  return new ClockControl(context, options);
}

/** What an adjustment came to. A power cut before the answer has the command done again: the outcome then stands. */
interface Done {
  /** The command, by originator and counter. */
  readonly command: string;
  /** A first setting has none: whether it was made, the clock itself tells. */
  readonly status?: Status;
}

interface KeptClock {
  /** Radio controlled: by the hub, here. */
  readonly base: ClockBase;
  readonly unreliable: boolean;
  readonly done: Done;
}

class ClockControl implements Feature, ShownClock {
  readonly name = "clock";
  readonly objects = clockObjects(this);
  readonly #context: DeviceContext;
  readonly #options: ClockOptions;
  readonly #kept: Kept<KeptClock>;
  /** Good for one adjustment of the same command. */
  #window: Window | undefined;

  constructor(context: DeviceContext, options: ClockOptions) {
    this.#context = context;
    this.#options = options;
    const never: KeptClock = { base: "radio", unreliable: false, done: { command: "" } };
    this.#kept = new Kept<KeptClock>(context.journal, "clock", never);
  }

  get status(): ClockStatus {
    if (!this.#context.timeIsSet()) return "invalid";
    return this.#kept.value.unreliable ? "unreliable" : "reliable";
  }

  stampS(): number {
    return this.#context.stampS();
  }

  async loadTime(utcS: number): Promise<void> {
    await this.#context.setTime(utcS);
    await this.#options.afterSet?.();
  }

  /** A clock that was set cannot be made one that never was. */
  loadStatus(status: ClockStatus): Promise<void> {
    return this.#kept.keep({ ...this.#kept.value, unreliable: status !== "reliable" });
  }

  async setBase(base: ClockBase): Promise<Status> {
    if (base !== "radio") return Status.otherReason;
    if (this.#kept.value.base !== base) await this.#kept.keep({ ...this.#kept.value, base });
    return Status.success;
  }

  /** The preset time is never used: the hub's clock is the reference. */
  presetWindow(window: Window): Status {
    if (window.from > window.to) return Status.otherReason;
    this.#window = window;
    return Status.success;
  }

  async adjust(command: string): Promise<Status> {
    const window = this.#window;
    this.#window = undefined;
    const { done } = this.#kept.value;
    if (done.command === command && (done.status !== undefined || this.#context.timeIsSet()))
      return this.#wasDone(done.status ?? Status.success);
    const referenceS = this.#options.hubTimeS();
    if (referenceS === undefined) return Status.temporaryFailure;
    if (window === undefined) return Status.otherReason;
    if (referenceS < window.from || referenceS > window.to) return this.#refuse(command, false);
    if (!this.#context.timeIsSet()) return this.#setFirst(command, referenceS);
    const tooFar = Math.abs(referenceS - this.#context.nowS()) > maxAdjustmentS;
    return tooFar ? this.#refuse(command, true) : this.#correct(command, referenceS);
  }

  async #setFirst(command: string, referenceS: number): Promise<Status> {
    await this.#kept.keep({ ...this.#kept.value, unreliable: false, done: { command } });
    await this.#context.setTime(referenceS);
    return this.#hasChanged(referenceS, true);
  }

  /** Time, log entry and outcome in one commit. */
  async #correct(command: string, referenceS: number): Promise<Status> {
    const context = this.#context;
    const next = { ...this.#kept.value, unreliable: false, done: { command, status: Status.success } };
    await this.#kept.keepWith(next, (clock) =>
      context.adjustTime(referenceS, (time) =>
        report(context, adjusted, { timeS: referenceS, changes: [clock, time] }),
      ),
    );
    return this.#hasChanged(referenceS, false);
  }

  async #hasChanged(timeS: number, first: boolean): Promise<Status> {
    this.#context.observe({ kind: "clock", first, timeS });
    await this.#options.afterSet?.();
    return Status.success;
  }

  /** Done before a power cut: what follows a setting may not have been. */
  async #wasDone(status: Status): Promise<Status> {
    if (status === Status.success) await this.#options.afterSet?.();
    return status;
  }

  /** A window that is missed is told as both codes that speak of it: which of them makers choose differs. */
  async #refuse(command: string, unreliable: boolean): Promise<Status> {
    const { value } = this.#kept;
    const done: Done = { command, status: Status.otherReason };
    if (!unreliable) await report(this.#context, outOfTolerance);
    await this.#kept.keepWith({ ...value, unreliable: value.unreliable || unreliable, done }, (change) =>
      report(this.#context, notAdjusted, { changes: [change] }),
    );
    return Status.otherReason;
  }
}
