/** The board that QEMU emulates, kept on a port for any client: a serial path, a pty of its own, or TCP. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { Cancel } from "../../../hal/board.ts";
import { EmulatedBoard } from "../../../hal/emulated/index.ts";
import { type Line, openLine } from "../../../hal/serial/line/index.ts";
import { type Listening, type ListenOptions, listen } from "./listen.ts";

export interface BoardOnPortOptions extends ListenOptions {
  /** Where its flash is kept; without one it is a new board, gone with the end. */
  readonly dir?: string | undefined;
  /** Of a new board: it answers as servers did before SMP version 2. */
  readonly olderAnswers?: boolean;
}

/** Starts the board and serves it at `port`. Closing stops it. Throws `line/...`, `emulated/...`, `cli/usage`. */
export async function boardOnPort(port: string, options: BoardOnPortOptions): Promise<Listening> {
  const { dir = mkdtempSync(join(tmpdir(), "meterbench-board-")), olderAnswers = false } = options;
  const remove = (): void => {
    if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
  };
  try {
    const board = await EmulatedBoard.start({ dir, id: "emulated", olderAnswers });
    try {
      const listening = port === "pty" ? ownPty(board) : await relayed(board, port, options);
      const close = (): Promise<void> => listening.close().finally(() => board.stop().finally(remove));
      return { ...listening, lost: Promise.race([listening.lost, poweredOff(board)]), close };
    } catch (error) {
      await board.stop();
      throw error;
    }
  } catch (error) {
    remove();
    throw error;
  }
}

/** A client opens the board's serial path itself. */
const ownPty = (board: EmulatedBoard): Listening => ({
  address: board.portPath,
  lost: new Promise<never>(() => {}),
  close: async () => {},
});

async function relayed(board: EmulatedBoard, port: string, options: ListenOptions): Promise<Listening> {
  const near = await openLine(board.portPath);
  // What the board says with nobody there is lost, as on any UART.
  near.onData(() => {});
  try {
    const listening = await listen(port, (host) => relay(board, near, host), options);
    return { ...listening, close: () => listening.close().finally(() => near.close()) };
  } catch (error) {
    await near.close();
    throw error;
  }
}

/** The board is told first that another host has come: half a packet of the former one is not its. */
function relay(board: EmulatedBoard, near: Line, host: Line): Cancel {
  const told = board.stimulus("host").catch(() => {}); // it has no power: nobody is there to tell
  const cancels = [
    near.onData((bytes) => void host.write(bytes).catch(() => {})),
    host.onData((bytes) => void told.then(() => near.write(bytes)).catch(() => {})),
  ];
  return () => {
    for (const cancel of cancels) cancel();
  };
}

/** Rejects when the board has switched itself off, for want of energy, or QEMU has ended. */
function poweredOff(board: EmulatedBoard): Promise<never> {
  const off = new Promise<never>((_resolve, reject) => {
    board.onPower((on) => {
      if (!on)
        reject(
          new CodedError("rig/board-off", "emulate: the emulated board has gone off", {
            advice:
              "Its hold-up energy was used up, or QEMU was ended. Start it again; --dir keeps its flash.",
          }),
        );
    });
  });
  off.catch(() => {}); // the end of a run that nobody waits for
  return off;
}
