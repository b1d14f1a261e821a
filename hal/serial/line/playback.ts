/** Plays the board's half of a recorded session to a host that plays it back. */
import { fromHex, toLowerHex } from "../../base/hex.ts";
import { realTimers, type Timers } from "../timers.ts";
import { BaseLine } from "./base-line.ts";
import type { LineSettings, ModemInputs } from "./line.ts";
import type { RecordedEvent, Recording } from "./recording.ts";

/** Where this run first left the recorded way. */
export interface Divergence {
  /** Of the bytes that the host wrote, counted over the session. */
  readonly offset: number;
  /** The row of the recording's event list; its length when the host wrote on after the end. */
  readonly event: number;
  readonly tMs: number;
  /** Up to 16 bytes from the first that differs, in hex; empty where no more were expected, or came. */
  readonly expected: string;
  readonly got: string;
}

type Played = Pick<Recording, "line" | "events">;

export interface PlaybackOptions {
  /** `recorded`: the board answers as late as it did then. Default `at-once`. */
  readonly pace?: "at-once" | "recorded";
  readonly timers?: Timers;
}

/**
 * A line on which the board says what it said in `recording`, as soon as the host has written what it wrote then;
 * how the bytes are cut into writes does not matter. The first other byte is the divergence: the line closes, and
 * that write and later ones reject.
 */
export function playBack(recording: Played, options: PlaybackOptions = {}): PlaybackLine {
  return new PlaybackLine(recording, options);
}

const shownBytes = 16;

export class PlaybackLine extends BaseLine {
  /** Accepts the changes that the recording has, and tells the modem lines as they were then. */
  readonly settings: LineSettings;
  readonly #events: readonly RecordedEvent[];
  readonly #pace: "at-once" | "recorded";
  #next = 0;
  /** Bytes of the `out` event at `#next` that the host has written. */
  #matched = 0;
  #offset = 0;
  #scheduled = false;
  #divergence: Divergence | undefined;
  #modem: ModemInputs | undefined;
  readonly #modemListeners = new Set<(lines: ModemInputs) => void>();

  constructor({ line, events }: Played, { pace = "at-once", timers = realTimers }: PlaybackOptions) {
    super(line, timers, 10_000);
    this.#events = events;
    this.#pace = pace;
    this.settings = this.#acceptedSettings();
    this.#schedule();
  }

  get divergence(): Divergence | undefined {
    return this.#divergence;
  }

  /** To call when the host is done: what it has not written that it wrote then is a divergence too. */
  finish(): Divergence | undefined {
    const missing = this.#events.findIndex((event, index) => index >= this.#next && event.kind === "out");
    if (this.#divergence === undefined && missing >= 0) {
      const from = missing === this.#next ? this.#matched : 0;
      this.#divergence = this.#difference(missing, bytesOf(this.#events[missing]).subarray(from), noBytes);
    }
    return this.#divergence;
  }

  protected override async send(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) rest = this.#match(rest);
    this.#schedule();
  }

  protected override async release(): Promise<void> {}

  /** Compares with the next recorded write, and returns what goes beyond it. */
  #match(bytes: Uint8Array): Uint8Array {
    const index = this.#events.findIndex((event, at) => at >= this.#next && event.kind === "out");
    const from = index === this.#next ? this.#matched : 0;
    const expected = bytesOf(this.#events[index]).subarray(from);
    const length = Math.min(expected.length, bytes.length);
    const differs = bytes.subarray(0, length).findIndex((byte, at) => byte !== expected[at]);
    const same = differs >= 0 ? differs : length;
    this.#offset += same;
    if (differs >= 0 || index < 0) throw this.#diverge(index, expected.subarray(same), bytes.subarray(same));
    if (index > this.#next) this.#skipTo(index);
    this.#matched += length;
    if (length === expected.length) this.#advance();
    return bytes.subarray(length);
  }

  /** The host was quicker than then: what the board said before comes now, then the write counts. */
  #skipTo(index: number): void {
    while (this.#next < index && this.closedReason === undefined) this.#play();
  }

  #diverge(index: number, expected: Uint8Array, got: Uint8Array): Error {
    this.#divergence ??= this.#difference(index < 0 ? this.#events.length : index, expected, got);
    const { offset, expected: was, got: is } = this.#divergence;
    const message = `the run diverges from the recording at byte ${offset} of what the host wrote: expected ${was || "nothing more"}, got ${is}`;
    this.lost(message);
    return this.error("line/diverged", message);
  }

  #difference(event: number, expected: Uint8Array, got: Uint8Array): Divergence {
    return {
      offset: this.#offset,
      event,
      tMs: (this.#events[event] ?? this.#events.at(-1))?.tMs ?? 0,
      expected: toLowerHex(expected.subarray(0, shownBytes)),
      got: toLowerHex(got.subarray(0, shownBytes)),
    };
  }

  #advance(): void {
    this.#next++;
    this.#matched = 0;
  }

  /** Plays on, later, while the next event is the board's. */
  #schedule(): void {
    const event = this.#events[this.#next];
    if (this.#scheduled || event === undefined || event.kind === "out" || this.closedReason !== undefined)
      return;
    this.#scheduled = true;
    const play = () => {
      this.#scheduled = false;
      if (this.#events[this.#next] === event) this.#play();
      this.#schedule();
    };
    if (this.#pace === "at-once") queueMicrotask(play);
    else this.timers.after(event.tMs - (this.#events[this.#next - 1]?.tMs ?? 0), play);
  }

  #play(): void {
    const event = this.#events[this.#next];
    this.#advance();
    if (event?.kind === "in") this.received(bytesOf(event));
    if (event?.kind === "modem") this.#modemChanged(event.lines);
    if (event?.kind === "close") this.lost(event.reason);
  }

  #modemChanged(lines: ModemInputs): void {
    this.#modem = lines;
    for (const listener of [...this.#modemListeners]) listener(lines);
  }

  #acceptedSettings(): LineSettings {
    const settings: Record<string, unknown> = {};
    for (const event of this.#events) if (event.kind === "setting") settings[event.name] = async () => {};
    if (!this.#events.some((event) => event.kind === "modem")) return settings;
    return {
      ...settings,
      onModemLines: (listener) => {
        this.#modemListeners.add(listener);
        return () => void this.#modemListeners.delete(listener);
      },
      readModemLines: async () => {
        if (this.#modem !== undefined) return this.#modem;
        throw this.error("line/unsupported", "the recording has not told the modem lines yet");
      },
    };
  }
}

const noBytes = new Uint8Array(0);

const bytesOf = (event: RecordedEvent | undefined): Uint8Array =>
  event?.kind === "out" || event?.kind === "in" ? fromHex(event.hex) : noBytes;
