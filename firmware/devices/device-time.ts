/** Time as a device knows it: the battery-backed clock at boot, uptime since, and what commands set. */
import type { Board } from "../../hal/board.ts";
import { NEVER } from "../wire/message.ts";

interface Appointment {
  readonly atS: number;
  readonly action: () => Promise<void>;
  cancelTimer: () => void;
}

/** Longest single timer: a longer wait is aimed again, so that no board needs timers of years. */
const longestTimerMs = 24 * 3_600_000;

export class DeviceTime {
  readonly #board: Board;
  /** Puts an action into the device's loop. */
  readonly #post: (action: () => Promise<void>) => Promise<void>;
  readonly #appointments = new Set<Appointment>();
  /** UTC of power-on, milliseconds. */
  #epochMs: number;
  #isSet: boolean;

  static async open(board: Board, post: (action: () => Promise<void>) => Promise<void>): Promise<DeviceTime> {
    return new DeviceTime(board, post, await board.clock.readRtcMs());
  }

  private constructor(
    board: Board,
    post: (action: () => Promise<void>) => Promise<void>,
    rtcMs: number | undefined,
  ) {
    this.#board = board;
    this.#post = post;
    this.#isSet = rtcMs !== undefined;
    this.#epochMs = (rtcMs ?? 0) - board.clock.uptimeMs();
  }

  get isSet(): boolean {
    return this.#isSet;
  }

  /** UTC seconds; counts from 1970 at power-on while never set. */
  nowS(): number {
    return Math.floor(this.#nowMs() / 1000);
  }

  /** Moves the time, the battery-backed clock, and every appointment. */
  async set(utcS: number): Promise<void> {
    await this.#board.clock.setRtcMs(utcS * 1000);
    this.#epochMs = utcS * 1000 - this.#board.clock.uptimeMs();
    this.#isSet = true;
    for (const appointment of this.#appointments) this.#aim(appointment);
  }

  /** Runs `action` in the device's loop at UTC `atS`, at once when that is past, never for NEVER. */
  at(atS: number, action: () => Promise<void>): () => void {
    if (atS >= NEVER) return () => {};
    const appointment: Appointment = { atS, action, cancelTimer: () => {} };
    this.#appointments.add(appointment);
    this.#aim(appointment);
    return () => {
      appointment.cancelTimer();
      this.#appointments.delete(appointment);
    };
  }

  #nowMs(): number {
    return this.#epochMs + this.#board.clock.uptimeMs();
  }

  #aim(appointment: Appointment): void {
    appointment.cancelTimer();
    const waitMs = Math.max(0, appointment.atS * 1000 - this.#nowMs());
    appointment.cancelTimer = this.#board.clock.after(Math.min(waitMs, longestTimerMs), () =>
      this.#due(appointment),
    );
  }

  #due(appointment: Appointment): Promise<void> | undefined {
    if (appointment.atS * 1000 > this.#nowMs()) {
      this.#aim(appointment);
      return undefined;
    }
    return this.#post(async () => {
      // Cancelled, or moved by a new time, while it waited its turn.
      if (this.#appointments.delete(appointment)) await appointment.action();
    });
  }
}
