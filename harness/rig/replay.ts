/** Runs a recorded session again without its board, and finds where the host first does something else. */
import { CodedError } from "../../hal/base/coded-error.ts";
import {
  type Line,
  LineError,
  LineSession,
  type Recording,
  type ReplayLine,
  readRecording,
  replayLine,
} from "../../hal/serial/line/index.ts";
import { pause, realTimers, type Timers } from "../../hal/serial/timers.ts";
import { readTextFile } from "../input/text.ts";
import type { OpenBoard } from "./find.ts";
import { flashBoards } from "./flash/flash-boards.ts";
import { readImageFile } from "./flash/pre-flight.ts";
import { BoardMonitor } from "./monitor.ts";
import { type RecordedRun, type RecordedSession, recordedSession } from "./recorded-session.ts";
import { RecordedBoard, type RunDivergence } from "./replay/recorded-board.ts";
import type { RigBoard } from "./rig-file.ts";
import { type RunTarget, targetOn } from "./target.ts";

export interface ReplayOutcome {
  /** What was run again, such as "monitor". */
  readonly command: string;
  readonly events: number;
  /** Of the session's bytes, both ways. */
  readonly bytes: { readonly out: number; readonly in: number };
  /** Where the host first did something else. Of a run `expected` and `got` are whole SMP packets, in hex. */
  readonly divergence:
    | (RunDivergence & {
        /** Of the bytes that the host wrote, counted over the session; not of a run. */
        readonly offset?: number;
      })
    | undefined;
  /** What limits what the replay says. */
  readonly notes: readonly string[];
}

export interface ReplayOptions {
  readonly timers?: Timers;
  /** Of a flashing: where the image is now. */
  readonly image?: string | undefined;
  /** Of a run: throws when it must not be run again. Asked before anything is. */
  readonly checkRun: (run: RecordedRun) => void;
  /** Of a run: runs the scenarios on the target. */
  readonly runScenarios: (target: RunTarget, run: RecordedRun) => Promise<void>;
}

/** For who records a run in real time, and who replays one. */
export const realTimeNote =
  "at --time-scale 1 the board's own clock drives the meter: a replay follows it to a few milliseconds only, and may diverge for that";

/** Throws `replay/...` when the file cannot be run again, `replay/file` with line and column when it is damaged. */
export async function replayFile(file: string, options: ReplayOptions): Promise<ReplayOutcome> {
  const recording = readChecked(file);
  const session = sessionOf(recording, file);
  if (session.board.signed && session.command[0] !== "monitor")
    throw new CodedError("replay/signed", `${file}: its commands were signed, under counters of their time`, {
      advice: "It is a log of the session, and cannot be run again. Record on a board without a controlKey.",
    });
  if (session.run) options.checkRun(session.run);
  const again = session.run ? rerunRun : rerunBytes;
  const bytes = { out: bytesOf(recording.events, "out"), in: bytesOf(recording.events, "in") };
  const divergence = await again(recording, session, options);
  const { events } = recording;
  return {
    command: session.command.join(" "),
    events: events.length,
    bytes,
    divergence,
    notes: notesOf(recording, session),
  };
}

/** A session that was ended has a last row that says so. */
const isCutOff = ({ events, torn }: Recording): boolean => torn || events.at(-1)?.kind !== "close";

function notesOf(recording: Recording, { run }: RecordedSession): string[] {
  return [
    ...(isCutOff(recording) ? ["the recording was cut off; what is compared ends where it ends"] : []),
    ...(run?.timeScale === 1 ? [realTimeNote] : []),
  ];
}

const boardOf = ({ board }: RecordedSession): RigBoard => ({ id: "recorded", labels: [], ...board });

const openOn = (session: RecordedSession, line: LineSession): OpenBoard => ({
  board: boardOf(session),
  line,
  power: undefined,
  emulated: undefined,
  close: () => line.close(),
});

