/**
 * How much is under way at once. One request at first, then one more for as long as that brings more bytes a
 * second, up to what the board's buffers hold: on a line without latency more would only wait in a queue. Less
 * after time-outs, and slowly more again.
 */
export interface PaceLimits {
  /** Requests under way, at most. */
  readonly window: number;
  /** Bytes of a packet (header and payload), at most. */
  readonly packetBytes: number;
  /** How long an answer may take at first. */
  readonly timeoutMs: number;
}

/** Smaller packets than this carry more frame than image. */
const MIN_PACKET_BYTES = 128;
const MAX_TIMEOUT_MS = 20_000;
/** Answers in a row before more is tried again. */
const ACKS_TO_GROW = 16;
/** Answers that tell how fast a window is, once those of the window before are in. */
const ACKS_TO_RATE = 4;
/** A wider window must bring this much more to be worth it. */
const WORTHWHILE = 1.05;

export class Pace {
  readonly #limits: PaceLimits;
  #window: number;
  #packetBytes: number;
  #timeoutMs: number;
  #acks = 0;
  /** The widest window that was worth it so far, and its rate in requests a millisecond. */
  #best = 1;
  #bestRate = 0;
  #exploring = true;
  #tookMs = 0;

  constructor(limits: PaceLimits) {
    this.#limits = limits;
    this.#window = 1;
    this.#packetBytes = limits.packetBytes;
    this.#timeoutMs = limits.timeoutMs;
  }

  get window(): number {
    return this.#window;
  }
  get packetBytes(): number {
    return this.#packetBytes;
  }
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** An answer moved the upload on; `tookMs` since its request. */
  onAck(tookMs: number): void {
    const { window, packetBytes, timeoutMs } = this.#limits;
    this.#timeoutMs = Math.min(Math.max(timeoutMs, 4 * tookMs), MAX_TIMEOUT_MS);
    this.#acks++;
    if (this.#exploring) this.#explore(tookMs, window);
    else if (this.#acks % ACKS_TO_GROW === 0) this.#grow(packetBytes);
  }

  #grow(packetBytes: number): void {
    if (this.#packetBytes < packetBytes) this.#packetBytes = Math.min(2 * this.#packetBytes, packetBytes);
    else if (this.#window < this.#best) this.#window++;
    else if (this.#bestRate === 0) this.#begin();
  }

  /** By Little's law a window of w that is answered after t passes w ÷ t requests a millisecond. */
  #explore(tookMs: number, limit: number): void {
    if (this.#acks > this.#window) this.#tookMs += tookMs;
    if (this.#acks < this.#window + ACKS_TO_RATE) return;
    const rate = (this.#window * ACKS_TO_RATE) / Math.max(this.#tookMs, 1);
    const better = rate > this.#bestRate * WORTHWHILE;
    if (better) [this.#best, this.#bestRate] = [this.#window, rate];
    this.#exploring = better && this.#window < limit;
    this.#window = this.#exploring ? this.#window + 1 : this.#best;
    this.#acks = 0;
    this.#tookMs = 0;
  }

  #begin(): void {
    this.#exploring = true;
    this.#acks = 0;
    this.#tookMs = 0;
  }

  /** Answers came, but one request was lost: the board may hold fewer than it says. */
  onLoss(): void {
    this.#acks = 0;
    this.#exploring = false;
    // What was measured no longer counts: it is measured again after a while without a loss.
    this.#bestRate = 0;
    this.#window = this.#best = Math.max(1, Math.floor(this.#window / 2));
  }

  /** Nothing came: fewer at once first, then smaller ones, and more patience. */
  onTimeout(): void {
    this.#acks = 0;
    this.#timeoutMs = Math.min(2 * this.#timeoutMs, MAX_TIMEOUT_MS);
    if (this.#window > 1) this.onLoss();
    else this.smaller();
  }

  /** The board has no room for such packets. */
  smaller(): void {
    this.#acks = 0;
    const floor = Math.min(MIN_PACKET_BYTES, this.#limits.packetBytes);
    this.#packetBytes = Math.max(Math.floor(this.#packetBytes / 2), floor);
  }
}
