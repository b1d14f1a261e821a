/**
 * What happened in a home, in order: the line of events that reports, captures and comparisons read.
 * Same seed, same events, byte for byte: nothing here comes from the wall clock or the machine.
 */
import type { Captures } from "../run-context.ts";

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

/** Collects events; bytes become upper-case hex and big integers decimal text, so that each is plain JSON. */
export class Trace {
  readonly startUtcMs: number;
  readonly events: TraceEvent[] = [];
  readonly captures: Captures;
  readonly #nowMs: () => number;

  constructor(startUtcMs: number, nowMs: () => number) {
    this.startUtcMs = startUtcMs;
    this.captures = { startUtcMs, packets: [], keys: [] };
    this.#nowMs = nowMs;
  }

  record(event: TraceRecord): TraceEvent {
    const t = this.#nowMs();
    const plain = toPlain(event) as TraceRecord;
    const when = { t, at: new Date(this.startUtcMs + t).toISOString(), seq: this.events.length };
    const recorded = { ...when, ...plain, ...when };
    this.events.push(recorded);
    return recorded;
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

/** A copy that JSON can hold. Undefined members vanish; errors become their message. */
export function toPlain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof Error) return value.message;
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toPlain(member)]));
}

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex").toUpperCase();
