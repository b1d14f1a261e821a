/**
 * Sends an image file to a board's free slot over SMP. The first piece goes alone, for the board erases then, and is
 * small, for a board that resumes throws it away; after it as many pieces are under way as the board's buffers hold,
 * less one (go-back-N: an answer says which offset the board wants next, and what does not fit that is sent again).
 *
 * Whatever is cut, by a reset, an unplugging or the end of either side: no more than one window of image bytes goes
 * twice because of it, on a board that remembers what it has acknowledged. So what is under way and a small piece
 * together are never more than that.
 */
import { createHash } from "node:crypto";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { image, os, SmpError } from "../../../hal/serial/smp/index.ts";
import { pause } from "../../../hal/serial/timers.ts";
import { nextChunk, UNIT_BYTES } from "./chunk.ts";
import type { Connection } from "./connection.ts";
import { UploadWindow, type WindowLimits } from "./upload-window.ts";

export interface UploadOptions {
  /** Requests under way at once, at most; default what the board's buffers allow. 1: no window. */
  readonly window?: number | undefined;
  /** For the first piece, with which the board erases; default 40 s. */
  readonly firstTimeoutMs?: number | undefined;
  /** For the others, at first; default 2 s. */
  readonly timeoutMs?: number | undefined;
  /** Ends an upload that does not move on; default 120 s. */
  readonly noProgressMs?: number | undefined;
  readonly imageNumber?: number | undefined;
  /** Let the board refuse what is not newer. */
  readonly upgrade?: boolean | undefined;
  /** False: the file's hash is not told, so that the board starts afresh whatever it remembers. */
  readonly resume?: boolean | undefined;
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
}

export interface UploadProgress {
  /** Bytes that the board has taken. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Image bytes sent, repeats included. */
  readonly sentBytes: number;
  /** The end of the furthest piece that was sent. */
  readonly reachedBytes: number;
  /** Image bytes under way at once, at most: one window. */
  readonly windowBytes: number;
  /** Where an earlier upload of the same file had come to. */
  readonly resumedAtBytes: number;
  /** Times that something had to be sent again. */
  readonly retries: number;
}

export interface UploadResult extends UploadProgress {
  /** The board's own comparison of the file in its slot with the hash; undefined when it makes none. */
  readonly match: boolean | undefined;
}

interface Sent {
  readonly end: number;
  readonly bytes: number;
  readonly first: boolean;
  readonly sentMs: number;
}
type Answer = { readonly sent: Sent; readonly off: number; readonly match: boolean | undefined };
type Outcome = Answer | { readonly sent: Sent; readonly error: SmpError };

/** The first piece only asks where the board stands: the image header, and little lost when the board knows it. */
const PROBE_BYTES = 2 * UNIT_BYTES;
/** Answers in a row that move nothing, before the upload is given up. */
const MAX_STALLS = 8;
const MAX_SET_BACKS = 20;

/** Throws `rig/no-progress`, `rig/board-lost`, `rig/refused`, `image/refused`. */
export async function uploadImage(
  connection: Connection,
  file: Uint8Array,
  options: UploadOptions = {},
): Promise<UploadResult> {
  const { bufCount } = await connection.client.params();
  const window = Math.max(1, Math.min(bufCount - 1, options.window ?? Number.POSITIVE_INFINITY));
  const packetBytes = await connection.client.maxPacketBytes();
  const limits = { window, packetBytes, timeoutMs: options.timeoutMs ?? 2000 };
  return new Upload(connection, file, limits, options).run();
}

class Upload {
  readonly #connection: Connection;
  readonly #file: Uint8Array;
  readonly #options: UploadOptions;
  readonly #window: UploadWindow;
  readonly #start: image.UploadStart;
  /** Under way, oldest first. */
  #underWay: Sent[] = [];
  readonly #outcomes: Outcome[] = [];
  #wake: () => void = () => {};
  /** The offset that goes next. */
  #next = 0;
  /** The last offset that the board asked for. */
  #wanted = 0;
  /** Nothing new goes until all that is under way is answered or lost. */
  #draining = false;
  /** After a failure one piece goes alone, to learn what the board has before a window is spent on it. */
  #probing = false;
  /** The board said nothing: it is asked for a word before it is sent image bytes again. */
  #silent = false;
  /** The furthest that the board has come. */
  #doneBytes = 0;
  #match: boolean | undefined;
  #sentBytes = 0;
  #reachedBytes = 0;
  readonly #windowBytes: number;
  /** With a small piece more it is a window. Where one request goes at a time nothing is spared: pieces would shrink. */
  readonly #underWayBytes: number;
  #resumedAtBytes = 0;
  #retries = 0;
  #stalls = 0;
  #setBacks = 0;
  #movedMs: number;

