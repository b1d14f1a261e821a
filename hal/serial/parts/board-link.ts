/**
 * Keeps in touch with one remote board: fetches its events, follows its clock, notices that it restarted or went
 * silent, and finds it again. Each power-on of the board is a {@link PowerOn} of its own.
 */
import { type Cancel, HalError, type MaybePromise, PowerLost } from "../../board.ts";
import type { SmpClient } from "../smp/client.ts";
import { pause, type Timers } from "../timers.ts";
import { BoardClient, type BoardClientOptions } from "./board-client.ts";
import {
  type AnyEvent,
  boardGroupId,
  Command,
  clockResponse,
  eventsResponse,
  protocolVersion,
  readEvent,
} from "./board-group.ts";
import { unheardFault } from "./event-loop.ts";
import { PowerOn } from "./power-on.ts";

export interface BoardLinkOptions extends BoardClientOptions {
  /** The board is asked for events so often even when it tells them unasked. Default 1000 ms. */
  readonly pollMs?: number;
  /** The board's clock is looked at so often. Default 10 s. */
  readonly clockEveryMs?: number;
  /** A silent board is asked again so often. Default 1000 ms. */
  readonly retryMs?: number;
  /** A board that is silent for so long is given up. Default 60 s. */
  readonly patienceMs?: number;
  /** Hears what a listener of firmware threw; without one it ends the process as an uncaught exception. */
  readonly onFault?: (error: unknown) => void;
}

const defaults = { pollMs: 1000, clockEveryMs: 10_000, retryMs: 1000, patienceMs: 60_000 };
/** An uptime so far behind the reckoned one is another power-on's. */
const restartToleranceMs = 2000;
/** Answers full of events that one look may bring; more wait for the next look. */
const maxAnswers = 256;

type Started = (powerOn: PowerOn, reason: string) => MaybePromise<void>;

export class BoardLink {
  readonly timers: Timers;
  readonly client: BoardClient;
  readonly #options: BoardLinkOptions & typeof defaults;
  readonly #onFault: (error: unknown) => void;
  readonly #startedListeners = new Set<Started>();
  readonly #goneListeners = new Set<(reason: string) => void>();
  readonly #closing = new AbortController();
  readonly #cancelUnasked: Cancel;
  #powerOn: PowerOn | undefined;
  /** Number of the last event that was taken. */
  #last = 0;
  #cancelPoll: Cancel = () => {};
  #looking = false;
  #lookAgain = false;
  #clockAtMs = 0;

