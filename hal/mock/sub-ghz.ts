import type { Cancel, Listener, SubGhzChannel, SubGhzEvent, SubGhzRadio } from "../board.ts";
import { Listeners, type Power } from "./power.ts";
import type { Scheduler } from "./scheduler.ts";

/** Thermal noise in a channel, dBm. */
const quietDbm = -105;
const nameOf = ({ page, number }: SubGhzChannel): string => `${page}/${number}`;

/** A sub-GHz radio: interference is where a test puts it, and what it does is told as it happens. */
export class MockSubGhz implements SubGhzRadio {
  readonly #scheduler: Scheduler;
  readonly #power: Power;
  readonly #events: Listeners<SubGhzEvent>;
  readonly #interference = new Map<string, number>();
  /** What firmware has tuned to. */
  channel: SubGhzChannel | undefined;

  constructor(scheduler: Scheduler, power: Power) {
    this.#scheduler = scheduler;
    this.#power = power;
    this.#events = new Listeners(power);
    power.whenLost(() => {
      this.channel = undefined;
    });
  }

  tune(channel: SubGhzChannel): void {
    this.#power.require();
    this.channel = channel;
  }

  noiseDbm(channel: SubGhzChannel): number {
    this.#power.require();
    return this.#interference.get(nameOf(channel)) ?? quietDbm;
  }

  onEvent(listener: Listener<SubGhzEvent>): Cancel {
    return this.#events.add(listener);
  }

  /** Noise of so much on a channel, from now on. */
  interfere(channel: SubGhzChannel, noiseDbm: number): void {
    this.#interference.set(nameOf(channel), noiseDbm);
  }

  /** Something happens on the air: the firmware hears of it. */
  happen(event: SubGhzEvent): void {
    this.#scheduler.after(0, () => this.#events.emit(event));
  }
}
