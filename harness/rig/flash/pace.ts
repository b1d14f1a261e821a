/** How much is under way at once: as much as the board's buffers hold, less after time-outs, and slowly more again. */
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

export class Pace {
  readonly #limits: PaceLimits;
  #window: number;
  #packetBytes: number;
  #timeoutMs: number;
  #acks = 0;

  constructor(limits: PaceLimits) {
    this.#limits = limits;
    this.#window = limits.window;
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
    if (++this.#acks % ACKS_TO_GROW !== 0) return;
    if (this.#packetBytes < packetBytes) this.#packetBytes = Math.min(2 * this.#packetBytes, packetBytes);
    else this.#window = Math.min(this.#window + 1, window);
  }

  /** Answers came, but one request was lost: the board may hold fewer than it says. */
  onLoss(): void {
    this.#acks = 0;
    this.#window = Math.max(1, Math.floor(this.#window / 2));
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
