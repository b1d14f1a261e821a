/**
 * What waits for a port, in order: a modem, a radio, the home network. One item (or a stated few) is with the
 * port at a time, the rest wait. Whatever the port does, the queue goes on: a throw counts as failed, the first
 * outcome of an attempt counts and no later one. Whether items are kept over a power cut, and which gives way
 * when too many wait, its owner decides.
 */
import { hasCode } from "../../hal/base/coded-error.ts";
import type { MaybePromise } from "../../hal/board.ts";

/** "gone": it leaves the queue. A number: it stays where it is, and leaves again after so many milliseconds. */
export type Fate = "gone" | number;

export interface OutboxDuties<T, O> {
  /**
   * Gives one item to the port. `done` gives the promise of its turn in the loop: what runs inside a turn of the
   * same loop must not await it.
   */
  send(item: T, done: (outcome: O) => MaybePromise<void>): MaybePromise<void>;
  /** What a port that throws has said. */
  readonly failed: O;
  settled(item: T, outcome: O): MaybePromise<Fate>;
  /** The fate of an item when `settled` itself throws. */
  readonly whenBroken: Fate;
  /** False while nothing may be sent; call {@link Outbox.flush} when that ends. Default: always true. */
  ready?(): boolean;
}

/** What an outbox needs of the device it is in (`DeviceContext` has it). */
export interface Turns {
  event<E>(name: string, handler: (event: E) => Promise<void>): (event: E) => MaybePromise<void>;
  after(delayMs: number, action: () => Promise<void>): () => void;
  observe(observation: { readonly kind: string; readonly [field: string]: unknown }): void;
}

export class Outbox<T, O = boolean> {
  readonly #turns: Turns;
  readonly #name: string;
  readonly #duties: OutboxDuties<T, O>;
  readonly #width: number;
  readonly #waiting: T[] = [];
  readonly #withPort = new Set<T>();
  #paused = false;
  #cancelRetry: () => void = () => {};

  /** `name`: of its events and faults. `width`: items with the port at a time. */
  constructor(turns: Turns, name: string, duties: OutboxDuties<T, O>, width = 1) {
    this.#turns = turns;
    this.#name = name;
    this.#duties = duties;
    this.#width = width;
  }

  /** Items that wait, those with the port included. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Items that are not with the port, oldest first: any of them may give way. */
  idle(): readonly T[] {
    return this.#waiting.filter((item) => !this.#withPort.has(item));
  }

  /** Queues `item`, which must not be in the queue. It waits for its turn, a retry before it included. */
  async add(item: T): Promise<void> {
    this.#waiting.push(item);
    await this.#pump();
  }

  /** Queues what was kept over a restart; nothing is sent yet. */
  restore(items: readonly T[]): void {
    this.#waiting.push(...items);
  }

  /** Takes an item out; what the port still says of it changes nothing. */
  remove(item: T): void {
    const at = this.#waiting.indexOf(item);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Sends what waits, oldest first, without waiting for a retry. */
  async flush(): Promise<void> {
    this.#cancelRetry();
    this.#paused = false;
    await this.#pump();
  }

  async #pump(): Promise<void> {
    while (!this.#paused && this.#withPort.size < this.#width && (this.#duties.ready?.() ?? true)) {
      const next = this.#waiting.find((item) => !this.#withPort.has(item));
      if (next === undefined) return;
      this.#withPort.add(next);
      await this.#send(next);
    }
  }

  async #send(item: T): Promise<void> {
    const settle = this.#turns.event<O>(this.#name, (outcome) => this.#settle(item, outcome));
    let open = true;
    const done = (outcome: O): MaybePromise<void> => {
      if (!open) return;
      open = false;
      return settle(outcome);
    };
    try {
      await this.#duties.send(item, done);
    } catch (error) {
      this.#fault(error);
      void done(this.#duties.failed); // not awaited: its turn comes after this one
    }
  }

  async #settle(item: T, outcome: O): Promise<void> {
    const fate = await this.#fate(item, outcome);
    this.#withPort.delete(item);
    if (fate === "gone") {
      this.remove(item);
      return await this.#pump();
    }
    this.#paused = true;
    this.#cancelRetry();
    this.#cancelRetry = this.#turns.after(fate, () => this.flush());
  }

  async #fate(item: T, outcome: O): Promise<Fate> {
    try {
      return await this.#duties.settled(item, outcome);
    } catch (error) {
      this.#fault(error);
      return this.#duties.whenBroken;
    }
  }

  /** Lost power ends the device; anything else is told, and the queue goes on. */
  #fault(error: unknown): void {
    if (hasCode(error, "hal/power-lost")) throw error;
    this.#turns.observe({ kind: "fault", where: this.#name, error: String(error) });
  }
}
