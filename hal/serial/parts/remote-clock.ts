import { type Cancel, type Clock, HalError, type MaybePromise } from "../../board.ts";
import { Command, clockResponse } from "./board-group.ts";
import type { PowerOn } from "./power-on.ts";
import { nothing, requireInteger } from "./remote-parts.ts";

/** Longest single timer of the host, ms: Node's are of 31 bits. */
const longestTimerMs = 0x7fff_ffff;

interface PendingTimer {
  readonly dueMs: number;
  readonly action: () => MaybePromise<void>;
  cancelled: boolean;
}

/**
 * The board's clock. Uptime is an estimate, corrected with every look at the board; timers run on the host and
 * fire when that uptime has come, as an event of the board.
 */
export class RemoteClock implements Clock {
  readonly #powerOn: PowerOn;
  /** By the time they are due, equal ones in order of setting. */
  #pending: PendingTimer[] = [];
  #cancelTimer: Cancel = () => {};

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
  }

  uptimeMs(): number {
    this.#powerOn.require();
    return this.#powerOn.uptime.readMs(this.#powerOn.timers.nowMs());
  }

  async readRtcMs(): Promise<number | undefined> {
    return (await this.#powerOn.read("clock", Command.clock, {}, clockResponse)).rtc;
  }

  async setRtcMs(utcMs: number): Promise<void> {
    requireInteger("time of day", utcMs);
    await this.#powerOn.write("clock", Command.clock, { rtc: utcMs }, nothing);
  }

  after(delayMs: number, action: () => MaybePromise<void>): Cancel {
    this.#powerOn.require();
    if (!(delayMs >= 0 && Number.isFinite(delayMs)))
      throw new HalError("hal/misuse", `clock: delay must be 0 ms or more, got ${delayMs}`, { delayMs });
    const timer: PendingTimer = { dueMs: this.#exactMs() + delayMs, action, cancelled: false };
    const later = this.#pending.findIndex(({ dueMs }) => dueMs > timer.dueMs);
    this.#pending.splice(later < 0 ? this.#pending.length : later, 0, timer);
    this.#arm();
    return () => {
      timer.cancelled = true;
      this.#pending = this.#pending.filter((other) => other !== timer);
      if (this.#pending.length === 0) this.#cancelTimer();
    };
  }

  /** One timer of the host, for the earliest: several would fire in an order of their own. */
  #arm(): void {
    this.#cancelTimer();
    const [first] = this.#pending;
    if (first === undefined) return;
    const leftMs = Math.max(0, first.dueMs - this.#exactMs());
    this.#cancelTimer = this.#powerOn.after(Math.min(leftMs, longestTimerMs), () => this.#fire());
  }

  #fire(): void {
    const nowMs = this.#exactMs() + 1e-6;
    for (
      let first = this.#pending[0];
      first !== undefined && first.dueMs <= nowMs;
      first = this.#pending[0]
    ) {
      const timer = first;
      this.#pending.shift();
      void this.#powerOn.post(() => (timer.cancelled ? undefined : timer.action()));
    }
    this.#arm();
  }

  #exactMs(): number {
    return this.#powerOn.uptime.exactMs(this.#powerOn.timers.nowMs());
  }
}
