import { type MaybePromise, PowerLost } from "../../board.ts";

/**
 * Delivers one thing at a time to firmware, and awaits it before the next, as a board does. Handlers that die of
 * {@link PowerLost} have died as they should; what else they throw goes to `onFault`.
 */
export class EventLoop {
  readonly #onFault: (error: unknown) => void;
  #tail: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Resolves when `action` has been handled, or dropped because the loop has ended. Never rejects. */
  post(action: () => MaybePromise<void>): Promise<void> {
    this.#tail = this.#tail.then(() => this.#run(action));
    return this.#tail;
  }

  /** Nothing starts any more. */
  end(): void {
    this.#ended = true;
  }

  async #run(action: () => MaybePromise<void>): Promise<void> {
    if (this.#ended) return;
    try {
      await action();
    } catch (error) {
      if (!(error instanceof PowerLost)) this.#onFault(error);
    }
  }
}

/** A fault that nobody listens for must not get lost: it ends the process, as an unheard "error" event does. */
export function unheardFault(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
