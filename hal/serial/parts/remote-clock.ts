import { type Cancel, type Clock, HalError, type MaybePromise } from "../../board.ts";
import { Command, clockResponse } from "./board-group.ts";
import { nothing, requireInteger } from "./remote-parts.ts";
import type { Session } from "./session.ts";

/** Longest single timer of the host, ms: Node's are of 31 bits. */
const longestTimerMs = 0x7fff_ffff;

/**
 * The board's clock. Uptime is an estimate, corrected with every look at the board; timers run on the host and
 * fire when that uptime has come, as an event of the board.
 */
export class RemoteClock implements Clock {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  uptimeMs(): number {
    this.#session.require();
    return this.#session.uptime.readMs(this.#session.timers.nowMs());
  }

  async readRtcMs(): Promise<number | undefined> {
    return (await this.#session.read("clock", Command.clock, {}, clockResponse)).rtc;
  }

  async setRtcMs(utcMs: number): Promise<void> {
    requireInteger("time of day", utcMs);
    await this.#session.write("clock", Command.clock, { rtc: utcMs }, nothing);
  }

  after(delayMs: number, action: () => MaybePromise<void>): Cancel {
    this.#session.require();
    if (!(delayMs >= 0 && Number.isFinite(delayMs)))
      throw new HalError("hal/misuse", `clock: delay must be 0 ms or more, got ${delayMs}`, { delayMs });
    const dueMs = this.#exactMs() + delayMs;
    let cancelled = false;
    let cancelTimer: Cancel = () => {};
    const arm = (): void => {
      const leftMs = Math.max(0, dueMs - this.#exactMs());
      cancelTimer = this.#session.after(Math.min(leftMs, longestTimerMs), () => {
        if (this.#exactMs() < dueMs - 1e-6) arm();
        else void this.#session.post(() => (cancelled ? undefined : action()));
      });
    };
    arm();
    return () => {
      cancelled = true;
      cancelTimer();
    };
  }

  #exactMs(): number {
    return this.#session.uptime.exactMs(this.#session.timers.nowMs());
  }
}
