/**
 * Sends one peer's messages in order: a short one whole, a long one block by block, each acknowledged by the
 * far end before the next leaves. A peer that has forgotten (a power cut) says so in its acknowledgement,
 * and is sent the rest again, a bounded number of times.
 */
import type { Cancel, Listener } from "../../hal/board.ts";
import { encodeBlock, MAX_BLOCK_DATA_BYTES } from "./frames/block.ts";
import { MAX_TRANSFER_BYTES } from "./frames/tunneling.ts";
import type { HanFailure } from "./port.ts";

export type Sent = Listener<"delivered" | HanFailure>;

export interface BlockSenderDuties {
  transmit(bytes: Uint8Array, done: Sent): Promise<void>;
  after(delayMs: number, action: () => Promise<void>): Cancel;
  /** Nothing is under way any more. */
  idle(): void;
}

/** For the far end to acknowledge a block that the tunnel has delivered. */
const ACK_WAIT_MS = 10_000;
/** After the tunnel could not deliver it. */
const RETRY_WAIT_MS = 2_000;
const TRIES = 4;
/** Times that a peer may fall back in one message. */
const SETBACKS = 3;
const QUEUE = 8;

interface Waiting {
  readonly message: Uint8Array;
  readonly done: Sent;
}

/** A long message on its way; `block` counts from 1. */
interface Transfer extends Waiting {
  readonly count: number;
  block: number;
  tries: number;
  setbacks: number;
}

export class BlockSender {
  readonly #duties: BlockSenderDuties;
  readonly #waiting: Waiting[] = [];
  #busy = false;
  #transfer: Transfer | undefined;
  #timer: Cancel = () => {};

  constructor(duties: BlockSenderDuties) {
    this.#duties = duties;
  }

  get idle(): boolean {
    return !this.#busy;
  }

  async send(message: Uint8Array, done: Sent): Promise<void> {
    if (this.#waiting.length >= QUEUE) return await done("busy");
    this.#waiting.push({ message: message.slice(), done });
    if (!this.#busy) await this.#next();
  }

  /** The peer has everything up to block `number`. What no peer of good will says is ignored. */
  async acknowledged(number: number): Promise<void> {
    const transfer = this.#transfer;
    // The block before: said again, or this one is still on its way; the timer sends it again if need be.
    if (transfer === undefined || number > transfer.block || number === transfer.block - 1) return;
    if (number === transfer.count) return await this.#finish(transfer.done, "delivered");
    if (number < transfer.block && ++transfer.setbacks > SETBACKS)
      return await this.#finish(transfer.done, "refused");
    transfer.block = number + 1;
    transfer.tries = 0;
    await this.#attempt(transfer);
  }

  async #next(): Promise<void> {
    const next = this.#waiting.shift();
    this.#busy = next !== undefined;
    if (next === undefined) return this.#duties.idle();
    if (next.message.length <= MAX_TRANSFER_BYTES)
      return await this.#duties.transmit(next.message, (outcome) => this.#finish(next.done, outcome));
    const count = Math.ceil(next.message.length / MAX_BLOCK_DATA_BYTES);
    this.#transfer = { ...next, count, block: 1, tries: 0, setbacks: 0 };
    await this.#attempt(this.#transfer);
  }

  async #finish(done: Sent, outcome: "delivered" | HanFailure): Promise<void> {
    this.#timer();
    this.#transfer = undefined;
    await this.#next();
    await done(outcome);
  }

  async #attempt(transfer: Transfer): Promise<void> {
    this.#timer();
    if (transfer.tries >= TRIES) return await this.#finish(transfer.done, "timeout");
    const attempt = ++transfer.tries;
    const { block } = transfer;
    await this.#duties.transmit(blockOf(transfer), async (outcome) => {
      if (this.#transfer !== transfer || transfer.block !== block || transfer.tries !== attempt) return;
      if (outcome === "no-route" || outcome === "not-joined")
        return await this.#finish(transfer.done, outcome);
      const waitMs = outcome === "delivered" ? ACK_WAIT_MS : RETRY_WAIT_MS;
      this.#timer();
      this.#timer = this.#duties.after(waitMs, () => this.#attempt(transfer));
    });
  }
}

/** The block now due. Its window is one: each is acknowledged. */
function blockOf({ message, count, block }: Transfer): Uint8Array {
  const from = (block - 1) * MAX_BLOCK_DATA_BYTES;
  return encodeBlock({
    last: block === count,
    streaming: false,
    window: 1,
    number: block,
    acknowledged: 0,
    data: message.subarray(from, from + MAX_BLOCK_DATA_BYTES),
  });
}
