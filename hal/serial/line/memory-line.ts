import { realTimers, type Timers } from "../timers.ts";
import { BaseLine } from "./base-line.ts";

/** What one end's bytes suffer on their way to the other. Set at any time. */
export interface LineFaults {
  /** One-way latency. */
  delayMs: number;
  /** What the wire carries; undefined for no limit. */
  bytesPerS: number | undefined;
  /** Splits what arrives into pieces of at most this many bytes. */
  chunkBytes: number | undefined;
  /**
   * Changes what is sent: `offset` counts this end's bytes since the start. Return fewer bytes to drop, more to
   * insert, none to lose the write. See {@link dropBytes} and {@link flipBit}.
   */
  alter: ((bytes: Uint8Array, offset: number) => Uint8Array) | undefined;
}

/** One end of {@link linePair}. */
export class MemoryLine extends BaseLine {
  readonly faults: LineFaults = {
    delayMs: 0,
    bytesPerS: undefined,
    chunkBytes: undefined,
    alter: undefined,
  };
  /** Bytes this end sent, before its faults. */
  sentBytes = 0;
  #peer: MemoryLine | undefined;
  /** When the wire is free again, in timer time. */
  #busyUntilMs = 0;

  static pair(names: readonly [string, string], timers: Timers): [MemoryLine, MemoryLine] {
    const a = new MemoryLine(names[0], timers, 10_000);
    const b = new MemoryLine(names[1], timers, 10_000);
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  /** Cuts the cable: both ends hear of it. */
  unplug(reason = "unplugged"): void {
    const peer = this.#peer;
    this.lost(reason);
    peer?.lost(reason);
  }

  /** Resolves when the wire has taken the bytes: at once, or at the rate of `bytesPerS`. */
  protected override send(bytes: Uint8Array): Promise<void> {
    const { delayMs, bytesPerS, alter } = this.faults;
    const sent = alter?.(bytes.slice(), this.sentBytes) ?? bytes.slice();
    this.sentBytes += bytes.length;
    const wireMs = bytesPerS === undefined ? 0 : (bytes.length / bytesPerS) * 1000;
    const peer = this.#peer;
    if (wireMs === 0 && delayMs === 0 && this.#busyUntilMs === 0) return this.#arriveNow(peer, sent);
    const nowMs = this.timers.nowMs();
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs) + wireMs;
    this.timers.after(this.#busyUntilMs - nowMs + delayMs, () => this.#arrive(peer, sent));
    if (wireMs === 0) return Promise.resolve();
    return new Promise((resolve) => this.timers.after(this.#busyUntilMs - nowMs, resolve));
  }

  protected override async release(): Promise<void> {
    const peer = this.#peer;
    this.#peer = undefined;
    queueMicrotask(() => peer?.lost("the other end closed"));
  }

  async #arriveNow(peer: MemoryLine | undefined, bytes: Uint8Array): Promise<void> {
    queueMicrotask(() => this.#arrive(peer, bytes));
  }

  #arrive(peer: MemoryLine | undefined, bytes: Uint8Array): void {
    const step = this.faults.chunkBytes ?? Math.max(1, bytes.length);
    for (let at = 0; at < bytes.length; at += step) peer?.received(bytes.slice(at, at + step));
  }
}

/** Two lines in memory, joined: what one end writes comes in at the other, later, never inside the call. */
export function linePair(
  timers: Timers = realTimers,
  names: readonly [string, string] = ["memory:a", "memory:b"],
): [MemoryLine, MemoryLine] {
  return MemoryLine.pair(names, timers);
}

/** A fault that loses the bytes `from` up to, not including, `to` of what an end sends. */
export const dropBytes = (from: number, to: number) => (bytes: Uint8Array, offset: number) =>
  bytes.filter((_byte, index) => offset + index < from || offset + index >= to);

/** A fault that flips `mask` in the byte `at` of what an end sends. */
export const flipBit =
  (at: number, mask = 1) =>
  (bytes: Uint8Array, offset: number) =>
    bytes.map((byte, index) => (offset + index === at ? byte ^ mask : byte));
