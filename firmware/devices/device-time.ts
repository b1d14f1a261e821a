/**
 * Time as a device knows it: the battery-backed clock, and what corrections have added to it. A correction stands in
 * the journal, not in that clock, so that it is one commit with its log entry and its answer.
 */
import type { Board } from "../../hal/board.ts";
import type { Journal, JournalChange } from "../kernel/journal.ts";
import { Kept } from "../kernel/kept.ts";
import { NEVER, UNSET_TIME } from "../wire/message.ts";

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
  /** Device time minus battery-backed clock, milliseconds. */
  readonly #shiftMs: Kept<number>;
  /** UTC of power-on, milliseconds. */
  #epochMs: number;
  #isSet: boolean;

  static async open(
    board: Board,
    journal: Journal,
    post: (action: () => Promise<void>) => Promise<void>,
  ): Promise<DeviceTime> {
    return new DeviceTime(board, journal, post, await board.clock.readRtcMs());
  }

  private constructor(
    board: Board,
    journal: Journal,
    post: (action: () => Promise<void>) => Promise<void>,
    rtcMs: number | undefined,
  ) {
    this.#board = board;
    this.#post = post;
    this.#shiftMs = new Kept(journal, "time/shift-ms", 0);
    this.#isSet = rtcMs !== undefined;
    this.#epochMs = (rtcMs === undefined ? 0 : rtcMs + this.#shiftMs.value) - board.clock.uptimeMs();
  }

  get isSet(): boolean {
    return this.#isSet;
  }

  /** UTC seconds; counts from 1970 at power-on while never set. */
  nowS(): number {
    return Math.floor(this.#nowMs() / 1000);
  }

  /** The time to write down: UNSET_TIME while never set. */
  stampS(): number {
    return this.#isSet ? this.nowS() : UNSET_TIME;
  }

  /** Moves the time, the battery-backed clock, and every appointment. */
  async set(utcS: number): Promise<void> {
    await this.#board.clock.setRtcMs(Math.max(0, utcS * 1000 - this.#shiftMs.value));
    this.#isSet = true;
    this.#moveTo(utcS);
  }

  /** Moves a time that was set before; `commit` must make the change durable or throw. */
  async adjust(utcS: number, commit: (change: JournalChange) => Promise<void>): Promise<void> {
    await this.#shiftMs.keepWith(this.#shiftMs.value + utcS * 1000 - this.#nowMs(), commit);
    this.#moveTo(utcS);
  }

  #moveTo(utcS: number): void {
    this.#epochMs = utcS * 1000 - this.#board.clock.uptimeMs();
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
