/** What the DCC does at a time: kept in order, and one timer for all of it. */
import type { Cancel } from "../../../hal/board.ts";
import type { DccPorts } from "./context.ts";
import type { Kept } from "./kept.ts";

export interface Appointment<T> {
  /** UTC milliseconds. */
  readonly atMs: number;
  readonly item: T;
}

/** No timer is longer, so that those of any machine do. */
const longestMs = 86_400_000;

export class Agenda<T> implements Kept<readonly Appointment<T>[]> {
  readonly #ports: Pick<DccPorts, "nowMs" | "after">;
  readonly #due: (item: T) => void;
  /** The earliest first; of one time, in the order in which they came. */
  #appointments: Appointment<T>[] = [];
  #cancel: Cancel = () => {};

  constructor(ports: Pick<DccPorts, "nowMs" | "after">, due: (item: T) => void) {
    this.#ports = ports;
    this.#due = due;
  }

  get size(): number {
    return this.#appointments.length;
  }

  add(atMs: number, item: T): void {
    const later = this.#appointments.findIndex((each) => each.atMs > atMs);
    const at = later === -1 ? this.#appointments.length : later;
    this.#appointments.splice(at, 0, { atMs, item });
    if (at === 0) this.#aim();
  }

  list(): readonly T[] {
    return this.#appointments.map(({ item }) => item);
  }

  /** Takes out and returns those for which `isMeant` holds. */
  remove(isMeant: (item: T) => boolean): readonly T[] {
    const removed = this.list().filter(isMeant);
    this.#appointments = this.#appointments.filter(({ item }) => !removed.includes(item));
    return removed;
  }

  snapshot(): readonly Appointment<T>[] {
    return [...this.#appointments];
  }

  restore(kept: readonly Appointment<T>[]): void {
    this.#appointments = [...kept];
    this.#aim();
  }

  #aim(): void {
    this.#cancel();
    const [first] = this.#appointments;
    if (first === undefined) return;
    const delayMs = Math.min(Math.max(first.atMs - this.#ports.nowMs(), 0), longestMs);
    this.#cancel = this.#ports.after(delayMs, () => this.#run());
  }

  #run(): void {
    const nowMs = this.#ports.nowMs();
    const due = this.#appointments.filter(({ atMs }) => atMs <= nowMs);
    this.#appointments = this.#appointments.slice(due.length);
    this.#aim();
    for (const { item } of due) this.#due(item);
  }
}
