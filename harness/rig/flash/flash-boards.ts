/** Many boards at once: each is checked, flashed and proven by itself; one that fails stops no other. */
import { versionText } from "../../../firmware/bootloader/version.ts";
import { CodedError, hasCode } from "../../../hal/base/coded-error.ts";
import type { SmpClient } from "../../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../../hal/serial/timers.ts";
import { framingHint } from "../framing-hint.ts";
import { interrupted, openUnlessInterrupted, unlessInterrupted } from "../interrupt.ts";
import { type OpenedBoard, openBoard, smpOptions } from "../open-board.ts";
import type { RigBoard } from "../rig-file.ts";
import { runCommand } from "../run-command.ts";
import { type Connection, connectionOn } from "./connection.ts";
import { echoTest, type FlashOptions, type FlashPhase, type FlashResult, flashBoard } from "./flasher.ts";
import { type ImageFile, type PreFlightOptions, preFlight } from "./pre-flight.ts";
import type { UploadProgress } from "./upload.ts";

/** What happens on a board, for the live view and for `--events`. */
export interface FlashEvent {
  /** Milliseconds since the flashing began. */
  readonly t: number;
  readonly board: string;
  readonly kind: "phase" | "progress" | "line" | "note" | "done";
  readonly phase: FlashPhase | "check" | BoardOutcome;
  readonly doneBytes?: number;
  readonly totalBytes?: number;
  /** Upload rate so far, image bytes. */
  readonly bytesPerS?: number;
  readonly leftS?: number;
  readonly retries?: number;
  /** The line to the board went away, or came back. */
  readonly line?: "lost" | "back";
  /** Why it failed, or the line was lost; of a note, what cannot be proven on this board. */
  readonly message?: string;
}

export type BoardOutcome = FlashResult["outcome"] | "image-failed" | "rig-failed";

export interface BoardReport {
  readonly board: string;
  readonly outcome: BoardOutcome;
  /** Where it ended. */
  readonly phase: FlashPhase | "check";
  readonly version?: string;
  /** What ran before, where the board was flashed and said so. */
  readonly versionBefore?: string;
  /** `unchecked`: no key was given. */
  readonly signature?: ImageFile["signature"];
  readonly uploadedBytes: number;
  /** Of which an earlier upload had brought these. */
  readonly resumedAtBytes: number;
  readonly seconds: number;
  /** Image bytes a second while uploading. */
  readonly bytesPerS?: number;
  readonly retries: number;
  /** Why the upload was made twice. */
  readonly repeated?: string;
  /** What was told before the upload: how this board takes images, and what cannot be proven on it. */
  readonly notes?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string; readonly advice?: string };
}

export interface FlashBoardsOptions extends Omit<FlashOptions, "onPhase" | "onProgress" | "onNote"> {
  readonly timers?: Timers;
  /** What the image must satisfy on this board: its key. Errors it throws are this board's. */
  readonly preFlight: (board: RigBoard) => PreFlightOptions;
  readonly onEvent?: (event: FlashEvent) => void;
  /** Aborted: every board that is not done ends with `rig/interrupted`, and is let go of. */
  readonly signal?: AbortSignal;
  /** Instead of {@link openBoard}; for tests. */
  readonly open?: (board: RigBoard) => Promise<OpenedBoard>;
}

/** Flashes all at once. Never rejects: what failed is in the reports, in the boards' order. */
export function flashBoards(
  boards: readonly RigBoard[],
  file: Uint8Array,
  options: FlashBoardsOptions,
): Promise<BoardReport[]> {
  const startMs = (options.timers ?? realTimers).nowMs();
  return Promise.all(boards.map((board) => new BoardFlash(board, file, options, startMs).run()));
}

class BoardFlash {
  readonly #board: RigBoard;
  readonly #file: Uint8Array;
  readonly #options: FlashBoardsOptions;
  readonly #timers: Timers;
  readonly #startMs: number;
  #phase: FlashPhase | "check" = "check";
  #progress: UploadProgress | undefined;
  #percent = -1;
  #done = false;
  readonly #notes: string[] = [];
  #image: ImageFile | undefined;
  /** While the first and the last byte were acknowledged. */
  #uploadMs: readonly [number, number] | undefined;

