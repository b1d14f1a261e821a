import { type Cancel, HalError, type Listener } from "../../board.ts";
import type { PowerOn } from "./power-on.ts";

/** Sends under way at once; more would be a firmware that never looks at their outcomes. */
const maxWaiting = 64;

/** What became of things sent: each outcome is told once, later, as an event; after the limit as `otherwise`. */
export class Outcomes<O> {
  readonly #powerOn: PowerOn;
  readonly #limitMs: number;
  readonly #otherwise: O;
  readonly #waiting = new Map<number, { readonly done: Listener<O>; readonly cancelTimer: Cancel }>();

  constructor(powerOn: PowerOn, limitMs: number, otherwise: O) {
    this.#powerOn = powerOn;
    this.#limitMs = limitMs;
    this.#otherwise = otherwise;
  }

  /** Waits for the outcome of `id` from before `send`, for an event may overtake the answer. */
  async expect(id: number, done: Listener<O>, send: () => Promise<unknown>): Promise<void> {
    if (this.#waiting.size >= maxWaiting)
      throw new HalError("hal/fault", `remote board: ${maxWaiting} sends wait for their outcome`);
    const timeUp = (): void => void this.#powerOn.post(() => this.came(id, this.#otherwise));
    this.#waiting.set(id, { done, cancelTimer: this.#powerOn.after(this.#limitMs, timeUp) });
    try {
      await send();
    } catch (error) {
      this.#forget(id);
      throw error;
    }
  }

  /** Call it from an event of the power-on. */
  async came(id: number, outcome: O): Promise<void> {
    const done = this.#waiting.get(id)?.done;
    this.#forget(id);
    await done?.(outcome);
  }

  #forget(id: number): void {
    this.#waiting.get(id)?.cancelTimer();
    this.#waiting.delete(id);
  }
}
