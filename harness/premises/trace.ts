/**
 * What happened in a home, in order: the line of events that reports, captures and comparisons read.
 * Same seed, same events, byte for byte: nothing here comes from the wall clock or the machine.
 */
import { toHex } from "../../hal/base/hex.ts";
import type { CapturedPacket, Captures } from "./captures.ts";

export interface TraceEvent {
  /** Virtual milliseconds since the home was built. */
  readonly t: number;
  /** The same instant as UTC, ISO 8601 with milliseconds. */
  readonly at: string;
  /** 0, 1, 2 … within one home. */
  readonly seq: number;
  /** Who tells: "hub", "esme", "head-end", "wan", "han", "power", "premises". */
  readonly source: string;
  /** What happened, e.g. "command-accepted", "alert", "supply", "wan-down". */
  readonly kind: string;
  readonly [field: string]: unknown;
}

export type TraceRecord = {
  readonly source: string;
  readonly kind: string;
  readonly [field: string]: unknown;
};

/**
 * A home that nobody records remembers so much of its past: what it holds must not grow with its days. In a run
 * of the command line everything is kept, for its report and its capture.
 */
const rememberedEvents = 10_000;
export const rememberedPackets = 4096;

/** Collects events; bytes become upper-case hex and big integers decimal text, so that each is plain JSON. */
export class Trace {
  readonly startUtcMs: number;
  readonly events: TraceEvent[] = [];
  readonly captures: Captures;
  /** Hears each event as it happens. */
  listener: ((event: TraceEvent) => void) | undefined;
  readonly #nowMs: () => number;
  readonly #keepAll: boolean;
  #seq = 0;

  /** `keepAll`: for a report; else the oldest events and packets are forgotten. */
  constructor(startUtcMs: number, nowMs: () => number, keepAll = true) {
    this.startUtcMs = startUtcMs;
    this.#keepAll = keepAll;
    this.captures = { startUtcMs, packets: [], keys: [] };
    this.#nowMs = nowMs;
  }

  record(event: TraceRecord): TraceEvent {
    const t = this.#nowMs();
    const plain = toPlain(event) as TraceRecord;
    const when = { t, at: new Date(this.startUtcMs + t).toISOString(), seq: this.#seq++ };
    const recorded = { ...when, ...plain, ...when };
    this.events.push(recorded);
    this.listener?.(recorded);
    if (!this.#keepAll) keepLast(this.events, rememberedEvents);
    return recorded;
  }

  /** One frame or message for the capture. */
  capture(packet: CapturedPacket): void {
    this.captures.packets.push(packet);
    if (!this.#keepAll) keepLast(this.captures.packets, rememberedPackets);
  }

  /** Events of one kind, from one source if given. */
  of(kind: string, source?: string): TraceEvent[] {
    return this.events.filter((e) => e.kind === kind && (source === undefined || e.source === source));
  }

  /** One JSON object a line. */
  toNdjson(): string {
    return this.events.map((event) => `${JSON.stringify(event)}\n`).join("");
  }
}

/** Drops the oldest, many at a time: `count` to twice as many stay. */
function keepLast(list: unknown[], count: number): void {
  if (list.length >= 2 * count) list.splice(0, list.length - count);
}

/** A copy that JSON can hold. Undefined members vanish; errors become their message. */
export function toPlain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof Error) return value.message;
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toPlain(member)]));
}
