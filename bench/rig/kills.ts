/**
 * Kills a board again and again while it is flashed: at random moments of the upload, of the swap and of the
 * confirm, with the host going on or killed with it. After each kill the board must run the old image or the new
 * one, whole; each flashing must get through in the end; what is sent twice is counted.
 */

import { sameBytes } from "../../hal/base/bytes.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import type { SeededRandom } from "../../hal/mock/index.ts";
import { image } from "../../hal/serial/smp/index.ts";
import { pause, realTimers } from "../../hal/serial/timers.ts";
import { type Connection, connect } from "../../harness/rig/flash/connection.ts";
import { type FlashPhase, flashBoard } from "../../harness/rig/flash/flasher.ts";
import type { ImageFile } from "../../harness/rig/flash/pre-flight.ts";
import type { UploadProgress } from "../../harness/rig/flash/upload.ts";

/** The board as the killer sees it; an `EmulatedBoard` is one. */
export interface Killable {
  readonly portPath: string;
  powerCut(): Promise<void>;
  powerOn(): Promise<void>;
}

export interface KillOptions {
  readonly kills: number;
  readonly random: SeededRandom;
  /** The n-th image, each another; the board runs the first, number 0. */
  readonly image: (number: number) => ImageFile;
  readonly onKill?: (phase: FlashPhase) => void;
}

export interface KillReport {
  readonly kills: number;
  /** Kills by the phase that the host was in. */
  readonly byPhase: Readonly<Record<string, number>>;
  /** Flashings that got through. */
  readonly flashed: number;
  /** Most image bytes that went twice because of one kill. */
  readonly mostSentAgainBytes: number;
  /** Image bytes that may be under way at once: one window. */
  readonly windowBytes: number;
}

/** Each phase is hit as often as the others; how long after its beginning, at most. */
const moments: readonly (readonly [FlashPhase, number])[] = [
  ["upload", 1500],
  ["upload", 400],
  ["test", 30],
  ["reset", 60],
  ["boot", 500],
  ["self-test", 20],
  ["confirm", 30],
];
/** Flashings of one image before it counts as one that never gets through. */
const MAX_ATTEMPTS = 12;

export async function killWhileFlashing(board: Killable, options: KillOptions): Promise<KillReport> {
  return new Killer(board, options).run();
}

class Killer {
  readonly #board: Killable;
  readonly #options: KillOptions;
  readonly #byPhase: Record<string, number> = {};
  #kills = 0;
  #flashed = 0;
  readonly #ledger = new SentLedger();

  constructor(board: Killable, options: KillOptions) {
    this.#board = board;
    this.#options = options;
  }

  async run(): Promise<KillReport> {
    const { kills, image: imageOf } = this.#options;
    while (this.#kills < kills) {
      await this.#flash(imageOf(this.#flashed + 1), imageOf(this.#flashed));
      this.#flashed++;
    }
    return {
      kills: this.#kills,
      byPhase: this.#byPhase,
      flashed: this.#flashed,
      mostSentAgainBytes: this.#ledger.mostAgainBytes,
      windowBytes: this.#ledger.windowBytes,
    };
  }

  /** Until `file` is confirmed; after each attempt the board must run it, or `old`. */
  async #flash(file: ImageFile, old: ImageFile): Promise<void> {
    this.#ledger.beginFile();
    for (let attempt = 1; ; attempt++) {
      // The last attempts are left alone: a flashing must get through when nobody disturbs it.
      const kill = attempt < MAX_ATTEMPTS - 2 && this.#kills < this.#options.kills;
      const failure = await this.#attempt(file, kill);
      await this.#requireWhole(file, old);
      if (failure === undefined) return;
      if (attempt === MAX_ATTEMPTS) throw failure;
    }
  }

  /** One flashing with at most one kill in it. Undefined when it got through. */
  async #attempt(file: ImageFile, kill: boolean): Promise<unknown> {
    const connection = await connect(this.#board.portPath, { timeoutMs: 1000 });
    const murder = kill ? this.#plan(connection) : undefined;
    this.#ledger.beginAttempt();
    try {
      await flashBoard(connection, file, {
        mode: "confirm",
        firstTimeoutMs: 8000,
        timeoutMs: 1000,
        bootTimeoutMs: 20_000,
        onPhase: (phase) => murder?.onPhase(phase),
        onProgress: (progress) => this.#ledger.progress(progress),
      });
      return undefined;
    } catch (error) {
      return error;
    } finally {
      await murder?.end();
      await connection.close();
    }
  }

  /** The kill of this attempt: when its phase comes, or never. */
  #plan(connection: Connection) {
    const { random } = this.#options;
    const [wanted, withinMs] = moments[random.below(moments.length)]!;
    const delayMs = random.next() * withinMs;
    const hostToo = random.below(3) === 0;
    let now: FlashPhase = "connect";
    let over = false;
    let done: Promise<void> | undefined;
    const strike = async (): Promise<void> => {
      await pause(realTimers, delayMs);
      if (over) return;
      this.#count(now);
      await this.#board.powerCut();
      if (hostToo) await connection.close();
      await pause(realTimers, 20);
      await this.#board.powerOn();
    };
    return {
      onPhase: (phase: FlashPhase) => {
        now = phase;
        if (phase === wanted) done ??= strike();
      },
      end: async () => {
        over = true;
        await done;
      },
    };
  }

  #count(phase: FlashPhase): void {
    this.#kills++;
    this.#byPhase[phase] = (this.#byPhase[phase] ?? 0) + 1;
    this.#ledger.killed();
    this.#options.onKill?.(phase);
  }

  /** The board checks the hash of what it starts; that it answers with one of ours is the proof. */
  async #requireWhole(file: ImageFile, old: ImageFile): Promise<void> {
    const connection = await connect(this.#board.portPath, { timeoutMs: 1000 });
    try {
      const state = await image.readState(connection.client, { retries: 10, timeoutMs: 1000 });
      const hash = state.find(({ active }) => active)?.hash;
      if (hash && [file, old].some((each) => sameBytes(each.hash, hash))) return;
      throw new CodedError(
        "rig/bricked",
        "after a kill the board runs neither the old image nor the new one",
      );
    } finally {
      await connection.close();
    }
  }
}

/** Which image bytes went how often, over all attempts at one file, and what each kill is to blame for. */
class SentLedger {
  windowBytes = 0;
  #mostAgainBytes = 0;
  /** Sent by the attempts before this one, and by all. */
  #sentBefore = 0;
  #sent = 0;
  #reached = 0;
  /** Bytes that had gone twice when the last kill came. */
  #againBefore = 0;

  /** Since the last kill included: what goes twice now is its doing. */
  get mostAgainBytes(): number {
    return Math.max(this.#mostAgainBytes, this.#again - this.#againBefore);
  }

  get #again(): number {
    return this.#sent - this.#reached;
  }

  beginFile(): void {
    this.killed();
    this.#sentBefore = this.#sent = this.#reached = this.#againBefore = 0;
  }

  beginAttempt(): void {
    this.#sentBefore = this.#sent;
  }

  progress({ sentBytes, reachedBytes, windowBytes }: UploadProgress): void {
    this.#sent = this.#sentBefore + sentBytes;
    this.#reached = Math.max(this.#reached, reachedBytes);
    this.windowBytes = Math.max(this.windowBytes, windowBytes);
  }

  killed(): void {
    this.#mostAgainBytes = this.mostAgainBytes;
    this.#againBefore = this.#again;
  }
}
