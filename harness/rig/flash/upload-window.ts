/**
 * How much is under way at once: one request at a time at first, then as many as the board's buffers hold, and from
 * then on what passed more bytes a second: on a line without latency more would only wait in a queue. Less after
 * time-outs, and slowly more again.
 */
export interface WindowLimits {
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
const ACKS_TO_RATE = 3;
/** A window must bring this much more than none to be worth it. */
const WORTHWHILE = 1.05;

export class UploadWindow {
  readonly #limits: WindowLimits;
  #window = 1;
  #packetBytes: number;
  #timeoutMs: number;
  #acks = 0;
  /** A packet of this size was answered since the last time-out: it is not its size that got it lost. */
  #proven = false;
  /** What {@link WindowLimits.window} is worth: that, or 1. */
  #widest: number;
  #exploring = true;
  /** Requests a millisecond, one at a time. */
  #singleRate: number | undefined;
  #tookMs = 0;

  constructor(limits: WindowLimits) {
    this.#limits = limits;
    this.#widest = limits.window;
    this.#packetBytes = limits.packetBytes;
    this.#timeoutMs = limits.timeoutMs;
  }

  get requests(): number {
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
    this.#timeoutMs = Math.min(Math.max(this.#limits.timeoutMs, 4 * tookMs), MAX_TIMEOUT_MS);
    this.#acks++;
    this.#proven = true;
    if (this.#exploring) this.#explore(tookMs);
    else if (this.#acks % ACKS_TO_GROW === 0) this.#grow();
  }

  #grow(): void {
    const { packetBytes } = this.#limits;
    if (this.#packetBytes < packetBytes) this.#packetBytes = Math.min(2 * this.#packetBytes, packetBytes);
    else if (this.#window < this.#widest) this.#window++;
  }

  /** By Little's law a window of w that is answered after t passes w ÷ t requests a millisecond. */
  #explore(tookMs: number): void {
    if (this.#acks > this.#window) this.#tookMs += tookMs;
    if (this.#acks < this.#window + ACKS_TO_RATE) return;
    const rate = (this.#window * ACKS_TO_RATE) / Math.max(this.#tookMs, 1);
    if (this.#singleRate === undefined) {
      this.#singleRate = rate;
      this.#window = this.#widest;
    } else {
      if (rate < this.#singleRate * WORTHWHILE) this.#widest = 1;
      this.#window = this.#widest;
      this.#exploring = false;
    }
    this.#acks = 0;
    this.#tookMs = 0;
  }

  /** Answers came, but one request was lost: the board may hold fewer than it says. */
  onLoss(): void {
    this.#acks = 0;
    this.#exploring = false;
    this.#window = Math.max(1, Math.floor(this.#window / 2));
  }

  /** Nothing came: fewer at once first, then smaller ones, and more patience. */
  onTimeout(): void {
    this.#acks = 0;
    this.#timeoutMs = Math.min(2 * this.#timeoutMs, MAX_TIMEOUT_MS);
    if (this.#window > 1) this.onLoss();
    else if (!this.#proven) this.smaller();
    this.#proven = false;
  }

  /** The board has no room for such packets. */
  smaller(): void {
    this.#acks = 0;
    const floor = Math.min(MIN_PACKET_BYTES, this.#limits.packetBytes);
    this.#packetBytes = Math.max(Math.floor(this.#packetBytes / 2), floor);
  }
}
