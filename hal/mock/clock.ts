import { type Cancel, type Clock, HalError, type MaybePromise } from "../board.ts";
import type { Power } from "./power.ts";
import type { Scheduler } from "./scheduler.ts";

/** Firmware's clock on the scheduler's virtual time, with a battery-backed time of day that can drift or be lost. */
export class MockClock implements Clock {
  readonly #scheduler: Scheduler;
  readonly #power: Power;
  readonly #timers = new Set<Cancel>();
  #onSinceMs = 0;
  #driftPpm = 0;
  #rtc: { readonly utcMs: number; readonly atMs: number } | undefined;
  /** Fault: a dead battery. The time of day is lost at the next power loss. */
  batteryDead = false;

  constructor(scheduler: Scheduler, power: Power) {
    this.#scheduler = scheduler;
    this.#power = power;
    power.whenOn(() => {
      this.#onSinceMs = scheduler.nowMs;
    });
    power.whenLost(() => this.#powerLost());
  }

  uptimeMs(): number {
    this.#power.require();
    return Math.floor(this.#scheduler.nowMs - this.#onSinceMs);
  }

  readRtcMs(): number | undefined {
    this.#power.require();
    return this.#rtcNow();
  }

  setRtcMs(utcMs: number): void {
    this.#power.require();
    if (!Number.isSafeInteger(utcMs) || utcMs < 0) {
      throw new HalError("hal/misuse", `clock: time of day must be whole ms since 1970, got ${utcMs}`, {
        utcMs,
      });
    }
    this.#rtc = { utcMs, atMs: this.#scheduler.nowMs };
  }

  after(delayMs: number, action: () => MaybePromise<void>): Cancel {
    this.#power.require();
    if (!(delayMs >= 0 && Number.isFinite(delayMs))) {
      throw new HalError("hal/misuse", `clock: delay must be 0 ms or more, got ${delayMs}`, { delayMs });
    }
    const cancel = this.#scheduler.after(delayMs, () => {
      this.#timers.delete(cancel);
      return this.#power.deliver(action);
    });
    this.#timers.add(cancel);
    return () => {
      this.#timers.delete(cancel);
      cancel();
    };
  }

  /** Fault: the crystal's error, parts per million; positive runs fast. Counts from now on. */
  get driftPpm(): number {
    return this.#driftPpm;
  }

  set driftPpm(ppm: number) {
    const utcMs = this.#rtcNow();
    if (utcMs !== undefined) this.#rtc = { utcMs, atMs: this.#scheduler.nowMs };
    this.#driftPpm = ppm;
  }

  /** Fault: the time of day is gone now. */
  loseRtc(): void {
    this.#rtc = undefined;
  }

  #rtcNow(): number | undefined {
    if (this.#rtc === undefined) return undefined;
    const elapsedMs = this.#scheduler.nowMs - this.#rtc.atMs;
    return Math.floor(this.#rtc.utcMs + elapsedMs * (1 + this.#driftPpm / 1e6));
  }

  #powerLost(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    if (this.batteryDead && !this.#power.restarting) this.#rtc = undefined;
  }
}
