/** Plays a recorded session back without its board, and finds where the host first does something else. */
import { CodedError } from "../../../hal/base/coded-error.ts";
import { LineSession, type Recording } from "../../../hal/serial/line/index.ts";
import { pause, realTimers, type Timers } from "../../../hal/serial/timers.ts";
import { flashBoards } from "../flash/flash-boards.ts";
import { readImageFile } from "../flash/pre-flight.ts";
import { BoardMonitor } from "../monitor.ts";
import type { OpenedBoard } from "../open-board.ts";
import type { RecordedRun, RecordedSession } from "../recorded-session.ts";
import type { RigBoard } from "../rig-file.ts";
import { type RunTarget, targetOn } from "../target.ts";
import { readChecked, sessionOf } from "./read-session.ts";
import { RecordedBoard, type RunDivergence } from "./recorded-board.ts";
import { bytesOf, Tape } from "./tape.ts";

export interface PlaybackOutcome {
  /** What was recorded, such as "monitor". */
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
  /** What limits what the playback says. */
  readonly notes: readonly string[];
}

export interface PlaybackOptions {
  readonly timers?: Timers;
  /** Of a flashing: where the image is now. */
  readonly image?: string | undefined;
  /** Of a run: throws when it must not be played back. Asked before anything is. */
  readonly checkRun: (run: RecordedRun) => void;
  /** Of a run: runs the scenarios on the target. */
  readonly runScenarios: (target: RunTarget, run: RecordedRun) => Promise<void>;
}

/** For who records a run in real time, and who plays one back. */
export const realTimeNote =
  "at --time-scale 1 the board's own clock drives the meter: a playback follows it to a few milliseconds only, and may diverge for that";

/** Throws `replay/...` when the file cannot be played back, `replay/file` with line and column when it is damaged. */
export async function playBackFile(file: string, options: PlaybackOptions): Promise<PlaybackOutcome> {
  const recording = readChecked(file);
  const session = sessionOf(recording, file);
  if (session.board.signed && session.command[0] !== "monitor")
    throw new CodedError("replay/signed", `${file}: its commands were signed, under counters of their time`, {
      advice:
        "It is a log of the session, and cannot be played back. Record on a board without a controlKey.",
    });
  if (session.run) options.checkRun(session.run);
  const again = session.run ? playBackRun : playBackBytes;
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

const openedOn = (session: RecordedSession, line: LineSession): OpenedBoard => ({
  board: boardOf(session),
  line,
  power: undefined,
  emulated: undefined,
  close: () => line.close(),
});

/** A run is a sequence of requests; its own time is that of the recording, whatever it takes now. */
async function playBackRun(
  recording: Recording,
  session: RecordedSession,
  { runScenarios }: PlaybackOptions,
) {
  const { run, startUtcMs = 0 } = session;
  const board = new RecordedBoard(recording, session.board.framing ?? "console", isCutOff(recording));
  const { timers } = board;
  const open = async () => board.open();
  const line = await LineSession.open(recording.line, { timers, open, giveUpAfterMs: 5000 });
  try {
    const target = await targetOn(run!.target, openedOn(session, line), {
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

async function playBackBytes(recording: Recording, session: RecordedSession, options: PlaybackOptions) {
  const { timers = realTimers } = options;
  const tape = new Tape(recording, timers);
  const open = async () => tape.next();
  const line = await LineSession.open(recording.line, { timers, open, giveUpAfterMs: 5000 });
  try {
    if (session.command[0] === "monitor") await playBackMonitor(openedOn(session, line), recording, timers);
    else await playBackFlash(openedOn(session, line), session.command, options, timers);
  } finally {
    await line.close();
  }
  const found = tape.divergence();
  const pastTheEnd = isCutOff(recording) && found?.expected === "";
  return pastTheEnd ? undefined : found;
}

async function playBackMonitor(opened: OpenedBoard, { events }: Recording, timers: Timers): Promise<void> {
  const monitor = new BoardMonitor(opened, () => {}, { timers });
  const ended = new Promise<void>((resolve) => void opened.line.onClose(() => resolve()));
  void monitor.start();
  await Promise.race([pause(timers, events.at(-1)?.tMs ?? 0), ended]);
  monitor.close();
}

async function playBackFlash(
  opened: OpenedBoard,
  command: readonly string[],
  { image = command[1] ?? "" }: PlaybackOptions,
  timers: Timers,
): Promise<void> {
  const at = command.indexOf("--window");
  await flashBoards([opened.board], readImage(image), {
    mode: command.includes("--test") ? "test" : "confirm",
    ...(at >= 0 && { window: Number(command[at + 1]) }),
    byVersion: command.includes("--by-version"),
    timers,
    preFlight: () => ({}),
    open: async () => opened,
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
