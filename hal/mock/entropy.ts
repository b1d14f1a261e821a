import { type Entropy, HalError } from "../board.ts";
import type { Power } from "./power.ts";
import type { SeededRandom } from "./random.ts";

/** Most bytes one call may ask for. */
const maxBytes = 1024;

/** Repeatable "random" bytes: for tests only, never for keys that guard anything. */
export class MockEntropy implements Entropy {
  readonly #power: Power;
  readonly #random: SeededRandom;
  /** Fault: the noise source failed its health test. */
  failed = false;
  /** Fault: every byte is this. */
  stuckAt: number | undefined;

  constructor(power: Power, random: SeededRandom) {
    this.#power = power;
    this.#random = random;
  }

  bytes(length: number): Uint8Array {
    this.#power.require();
    if (!Number.isInteger(length) || length < 0 || length > maxBytes) {
      throw new HalError("hal/misuse", `entropy: 0..${maxBytes} bytes a call, got ${length}`, { length });
    }
    if (this.failed) throw new HalError("hal/fault", "entropy: the noise source failed its health test");
    return this.stuckAt === undefined
      ? this.#random.bytes(length)
      : new Uint8Array(length).fill(this.stuckAt);
  }
}
