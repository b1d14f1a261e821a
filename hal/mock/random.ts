import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/**
 * Random numbers that a seed decides. Give each part its own fork: what one part draws then never
 * changes what another sees. Not for keys that guard anything real.
 */
export class SeededRandom {
  readonly #seed: string;
  readonly #generator: ReturnType<typeof xoroshiro128plusFromState>;

  constructor(seed: number | string) {
    this.#seed = String(seed);
    this.#generator = xoroshiro128plusFromState(stateOf(this.#seed));
  }

  /** Uniform in [0, 1), with 32 bits. */
  next(): number {
    return (this.#generator.next() >>> 0) / 0x1_0000_0000;
  }

  /** Uniform integer in 0..`bound` - 1. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** True with this probability; 0 and 1 draw nothing. */
  chance(probability: number): boolean {
    return probability > 0 && (probability >= 1 || this.next() < probability);
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index++) bytes[index] = this.#generator.next() >>> 24;
    return bytes;
  }

  /** A generator decided by this one's seed and the label alone, however much either has drawn. */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.#seed}/${label}`);
  }
}

/** 128 bits of state from text: four FNV-1a hashes with different bases, each mixed (MurmurHash3 finaliser). */
function stateOf(text: string): number[] {
  return [0, 1, 2, 3].map((lane) => {
    let hash = 0x811c9dc5 ^ Math.imul(lane + 1, 0x9e3779b1);
    for (let index = 0; index < text.length; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) | 0;
  });
}
