/**
 * Frame counters. Outgoing ones are reserved in the journal in steps, so that after any power cut none is
 * used twice; incoming ones only go up (Zigbee 4.3.1.2, 4.4.1.2).
 */
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { Journal } from "../../kernel/journal.ts";
import { Reader, Writer } from "../frames/bytes.ts";

/** Counters lost at most by a power cut, and frames sent between two commits. */
const RESERVE = 1024;
const LAST_COUNTER = 0xffff_fffe;

export class OutgoingCounter {
  readonly #journal: Journal;
  readonly #key: string;
  #next: number;
  #reserved: number;

  constructor(journal: Journal, key: string) {
    const stored = journal.get(key);
    this.#journal = journal;
    this.#key = key;
    this.#reserved = stored === undefined ? 0 : new Reader(stored).u32(key);
    this.#next = this.#reserved;
  }

  /** Throws `han/counter-exhausted` when the key has to be replaced before another frame may leave. */
  async take(): Promise<number> {
    if (this.#next > LAST_COUNTER) {
      throw new CodedError("han/counter-exhausted", `${this.#key}: used up; replace the key`, {
        key: this.#key,
      });
    }
    if (this.#next >= this.#reserved) await this.#reserve();
    return this.#next++;
  }

  async #reserve(): Promise<void> {
    const reserved = Math.min(this.#next + RESERVE, LAST_COUNTER + 1);
    await this.#journal.commit([{ key: this.#key, value: new Writer().u32(reserved).done() }]);
    this.#reserved = Math.max(this.#reserved, reserved);
  }
}

export type Freshness = "fresh" | "duplicate" | "replayed";

/** A second copy that comes this soon is the radio's doing (a lost acknowledgement), not an attack. */
const DUPLICATE_WITHIN_MS = 3000;
const REMEMBERED = 16;

export class IncomingCounter {
  #floor: number;
  readonly #recent: { readonly counter: number; readonly atMs: number }[] = [];

  /** `floor`: the lowest counter to accept. */
  constructor(floor = 0) {
    this.#floor = floor;
  }

  /** The lowest counter still acceptable. */
  get floor(): number {
    return this.#floor;
  }

  /**
   * Judges an authentic frame; a fresh one moves the floor. The counter 0xFFFFFFFF is never taken: no sender may
   * use it (Zigbee 4.3.1.2), and behind it there is nothing to wait for.
   */
  judge(counter: number, nowMs: number): Freshness {
    if (counter > LAST_COUNTER) return "replayed";
    if (counter >= this.#floor) {
      this.#floor = counter + 1;
      this.#recent.push({ counter, atMs: nowMs });
      if (this.#recent.length > REMEMBERED) this.#recent.shift();
      return "fresh";
    }
    const seen = this.#recent.find((entry) => entry.counter === counter);
    return seen !== undefined && nowMs - seen.atMs <= DUPLICATE_WITHIN_MS ? "duplicate" : "replayed";
  }
}
