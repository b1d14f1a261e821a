/**
 * Alerts on their way out. An alert is sealed and in the journal before it leaves, leaves in order, and
 * leaves again until it is delivered, power cuts included. Its counter is never used twice.
 */
import type { DeviceContext } from "../features/feature.ts";
import type { JournalChange } from "../kernel/journal.ts";
import type { DeviceSettings } from "./settings.ts";
import type { Uplink } from "./uplink.ts";

const prefix = "alert/";
const counterKey = "alert-counter";

export type OutboxSettings = Pick<DeviceSettings, "alertOutboxCapacity" | "alertRetryMs" | "alertRetryMaxMs">;

export class AlertOutbox {
  readonly #context: DeviceContext;
  readonly #settings: OutboxSettings;
  readonly #uplink: Uplink;
  #counter: bigint;
  #inFlight = false;
  #retryMs: number;
  #cancelRetry: () => void = () => {};

  constructor(context: DeviceContext, uplink: Uplink, settings: OutboxSettings) {
    this.#context = context;
    this.#uplink = uplink;
    this.#settings = settings;
    this.#retryMs = settings.alertRetryMs;
    const kept = context.journal.get(counterKey);
    this.#counter = kept === undefined ? 0n : new DataView(kept.buffer, kept.byteOffset).getBigUint64(0);
  }

  /** Alerts not yet delivered. */
  get waiting(): number {
    return this.#context.journal.keys(prefix).length;
  }

  /** Seals each alert with the next counter and makes all durable, together with `changes`; then starts sending. */
  async add(
    seals: readonly ((counter: bigint) => Uint8Array)[],
    changes: readonly JournalChange[],
  ): Promise<void> {
    const alerts = seals.map((seal): JournalChange => {
      const counter = ++this.#counter;
      return { key: prefix + counter.toString(16).padStart(16, "0"), value: seal(counter) };
    });
    await this.#context.journal.commit([
      ...changes,
      ...this.#makeRoom(alerts.length),
      ...alerts,
      counterChange(this.#counter),
    ]);
    await this.flush();
  }

  /** Seals an alert that must leave now or never: only its counter is kept. */
  async sealOnce(seal: (counter: bigint) => Uint8Array): Promise<Uint8Array> {
    const counter = ++this.#counter;
    await this.#context.journal.commit([counterChange(counter)]);
    return seal(counter);
  }

  /** Sends what waits, oldest first. Call it when the link comes up. */
  async flush(): Promise<void> {
    if (this.#inFlight) return;
    const key = this.#context.journal.keys(prefix)[0];
    if (key === undefined) return;
    this.#cancelRetry();
    this.#inFlight = true;
    const sent = this.#context.event<boolean>("alert-sent", (delivered) => this.#sent(key, delivered));
    await this.#uplink.send(
      this.#context.journal.get(key) as Uint8Array,
      (delivered) => void sent(delivered),
    );
  }

  async #sent(key: string, delivered: boolean): Promise<void> {
    this.#inFlight = false;
    if (!delivered) return this.#retryLater();
    this.#retryMs = this.#settings.alertRetryMs;
    await this.#context.journal.commit([{ key, value: null }]);
    await this.flush();
  }

  #retryLater(): void {
    this.#cancelRetry = this.#context.after(this.#retryMs, () => this.flush());
    this.#retryMs = Math.min(this.#retryMs * 2, this.#settings.alertRetryMaxMs);
  }

  /** The oldest alerts give way when the outbox has no room for `wanted` more. */
  #makeRoom(wanted: number): JournalChange[] {
    const keys = this.#context.journal.keys(prefix);
    const excess = Math.max(0, keys.length + wanted - this.#settings.alertOutboxCapacity);
    return keys.slice(0, excess).map((key, i) => {
      this.#context.observe({ kind: "alert-dropped", waiting: keys.length - i });
      return { key, value: null };
    });
  }
}

function counterChange(counter: bigint): JournalChange {
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, counter);
  return { key: counterKey, value };
}
