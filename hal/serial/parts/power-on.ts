/** One power-on of a remote board, as its parts see it: it ends for ever with the power, the line or the host's will. */

import type { z } from "zod";
import { type Cancel, HalError, type Listener, type MaybePromise, PowerLost } from "../../board.ts";
import type { Payload } from "../smp/cbor.ts";
import type { Timers } from "../timers.ts";
import { type BoardClient, BoardSilent } from "./board-client.ts";
import type { BoardEvent, Description, EventKind } from "./board-group.ts";
import { EventLoop } from "./event-loop.ts";
import { Uptime } from "./uptime.ts";

export type EventOf<K extends EventKind> = Extract<BoardEvent, { kind: K }>;
type AnyHandler = (event: BoardEvent) => MaybePromise<void>;

export interface PowerOnOptions {
  readonly client: BoardClient;
  readonly timers: Timers;
  readonly description: Description;
  readonly onFault: (error: unknown) => void;
  /** A request found no board at the far end. */
  readonly onSilent: (reason: string) => void;
}

export class PowerOn {
  readonly client: BoardClient;
  readonly timers: Timers;
  readonly description: Description;
  readonly uptime = new Uptime();
  readonly #loop: EventLoop;
  readonly #onSilent: (reason: string) => void;
  readonly #handlers = new Map<EventKind, AnyHandler>();
  readonly #resyncs: (() => Promise<void>)[] = [];
  readonly #waiting = new Set<(error: PowerLost) => void>();
  readonly #cleanUps = new Set<Cancel>();
  readonly #early: BoardEvent[] = [];
  readonly #endListeners = new Set<() => void>();
  #ended: PowerLost | undefined;

  constructor(options: PowerOnOptions) {
    this.client = options.client;
    this.timers = options.timers;
    this.description = options.description;
    this.#loop = new EventLoop(options.onFault);
    this.#onSilent = options.onSilent;
  }

  get alive(): boolean {
    return this.#ended === undefined;
  }

  has(part: string): boolean {
    return this.description.parts.includes(part);
  }

  /** Every port call starts here. */
  require(): void {
    if (this.#ended !== undefined) throw new PowerLost(this.#ended.message, { cause: this.#ended });
  }

  read<S extends z.ZodType>(what: string, command: number, payload: Payload, answer: S): Promise<z.infer<S>> {
    return this.guard(() => this.client.read(what, command, payload, answer));
  }

  write<S extends z.ZodType>(
    what: string,
    command: number,
    payload: Payload,
    answer: S,
  ): Promise<z.infer<S>> {
    return this.guard(() => this.client.write(what, command, payload, answer));
  }

  /** The outcome of `work`, or {@link PowerLost} as soon as the power-on ends. Silence ends it. */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    this.require();
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      const settle = (end: () => void): void => {
        this.#waiting.delete(reject);
        end();
      };
      work().then(
        (value) => settle(() => (this.#ended ? reject(this.#ended) : resolve(value))),
        (error) => settle(() => reject(this.#asFirmwareSees(error))),
      );
    });
  }

  /** The one handler of this kind of event: the part that it comes from. */
  handle<K extends EventKind>(kind: K, handler: (event: EventOf<K>) => MaybePromise<void>): void {
    this.#handlers.set(kind, handler as AnyHandler);
  }

  /** An event of before this power-on that still counts; {@link deliverEarly} delivers it once the parts listen. */
  keepEarly(event: BoardEvent | undefined): void {
    if (event !== undefined) this.#early.push(event);
  }

  deliverEarly(): void {
    for (const event of this.#early.splice(0)) void this.deliver(event);
  }

  /** Runs when events were lost: the part looks for itself. */
  onResync(resync: () => Promise<void>): void {
    this.#resyncs.push(resync);
  }

  /** Delivers in turn with everything else; resolves when handled. */
  deliver(event: BoardEvent): Promise<void> {
    return this.post(() => this.#handlers.get(event.kind)?.(event));
  }

  resync(): Promise<void> {
    return this.post(async () => {
      for (const resync of this.#resyncs) await resync().catch((error: unknown) => this.failed(error));
    });
  }

  /** The board failed at something that firmware did not ask for: it is as good as gone. Other errors pass. */
  failed(error: unknown): void {
    if (error instanceof PowerLost) return;
    if (!(error instanceof HalError)) throw error;
    this.#lost(error.message);
  }

  post(action: () => MaybePromise<void>): Promise<void> {
    return this.#loop.post(action);
  }

  /** Runs `action` on the host's timers unless the power-on has ended by then. */
  after(delayMs: number, action: () => void): Cancel {
    const cancelTimer = this.timers.after(delayMs, () => {
      this.#cleanUps.delete(cancel);
      action();
    });
    const cancel = (): void => {
      this.#cleanUps.delete(cancel);
      cancelTimer();
    };
    this.#cleanUps.add(cancel);
    return cancel;
  }

  /** Hears at once that this power-on is over. */
  onEnd(listener: () => void): Cancel {
    this.#endListeners.add(listener);
    return () => void this.#endListeners.delete(listener);
  }

  end(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = new PowerLost(`remote board ${this.description.id}: ${reason}`);
    this.#loop.end();
    for (const cancel of [...this.#cleanUps]) cancel();
    for (const reject of [...this.#waiting]) reject(this.#ended);
    this.#waiting.clear();
    this.#handlers.clear();
    for (const listener of this.#endListeners) listener();
  }

  #asFirmwareSees(error: unknown): unknown {
    if (error instanceof BoardSilent) this.#lost(error.message);
    return this.#ended ?? error;
  }

  #lost(reason: string): void {
    this.end(reason);
    this.#onSilent(reason);
  }
}

/** Firmware's subscriptions to what one part tells. */
export class Subscribers<E> {
  readonly #powerOn: PowerOn;
  #listeners: Listener<E>[] = [];

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
  }

  add(listener: Listener<E>): Cancel {
    this.#powerOn.require();
    const own: Listener<E> = (event) => listener(event);
    this.#listeners.push(own);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own);
    };
  }

  get any(): boolean {
    return this.#listeners.length > 0;
  }

  /** Delivers to each in order of subscription, one at a time; call it from an event of the power-on. */
  async emit(event: E): Promise<void> {
    for (const listener of this.#listeners) if (this.#listeners.includes(listener)) await listener(event);
  }
}
