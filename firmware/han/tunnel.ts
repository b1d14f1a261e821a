/**
 * One end of the tunnel between the hub and a device. Messages given before it is open wait a bounded time.
 * The hub asks for the tunnel, the device gives its number; either sends once it is open.
 */
import type { Cancel, Listener } from "../../hal/board.ts";
import { MAX_TRANSFER_BYTES } from "./frames/tunneling.ts";
import type { HanFailure } from "./port.ts";
import type { ApsOutcome } from "./stack/aps-sender.ts";

export interface TunnelDuties {
  transfer(tunnel: number, data: Uint8Array, done: Listener<ApsOutcome>): Promise<void>;
  after(delayMs: number, action: () => Promise<void>): Cancel;
}

const HELD = 8;
const HOLD_MS = 30_000;

interface Held {
  readonly bytes: Uint8Array;
  readonly done: Listener<"delivered" | HanFailure>;
  readonly giveUp: Cancel;
}

export class Tunnel {
  readonly #duties: TunnelDuties;
  #held: Held[] = [];
  #id: number | undefined;
  #former: number | undefined;

  constructor(duties: TunnelDuties) {
    this.#duties = duties;
  }

  get id(): number | undefined {
    return this.#id;
  }

  /**
   * May data come under this number? While none is agreed any may; after a new one the former one still may,
   * for what was on its way: the link key vouches for it.
   */
  takes(id: number): boolean {
    return this.#id === undefined || id === this.#id || id === this.#former;
  }

  async send(bytes: Uint8Array, done: Listener<"delivered" | HanFailure>): Promise<void> {
    if (bytes.length > MAX_TRANSFER_BYTES) return await done("too-long");
    if (this.#id !== undefined) return await this.#duties.transfer(this.#id, bytes, done);
    if (this.#held.length >= HELD) return await done("busy");
    const giveUp = this.#duties.after(HOLD_MS, () => this.#giveUp(held));
    const held: Held = { bytes: bytes.slice(), done, giveUp };
    this.#held.push(held);
  }

  async opened(id: number): Promise<void> {
    if (id !== this.#id) this.#former = this.#id;
    this.#id = id;
    for (const held of this.#take()) await this.#duties.transfer(id, held.bytes, held.done);
  }

  /** The other end no longer knows it. */
  closed(): void {
    this.#id = undefined;
  }

  /** The peer is gone: nothing waits any longer. */
  async stop(): Promise<void> {
    this.closed();
    for (const held of this.#take()) await held.done("no-route");
  }

  #take(): readonly Held[] {
    const held = this.#held;
    this.#held = [];
    for (const one of held) one.giveUp();
    return held;
  }

  async #giveUp(held: Held): Promise<void> {
    this.#held = this.#held.filter((other) => other !== held);
    await held.done("timeout");
  }
}