  constructor(board: RigBoard, file: Uint8Array, options: FlashBoardsOptions, startMs: number) {
    this.#board = board;
    this.#file = file;
    this.#options = options;
    this.#timers = options.timers ?? realTimers;
    this.#startMs = startMs;
  }

  async run(): Promise<BoardReport> {
    let opened: OpenedBoard | undefined;
    try {
      this.#enter("check");
      const file = preFlight(this.#file, this.#checks());
      this.#image = file;
      this.#enter("connect");
      const { signal } = this.#options;
      const cut = () => this.#interrupted();
      opened = await openUnlessInterrupted((this.#options.open ?? open)(this.#board), signal, cut);
      opened.line.onLost((reason) => this.#tellLine("lost", reason));
      opened.line.onBack(() => this.#tellLine("back"));
      const connection = connectionOn(opened.line, smpOptions(this.#board, this.#timers));
      const flashing = this.#flash(opened, connection, file);
      return this.#report(await unlessInterrupted(flashing, signal, cut));
    } catch (error) {
      return this.#report(undefined, error);
    } finally {
      await opened?.close();
    }
  }

  async #flash(opened: OpenedBoard, connection: Connection, file: ImageFile): Promise<FlashResult> {
    try {
      return await flashBoard(connection, file, this.#flashOptions(opened));
    } catch (error) {
      if (this.#phase !== "connect" || !isUnanswered(error)) throw error;
      const advice = await framingHint(opened.line, smpOptions(this.#board, this.#timers));
      if (advice === undefined) throw error;
      throw new CodedError(error.code, error.message, { ...error.data, advice }, error);
    }
  }

  /** What the command says comes before what the rig file says of the board. */
  #checks(): PreFlightOptions {
    const checks = this.#options.preFlight(this.#board);
    const byVersion = this.#options.byVersion ?? this.#board.byVersion;
    return { ...checks, byVersion, securityCounter: checks.securityCounter ?? this.#board.securityCounter };
  }

  #flashOptions({ power }: OpenedBoard): FlashOptions {
    return {
      ...ownOptions(this.#board, this.#timers),
      ...(power && { revive: () => power.cycle() }),
      ...this.#options,
      onPhase: (phase) => this.#enter(phase),
      onProgress: (progress) => this.#move(progress),
      onNote: (text) => this.#note(text),
    };
  }

  #interrupted(): CodedError {
    const { doneBytes = 0, totalBytes = 1 } = this.#progress ?? {};
    const uploading = this.#phase === "upload" && this.#progress !== undefined;
    return interrupted(
      uploading ? `at ${percentOf(doneBytes, totalBytes)} %` : `in phase ${this.#phase}`,
      "Flash again: it goes on where it stopped.",
    );
  }

  #enter(phase: FlashPhase | "check"): void {
    if (phase === "connect" && this.#phase === phase) return; // the flasher's, after ours
    this.#phase = phase;
    this.#percent = -1;
    this.#emit({ kind: "phase", phase });
  }

  #note(message: string): void {
    this.#notes.push(message);
    this.#emit({ kind: "note", phase: this.#phase, message });
  }

  #tellLine(line: "lost" | "back", message?: string): void {
    this.#emit({ kind: "line", phase: this.#phase, line, ...(message !== undefined && { message }) });
  }

  /** One event for each percent, and for each retry. */
  #move(progress: UploadProgress): void {
    const nowMs = this.#timers.nowMs();
    const retried = progress.retries !== (this.#progress?.retries ?? 0);
    this.#progress = progress;
    this.#uploadMs = [this.#uploadMs?.[0] ?? nowMs, nowMs];
    const percent = percentOf(progress.doneBytes, progress.totalBytes);
    if (percent === this.#percent && !retried) return;
    this.#percent = percent;
    const bytesPerS = this.#bytesPerS();
    const { doneBytes, totalBytes, retries } = progress;
    const left = bytesPerS ? { bytesPerS, leftS: Math.ceil((totalBytes - doneBytes) / bytesPerS) } : {};
    this.#emit({ kind: "progress", phase: this.#phase, doneBytes, totalBytes, retries, ...left });
  }

  /** From the first acknowledged piece on: the erase before it is no matter of the line. */
  #bytesPerS(): number | undefined {
    if (this.#progress === undefined || this.#uploadMs === undefined) return undefined;
    const [fromMs, toMs] = this.#uploadMs;
    const bytes = this.#progress.doneBytes - this.#progress.resumedAtBytes;
    return toMs > fromMs ? Math.round((1000 * bytes) / (toMs - fromMs)) : undefined;
  }

  #report(result: FlashResult | undefined, error?: unknown): BoardReport {
    const outcome = result?.outcome ?? blame(error);
    const bytesPerS = this.#bytesPerS();
    const report: BoardReport = {
      board: this.#board.id,
      outcome,
      phase: this.#phase,
      ...(this.#image && {
        version: versionText(this.#image.image.version),
        signature: this.#image.signature,
      }),
      uploadedBytes: this.#progress?.doneBytes ?? 0,
      resumedAtBytes: this.#progress?.resumedAtBytes ?? 0,
      seconds: Math.round(this.#timers.nowMs() - this.#startMs) / 1000,
      ...(bytesPerS !== undefined && { bytesPerS }),
      retries: this.#progress?.retries ?? 0,
      ...(result?.versionBefore !== undefined && { versionBefore: result.versionBefore }),
      ...(result?.repeated !== undefined && { repeated: result.repeated }),
      ...(this.#notes.length > 0 && { notes: this.#notes }),
      ...(error !== undefined && { error: describeError(error) }),
    };
    this.#emit({ kind: "done", phase: outcome, ...(report.error && { message: report.error.message }) });
    this.#done = true;
    return report;
  }

  #emit(event: Omit<FlashEvent, "t" | "board">): void {
    if (this.#done) return; // the end of what was interrupted
    const t = Math.round(this.#timers.nowMs() - this.#startMs);
    this.#options.onEvent?.({ t, board: this.#board.id, ...event });
  }
}

const ms = (seconds: number | undefined): number | undefined => seconds && seconds * 1000;

/** What the rig file says of flashing this board. */
function ownOptions(board: RigBoard, timers: Timers) {
  const { flash = {}, noDowngrade, byVersion, selfTest: command } = board;
  const selfTest = async (client: SmpClient): Promise<void> => {
    await echoTest(client);
    if (command !== undefined) await commandTest(command, board, timers);
  };
  return {
    bootTimeoutMs: ms(flash.bootTimeoutS),
    firstTimeoutMs: ms(flash.firstTimeoutS),
    timeoutMs: ms(flash.timeoutS),
    noProgressMs: ms(flash.noProgressS),
    window: flash.window,
    imageNumber: flash.image,
    noDowngrade,
    byVersion,
    selfTest,
  };
}

async function commandTest(command: string, board: RigBoard, timers: Timers): Promise<void> {
  const wrong = await runCommand(command, board, board.flash?.selfTestTimeoutS ?? 60, timers);
  if (wrong === undefined) return;
  throw new CodedError("image/self-test", `the command of selfTest ${wrong}`, {
    board: board.id,
    advice: `See selfTest of board ${board.id} in the rig file, and what it looks at.`,
  });
}

/** The board said nothing at all. */
const isUnanswered = (error: unknown): error is CodedError =>
  error instanceof CodedError && hasCode(error.cause, "smp/timeout");

const percentOf = (doneBytes: number, totalBytes: number): number =>
  Math.floor((100 * doneBytes) / totalBytes);

const open = (board: RigBoard): Promise<OpenedBoard> => openBoard(board, { what: "meterbench flash" });

/** The image's fault by its code; everything else is the rig's. */
const blame = (error: unknown): BoardOutcome =>
  error instanceof CodedError && error.code.startsWith("image/") ? "image-failed" : "rig-failed";

function describeError(error: unknown): NonNullable<BoardReport["error"]> {
  const { code, message, data } = error as { code?: unknown; message?: string; data?: { advice?: unknown } };
  return {
    code: typeof code === "string" ? code : "internal",
    message: message ?? String(error),
    ...(typeof data?.advice === "string" && { advice: data.advice }),
  };
}
