/** The board's uptime as the host reckons it between two looks. */

/** A look that took longer than this many times the best one says too little. */
const worseFactor = 2;
/** But after this time any look is better than none, ms. */
const staleMs = 60_000;

export class Uptime {
  #offsetMs = 0;
  #bestTripMs = Number.POSITIVE_INFINITY;
  #sampledAtMs = Number.NEGATIVE_INFINITY;
  #last = 0;

  /** The board said `upMs` to a question asked at `askedMs` and answered at `gotMs`, host time. */
  sample(upMs: number, askedMs: number, gotMs: number): void {
    const tripMs = gotMs - askedMs;
    const poor = tripMs > worseFactor * this.#bestTripMs + 1;
    if (poor && gotMs - this.#sampledAtMs < staleMs) return;
    this.#bestTripMs = Math.min(tripMs, this.#bestTripMs);
    this.#sampledAtMs = gotMs;
    this.#offsetMs = upMs - (askedMs + gotMs) / 2;
  }

  /** The estimate, which a correction may move either way. */
  exactMs(nowMs: number): number {
    return nowMs + this.#offsetMs;
  }

  /** Whole milliseconds, never back. */
  readMs(nowMs: number): number {
    this.#last = Math.max(this.#last, Math.floor(this.exactMs(nowMs) + 1e-6));
    return this.#last;
  }
}
