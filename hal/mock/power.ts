import { type Cancel, type Listener, type MaybePromise, PowerLost } from "../board.ts";

/**
 * The power rail of one mock board. What firmware left behind in one power-on
 * (timers, listeners, queued work) ends with it.
 */
export class Power {
  readonly boardId: string;
  #on = false;
  #changes = 0;
  #restarting = false;
  readonly #lostHooks: (() => void)[] = [];
  readonly #onHooks: (() => void)[] = [];

  constructor(boardId: string) {
    this.boardId = boardId;
  }

  get on(): boolean {
    return this.#on;
  }

  /** Names this power-on: another number after every power-on and power loss. */
  get powerOn(): number {
    return this.#changes;
  }

  /** True from the beginning of a reset until the board runs again: what ends and begins then is no power loss. */
  get restarting(): boolean {
    return this.#restarting;
  }

  /** Every port call starts here. Throws {@link PowerLost} while the power is off. */
  require(): void {
    if (!this.#on) throw new PowerLost(`board ${this.boardId} has no power`);
  }

  /** Parts clean up here, at once. Hooks stay for the board's life. */
  whenLost(hook: () => void): void {
    this.#lostHooks.push(hook);
  }

  whenOn(hook: () => void): void {
    this.#onHooks.push(hook);
  }

  turnOn(): void {
    if (this.#on) return;
    this.#on = true;
    this.#changes++;
    for (const hook of this.#onHooks) hook();
  }

  turnOff(): void {
    if (!this.#on) return;
    this.#on = false;
    this.#changes++;
    for (const hook of this.#lostHooks) hook();
  }

  /** What firmware left behind ends as at a power loss; `meanwhile` runs before it starts anew. */
  async restart(meanwhile: () => MaybePromise<void>): Promise<void> {
    if (!this.#on) return;
    this.#restarting = true;
    try {
      this.turnOff();
      await meanwhile();
      this.turnOn();
    } finally {
      this.#restarting = false;
    }
  }

  /** Cuts the power out of a running port call. */
  fail(what: string): never {
    this.turnOff();
    throw new PowerLost(`board ${this.boardId} lost its power ${what}`);
  }

  /** Runs firmware's code; that code dying of a power loss of this board is no error. */
  async deliver(action: () => MaybePromise<void>): Promise<void> {
    const powerOn = this.#changes;
    try {
      await action();
    } catch (error) {
      if (!(error instanceof PowerLost) || powerOn === this.#changes) throw error;
    }
  }
}

/** Firmware's subscriptions to one kind of event; all end when the power does. */
export class Listeners<E> {
  readonly #power: Power;
  #listeners: Listener<E>[] = [];

  constructor(power: Power) {
    this.#power = power;
    power.whenLost(() => {
      this.#listeners = [];
    });
  }

  get count(): number {
    return this.#listeners.length;
  }

  add(listener: Listener<E>): Cancel {
    this.#power.require();
    const own: Listener<E> = (event) => listener(event);
    this.#listeners.push(own);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own);
    };
  }

  /** Delivers to each in order of subscription, one at a time; call it from a scheduler event. */
  async emit(event: E): Promise<void> {
    for (const listener of this.#listeners) {
      if (!this.#listeners.includes(listener)) continue;
      await this.#power.deliver(() => listener(event));
    }
  }
}
