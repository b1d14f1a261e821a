import type { Cancel, Listener, Tamper, TamperInput } from "../board.ts";
import { Listeners, type Power } from "./power.ts";
import type { Scheduler } from "./scheduler.ts";

type Inputs = Record<TamperInput, boolean>;

/** Covers and a magnet. They move without power too; firmware then finds them moved when it reads. */
export class MockTamper implements Tamper {
  readonly #scheduler: Scheduler;
  readonly #power: Power;
  readonly #changes: Listeners<{ readonly input: TamperInput; readonly active: boolean }>;
  readonly #inputs: Inputs = {
    "meter-cover": false,
    "terminal-cover": false,
    "second-terminal-cover": false,
    "battery-cover": false,
    magnet: false,
    other: false,
  };
  readonly #stuck = new Map<TamperInput, boolean>();

  constructor(scheduler: Scheduler, power: Power) {
    this.#scheduler = scheduler;
    this.#power = power;
    this.#changes = new Listeners(power);
  }

  read(): Readonly<Inputs> {
    this.#power.require();
    const seen = { ...this.#inputs };
    for (const [input, active] of this.#stuck) seen[input] = active;
    return seen;
  }

  onChange(listener: Listener<{ readonly input: TamperInput; readonly active: boolean }>): Cancel {
    return this.#changes.add(listener);
  }

  /** Opens or closes a cover, brings or takes away the magnet. */
  set(input: TamperInput, active: boolean): void {
    if (this.#inputs[input] === active) return;
    this.#inputs[input] = active;
    if (!this.#power.on || this.#stuck.has(input)) return;
    const { powerOn } = this.#power;
    this.#scheduler.after(0, () =>
      powerOn === this.#power.powerOn ? this.#changes.emit({ input, active }) : undefined,
    );
  }

  /** Fault: this input says `active` whatever happens; undefined heals it. */
  stick(input: TamperInput, active: boolean | undefined): void {
    if (active === undefined) this.#stuck.delete(input);
    else this.#stuck.set(input, active);
  }
}
