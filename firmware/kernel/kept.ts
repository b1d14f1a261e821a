/** One typed value that lives in the journal: read at once, changed durably. */
import { Encoder } from "cbor-x";
import type { Journal, JournalChange } from "./journal.ts";

/** How values stand in the journal. Only what this firmware wrote is ever decoded with it. */
export const codec = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });

/** Plain data only: numbers, strings, booleans, bytes, arrays and objects of these. */
export class Kept<T> {
  readonly #journal: Journal;
  readonly #key: string;
  #value: T;

  /** `initial` holds until the first change; fields that an older record lacks come from it. */
  constructor(journal: Journal, key: string, initial: T) {
    this.#journal = journal;
    this.#key = key;
    const bytes = journal.get(key);
    this.#value = bytes === undefined ? initial : merge(initial, codec.decode(bytes) as T);
  }

  get value(): T {
    return this.#value;
  }

  /** Commits `next`, with `also` in the same commit; the value changes only when that has succeeded. */
  keep(next: T, ...also: JournalChange[]): Promise<void> {
    return this.#journal.commit([this.change(next), ...also]).then(() => {
      this.#value = next;
    });
  }

  /** Like `keep`, by a commit made elsewhere: `commit` must make `change` durable or throw. */
  async keepWith(next: T, commit: (change: JournalChange) => Promise<void>): Promise<void> {
    await commit(this.change(next));
    this.#value = next;
  }

  /** The change that `keep(next)` would commit, for a commit made elsewhere. */
  change(next: T): JournalChange {
    return { key: this.#key, value: codec.encode(next) };
  }
}

function merge<T>(initial: T, stored: T): T {
  const isRecord = typeof initial === "object" && initial !== null && !Array.isArray(initial);
  return isRecord ? { ...initial, ...stored } : stored;
}
