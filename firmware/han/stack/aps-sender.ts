/**
 * Sends APS data to one peer: one message at a time, block by block, each acknowledged end to end and sent
 * again when it is not (Zigbee 2.2.8.4; Smart Energy allows a window of one block).
 */
import type { Cancel, Listener, TransmitOutcome } from "../../../hal/board.ts";
import type { ApsAddress, ApsHeader } from "../frames/aps.ts";
import { ApsType } from "../frames/aps.ts";
import { blocksOf } from "./aps-receiver.ts";

export type ApsOutcome = "delivered" | "timeout" | "busy";

export interface ApsRequest {
  readonly address: ApsAddress;
  readonly payload: Uint8Array;
  /** With the peer's link key, on top of the network key. */
  readonly secured: boolean;
}

/** What a lane needs of the layer it is in. */
export interface LaneDuties {
  transmit(header: ApsHeader, payload: Uint8Array, done: Listener<TransmitOutcome>): Promise<void>;
  after(delayMs: number, action: () => Promise<void>): Cancel;
  nextCounter(): number;
  /** Tells of what a transmission threw; throws it again when it is lost power. */
  fault(error: unknown): void;
}

/** apscAckWaitDuration: 0.05 * (2 * nwkcMaxDepth) + apscSecurityTimeOutPeriod, about 1.6 s. */
const ACK_WAIT_MS = 1600;
/** After the radio itself has given up. */
const RETRY_WAIT_MS = 400;
/** apscMaxFrameRetries is 3. */
const ATTEMPTS = 4;
const QUEUE = 8;

interface Transfer {
  readonly request: ApsRequest;
  readonly done: Listener<ApsOutcome>;
  readonly counter: number;
  readonly blocks: readonly Uint8Array[];
  block: number;
  attempts: number;
}

export class ApsSender {
  readonly #duties: LaneDuties;
  readonly #waiting: { readonly request: ApsRequest; readonly done: Listener<ApsOutcome> }[] = [];
  #current: Transfer | undefined;
  #timer: Cancel = () => {};

  constructor(duties: LaneDuties) {
    this.#duties = duties;
  }

  async send(request: ApsRequest, done: Listener<ApsOutcome>): Promise<void> {
    if (this.#waiting.length >= QUEUE) return await done("busy");
    this.#waiting.push({ request, done });
    if (this.#current === undefined) await this.#next();
  }

  /** Ends everything: the peer is gone. */
  async stop(): Promise<void> {
    this.#timer();
    const ended = [...(this.#current === undefined ? [] : [this.#current]), ...this.#waiting.splice(0)];
    this.#current = undefined;
    for (const transfer of ended) await transfer.done("timeout");
  }

  /** An acknowledgement from the peer: moves on when it is of the block in the air. */
  async acknowledged(ack: ApsHeader): Promise<void> {
    const transfer = this.#current;
    if (transfer === undefined || !matches(transfer, ack)) return;
    this.#timer();
    transfer.block++;
    transfer.attempts = 0;
    if (transfer.block < transfer.blocks.length) await this.#attempt(transfer);
    else await this.#finish(transfer, "delivered");
  }

  async #next(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const blocks = blocksOf(next.request.payload);
    this.#current = { ...next, counter: this.#duties.nextCounter(), blocks, block: 0, attempts: 0 };
    await this.#attempt(this.#current);
  }

  async #finish(transfer: Transfer, outcome: ApsOutcome): Promise<void> {
    this.#current = undefined;
    await this.#next();
    await transfer.done(outcome);
  }

  async #attempt(transfer: Transfer): Promise<void> {
    if (this.#current !== transfer) return;
    if (transfer.attempts >= ATTEMPTS) return await this.#finish(transfer, "timeout");
    transfer.attempts++;
    const { block, attempts } = transfer;
    this.#rearm(ACK_WAIT_MS, transfer);
    const sent = (outcome: TransmitOutcome): void => {
      const current =
        this.#current === transfer && transfer.block === block && transfer.attempts === attempts;
      if (outcome !== "sent" && current) this.#rearm(RETRY_WAIT_MS, transfer);
    };
    try {
      await this.#duties.transmit(headerOf(transfer), transfer.blocks[block]!, sent);
    } catch (error) {
      // The attempt is lost, not the message: whoever gave it must not give it again beside this one.
      this.#duties.fault(error);
      sent("no-ack");
    }
  }

  #rearm(delayMs: number, transfer: Transfer): void {
    this.#timer();
    this.#timer = this.#duties.after(delayMs, () => this.#attempt(transfer));
  }
}

function headerOf(transfer: Transfer): ApsHeader {
  const { request, blocks, block, counter } = transfer;
  const first = block === 0;
  return {
    type: ApsType.data,
    broadcast: false,
    ackRequest: true,
    secured: request.secured,
    counter,
    address: request.address,
    ...(blocks.length === 1 ? {} : { block: { first, number: first ? blocks.length : block } }),
  };
}

/** An acknowledgement names the endpoints, cluster and counter of what it answers, the other way round. */
function matches(transfer: Transfer, ack: ApsHeader): boolean {
  const { address } = transfer.request;
  const same =
    ack.counter === transfer.counter &&
    ack.secured === transfer.request.secured &&
    ack.address?.cluster === address.cluster &&
    ack.address.sourceEndpoint === address.destinationEndpoint;
  if (transfer.blocks.length === 1) return same && ack.block === undefined;
  return same && ack.block?.number === transfer.block && ((ack.block.bitfield ?? 0) & 1) === 1;
}