  /** `smp` stays its owner's: closing the link does not close it. */
  constructor(smp: SmpClient, options: BoardLinkOptions) {
    this.timers = options.timers;
    this.client = new BoardClient(smp, options);
    this.#options = { ...defaults, ...options };
    this.#onFault = options.onFault ?? unheardFault;
    this.#cancelUnasked = smp.onUnasked(({ group, command, payload }) => {
      if (group === boardGroupId && command === Command.events) this.#heard(payload);
    });
  }

  /** Meets the board. Throws `BoardSilent`, or {@link HalError} for a board that speaks otherwise. */
  async open(): Promise<PowerOn> {
    const powerOn = await this.#meet();
    this.#schedulePoll();
    return powerOn;
  }

  /** The board started anew, or was found again: its new power-on, before anything is delivered in it. */
  onStarted(listener: Started): Cancel {
    this.#startedListeners.add(listener);
    return () => void this.#startedListeners.delete(listener);
  }

  /** The board was silent for too long; nobody looks for it any more. */
  onGone(listener: (reason: string) => void): Cancel {
    this.#goneListeners.add(listener);
    return () => void this.#goneListeners.delete(listener);
  }

  close(): void {
    this.#closing.abort();
    this.#cancelUnasked();
    this.#cancelPoll();
    this.#powerOn?.end("the host has let go of it");
    this.#powerOn = undefined;
  }

  /** Who it is, what time it has, and which events are old. */
  async #meet(): Promise<PowerOn> {
    const description = await this.client.describe();
    if (description.proto !== protocolVersion)
      throw new HalError("hal/fault", `remote board ${description.id}: protocol ${description.proto}, not 1`);
    const powerOn = new PowerOn({
      client: this.client,
      timers: this.timers,
      description,
      onFault: this.#onFault,
      onSilent: (reason) => void this.#find(powerOn, reason),
    });
    await this.#lookAtClock(powerOn);
    this.#last = await this.#dropOld(powerOn);
    this.#powerOn = powerOn;
    return powerOn;
  }

  /**
   * Forgets what the board told before, but for the messages of its own firmware: they wait for whoever comes. The
   * number of the last such event.
   */
  async #dropOld(powerOn: PowerOn): Promise<number> {
    let last: number | undefined;
    for (let answers = 0; answers < maxAnswers; answers++) {
      const { events } = await this.#readEvents(last);
      if (events.length === 0) break;
      last = events.at(-1)!.n;
      for (const event of events) if (event.kind === "message-piece") powerOn.keepEarly(readEvent(event));
    }
    return last ?? 0;
  }

  #readEvents(ack: number | undefined) {
    const request = ack === undefined || ack === 0 ? {} : { ack };
    return this.client.read("events", Command.events, request, eventsResponse);
  }

  async #lookAtClock(powerOn: PowerOn): Promise<void> {
    const askedMs = this.timers.nowMs();
    const { up } = await this.client.read("clock", Command.clock, {}, clockResponse);
    const gotMs = this.timers.nowMs();
    this.#clockAtMs = gotMs;
    const expectedMs = powerOn === this.#powerOn ? powerOn.uptime.exactMs(gotMs) : up;
    if (up < expectedMs - restartToleranceMs) this.#restarted(powerOn, "restarted: its uptime went back");
    else powerOn.uptime.sample(up, askedMs, gotMs);
  }

  /** An unasked message is only a sign that something is there; what counts is what the look brings. */
  #heard(payload: unknown): void {
    const { data } = eventsResponse.safeParse(payload);
    const powerOn = this.#powerOn;
    if (data === undefined || powerOn === undefined) return;
    const ageMs = powerOn.uptime.exactMs(this.timers.nowMs());
    const boot = data.events.find((event) => event.kind === "boot");
    if (boot !== undefined && boot.up < ageMs - restartToleranceMs) this.#restarted(powerOn, restartOf(boot));
    else this.#look();
  }

  #schedulePoll(): void {
    this.#cancelPoll();
    if (this.#closing.signal.aborted) return;
    this.#cancelPoll = this.timers.after(this.#options.pollMs, () => {
      this.#look();
      this.#schedulePoll();
    });
  }

  /** One look at a time; asked for again meanwhile, it looks once more. */
  #look(): void {
    const powerOn = this.#powerOn;
    if (powerOn === undefined) return;
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    const done = (): void => {
      this.#looking = false;
    };
    this.#lookNow(powerOn).then(done, (error: unknown) => {
      done();
      if (powerOn.alive) void this.#find(powerOn, String(error));
    });
  }

  async #lookNow(powerOn: PowerOn): Promise<void> {
    while (this.#lookAgain && powerOn === this.#powerOn) {
      this.#lookAgain = false;
      if (this.timers.nowMs() - this.#clockAtMs >= this.#options.clockEveryMs)
        await this.#lookAtClock(powerOn);
      for (let answers = 0; answers < maxAnswers; answers++) if (!(await this.#takeEvents(powerOn))) break;
    }
  }

  /** Takes one answer's events, and awaits their handling before more are asked for. False when there were none. */
  async #takeEvents(powerOn: PowerOn): Promise<boolean> {
    const ack = this.#last;
    const { events, lost } = await this.#readEvents(ack);
    if (powerOn !== this.#powerOn) return false;
    const boot = events.find((event) => event.kind === "boot");
    if (boot !== undefined || events.some((event) => event.n <= ack)) {
      this.#restarted(powerOn, restartOf(boot));
      return false;
    }
    for (const event of events) {
      const known = readEvent(event);
      this.#last = event.n;
      if (known !== undefined) await powerOn.deliver(known);
      if (!powerOn.alive) return false;
    }
    if (lost !== undefined && lost > 0) await powerOn.resync();
    return events.length > 0;
  }

  #restarted(powerOn: PowerOn, reason: string): void {
    powerOn.end(reason);
    void this.#find(powerOn, reason);
  }

  /** Looks for the board until it answers or patience ends; then its new power-on begins. */
  async #find(old: PowerOn, reason: string): Promise<void> {
    old.end(reason);
    if (old !== this.#powerOn) return;
    this.#powerOn = undefined;
    const { retryMs, patienceMs } = this.#options;
    const { signal } = this.#closing;
    const untilMs = this.timers.nowMs() + patienceMs;
    while (!signal.aborted) {
      const powerOn = await this.#meet().catch(() => undefined);
      if (signal.aborted) return powerOn?.end("the host has let go of it");
      if (powerOn !== undefined) return this.#announce(powerOn, reason);
      if (this.timers.nowMs() >= untilMs) return this.#giveUp(reason);
      await pause(this.timers, retryMs, signal);
    }
  }

  async #announce(powerOn: PowerOn, reason: string): Promise<void> {
    this.#schedulePoll();
    try {
      for (const listener of this.#startedListeners) await listener(powerOn, reason);
    } catch (error) {
      // It restarted once more; that is told anew.
      if (!(error instanceof PowerLost)) this.#onFault(error);
    }
  }

  /** The board answers, but not as its description promises: no use to look for it again. */
  refuse(powerOn: PowerOn, error: unknown): void {
    powerOn.end(String(error));
    if (error instanceof PowerLost || powerOn !== this.#powerOn) return;
    this.#powerOn = undefined;
    this.#giveUp(String(error));
  }

  #giveUp(reason: string): void {
    this.#cancelPoll();
    try {
      for (const listener of this.#goneListeners) listener(reason);
    } catch (error) {
      this.#onFault(error);
    }
  }
}

const restartOf = (boot: AnyEvent | undefined): string =>
  `restarted (${typeof boot?.reason === "string" ? boot.reason : "its events began anew"})`;
