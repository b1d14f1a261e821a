/**
 * Puts the blocks of one peer's long message together: one at a time, blocks in order. What comes out of
 * order is answered with what is there, so that the sender goes on from the right place.
 */
import { concat, sameBytes } from "../../hal/base/bytes.ts";
import type { Cancel } from "../../hal/board.ts";
import { type Block, MAX_BLOCKS } from "./frames/block.ts";

/** Longer than a sender takes for all tries of one block. */
const STALE_MS = 120_000;

export interface BlockReception {
  /** The block to acknowledge: the highest that is there; undefined: not now. */
  readonly acknowledge?: number;
  /** The message, once it is whole. */
  readonly whole?: Uint8Array;
}

export class BlockReceiver {
  readonly #after: (delayMs: number, action: () => Promise<void>) => Cancel;
  readonly #onIdle: () => void;
  #parts: Uint8Array[] = [];
  /** The last block of the message before: its sender may not have heard that it arrived. */
  #final: Block | undefined;
  #expiry: Cancel = () => {};

  /** `onIdle`: nothing more is remembered of the peer. */
  constructor(after: (delayMs: number, action: () => Promise<void>) => Cancel, onIdle: () => void) {
    this.#after = after;
    this.#onIdle = onIdle;
  }

  get idle(): boolean {
    return this.#parts.length === 0 && this.#final === undefined;
  }

  /** Takes one block of data. A first block always begins anew. */
  take(block: Block): BlockReception {
    if (this.#isFinalAgain(block)) return { acknowledge: block.number };
    if (block.number === 1) this.#parts = [];
    if (block.number !== this.#parts.length + 1) return { acknowledge: this.#parts.length };
    this.#expireLater();
    this.#parts.push(block.data);
    if (block.last) return { acknowledge: block.number, whole: this.#finish(block) };
    if (block.number >= MAX_BLOCKS) return this.#giveUp();
    return block.streaming ? {} : { acknowledge: block.number };
  }

  #isFinalAgain({ number, last, data }: Block): boolean {
    const final = this.#final;
    return last && this.#parts.length === 0 && final?.number === number && sameBytes(final.data, data);
  }

  #finish(block: Block): Uint8Array {
    const whole = concat(...this.#parts);
    this.#parts = [];
    this.#final = block;
    return whole;
  }

  /** No message has more blocks. */
  #giveUp(): BlockReception {
    this.#parts = [];
    return { acknowledge: 0 };
  }

  #expireLater(): void {
    this.#expiry();
    this.#expiry = this.#after(STALE_MS, async () => {
      this.#parts = [];
      this.#final = undefined;
      this.#onIdle();
    });
  }
}
