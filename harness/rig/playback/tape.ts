/** A recorded session of bytes as the lines that its host opens, one after the other. */
import {
  type Line,
  LineError,
  type PlaybackLine,
  playBack,
  type Recording,
} from "../../../hal/serial/line/index.ts";
import type { Timers } from "../../../hal/serial/timers.ts";
import type { RunDivergence } from "./recorded-board.ts";

/** Where the host first wrote something else. */
export interface TapeDivergence extends RunDivergence {
  /** Of the bytes that the host wrote, counted over the session. */
  readonly offset: number;
}

/** The recording cut where its line was lost: each opening of the line gets the next piece. */
export class Tape {
  /** `playedBack` counts its time from where the piece before ended. */
  readonly #pieces: { events: Recording["events"]; playedBack: Recording["events"] }[] = [];
  readonly #lines: { line: PlaybackLine; offset: number; firstEvent: number }[] = [];
  readonly #recording: Recording;
  readonly #timers: Timers;

  constructor(recording: Recording, timers: Timers) {
    this.#recording = recording;
    this.#timers = timers;
    let from = 0;
    recording.events.forEach(({ kind }, index) => {
      if (kind !== "close" && index < recording.events.length - 1) return;
      const startMs = recording.events[from - 1]?.tMs ?? 0;
      const events = recording.events.slice(from, index + 1);
      this.#pieces.push({
        events,
        playedBack: events.map((event) => ({ ...event, tMs: event.tMs - startMs })),
      });
      from = index + 1;
    });
  }

  next(): Line {
    const index = this.#lines.length;
    const piece = this.#pieces[index];
    if (piece === undefined)
      throw new LineError("line/not-found", "the recording ends here: the line was not opened again", {});
    const firstEvent = this.#pieces.slice(0, index).reduce((sum, { events }) => sum + events.length, 0);
    const offset = this.#pieces.slice(0, index).reduce((sum, { events }) => sum + bytesOf(events, "out"), 0);
    const { line: name } = this.#recording;
    const line = playBack(
      { line: name, events: piece.playedBack },
      { pace: "recorded", timers: this.#timers },
    );
    this.#lines.push({ line, offset, firstEvent });
    return line;
  }

  /** The first place where a byte was another one, or was missing, or too many. */
  divergence(): TapeDivergence | undefined {
    for (const { line, offset, firstEvent } of this.#lines) {
      const found = line.finish();
      if (found === undefined) continue;
      const event = found.event + firstEvent;
      const tMs = this.#recording.events[event]?.tMs ?? found.tMs;
      return { ...found, tMs, offset: found.offset + offset, event, why: whyOf(found) };
    }
    const left = this.#pieces.slice(this.#lines.length).find(({ events }) => bytesOf(events, "out") > 0);
    if (left === undefined) return undefined;
    const event = this.#recording.events.indexOf(left.events[0]!);
    const tMs = left.events[0]!.tMs;
    const offset = bytesOf(this.#recording.events.slice(0, event), "out");
    return { offset, event, tMs, expected: "", got: "", why: "the line was not opened again" };
  }
}

const whyOf = ({ expected, got }: { readonly expected: string; readonly got: string }): string =>
  got === ""
    ? "the host stopped writing"
    : expected === ""
      ? "the host wrote more"
      : "the host wrote other bytes";

export const bytesOf = (events: Recording["events"], wanted: "in" | "out"): number =>
  events.reduce(
    (sum, event) => sum + (event.kind === wanted ? (event as { hex: string }).hex.length / 2 : 0),
    0,
  );
