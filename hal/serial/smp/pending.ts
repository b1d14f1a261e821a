import type { Cancel } from "../../board.ts";
import type { Timers } from "../timers.ts";
import { SmpError } from "./errors.ts";
import { firstByte, type SmpHeader, type SmpPacket } from "./message.ts";

/** Sequence numbers have 8 bits; with more requests than this at once they could soon be mistaken. */
const MAX_IN_FLIGHT = 64;

interface Waiting {
  /** The first byte's operation, the group and the command that the answer must have. */
  readonly match: string;
  readonly resolve: (packet: SmpPacket) => void;
  readonly reject: (error: SmpError) => void;
  cancelTimer: Cancel;
}

/** Requests that wait for their answers, by sequence number. Every wait ends. */
export class PendingReplies {
  readonly #timers: Timers;
  readonly #waiting = new Map<number, Waiting>();
  #sequence: number;

  constructor(timers: Timers, firstSequence: number) {
    this.#timers = timers;
    this.#sequence = firstSequence;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** The next free sequence number. Throws `smp/busy` beyond {@link MAX_IN_FLIGHT}. */
  nextSequence(): number {
    if (this.#waiting.size >= MAX_IN_FLIGHT)
      throw new SmpError({
        code: "smp/busy",
        name: "busy",
        text: `${MAX_IN_FLIGHT} requests wait for their answers`,
        advice: "Await answers before sending more.",
      });
    while (this.#waiting.has(this.#sequence)) this.#sequence = (this.#sequence + 1) & 0xff;
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xff;
    return sequence;
  }

  /** The answer to `request`; `timedOut` makes the error when `timeoutMs` have passed without one. */
  wait(request: SmpHeader, timeoutMs: number, timedOut: () => SmpError): Promise<SmpPacket> {
    return new Promise((resolve, reject) => {
      const cancelTimer = this.#timers.after(timeoutMs, () => this.fail(request.sequence, timedOut()));
      const match = keyOf({ ...request, op: request.op | 1 });
      this.#waiting.set(request.sequence, { match, resolve, reject, cancelTimer });
    });
  }

  /** Starts the time again: from now on (the request has left) it is the board's. */
  restart(sequence: number, timeoutMs: number, timedOut: () => SmpError): void {
    const waiting = this.#waiting.get(sequence);
    if (waiting === undefined) return;
    waiting.cancelTimer();
    waiting.cancelTimer = this.#timers.after(timeoutMs, () => this.fail(sequence, timedOut()));
  }

  /** False when nobody waits for this answer. */
  settle(packet: SmpPacket): boolean {
    const waiting = this.#waiting.get(packet.sequence);
    if (waiting === undefined || waiting.match !== keyOf(packet)) return false;
    this.#forget(packet.sequence, waiting);
    waiting.resolve(packet);
    return true;
  }

  fail(sequence: number, error: SmpError): void {
    const waiting = this.#waiting.get(sequence);
    if (waiting === undefined) return;
    this.#forget(sequence, waiting);
    waiting.reject(error);
  }

  failAll(error: SmpError): void {
    for (const sequence of [...this.#waiting.keys()]) this.fail(sequence, error);
  }

  #forget(sequence: number, waiting: Waiting): void {
    waiting.cancelTimer();
    this.#waiting.delete(sequence);
  }
}

/** Operation, group and command; the version may differ (a server of version 1 answers as such). */
const keyOf = (header: SmpHeader): string => `${firstByte(header) & 7}/${header.group}/${header.command}`;
