import { HalError, type LoadSwitch } from "../board.ts";
import type { Power } from "./power.ts";
import type { Scheduler } from "./scheduler.ts";

/** How a contactor may be broken. */
export interface LoadSwitchFaults {
  /** The contacts never open again once closed. */
  welded: boolean;
  /** The contacts never close. */
  stuckOpen: boolean;
  /** The contacts follow this much later, ms; the feedback check right after the command fails. */
  slowMs: number;
  /** The feedback contact says the opposite of the truth. */
  feedbackInverted: boolean;
}

/** A bistable contactor with a feedback contact: it keeps its position without power. */
export class MockLoadSwitch implements LoadSwitch {
  readonly faults: LoadSwitchFaults = { welded: false, stuckOpen: false, slowMs: 0, feedbackInverted: false };
  readonly #scheduler: Scheduler;
  readonly #power: Power;
  #closed: boolean;
  #operations = 0;
  #command = 0;
  readonly #movedHooks: (() => void)[] = [];

  constructor(scheduler: Scheduler, power: Power, closed = true) {
    this.#scheduler = scheduler;
    this.#power = power;
    this.#closed = closed;
  }

  set(closed: boolean): void {
    this.#power.require();
    this.#operations++;
    const command = ++this.#command;
    const { slowMs } = this.faults;
    // The coil was pulsed: a slow contact moves even if the power goes meanwhile, but not after a newer pulse.
    if (slowMs === 0) this.#move(closed);
    else this.#scheduler.after(slowMs, () => (command === this.#command ? this.#move(closed) : undefined));
    const feedback = this.isClosed();
    if (feedback === closed) return;
    const word = (isClosed: boolean): string => (isClosed ? "closed" : "open");
    throw new HalError(
      "hal/fault",
      `load switch: commanded ${word(closed)}, feedback says ${word(feedback)}`,
      {
        commanded: closed,
        feedback,
      },
    );
  }

  isClosed(): boolean {
    this.#power.require();
    return this.#closed !== this.faults.feedbackInverted;
  }

  // --- the bench's side; works without power ---

  /** Where the contacts really are. */
  get contactsClosed(): boolean {
    return this.#closed;
  }

  /** Commands so far. Data sheets of 100 A contactors promise about 10,000. */
  get operationCount(): number {
    return this.#operations;
  }

  /** Moves the contacts behind firmware's back (shock, tampering). */
  force(closed: boolean): void {
    this.#closed = closed;
    for (const hook of this.#movedHooks) hook();
  }

  whenMoved(hook: () => void): void {
    this.#movedHooks.push(hook);
  }

  #move(closed: boolean): void {
    const blocked = closed ? this.faults.stuckOpen : this.faults.welded;
    if (!blocked && closed !== this.#closed) this.force(closed);
  }
}
