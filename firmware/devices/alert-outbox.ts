/**
 * Alerts on their way out. An alert is sealed and in the journal before it leaves, leaves in order, and
 * leaves again until it is delivered, power cuts included. Its counter is never used twice.
 *
 * A minor alert is one that strangers can cause. When too many wait the oldest minor one gives way, and a minor
 * one that finds no other is itself not kept: what strangers do never displaces what matters more.
 */
import type { DeviceContext } from "../features/feature.ts";
import type { JournalChange } from "../kernel/journal.ts";
import { type Fate, Outbox } from "../kernel/outbox.ts";
import type { DeviceSettings } from "./settings.ts";
import type { Uplink } from "./uplink.ts";

const prefix = "alert/";
/** Behind the counter in the key of a minor alert. */
const minorMark = "-";
const counterKey = "alert-counter";

export type OutboxSettings = Pick<DeviceSettings, "alertOutboxCapacity" | "alertRetryMs" | "alertRetryMaxMs">;

export class AlertOutbox {
  readonly #context: DeviceContext;
  readonly #settings: OutboxSettings;
  /** The journal keys of what waits. */
  readonly #outbox: Outbox<string>;
  #counter: bigint;
  #retryMs: number;

  constructor(context: DeviceContext, uplink: Uplink, settings: OutboxSettings) {
    this.#context = context;
    this.#settings = settings;
    this.#retryMs = settings.alertRetryMs;
    this.#outbox = new Outbox(context, "alert-sent", {
      send: (key, done) =>
        uplink.send(context.journal.get(key) as Uint8Array, (delivered) => void done(delivered)),
      failed: false,
      settled: (key, delivered) => this.#settled(key, delivered),
      whenBroken: settings.alertRetryMs,
    });
    this.#outbox.restore(context.journal.keys(prefix));
    const kept = context.journal.get(counterKey);
    this.#counter = kept === undefined ? 0n : new DataView(kept.buffer, kept.byteOffset).getBigUint64(0);
  }

  /** Alerts not yet delivered. */
  get waiting(): number {
    return this.#outbox.size;
  }

  /**
   * Seals each alert with the next counter and makes all durable, together with `changes`; then starts sending.
   * `minor` ones give way first, and never displace another.
   */
  async add(
    seals: readonly ((counter: bigint) => Uint8Array)[],
    changes: readonly JournalChange[],
    minor = false,
  ): Promise<void> {
    const { victims, admitted } = this.#makeRoom(seals.length, minor);
    const alerts = seals.slice(0, admitted).map((seal) => {
      const counter = ++this.#counter;
      const key = prefix + counter.toString(16).padStart(16, "0") + (minor ? minorMark : "");
      return { key, value: seal(counter) };
    });
    await this.#context.journal.commit([
      ...changes,
      ...victims.map((key) => ({ key, value: null })),
      ...alerts,
      ...(alerts.length > 0 ? [counterChange(this.#counter)] : []),
    ]);
    for (const key of victims) this.#outbox.remove(key);
    for (const { key } of alerts) await this.#outbox.add(key);
    await this.flush();
  }

  /** Seals an alert that must leave now or never: only its counter is kept. */
  async sealOnce(seal: (counter: bigint) => Uint8Array): Promise<Uint8Array> {
    return seal(await this.takeCounter());
  }

  /** The next counter, for what is no alert; committed, so that nothing else ever has it. */
  async takeCounter(): Promise<bigint> {
    const counter = ++this.#counter;
    await this.#context.journal.commit([counterChange(counter)]);
    return counter;
  }

  /** For a bench: the next counter is one greater than `counter`. */
  async countFrom(counter: bigint): Promise<void> {
    await this.#context.journal.commit([counterChange(counter)]);
    this.#counter = counter;
  }

  /** Sends what waits, oldest first. Call it when the link comes up. */
  flush(): Promise<void> {
    return this.#outbox.flush();
  }

  async #settled(key: string, delivered: boolean): Promise<Fate> {
    if (!delivered) {
      const delayMs = this.#retryMs;
      this.#retryMs = Math.min(this.#retryMs * 2, this.#settings.alertRetryMaxMs);
      return delayMs;
    }
    this.#retryMs = this.#settings.alertRetryMs;
    await this.#context.journal.commit([{ key, value: null }]);
    return "gone";
  }

  /** Which waiting alerts give way to `wanted` more, and how many of those come in. */
  #makeRoom(wanted: number, minor: boolean): { victims: string[]; admitted: number } {
    const { size } = this.#outbox;
    const excess = Math.max(0, size + wanted - this.#settings.alertOutboxCapacity);
    const idle = this.#outbox.idle();
    const minors = idle.filter((key) => key.endsWith(minorMark));
    const others = minor ? [] : idle.filter((key) => !key.endsWith(minorMark));
    const victims = [...minors, ...others].slice(0, excess);
    for (let i = 0; i < excess; i++) this.#context.observe({ kind: "alert-dropped", waiting: size - i });
    return { victims, admitted: minor ? wanted - (excess - victims.length) : wanted };
  }
}

function counterChange(counter: bigint): JournalChange {
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, counter);
  return { key: counterKey, value };
}
