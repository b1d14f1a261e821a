/** From a board's name to an open line: by the rig file, or a port's own name. */
import { appendFileSync, writeFileSync } from "node:fs";
import { hasCode, MeterbenchError } from "../../firmware/kernel/errors.ts";
import { EmulatedBoard } from "../../hal/emulated/index.ts";
import {
  findPort,
  type Line,
  LineSession,
  type LineSessionOptions,
  recordLine,
  stableName,
} from "../../hal/serial/line/index.ts";
import { lineAddress, openLine } from "../../hal/serial/line/open-line.ts";
import type { ControlKey } from "../../hal/serial/parts/index.ts";
import type { SmpClientOptions } from "../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";
import { nearest } from "../near-miss.ts";
import { controlKeyOf } from "./control-key.ts";
import { BoardLock, portIdentity } from "./lock.ts";
import { type BoardPower, emulatedPower, hookPower } from "./power.ts";
import type { RecordedRun, RecordedSession } from "./recorded-session.ts";
import type { Rig, RigBoard } from "./rig-file.ts";

/**
 * The boards that are meant: by id, by label, or a port directly, in any of the ways `findPort` knows; each once, however
 * often it is named. Rejects with `rig-file/no-board` and what there is, `line/ambiguous`, or `line/syntax` for an
 * address that is none.
 */
export async function chooseBoards(
  rig: Rig,
  names: readonly string[] | "all",
  find: typeof findPort = findPort,
): Promise<RigBoard[]> {
  if (names !== "all") {
    const boards = (await Promise.all(names.map((name) => named(rig, name, find)))).flat();
    const ports = boards.map(({ port, dir }) => portIdentity(port ?? (dir as string)));
    return boards.filter((_board, i) => ports.indexOf(ports[i] as string) === i);
  }
  if (rig.boards.length > 0) return [...rig.boards];
  throw new MeterbenchError("rig-file/no-board", "there is no rig file, so --all names no board", {
    advice: "Write a rig.yaml, give --rig FILE, or name a port with --board.",
  });
}

/** One board by name. Rejects as {@link chooseBoards} does. */
export async function chooseBoard(rig: Rig, name: string, find = findPort): Promise<RigBoard> {
  const boards = await named(rig, name, find);
  if (boards.length === 1) return boards[0] as RigBoard;
  throw new MeterbenchError(
    "rig-file/no-board",
    `"${name}" means ${boards.length} boards (${boards.map((b) => b.id).join(", ")})`,
    { advice: "Name one of them by its id." },
  );
}

async function named(rig: Rig, name: string, find: typeof findPort): Promise<RigBoard[]> {
  const byId = rig.boards.filter(({ id, name: long }) => id === name || long === name);
  if (byId.length > 0) return byId;
  const byPort = rig.boards.filter(
    ({ port }) => port !== undefined && portIdentity(port) === portIdentity(name),
  );
  if (byPort.length > 0) return byPort;
  const byLabel = rig.boards.filter(({ labels }) => labels.includes(name));
  if (byLabel.length > 0) return byLabel;
  if (name === "emulated") return [emulatedBoard];
  // Without a rig file it can be nothing but a port; whether it is there shows when it is opened.
  if (/[/:]/.test(name) || rig.file === undefined || (await isPort(name, find))) return [portBoard(name)];
  throw noBoard(rig, name);
}

/** A USB serial, a position, a device's name. */
async function isPort(name: string, find: typeof findPort): Promise<boolean> {
  try {
    await find(name);
    return true;
  } catch (error) {
    if (hasCode(error, "line/not-found")) return false;
    throw error;
  }
}

function noBoard({ file, boards }: Rig, name: string): MeterbenchError {
  const ids = boards.map(({ id }) => id);
  const labels = [...new Set(boards.flatMap((board) => board.labels))];
  const near = nearest(name, [...ids, ...labels]);
  const byLabel = labels.length > 0 ? `, a label (${labels.join(", ")})` : "";
  return new MeterbenchError("rig-file/no-board", `${file} has no board "${name}", nor is it a port here`, {
    advice: near
      ? `Did you mean ${near}?`
      : `Expected a board (${ids.join(", ")})${byLabel}, or a port such as /dev/ttyUSB0 (\`meterbench list ports\`).`,
  });
}

function portBoard(port: string): RigBoard {
  lineAddress(port);
  return { id: port, port, kind: "serial", labels: [] };
}

/** Without a rig file there is one emulated board for the asking. */
const emulatedBoard: RigBoard = {
  id: "emulated",
  kind: "emulated",
  dir: "out/boards/emulated",
  labels: [],
};