/** A run is a sequence of requests; its own time is that of the recording, whatever it takes now. */
async function rerunRun(recording: Recording, session: RecordedSession, { runScenarios }: ReplayOptions) {
  const { run, startUtcMs = 0 } = session;
  const board = new RecordedBoard(recording, session.board.framing ?? "console", isCutOff(recording));
  const { timers } = board;
  const open = async () => board.open();
  const line = await LineSession.open(recording.line, { timers, open, giveUpAfterMs: 5000 });
  try {
    const target = await targetOn(run!.target, openOn(session, line), {
      timers,
      startUtcMs,
      asksVersion: run!.asksVersion,
    });
    await runScenarios(target, run!);
    await target.close();
  } catch (error) {
    // Where the run has diverged nobody answers any more.
    const found = board.finish();
    if (found === undefined) throw error;
  } finally {
    await line.close();
  }
  return board.finish();
}

async function rerunBytes(recording: Recording, session: RecordedSession, options: ReplayOptions) {
  const { timers = realTimers } = options;
  const tape = new Tape(recording, timers);
  const open = async () => tape.next();
  const line = await LineSession.open(recording.line, { timers, open, giveUpAfterMs: 5000 });
  try {
    if (session.command[0] === "monitor") await rerunMonitor(openOn(session, line), recording, timers);
    else await rerunFlash(openOn(session, line), session.command, options, timers);
  } finally {
    await line.close();
  }
  const found = tape.divergence();
  const pastTheEnd = isCutOff(recording) && found?.expected === "";
  return pastTheEnd ? undefined : found;
}

async function rerunMonitor(open: OpenBoard, { events }: Recording, timers: Timers): Promise<void> {
  const monitor = new BoardMonitor(open, () => {}, { timers });
  const ended = new Promise<void>((resolve) => void open.line.onClose(() => resolve()));
  void monitor.start();
  await Promise.race([pause(timers, events.at(-1)?.tMs ?? 0), ended]);
  monitor.close();
}

async function rerunFlash(
  open: OpenBoard,
  command: readonly string[],
  { image = command[1] ?? "" }: ReplayOptions,
  timers: Timers,
): Promise<void> {
  const at = command.indexOf("--window");
  await flashBoards([open.board], readImage(image), {
    mode: command.includes("--test") ? "test" : "confirm",
    ...(at >= 0 && { window: Number(command[at + 1]) }),
    byVersion: command.includes("--by-version"),
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

  /** The first place where a byte was another one, or was missing, or too many. */
  divergence(): ReplayOutcome["divergence"] {
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

const bytesOf = (events: Recording["events"], wanted: "in" | "out"): number =>
  events.reduce(
    (sum, event) => sum + (event.kind === wanted ? (event as { hex: string }).hex.length / 2 : 0),
    0,
  );

function readChecked(file: string): Recording {
  const advice = "Give a file that --record has written.";
  try {
    return readRecording(readTextFile(file), file);
  } catch (error) {
    const why =
      error instanceof LineError ? error.message : `${file}: cannot be read (${(error as Error).message})`;
    throw new CodedError("replay/file", why, { advice }, error);
  }
}

/** What made the recording stands in its header. */
function sessionOf({ header }: Recording, file: string): RecordedSession {
  const { data, error } = recordedSession.safeParse({ command: [], ...header });
  if (data === undefined) {
    const { path = [], message } = error.issues[0] ?? {};
    throw new CodedError("replay/file", `${file}:1: the header's ${path.join(".")}: ${message}`, {
      advice: "Give a file that --record has written.",
    });
  }
  const [name] = data.command;
  if (name === "monitor" || name === "flash" || (name === "run" && data.run !== undefined)) return data;
  const what = name === undefined ? "does not say what made it" : `was made by ${data.command.join(" ")}`;
  throw new CodedError("replay/command", `${file} ${what}, which cannot be run again`, {
    advice: "Record with --record FILE of `meterbench monitor`, `meterbench flash` or `meterbench run`.",
  });
}

function readImage(file: string): Uint8Array {
  try {
    return readImageFile(file);
  } catch (cause) {
    throw new CodedError("replay/file", `the image ${file} cannot be read (${(cause as Error).message})`, {
      advice: "Say where it is now with --image FILE.",
    });
  }
}
