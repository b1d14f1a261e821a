import { closeSync, constants, openSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { deadline, type Timers } from "../serial/timers.ts";
import { EmulatedError } from "./errors.ts";
import { killProgram, type Program, removeAtExit, removeNow, startProgram } from "./processes.ts";

/**
 * A serial cable: two pseudo-terminals joined by socat, under names that stay. Like an adapter on USB the host's
 * end is there whether the board has power or not.
 */
export class SerialPair {
  readonly hostPath: string;
  readonly boardPath: string;
  readonly #socat: Program;

  private constructor(hostPath: string, boardPath: string, socat: Program) {
    this.hostPath = hostPath;
    this.boardPath = boardPath;
    this.#socat = socat;
  }

  /** Rejects with `emulated/died` or `line/timeout`. */
  static async start(dir: string, timers: Timers): Promise<SerialPair> {
    const [host, board] = [join(dir, "serial"), join(dir, "serial-board")] as const;
    for (const path of [host, board]) {
      rmSync(path, { force: true });
      removeAtExit(path);
    }
    // Two -d make socat say when both ends are ready.
    const socat = startProgram("socat", ["-d", "-d", `pty,rawer,link=${host}`, `pty,rawer,link=${board}`]);
    const ready = new Promise<void>((resolve) => {
      socat.child.stderr!.on(
        "data",
        () => socat.errors().includes("starting data transfer loop") && resolve(),
      );
    });
    const died = socat.ended.then((): never => {
      throw new EmulatedError("emulated/died", `socat ended while it started: ${socat.errors().trim()}`);
    });
    try {
      await deadline(timers, 5_000, "socat to make two pseudo-terminals").guard(Promise.race([ready, died]));
    } catch (error) {
      await killProgram(socat);
      for (const path of [host, board]) removeNow(path);
      throw error;
    }
    died.catch(() => undefined);
    return new SerialPair(host, board, socat);
  }

  /** Throws away what came for the board while it was off: a real UART without power keeps nothing. */
  drainBoardEnd(): void {
    const file = openSync(this.boardPath, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    const bytes = new Uint8Array(65_536);
    try {
      while (readSync(file, bytes) > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    } finally {
      closeSync(file);
    }
  }

  async stop(): Promise<void> {
    await killProgram(this.#socat);
    for (const path of [this.hostPath, this.boardPath]) removeNow(path);
  }
}
