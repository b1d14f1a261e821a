/** Requests to one device wait for each other: its hub keeps few commands for it at once, and refuses more. */
import type { Cancel } from "../../../hal/board.ts";

interface Lane<T> {
  underWay: number;
  readonly waiting: Map<T, Cancel>;
}

export class Lanes<T> {
  readonly #most: number;
  readonly #start: (one: T) => void;
  readonly #lanes = new Map<string, Lane<T>>();
  #waiting = 0;

  /** So many of a device's are under way at most; `start` sends one. */
  constructor(most: number, start: (one: T) => void) {
    this.#most = most;
    this.#start = start;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Those that wait, device by device, the oldest first. */
  list(): readonly T[] {
    return [...this.#lanes.values()].flatMap(({ waiting }) => [...waiting.keys()]);
  }

  /** Starts it, or lets it wait; `expiry` is what is to happen when it has waited too long, and is taken back when it starts. */
  add(device: string, one: T, expiry: Cancel): void {
    this.#lane(device).waiting.set(one, expiry);
    this.#waiting += 1;
    this.#next(device);
  }

  /** One is under way already. */
  resume(device: string): void {
    this.#lane(device).underWay += 1;
  }

  /** One that was under way is settled. */
  done(device: string): void {
    this.#lane(device).underWay -= 1;
    this.#next(device);
  }

  /** One that waits does so no more; false when it has started. */
  drop(device: string, one: T): boolean {
    const { waiting } = this.#lane(device);
    waiting.get(one)?.();
    const isDropped = waiting.delete(one);
    if (isDropped) this.#waiting -= 1;
    this.#next(device);
    return isDropped;
  }

  /** Forgets all. */
  clear(): void {
    for (const { waiting } of this.#lanes.values()) for (const cancel of waiting.values()) cancel();
    this.#lanes.clear();
    this.#waiting = 0;
  }

  #next(device: string): void {
    const lane = this.#lane(device);
    for (const [one, cancel] of lane.waiting) {
      if (lane.underWay >= this.#most) return;
      lane.waiting.delete(one);
      this.#waiting -= 1;
      lane.underWay += 1;
      cancel();
      this.#start(one);
    }
    if (lane.underWay === 0 && lane.waiting.size === 0) this.#lanes.delete(device);
  }

  #lane(device: string): Lane<T> {
    const lane = this.#lanes.get(device) ?? { underWay: 0, waiting: new Map<T, Cancel>() };
    this.#lanes.set(device, lane);
    return lane;
  }
}
