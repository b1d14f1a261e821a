/** Runs a recorded session again without its board, and finds where the host first does something else. */
import { readFileSync } from "node:fs";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import {
  type Divergence,
  type Line,
  LineError,
  LineSession,
  type Recording,
  type ReplayLine,
  readRecording,
  replayLine,
} from "../../hal/serial/line/index.ts";
import { pause, realTimers, type Timers } from "../../hal/serial/timers.ts";
import type { OpenBoard } from "./find.ts";
import { flashBoards } from "./flash/flash-boards.ts";
import { BoardMonitor } from "./monitor.ts";

export interface ReplayOutcome {
  /** What was run again, such as "monitor". */
  readonly command: string;
  readonly events: number;
  /** Of the session's bytes, both ways. */
  readonly bytes: { readonly out: number; readonly in: number };
  readonly divergence: (Divergence & { readonly why: string }) | undefined;
}

/** Throws `replay/...` when the file cannot be run again, `replay/file` with line and column when it is damaged. */
export async function replayFile(file: string, timers: Timers = realTimers): Promise<ReplayOutcome> {
  const text = readText(file);
  const recording = checked(text, file);
  const command = commandOf(text, file);
  const tape = new Tape(recording, timers);
  await rerun(command, recording, tape, timers);
  return {
    command: command.join(" "),
    events: recording.events.length,
    bytes: { out: tape.bytes("out"), in: tape.bytes("in") },
    divergence: tape.divergence(),
  };
}

async function rerun(command: string[], recording: Recording, tape: Tape, timers: Timers): Promise<void> {
  const line = await LineSession.open(recording.line, {
    timers,
    open: async () => tape.next(),
    giveUpAfterMs: 5000,
  });
  try {
    if (command[0] === "monitor") await rerunMonitor(line, recording, timers);
    else await rerunFlash(line, command, timers);
  } finally {
    await line.close();
  }
}

async function rerunMonitor(line: LineSession, { events }: Recording, timers: Timers): Promise<void> {
  const monitor = new BoardMonitor(line, () => {}, { timers });
  const ended = new Promise<void>((resolve) => void line.onClose(() => resolve()));
  void monitor.start();
  await Promise.race([pause(timers, events.at(-1)?.tMs ?? 0), ended]);
  monitor.close();
}

async function rerunFlash(line: LineSession, command: readonly string[], timers: Timers): Promise<void> {
  const [, image = ""] = command;
  const at = command.indexOf("--window");
  const open: OpenBoard = {
    board: { id: "recorded", kind: "serial", labels: [] },
    line,
    power: undefined,
    emulated: undefined,
    close: () => line.close(),
  };
  await flashBoards([open.board], readImage(image), {
    mode: command.includes("--test") ? "test" : "confirm",
    ...(at >= 0 && { window: Number(command[at + 1]) }),
    timers,
    preFlight: () => ({}),
    open: async () => open,
  });
}

/** The recording cut where its line was lost: each opening of the line gets the next piece. */
class Tape {
  /** `replayed` counts its time from where the piece before ended. */
  readonly #pieces: { events: Recording["events"]; replayed: Recording["events"] }[] = [];
  readonly #lines: { line: ReplayLine; offset: number; firstEvent: number }[] = [];
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
        replayed: events.map((event) => ({ ...event, tMs: event.tMs - startMs })),
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
    const line = replayLine(
      { line: name, events: piece.replayed },
      { pace: "recorded", timers: this.#timers },
    );
    this.#lines.push({ line, offset, firstEvent });
    return line;
  }

  bytes(kind: "in" | "out"): number {
    return bytesOf(this.#recording.events, kind);
  }

  /** The first place where a byte was another one, or was missing, or too many. */
  divergence(): (Divergence & { why: string }) | undefined {
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

const whyOf = ({ expected, got }: Divergence): string =>
  got === ""
    ? "the host stopped writing"
    : expected === ""
      ? "the host wrote more"
      : "the host wrote other bytes";

const bytesOf = (events: Recording["events"], wanted: "in" | "out"): number =>
  events.reduce(
    (sum, event) => sum + (event.kind === wanted ? (event as { hex: string }).hex.length / 2 : 0),
    0,
  );

function checked(text: string, file: string): Recording {
  try {
    return readRecording(text, file);
  } catch (error) {
    const advice = "Give a file that --record has written.";
    throw new MeterbenchError("replay/file", (error as Error).message, { advice }, error);
  }
}

/** What made the recording stands in its header. */
function commandOf(text: string, file: string): string[] {
  const { command } = JSON.parse(text.slice(0, text.indexOf("\n"))) as { command?: unknown };
  const known = Array.isArray(command) && command.every((word) => typeof word === "string") ? command : [];
  if (known[0] === "monitor" || known[0] === "flash") return known;
  const what = known.length === 0 ? "does not say what made it" : `was made by ${known.join(" ")}`;
  throw new MeterbenchError("replay/command", `${file} ${what}: only monitor and flash can be run again`, {
    advice:
      known[0] === "run"
        ? "The order of a run's requests hangs on real time. Run the scenarios again on the board."
        : "Record with `meterbench monitor --record FILE` or `meterbench flash --record FILE`.",
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new MeterbenchError("replay/file", `${file}: cannot be read (${(cause as Error).message})`, {
      advice: "Give a file that --record has written.",
    });
  }
}

function readImage(file: string): Uint8Array {
  try {
    return Uint8Array.from(readFileSync(file));
  } catch (cause) {
    throw new MeterbenchError(
      "replay/file",
      `the image ${file} of the recording cannot be read (${(cause as Error).message})`,
      { advice: "Put the image back where it was when the session was recorded." },
    );
  }
}
