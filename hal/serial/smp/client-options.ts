/** What an SMP client is told, and what it tells. */
import type { Timers } from "../timers.ts";
import type { Payload } from "./cbor.ts";
import type { DropReason, SmpFraming } from "./frames.ts";
import type { SmpVersion } from "./message.ts";

export interface SmpClientOptions {
  readonly timers: Timers;
  /** How long an answer may take after its request has left, milliseconds; default 2000. */
  readonly timeoutMs?: number;
  /** Default "console". */
  readonly framing?: SmpFraming;
  /** The version to begin with, default 2; a board that asks for the other one gets it. */
  readonly version?: SmpVersion;
  /** 0 to 255, default 0. */
  readonly firstSequence?: number;
  /** Taken for a board that does not tell its buffer: 384 is Zephyr's default, 1024 that of MCUboot's recovery. */
  readonly fallbackBufSize?: number;
  /** Raw framing: a pause in the middle of a packet after which the rest is given up; default 100. */
  readonly idleMs?: number;
}

export interface RequestOptions {
  readonly timeoutMs?: number;
  /** How often a request without an answer is sent again; default 2 for reads, 0 for writes (they may act twice). */
  readonly retries?: number;
  /** `rc` of the answer is a value like any other (old shell servers). */
  readonly rcIsValue?: boolean;
}

/** A request that the board sends of its own, as an event; no answer is due. */
export interface UnaskedMessage {
  readonly group: number;
  readonly command: number;
  readonly sequence: number;
  readonly payload: Payload;
}

/** What came in and was of no use: a hint where answers stay out. */
export interface SmpCounters extends Record<DropReason, number> {
  /** Our own requests, come back. */
  echo: number;
  /** Answers that nobody waits for. */
  stray: number;
  /** Packets that are no CBOR map. */
  malformed: number;
  retry: number;
}
