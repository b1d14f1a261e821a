import { CodedError } from "../../hal/base/coded-error.ts";
import { PowerLost } from "../../hal/board.ts";

/** A handler that threw: which event, and what. */
export interface Fault {
  readonly name: string;
  readonly error: unknown;
}

/** A device's own events find room beyond the capacity: this many times it. */
const OWN_SHARE = 16;

interface Posted {
  readonly name: string;
  readonly handler: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One event at a time, in the order posted. A handler that awaits its own loop's `post` never ends: post
 * and return instead.
 *
 * A handler that throws is a fault: the `onFault` listeners hear of it and the loop goes on; without a
 * listener the promise of that `post` rejects, so that no fault is lost. {@link PowerLost} stops the loop
 * silently: no later event runs, and every open promise resolves.
 *
 * The queue is bounded. What comes from outside (a frame, a message) is dropped while `capacity` events wait: whoever
 * sent it will send it again. A device's own events (timers, outcomes) are few and always find room, up to a limit
 * that only a fault of the firmware reaches. The first of a row that is dropped is a fault, `run-loop/full`.
 */
export class RunLoop {
  readonly #events: Posted[] = [];
  readonly #faultListeners = new Set<(fault: Fault) => void>();
  readonly #capacity: number;
  #running = false;
  #stopped = false;
  #overflowing = false;

  /** `capacity`: events that wait before those from outside are dropped. */
  constructor(capacity = 1024) {
    this.#capacity = capacity;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Events that wait for their turn. */
  get waiting(): number {
    return this.#events.length;
  }

  /** Resolves when the event has been handled, or dropped: the loop has stopped, or is full. */
  post(name: string, handler: () => Promise<void>, fromOutside = false): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (!this.#running) return this.#handle(name, handler);
    if (this.#events.length >= this.#capacity * (fromOutside ? 1 : OWN_SHARE)) return this.#drop(name);
    return new Promise((resolve, reject) => {
      this.#events.push({ name, handler, resolve, reject });
    });
  }

  onFault(listener: (fault: Fault) => void): () => void {
    this.#faultListeners.add(listener);
    return () => this.#faultListeners.delete(listener);
  }

  /** No event starts after this one; waiting ones are dropped. */
  stop(): void {
    this.#stopped = true;
    for (const event of this.#events.splice(0)) event.resolve();
  }

  #drop(name: string): Promise<void> {
    if (this.#overflowing) return Promise.resolve();
    this.#overflowing = true;
    const message = `run loop: ${name} was dropped, ${this.#events.length} events wait; they come faster than they are handled`;
    const error = new CodedError("run-loop/full", message, { name, waiting: this.#events.length });
    for (const listener of this.#faultListeners) listener({ name, error });
    return Promise.resolve();
  }

  /** Handles one event, and has the next one begin. An idle loop needs no more than this. */
  async #handle(name: string, handler: () => Promise<void>): Promise<void> {
    this.#running = true;
    try {
      await handler();
    } catch (error) {
      if (error instanceof PowerLost) this.stop();
      else if (this.#faultListeners.size === 0) throw error;
      else for (const listener of this.#faultListeners) listener({ name, error });
    } finally {
      this.#next();
    }
  }

  #next(): void {
    const event = this.#events.shift();
    this.#running = event !== undefined;
    if (event === undefined) this.#overflowing = false;
    else this.#handle(event.name, event.handler).then(event.resolve, event.reject);
  }
}
