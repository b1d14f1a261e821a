/** A short log of plain data in the journal: the newest `capacity` entries, each under a key of its own. */
import type { Journal, JournalChange } from "./journal.ts";
import { codec } from "./kept.ts";

interface Numbered<T> {
  /** From 0 for ever; entry `n` lies in slot `n` modulo the capacity. */
  readonly number: number;
  readonly entry: T;
}

/** An append is one commit of one small value; shared with other state by `appendWith`. Plain data only, as `Kept`. */
export class KeptRing<T> {
  readonly capacity: number;
  readonly #journal: Journal;
  readonly #prefix: string;
  #kept: readonly Numbered<T>[];

  /** `prefix` is this ring's own, e.g. "billing/registers/". */
  constructor(journal: Journal, prefix: string, capacity: number) {
    this.capacity = capacity;
    this.#journal = journal;
    this.#prefix = prefix;
    this.#kept = journal
      .keys(prefix)
      .map((key) => codec.decode(journal.get(key) as Uint8Array) as Numbered<T>)
      .sort((a, b) => a.number - b.number);
  }

  /** Oldest first. */
  get entries(): readonly T[] {
    return this.#kept.map(({ entry }) => entry);
  }

  append(entry: T): Promise<void> {
    return this.appendWith(entry, (change) => this.#journal.commit([change]));
  }

  /** Like `append`, by a commit made elsewhere: `commit` must make `change` durable or throw. */
  async appendWith(entry: T, commit: (change: JournalChange) => Promise<void>): Promise<void> {
    const next = { number: (this.#kept.at(-1)?.number ?? -1) + 1, entry };
    await commit(this.#change(next));
    this.#kept = [...this.#kept, next].slice(-this.capacity);
  }

  /** Has these entries, the newest of them when there are too many, and no others; in one commit. */
  async replace(entries: readonly T[]): Promise<void> {
    const kept = entries.slice(-this.capacity).map((entry, number) => ({ number, entry }));
    const changes = kept.map((each) => this.#change(each));
    const freed = this.#journal
      .keys(this.#prefix)
      .filter((key) => !changes.some((change) => change.key === key))
      .map((key) => ({ key, value: null }));
    await this.#journal.commit([...freed, ...changes]);
    this.#kept = kept;
  }

  #change(numbered: Numbered<T>): JournalChange {
    return { key: this.#prefix + (numbered.number % this.capacity), value: codec.encode(numbered) };
  }
}