/** How SMP is spoken to a board, and what signs for it where it wants that. */
export type BoardSmpOptions = SmpClientOptions & { readonly control?: ControlKey };

/** For whoever makes a client on the board's line. Throws `rig-file/control-key`. */
export function smpOptions(board: RigBoard, timers: Timers): BoardSmpOptions {
  const { framing, identity } = board;
  const key = controlKeyOf(board);
  const control = key && { ...key, ...(identity !== undefined && { boardId: identity }) };
  return { timers, ...(framing !== undefined && { framing }), ...(control && { control }) };
}

/** A board that this run holds: its line, its power, its lock. */
export interface OpenBoard {
  readonly board: RigBoard;
  /** Comes back by itself after a reset or an unplugging. */
  readonly line: LineSession;
  readonly power: BoardPower | undefined;
  /** When it is one of ours. */
  readonly emulated: EmulatedBoard | undefined;
  /** Lets go of line, lock and, when emulated, the board. Never rejects. */
  close(): Promise<void>;
}

export interface OpenBoardOptions {
  /** Told to others who find the board taken, such as "meterbench flash". */
  readonly what?: string;
  /** A file that the session is recorded to, for `meterbench replay`. */
  readonly record?: string;
  /** Who will replay it: the command line that made the recording. */
  readonly command?: readonly string[];
  /** When that is a run: what it runs. */
  readonly run?: RecordedRun;
  /** UTC when the session starts, milliseconds. Default: now. */
  readonly startUtcMs?: number;
  readonly timers?: Timers;
  /** Instead of a real port; for tests and replays. */
  readonly open?: LineSessionOptions["open"];
}

/**
 * Locks the board, starts it if it is emulated, and opens its line. Throws `rig/locked`, `line/...`, `emulated/...`;
 * then nothing stays locked.
 */
export async function openBoard(board: RigBoard, options: OpenBoardOptions = {}): Promise<OpenBoard> {
  const timers = options.timers ?? realTimers;
  if (options.record !== undefined) requireWritable(options.record);
  const lock = BoardLock.take(board.id, await lockedName(board), {
    what: options.what ?? "meterbench",
    timers,
  });
  let emulated: EmulatedBoard | undefined;
  try {
    if (board.kind === "emulated" && options.open === undefined)
      emulated = await startEmulated(board, timers);
    const line = await openSession(board, emulated?.portPath ?? board.port ?? board.id, options, timers);
    // Another has taken over: what is sent now would disturb it.
    lock.onLost(() => void line.close());
    const close = async (): Promise<void> => {
      await line.close();
      await emulated?.stop().catch(() => {});
      lock.release();
    };
    return {
      board,
      line,
      emulated,
      power: emulated ? emulatedPower(emulated) : hookPower(board, timers),
      close,
    };
  } catch (error) {
    await emulated?.stop().catch(() => {});
    lock.release();
    throw error;
  }
}

function startEmulated(board: RigBoard, timers: Timers): Promise<EmulatedBoard> {
  const control = controlKeyOf(board);
  return EmulatedBoard.start({
    ...{ dir: board.dir as string, id: board.id.slice(0, 32), timers },
    ...(control && { controlKey: control.publicKey }),
  });
}

/** What a board's lock goes by: its device, however the port is called; as it is called while it is not there. */
export async function lockedName({ port, dir }: RigBoard): Promise<string> {
  if (port === undefined) return dir as string;
  return port.includes("://") ? port : findPort(port).catch(() => port);
}

async function openSession(
  board: RigBoard,
  port: string,
  options: OpenBoardOptions,
  timers: Timers,
): Promise<LineSession> {
  const { baud, flow, format, dtr, rts } = board;
  const settings = {
    timers,
    ...(baud !== undefined && { baudRate: baud }),
    ...(flow !== undefined && { flow }),
    ...(format !== undefined && { format }),
    modemLines: { ...(dtr !== undefined && { dtr }), ...(rts !== undefined && { rts }) },
  };
  const open = recorded(options.open ?? openLine, board, options, timers);
  if (open === openLine) return LineSession.open(port, settings);
  // The session finds a stable name only for its own way of opening.
  const name = options.open === undefined ? await stableName(port) : port;
  return LineSession.open(name, { ...settings, open });
}

/** Each opening of the line goes on in the same recording. */
function recorded(
  open: NonNullable<LineSessionOptions["open"]>,
  board: RigBoard,
  { record, command = [], run, startUtcMs = Date.now() }: OpenBoardOptions,
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
    throw new MeterbenchError(
      "cli/usage",
      `the recording ${file} cannot be written (${(cause as Error).message})`,
      {
        advice: "Give another file with --record FILE.",
      },
    );
  }
}
