/**
 * Alerts of the home's devices that the hub has taken over and not yet delivered: kept in the journal, so
 * that a power cut at the hub loses none. A full store keeps what it has; newer alerts then wait in RAM alone,
 * as do those of more than 1,500 bytes. No device has more than its share: one that sends without end while the WAN is down
 * leaves room for what the others have to tell.
 */
import type { Journal } from "../kernel/journal.ts";
import type { Eui64 } from "../wire/message.ts";

const prefix = "relay/";
/** No device of ours sends a longer alert; a stranger's must not fill the journal. */
const maxAlertBytes = 1500;
/** Of the store, one device's. */
const share = 3 / 4;

export class RelayStore {
  readonly #journal: Journal;
  readonly #capacity: number;
  #next: number;

  constructor(journal: Journal, capacity: number) {
    this.#journal = journal;
    this.#capacity = capacity;
    this.#next = Number.parseInt(this.#keys().at(-1)?.slice(prefix.length) ?? "0", 16) + 1;
  }

  /** Keeps one alert of `from`; the key to {@link remove} it by, or undefined when it was not kept. */
  async keep(from: Eui64, bytes: Uint8Array): Promise<string | undefined> {
    const keys = this.#keys();
    const own = keys.filter((key) => key.endsWith(from)).length;
    if (bytes.length > maxAlertBytes || keys.length >= this.#capacity || own >= this.#capacity * share)
      return undefined;
    const key = `${prefix}${(this.#next++).toString(16).padStart(8, "0")}/${from}`;
    await this.#journal.commit([{ key, value: bytes }]);
    return key;
  }

  async remove(key: string): Promise<void> {
    await this.#journal.commit([{ key, value: null }]);
  }

  /** Does it still wait? */
  has(key: string): boolean {
    return this.#journal.get(key) !== undefined;
  }

  /** What waits, oldest first. */
  waiting(): { readonly key: string; readonly bytes: Uint8Array }[] {
    return this.#keys().map((key) => ({ key, bytes: this.#journal.get(key) as Uint8Array }));
  }

  #keys(): readonly string[] {
    return this.#journal.keys(prefix);
  }
}
