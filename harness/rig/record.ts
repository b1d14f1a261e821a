/** Keeps what is said on a board's line in a file, for `meterbench replay`. */
import { appendFileSync, writeFileSync } from "node:fs";
import { CodedError } from "../../hal/base/coded-error.ts";
import { type Line, type LineSessionOptions, recordLine } from "../../hal/serial/line/index.ts";
import type { Timers } from "../../hal/serial/timers.ts";
import type { RecordedRun, RecordedSession } from "./recorded-session.ts";
import type { RigBoard } from "./rig-file.ts";

export interface RecordOptions {
  /** A file that the session is recorded to. */
  readonly record?: string;
  /** Who will play it back: the command line that made the recording. */
  readonly command?: readonly string[];
  /** When that is a run: what it runs. */
  readonly run?: RecordedRun;
  /** UTC when the session starts, milliseconds. Default: now. */
  readonly startUtcMs?: number;
}

/** The same way of opening a line, recorded; each opening goes on in the same recording. */
export function recorded(
  open: NonNullable<LineSessionOptions["open"]>,
  board: RigBoard,
  { record, command = [], run, startUtcMs = Date.now() }: RecordOptions,
  timers: Timers,
): NonNullable<LineSessionOptions["open"]> {
  if (record === undefined) return open;
  writeFileSync(record, "");
  let startMs: number | undefined;
  const { kind, parts, framing, baud, controlKey } = board;
  const about: RecordedSession = {
    command: [...command],
    startUtcMs,
    board: { kind, parts, framing, baud, signed: controlKey !== undefined || undefined },
    run,
  };
  const keep = (row: string, isFirst: boolean): void => {
    if (isFirst || !isHeader(row)) appendFileSync(record, row);
  };
  return async (name, lineOptions) => {
    const line: Line = await open(name, lineOptions);
    const isFirst = startMs === undefined;
    startMs ??= timers.nowMs();
    return recordLine(line, (row) => keep(row, isFirst), countingFrom(startMs, timers), { ...about });
  };
}

/** A recording counts from when it asks for the time first: from `startMs`, on whatever opening of the line. */
function countingFrom(startMs: number, timers: Timers): Timers {
  let asked = false;
  const nowMs = (): number => {
    const first = !asked;
    asked = true;
    return first ? startMs : timers.nowMs();
  };
  return { nowMs, after: timers.after };
}

const isHeader = (row: string): boolean => row.startsWith('{"format"');

/** Whether a recording can be kept there; what it holds stays for now. Throws `cli/usage`. */
export function requireWritable(file: string): void {
  try {
    appendFileSync(file, "");
  } catch (cause) {
    throw new CodedError(
      "cli/usage",
      `the recording ${file} cannot be written (${(cause as Error).message})`,
      {
        advice: "Give another file with --record FILE.",
      },
    );
  }
}
