import type { Cancel } from "../../board.ts";
import { deadline, type Timers } from "../timers.ts";
import { LineError } from "./errors.ts";
import type { Line } from "./line.ts";

/** Kept for the first listener: what a board says while its host is still setting up. */
const earlyBytesLimit = 64 * 1024;
/** More than this waiting to go out means that the writer does not wait for its writes. */
const queuedBytesLimit = 4 * 1024 * 1024;

/** What all lines have in common: listeners, early bytes, bounded writes, closing once. */
export abstract class BaseLine implements Line {
  readonly name: string;
  protected readonly timers: Timers;
  readonly #writeTimeoutMs: number;
  readonly #data = new Set<(bytes: Uint8Array) => void>();
  readonly #closed = new Set<(reason: string) => void>();
  readonly #writes = new Set<(reason: string) => void>();
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  #queuedBytes = 0;
  #reason: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(name: string, timers: Timers, writeTimeoutMs: number) {
    this.name = name;
    this.timers = timers;
    this.#writeTimeoutMs = writeTimeoutMs;
  }

  /** Hands bytes to the port; resolves when it has taken them. */
  protected abstract send(bytes: Uint8Array): Promise<void>;
  /** Lets go of the port; must end in bounded time. */
  protected abstract release(): Promise<void>;

  /** Why the line is gone; undefined while it is there. */
  get closedReason(): string | undefined {
    return this.#reason;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.assertOpen();
    if (bytes.length === 0) return;
    if (this.#queuedBytes + bytes.length > queuedBytesLimit)
      throw this.error(
        "line/timeout",
        `${this.#queuedBytes} bytes already wait to be sent; await each write`,
      );
    this.#queuedBytes += bytes.length;
    const limit = deadline(this.timers, this.#writeTimeoutMs, `${this.name} to take ${bytes.length} bytes`);
    try {
      await limit.guard(this.#untilClosed(this.send(bytes)));
    } catch (error) {
      if (error instanceof LineError && error.code === "line/timeout") this.lost(`stalled: ${error.message}`);
      throw error;
    } finally {
      this.#queuedBytes -= bytes.length;
    }
  }

  onData(listener: (bytes: Uint8Array) => void): Cancel {
    this.#data.add(listener);
    if (this.#early.length > 0) queueMicrotask(() => this.#handOver());
    return () => void this.#data.delete(listener);
  }

  onClose(listener: (reason: string) => void): Cancel {
    const reason = this.#reason;
    this.#closed.add(listener);
    if (reason !== undefined) queueMicrotask(() => this.#closed.delete(listener) && listener(reason));
    return () => void this.#closed.delete(listener);
  }

  close(): Promise<void> {
    this.lost("closed here");
    return this.#closing ?? Promise.resolve();
  }

  /** The port is gone, or must go: tells the listeners once and lets go of it. */
  protected lost(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#closing = this.release().catch(() => undefined);
    const listeners = [...this.#closed];
    this.#closed.clear();
    for (const reject of [...this.#writes]) reject(reason);
    for (const listener of listeners) listener(reason);
  }

  /** Bytes came in. */
  protected received(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#reason !== undefined) return;
    if (this.#data.size === 0 || this.#early.length > 0) this.#keep(bytes);
    else for (const listener of [...this.#data]) listener(bytes);
  }

  /** Keeps the newest bytes: a board that resets says its last word last. */
  #keep(bytes: Uint8Array): void {
    this.#early.push(bytes.slice(-earlyBytesLimit));
    this.#earlyBytes += bytes.length;
    while (this.#earlyBytes > earlyBytesLimit && this.#early.length > 1)
      this.#earlyBytes -= this.#early.shift()!.length;
  }

  #handOver(): void {
    if (this.#data.size === 0) return;
    this.#earlyBytes = 0;
    for (const bytes of this.#early.splice(0)) for (const listener of [...this.#data]) listener(bytes);
  }

  #untilClosed(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const onLost = (reason: string) => reject(this.error("line/closed", `the line is gone: ${reason}`));
      this.#writes.add(onLost);
      work.then(resolve, reject).finally(() => this.#writes.delete(onLost));
    });
  }

  protected assertOpen(): void {
    if (this.#reason !== undefined) throw this.error("line/closed", `the line is gone: ${this.#reason}`);
  }

  protected error(code: LineError["code"], message: string, cause?: unknown): LineError {
    return new LineError(code, `${this.name}: ${message}`, { line: this.name }, cause);
  }
}

/** A Buffer's bytes as what they are for everybody else: `slice` of a Buffer does not copy. */
export const plain = (bytes: Buffer): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
