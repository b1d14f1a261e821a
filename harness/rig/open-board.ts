/** From a board to its open line: lock it, start it if it is emulated, open, record. */
import { EmulatedBoard } from "../../hal/emulated/index.ts";
import { findPort, LineSession, type LineSessionOptions, stableName } from "../../hal/serial/line/index.ts";
import { openLine } from "../../hal/serial/line/open-line.ts";
import type { ControlKey } from "../../hal/serial/parts/index.ts";
import type { SmpClientOptions } from "../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";
import { controlKeyOf } from "./control-key.ts";
import { BoardLock } from "./lock.ts";
import { type BoardPower, emulatedPower, hookPower } from "./power.ts";
import { type RecordOptions, recorded, requireWritable } from "./record.ts";
import type { RigBoard } from "./rig-file.ts";

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
export interface OpenedBoard {
  readonly board: RigBoard;
  /** Comes back by itself after a reset or an unplugging. */
  readonly line: LineSession;
  readonly power: BoardPower | undefined;
  /** When it is one of ours. */
  readonly emulated: EmulatedBoard | undefined;
  /** Lets go of line, lock and, when emulated, the board. Never rejects. */
  close(): Promise<void>;
}

export interface OpenBoardOptions extends RecordOptions {
  /** Told to others who find the board taken, such as "meterbench flash". */
  readonly what?: string;
  readonly timers?: Timers;
  /** Instead of a real port; for tests. */
  readonly open?: LineSessionOptions["open"];
}

/**
 * Locks the board, starts it if it is emulated, and opens its line. Throws `rig/locked`, `line/...`, `emulated/...`;
 * then nothing stays locked.
 */
export async function openBoard(board: RigBoard, options: OpenBoardOptions = {}): Promise<OpenedBoard> {
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
