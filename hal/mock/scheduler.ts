import type { Cancel, MaybePromise } from "../board.ts";

interface Entry {
  readonly timeMs: number;
  readonly order: number;
  /** Undefined once cancelled; the heap drops such entries when they surface or outnumber the live ones. */
  action: (() => MaybePromise<void>) | undefined;
}

/**
 * Virtual time for everything in a run: boards, ether, WAN, head end. Time moves only from event to event.
 *
 * Events run in order of (time, insertion), and an action that returns a promise is awaited before the
 * next one starts, so one seed gives one run. An action must therefore never await something that only a
 * later event brings: that would wait for ever.
 */
export class Scheduler {
  #now = 0;
  #order = 0;
  #cancelled = 0;
  #running = false;
  #heap: Entry[] = [];
  /** Events run so far. */
  eventCount = 0;
  /** Awaited before time moves on: for what an event has started outside, such as a request on a serial line. */
  outside: (() => Promise<void>) | undefined;

  /** Virtual milliseconds since the run started; may have a fraction. */
  get nowMs(): number {
    return this.#now;
  }

  /** Events that wait. */
  get pending(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** Runs `action` at `timeMs`, or as the next event when that time has passed. */
  at(timeMs: number, action: () => MaybePromise<void>): Cancel {
    if (!Number.isFinite(timeMs)) throw new RangeError(`scheduler: time must be finite, got ${timeMs}`);
    const entry: Entry = { timeMs: Math.max(timeMs, this.#now), order: this.#order++, action };
    push(this.#heap, entry);
    return () => this.#cancel(entry);
  }

  /** Runs `action` after `delayMs` (0 or more). */
  after(delayMs: number, action: () => MaybePromise<void>): Cancel {
    if (!(delayMs >= 0)) throw new RangeError(`scheduler: delay must be 0 or more, got ${delayMs}`);
    return this.at(this.#now + delayMs, action);
  }

  /** Runs every event up to and including `timeMs`, and leaves the time there. */
  async runUntil(timeMs: number): Promise<void> {
    await this.#loop(timeMs, undefined);
  }

  /** Runs until `condition` holds (true) or `limitMs` more of virtual time have passed (false). */
  async run(condition: () => boolean, limitMs: number): Promise<boolean> {
    return this.#loop(this.#now + limitMs, condition);
  }

  /**
   * An action's own promise is awaited. What it started without awaiting (an event posted to a device's
   * loop), and what was started outside an event, gets its turn (`settle`) before time moves.
   */
  async #loop(limitMs: number, condition: (() => boolean) | undefined): Promise<boolean> {
    if (Number.isNaN(limitMs)) throw new RangeError("scheduler: the time to run to is not a number");
    if (this.#running) throw new Error("scheduler: already running; an action must not run the scheduler");
    this.#running = true;
    try {
      await this.#settle();
      while (!condition?.()) {
        const action = this.#next(limitMs);
        if (action === undefined) return await this.#rest(limitMs, condition);
        const result = action();
        if (result !== undefined) await result;
        await this.#settle();
      }
      return true;
    } finally {
      this.#running = false;
    }
  }

  /** Nothing more is due: moves the time to the limit and asks for the last time. */
  async #rest(limitMs: number, condition: (() => boolean) | undefined): Promise<boolean> {
    if (Number.isFinite(limitMs)) this.#now = Math.max(this.#now, limitMs);
    await this.#settle();
    return condition?.() ?? true;
  }

  async #settle(): Promise<void> {
    await settle();
    await this.outside?.();
  }

  #next(limitMs: number): Entry["action"] {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.timeMs > limitMs) return undefined;
      pop(this.#heap);
      const action = first.action;
      if (action === undefined) {
        this.#cancelled--;
        continue;
      }
      first.action = undefined;
      this.#now = first.timeMs;
      this.eventCount++;
      return action;
    }
  }

  #cancel(entry: Entry): void {
    if (entry.action === undefined) return;
    entry.action = undefined;
    this.#cancelled++;
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.length) this.#compact();
  }

  /** A sorted array is a heap. */
  #compact(): void {
    this.#heap = this.#heap
      .filter((entry) => entry.action !== undefined)
      .sort((a, b) => a.timeMs - b.timeMs || a.order - b.order);
    this.#cancelled = 0;
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const before = (a: Entry, b: Entry): boolean =>
  a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order);

/** Binary heap: the parent of `i` is `(i - 1) >> 1`, and comes before it. */
function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!before(entry, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
}
