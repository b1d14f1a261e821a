import { PowerLost } from "../../hal/board.ts";

/** A handler that threw: which event, and what. */
export interface Fault {
  readonly name: string;
  readonly error: unknown;
}

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
 */
export class RunLoop {
  readonly #events: Posted[] = [];
  readonly #faultListeners = new Set<(fault: Fault) => void>();
  #running = false;
  #stopped = false;

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Resolves when the event has been handled, or dropped because the loop has stopped. */
  post(name: string, handler: () => Promise<void>): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#events.push({ name, handler, resolve, reject });
      if (!this.#running) void this.#run();
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

  async #run(): Promise<void> {
    this.#running = true;
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift())
      await this.#handle(event);
    this.#running = false;
  }

  async #handle(event: Posted): Promise<void> {
    try {
      await event.handler();
    } catch (error) {
      if (error instanceof PowerLost) this.stop();
      else if (this.#faultListeners.size === 0) return event.reject(error);
      else for (const listener of this.#faultListeners) listener({ name: event.name, error });
    }
    event.resolve();
  }
}
