/**
 * Disturbs a flashing at one point after the other: when so many bytes have gone to the board, something happens to
 * them, to the line or to the board. Each time the flashing must end in a proven board or in a plain word, in bounded
 * time.
 */
import { Scheduler } from "../../hal/mock/index.ts";
import { connect } from "../../harness/rig/flash/connection.ts";
import { flashBoard } from "../../harness/rig/flash/flasher.ts";
import type { ImageFile } from "../../harness/rig/flash/pre-flight.ts";
import { ModelBoard } from "./model-board.ts";
import { schedulerTimers, settled } from "./virtual-time.ts";

/** What an act may do to the board and its line. */
export interface Disturbed {
  /** Pulls the plug, and puts it back after `backMs`. */
  unplug(backMs: number): void;
  reset(): void;
  /** From now on a shell on the line echoes everything. */
  echo(): void;
}

/** Happens to a write to the board; what it returns goes out instead. */
export type Act = (board: Disturbed, bytes: Uint8Array) => Uint8Array;

export const acts: Readonly<Record<string, Act>> = {
  garbage: (_board, bytes) =>
    Uint8Array.from([...bytes.subarray(0, 20), ...new Array(300).fill(0x06), 0x09, 0xff]),
  truncation: (_board, bytes) => bytes.subarray(0, bytes.length >> 1),
  "an echo from then on": (board, bytes) => {
    board.echo();
    return bytes;
  },
  "a reset": (board, bytes) => {
    board.reset();
    return bytes;
  },
  "an unplugging": (board, bytes) => {
    board.unplug(1500);
    return bytes;
  },
};

/** An act that happens once, to the write that reaches byte `point`. */
export class Disturbance {
  done = false;
  readonly #point: number;
  readonly #act: Act;
  readonly #board: Disturbed;

  constructor(point: number, act: Act, board: Disturbed) {
    this.#point = point;
    this.#act = act;
    this.#board = board;
  }

  readonly alter = (bytes: Uint8Array, offset: number): Uint8Array => {
    if (this.done || offset + bytes.length < this.#point) return bytes;
    this.done = true;
    return this.#act(this.#board, bytes);
  };
}

export interface PointOutcome {
  /** `confirmed`, or the error's code. */
  readonly outcome: string;
  /** False when the session ended before it came to the point. */
  readonly disturbed: boolean;
  readonly tookMs: number;
  /** Bytes that went to the board. */
  readonly sentBytes: number;
}

/** One flashing of a model board in virtual time, with `act` at byte `point`. Rejects when it does not end. */
export async function flashDisturbed(
  images: { readonly old: Uint8Array; readonly file: ImageFile },
  act: Act,
  point: number,
): Promise<PointOutcome> {
  const scheduler = new Scheduler();
  const timers = schedulerTimers(scheduler);
  const board = new ModelBoard({ timers, link: { bytesPerS: 100_000, delayMs: 1 } });
  board.provision(images.old);
  await settled(scheduler, board.start());
  const connection = await settled(scheduler, connect("model", { timers, open: () => board.open() }));
  const [host] = board.lines!;
  const disturbance = new Disturbance(point, act, {
    unplug: (backMs) => {
      timers.after(0, () => board.unplug());
      timers.after(backMs, () => {
        board.plugged = true;
      });
    },
    reset: () => void timers.after(0, () => void board.start().catch(() => undefined)),
    echo: () => {
      board.faults.echo = true;
    },
  });
  host.faults.alter = disturbance.alter;
  const startMs = scheduler.nowMs;
  const work = flashBoard(connection, images.file, { mode: "confirm" }).then(
    ({ outcome }) => outcome as string,
    (error: { code?: string }) => error.code ?? String(error),
  );
  const outcome = await settled(scheduler, work);
  const tookMs = scheduler.nowMs - startMs;
  await settled(scheduler, connection.close());
  return { outcome, disturbed: disturbance.done, tookMs, sentBytes: host.sentBytes };
}
