import type { Cancel, Condition, Listener, Supervisor } from "../board.ts";
import { Listeners, type Power } from "./power.ts";
import type { Scheduler } from "./scheduler.ts";

/** What the hardware finds wrong with itself and with what is wired to it: each a switch of the bench. */
export class MockSupervisor implements Supervisor {
  readonly #scheduler: Scheduler;
  readonly #power: Power;
  readonly #changes: Listeners<{ readonly condition: Condition; readonly active: boolean }>;
  readonly #active = new Set<Condition>();

  constructor(scheduler: Scheduler, power: Power) {
    this.#scheduler = scheduler;
    this.#power = power;
    this.#changes = new Listeners(power);
  }

  read(): readonly Condition[] {
    this.#power.require();
    return [...this.#active];
  }

  onChange(listener: Listener<{ readonly condition: Condition; readonly active: boolean }>): Cancel {
    return this.#changes.add(listener);
  }

  /** Works without power too; firmware then finds it when it starts. */
  set(condition: Condition, active: boolean): void {
    if (this.#active.has(condition) === active) return;
    if (active) this.#active.add(condition);
    else this.#active.delete(condition);
    if (!this.#power.on) return;
    const { powerOn } = this.#power;
    this.#scheduler.after(0, () =>
      powerOn === this.#power.powerOn ? this.#changes.emit({ condition, active }) : undefined,
    );
  }
}
