/**
 * A home network for messages longer than its tunnels carry: a `HanPort` over another one, that takes long
 * messages apart and puts them together (general block transfer). Both ends of a tunnel use it. What is short
 * goes straight through, unless a long message to the same peer is under way: order is kept.
 */
import type { Cancel, Listener } from "../../hal/board.ts";
import type { Eui64 } from "../wire/message.ts";
import { BlockReceiver } from "./block-receiver.ts";
import { BlockSender, type Sent } from "./block-sender.ts";
import { decodeBlock, encodeBlock, MAX_BLOCK_DATA_BYTES, MAX_BLOCKS } from "./frames/block.ts";
import { MAX_TRANSFER_BYTES } from "./frames/tunneling.ts";
import type { HanMessage, HanPort } from "./port.ts";

/** The longest message that blocks carry. */
export const MAX_MESSAGE_BYTES = MAX_BLOCKS * MAX_BLOCK_DATA_BYTES;

/** A timer whose action takes its turn (DeviceContext.after). */
type After = (delayMs: number, action: () => Promise<void>) => Cancel;

/** What one peer has under way; forgotten when it is idle. */
interface Lane {
  readonly sender: BlockSender;
  readonly receiver: BlockReceiver;
}

export class BlockTransfer implements HanPort {
  readonly #han: HanPort;
  readonly #after: After;
  readonly #lanes = new Map<Eui64, Lane>();
  readonly #messages = new Set<Listener<HanMessage>>();

  constructor(han: HanPort, after: After) {
    this.#han = han;
    this.#after = after;
    han.onMessage((message) => this.#take(message));
  }

  /** Peers with a message under way, or just arrived. */
  get busyPeers(): number {
    return this.#lanes.size;
  }

  /** Sends one whole message of at most {@link MAX_MESSAGE_BYTES}; `done` runs once. */
  async send(to: Eui64, bytes: Uint8Array, done: Sent): Promise<void> {
    if (bytes.length > MAX_MESSAGE_BYTES) return await done("too-long");
    const sender = this.#lanes.get(to)?.sender;
    if (bytes.length <= MAX_TRANSFER_BYTES && sender?.idle !== false)
      return await this.#han.send(to, bytes, done);
    await this.#lane(to).sender.send(bytes, done);
  }

  onMessage(listener: Listener<HanMessage>): Cancel {
    this.#messages.add(listener);
    return () => this.#messages.delete(listener);
  }

  readHubTime(done: Listener<number | undefined>): Promise<void> {
    return this.#han.readHubTime(done);
  }

  /** What is no block is a message, or is refused as malformed where messages are checked. */
  async #take(message: HanMessage): Promise<void> {
    const { from, bytes } = message;
    const block = decodeBlock(bytes);
    if (block === undefined) return await this.#deliver(message);
    if (block.number === 0) return await this.#lanes.get(from)?.sender.acknowledged(block.acknowledged);
    const { acknowledge, whole } = this.#lane(from).receiver.take(block);
    if (whole !== undefined) await this.#deliver({ from, bytes: whole });
    if (acknowledge !== undefined) await this.#han.send(from, acknowledgement(acknowledge), ignore);
    this.#tidy(from);
  }

  async #deliver(message: HanMessage): Promise<void> {
    for (const listener of [...this.#messages]) await listener(message);
  }

  #lane(peer: Eui64): Lane {
    const known = this.#lanes.get(peer);
    if (known !== undefined) return known;
    const tidy = (): void => this.#tidy(peer);
    const sender = new BlockSender({
      transmit: (bytes, done) => this.#han.send(peer, bytes, done),
      after: this.#after,
      idle: tidy,
    });
    const lane = { sender, receiver: new BlockReceiver(this.#after, tidy) };
    this.#lanes.set(peer, lane);
    return lane;
  }

  #tidy(peer: Eui64): void {
    const lane = this.#lanes.get(peer);
    if (lane?.sender.idle && lane.receiver.idle) this.#lanes.delete(peer);
  }
}

function acknowledgement(acknowledged: number): Uint8Array {
  const data = new Uint8Array(0);
  return encodeBlock({ last: true, streaming: false, window: 1, number: 0, acknowledged, data });
}

function ignore(): void {}
