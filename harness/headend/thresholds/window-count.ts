/**
 * How many in the last `windowS` seconds, in steps: a step counts as long as any of it is in the window, so no window holds
 * more than is told. Constant memory, whatever is counted; constant time, but for steps that time has passed over.
 */
export class WindowCount {
  readonly #stepS: number;
  /** A ring: the step that runs, and those before it that the window reaches. */
  readonly #counts: number[];
  #step: number;
  #total: number;

  constructor(windowS: number, steps: number, kept?: WindowSnapshot) {
    this.#stepS = windowS / steps;
    const fits = kept?.counts.length === steps + 1;
    this.#counts = fits ? [...kept.counts] : new Array<number>(steps + 1).fill(0);
    this.#step = fits ? kept.step : 0;
    this.#total = this.#counts.reduce((sum, count) => sum + count, 0);
  }

  at(nowS: number): number {
    this.#advance(nowS);
    return this.#total;
  }

  add(nowS: number): void {
    this.#advance(nowS);
    const slot = this.#step % this.#counts.length;
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
    this.#total++;
  }

  snapshot(): WindowSnapshot {
    return { step: this.#step, counts: [...this.#counts] };
  }

  /** A clock that is set back frees nothing: what comes then counts for the newest step. */
  #advance(nowS: number): void {
    const step = Math.floor(nowS / this.#stepS);
    const passed = Math.min(step - this.#step, this.#counts.length);
    for (let i = 1; i <= passed; i++) {
      const slot = (this.#step + i) % this.#counts.length;
      this.#total -= this.#counts[slot] as number;
      this.#counts[slot] = 0;
    }
    this.#step = Math.max(this.#step, step);
  }
}

export interface WindowSnapshot {
  readonly step: number;
  readonly counts: readonly number[];
}