  constructor(connection: Connection, file: Uint8Array, limits: WindowLimits, options: UploadOptions) {
    this.#connection = connection;
    this.#file = file;
    this.#window = new UploadWindow(limits);
    this.#options = options;
    this.#movedMs = connection.timers.nowMs();
    const sha = options.resume === false ? {} : { sha: createHash("sha256").update(file).digest() };
    this.#start = {
      lengthBytes: file.length,
      ...sha,
      ...(options.imageNumber !== undefined && { image: options.imageNumber }),
      ...(options.upgrade !== undefined && { upgrade: options.upgrade }),
    };
    const { data } = nextChunk(new Uint8Array(limits.packetBytes + 1), 1, limits.packetBytes, this.#start);
    this.#windowBytes = limits.window * data.length;
    this.#underWayBytes = this.#windowBytes - (limits.window > 1 ? PROBE_BYTES : 0);
  }

  async run(): Promise<UploadResult> {
    while (this.#wanted < this.#file.length) {
      if (this.#draining && this.#underWay.length === 0) await this.#rewind();
      while (this.#maySend()) this.#send();
      await this.#take(await this.#outcome());
    }
    return { ...this.#progress(), match: this.#match };
  }

  /** The first piece goes alone: until it is answered nobody knows where the board wants to go on. */
  #maySend(): boolean {
    if (this.#draining || this.#next >= this.#file.length) return false;
    const alone = this.#next === 0 || this.#probing || this.#underWay.some((sent) => sent.first);
    if (this.#underWay.length >= (alone ? 1 : this.#window.requests)) return false;
    return this.#underWay.length === 0 || this.#room() >= UNIT_BYTES;
  }

  /** Image bytes that may go besides those under way. */
  #room(): number {
    return this.#underWayBytes - this.#underWay.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #nextPiece(): image.UploadChunk {
    const whole = nextChunk(this.#file, this.#next, this.#window.packetBytes, this.#start);
    const room = this.#next === 0 ? PROBE_BYTES : this.#room();
    return { ...whole, data: whole.data.subarray(0, Math.max(UNIT_BYTES, room - (room % UNIT_BYTES))) };
  }

  #send(): void {
    const { client, timers } = this.#connection;
    const chunk = this.#nextPiece();
    const first = chunk.first !== undefined;
    const bytes = chunk.data.length;
    const sent: Sent = { end: chunk.off + bytes, bytes, first, sentMs: timers.nowMs() };
    const timeoutMs = first
      ? (this.#options.firstTimeoutMs ?? image.ERASE_TIMEOUT_MS)
      : this.#window.timeoutMs;
    this.#underWay.push(sent);
    this.#next = sent.end;
    this.#sentBytes += bytes;
    this.#reachedBytes = Math.max(this.#reachedBytes, sent.end);
    image.uploadChunk(client, chunk, { timeoutMs }).then(
      (answer) => this.#hear({ sent, ...answer }),
      (error: SmpError) => this.#hear({ sent, error }),
    );
  }

  #hear(outcome: Outcome): void {
    this.#outcomes.push(outcome);
    this.#wake();
  }

  /** The next answer or failure; every request has a time-out, so there is one. */
  async #outcome(): Promise<Outcome> {
    if (this.#outcomes.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#outcomes.shift() as Outcome;
  }

  async #take(outcome: Outcome): Promise<void> {
    const at = this.#underWay.indexOf(outcome.sent);
    if (at < 0) return; // given up already: a later request was answered first
    if ("error" in outcome) {
      this.#underWay.splice(at, 1);
      await this.#fail(outcome.error);
    } else {
      // The board answers in order: what went earlier and has no answer was lost.
      this.#underWay.splice(0, at + 1);
      this.#answered(outcome);
    }
  }

  #answered({ sent, off, match }: Answer): void {
    if (off > this.#file.length)
      throw this.#error("rig/refused", `it asks for offset ${off}, past the file's end`);
    this.#wanted = off;
    this.#match = match;
    this.#probing = false;
    if (off !== sent.end) this.#goBack(sent, off);
    if (off === sent.end || off > this.#doneBytes) this.#moved(sent, off);
    else this.#stalled(`the board answers offset ${off} whatever is sent`);
  }

  /** Not the offset that was expected: the board knows the file from an earlier upload, or something was lost. */
  #goBack(sent: Sent, off: number): void {
    if (sent.first && off > 0 && this.#doneBytes === 0) this.#resumedAtBytes = off;
    else if (!this.#draining) {
      this.#retries++;
      this.#window.onLoss();
    }
    this.#draining = true;
    if (off < this.#doneBytes) this.#setBack(off);
  }

  /** The board has lost what it had: a reset without a memory of the upload, or the page that it was writing. */
  #setBack(off: number): void {
    this.#doneBytes = off;
    if (++this.#setBacks > MAX_SET_BACKS)
      throw this.#error("rig/no-progress", `the board lost what it had ${MAX_SET_BACKS} times`);
  }

  #moved(sent: Sent, off: number): void {
    this.#window.onAck(this.#connection.timers.nowMs() - sent.sentMs);
    this.#doneBytes = off;
    this.#stalls = 0;
    this.#movedMs = this.#connection.timers.nowMs();
    this.#options.onProgress?.(this.#progress());
  }

  async #rewind(): Promise<void> {
    if (this.#silent) await this.#hearBoard();
    this.#draining = false;
    this.#next = this.#wanted;
  }

  /** Until the board says anything at all: a board that boots would only lose image bytes. */
  async #hearBoard(): Promise<void> {
    const { client } = this.#connection;
    while (this.#silent)
      try {
        await os.echo(client, "", { timeoutMs: this.#window.timeoutMs, retries: 0 });
        this.#silent = false;
      } catch (error) {
        if (!(error instanceof SmpError)) throw error;
        this.#silent = error.code === "smp/timeout" || error.code === "smp/closed";
        if (error.code === "smp/closed") {
          await this.#lineLost(error);
          this.#stalled(error.message, error);
        } else if (this.#silent) this.#requireProgress(error.message, error);
      }
  }

  /** A request without a good answer: what the board has, it says with the next one. */
  async #fail(error: SmpError): Promise<void> {
    if (!(error instanceof SmpError)) throw error;
    if (!this.#draining) this.#retries++;
    this.#draining = true;
    this.#probing = true;
    this.#silent = error.code !== "smp/refused";
    if (error.code === "smp/refused") await this.#refused(error);
    else if (error.code === "smp/closed") await this.#lineLost(error);
    else if (error.code !== "smp/timeout" && error.code !== "smp/malformed") throw this.#wrap(error);
    else if (this.#underWay.length === 0) this.#window.onTimeout();
    if (this.#underWay.length === 0) this.#stalled(error.message, error);
    this.#options.onProgress?.(this.#progress());
  }

  /** Too large, too much or too busy can be helped; anything else is the board's last word. */
  async #refused(error: SmpError): Promise<void> {
    if (error.group !== undefined) throw this.#wrap(error);
    if (error.rc === 2 || error.rc === 7) this.#window.smaller();
    else if (error.rc === 10) await pause(this.#connection.timers, this.#window.timeoutMs);
    else if (error.rc !== 9) throw this.#wrap(error);
  }

  async #lineLost(error: SmpError): Promise<void> {
    try {
      await this.#connection.ready();
    } catch (cause) {
      throw this.#error("rig/board-lost", `the line is gone and did not come back (${error.text})`, cause);
    }
  }

  #stalled(what: string, cause?: unknown): void {
    if (this.#draining && this.#underWay.length > 0) return;
    this.#stalls++;
    this.#requireProgress(what, cause);
  }

  #requireProgress(what: string, cause?: unknown): void {
    const { noProgressMs = 120_000 } = this.#options;
    const sinceMs = this.#connection.timers.nowMs() - this.#movedMs;
    if (this.#stalls < MAX_STALLS && sinceMs < noProgressMs) return;
    const tries = `${this.#stalls} tries, ${Math.round(sinceMs / 1000)} s`;
    throw this.#error("rig/no-progress", `the upload does not move on (${tries}): ${what}`, cause);
  }

  #wrap(error: SmpError): CodedError {
    // Codes that blame the file: it is no image, too large, older, or linked for elsewhere.
    const blamesImage =
      error.group === image.IMAGE_GROUP && [4, 5, 6, 7, 23, 25, 27, 29, 30].includes(error.rc ?? 0);
    return this.#error(blamesImage ? "image/refused" : "rig/refused", error.text, error, error.advice);
  }

  #error(code: string, what: string, cause?: unknown, advice = uploadAdvice): CodedError {
    const at = `${this.#doneBytes} of ${this.#file.length} bytes`;
    return new CodedError(code, `upload, ${at}: ${what}`, { advice, ...this.#progress() }, cause);
  }

  #progress(): UploadProgress {
    return {
      doneBytes: this.#doneBytes,
      totalBytes: this.#file.length,
      sentBytes: this.#sentBytes,
      reachedBytes: this.#reachedBytes,
      windowBytes: this.#windowBytes,
      resumedAtBytes: this.#resumedAtBytes,
      retries: this.#retries,
    };
  }
}

const uploadAdvice = "Reset the board and flash again: the upload goes on where it stopped.";
