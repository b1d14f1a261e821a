/**
 * Resets a board and waits until an image runs on it. It listens before it asks, and asks gently: there are UARTs that
 * lose their receiver when something comes in while they start.
 */
import { CodedError } from "../../../hal/base/coded-error.ts";
import { image, isUnsupported, os, SmpError } from "../../../hal/serial/smp/index.ts";
import { pause } from "../../../hal/serial/timers.ts";
import { recoveryName } from "../recovery.ts";
import { isSilence, lost } from "./failures.ts";
import type { BoardTalk } from "./talk.ts";

type State = image.ImageState;
type IsOver = (active: State, state: readonly State[]) => boolean;

/** Since a reset, its port's return, or its last word: so long after that a board's receiver is there. */
const QUIET_MS = 700;
/** Zephyr resets so long after its answer. */
const RESET_DELAY_MS = 250;
/** A session looks for a lost line again after 50 ms at the earliest. */
const LINE_GONE_MS = 20;
/** What prints without end is asked all the same. */
const LISTEN_MS = 5000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2000;

export interface BootWatchOptions {
  /** From the reset until the board answers again; default 60 s. */
  readonly bootTimeoutMs?: number | undefined;
  /** Cycles the power of a board that stays silent after its reset; then it is waited for once more. */
  readonly revive?: (() => Promise<void>) | undefined;
}

/** What is known of the board after a wait. */
interface Watched {
  readonly active: State | undefined;
  /** It answers, and nothing that it lists runs. */
  readonly idle: boolean;
  /** It printed something, or sent an event, after the last question that it answered. */
  readonly heard: boolean;
  readonly cause?: unknown;
}

export class BootWatch {
  readonly #talk: BoardTalk;
  readonly #options: BootWatchOptions;

  constructor(talk: BoardTalk, options: BootWatchOptions) {
    this.#talk = talk;
    this.#options = options;
  }

  async reset(): Promise<void> {
    const { client } = this.#talk;
    try {
      await os.reset(client);
    } catch (error) {
      if (error instanceof SmpError && error.rc === 10)
        await this.#talk.request(() => os.reset(client, { force: true }));
      else if (!isSilence(error)) throw lost(error); // the answer may be lost: the board resets all the same
    }
  }

  /**
   * The image that runs once the board has started anew, by `isOver`; at the time's end the one that runs then.
   * Until it resets a board may still answer as before, and while it boots not at all.
   */
  async untilBooted(isOver: IsOver): Promise<State> {
    let watched = await this.#watch(isOver);
    let how = "its reset";
    const { revive } = this.#options;
    if (watched.active === undefined && !watched.idle && revive !== undefined) {
      how = "its power was cycled";
      await revive().catch((error: Error) => {
        how = `its reset, and its power could not be cycled (${error.message})`;
      });
      watched = await this.#watch(isOver);
    }
    if (watched.active !== undefined) return watched.active;
    throw watched.idle ? this.#nothingRuns() : this.#lost(how, watched);
  }

  /** What runs, as soon as `isOver` or at the time's end; `cause`: why nothing is known of it. */
  async #watch(isOver: IsOver): Promise<Watched> {
    const { client, timers } = this.#talk;
    const untilMs = timers.nowMs() + this.#bootTimeoutMs;
    let watched: Watched = { active: undefined, idle: false, heard: false };
    let heardMs: number | undefined;
    const hear = (): void => {
      heardMs = timers.nowMs();
    };
    const cancels = [client.onConsole(hear), client.onUnasked(hear)];
    try {
      await this.#listen(() => heardMs);
      for (
        let waitMs = FIRST_PAUSE_MS;
        timers.nowMs() < untilMs;
        waitMs = Math.min(2 * waitMs, LONGEST_PAUSE_MS)
      ) {
        await this.#lineBack();
        try {
          const state = await image.readState(client, { timeoutMs: 1000, retries: 0 });
          const active = state.find((entry) => entry.active);
          watched = { active, idle: active === undefined, heard: false };
          heardMs = undefined;
          if (active && isOver(active, state)) break;
        } catch (error) {
          if (!isSilence(error)) throw isUnsupported(error) ? listless(error as SmpError) : lost(error);
          watched = { active: undefined, idle: false, heard: heardMs !== undefined, cause: error };
        }
        await pause(timers, waitMs);
      }
      return watched;
    } finally {
      for (const cancel of cancels) cancel();
    }
  }

  /** Until the line has been quiet for a while. */
  async #listen(heardMs: () => number | undefined): Promise<void> {
    const { timers } = this.#talk;
    const startMs = timers.nowMs();
    const leftMs = () => Math.max(startMs + RESET_DELAY_MS, heardMs() ?? startMs) + QUIET_MS - timers.nowMs();
    while (leftMs() > 0 && timers.nowMs() - startMs < LISTEN_MS) await pause(timers, Math.min(leftMs(), 100));
  }

  /** A port that has just come back, as USB does, is that of a board that has just started. */
  async #lineBack(): Promise<void> {
    const { timers } = this.#talk;
    const askedMs = timers.nowMs();
    await this.#talk.lineBack();
    if (timers.nowMs() - askedMs > LINE_GONE_MS) await pause(timers, QUIET_MS);
  }

  #lost(how: string, { heard, cause }: Watched): CodedError {
    const seconds = this.#bootTimeoutMs / 1000;
    const deaf = ", though it prints: it has lost its receiver";
    return new CodedError(
      "rig/board-lost",
      `the board does not answer ${seconds} s after ${how}${heard ? deaf : ""}`,
      {
        advice: heard
          ? "Power it off and on; nothing is wrong with cable or image. Some UARTs stop receiving when asked while they start."
          : "Power it off and on: an image that was not confirmed is gone back from. Look at its console.",
      },
      cause,
    );
  }

  #nothingRuns(): CodedError {
    return new CodedError(
      "image/not-booted",
      `no image came up: the board answers, and nothing that it lists runs (it is in ${recoveryName})`,
      { advice: "Its bootloader boots no image that it has: flash one that is signed for it." },
    );
  }

  get #bootTimeoutMs(): number {
    return this.#options.bootTimeoutMs ?? 60_000;
  }
}

/** What runs has no image group: it may be ours. */
const listless = (error: SmpError): CodedError =>
  new CodedError(
    "rig/unproven",
    "the board answers after its reset, and lists no images: that the new one runs cannot be proven",
    { advice: error.advice },
    error,
  );
