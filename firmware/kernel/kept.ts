/** One typed value that lives in the journal: read at once, changed durably. */
import { Encoder } from "cbor-x";
import type { MaybePromise } from "../../hal/board.ts";
import type { Journal, JournalChange } from "./journal.ts";

/** How values stand in the journal. Only what this firmware wrote is ever decoded with it. */
export const codec = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });

/** How a value stands in the journal when not as it is: shorter, where it changes often. */
export interface KeptForm<T, Written> {
  write(value: T): Written;
  read(written: Written): T;
}

/** Plain data only: numbers, strings, booleans, bytes, arrays and objects of these. */
export class Kept<T, Written = unknown> {
  readonly #journal: Journal;
  readonly #key: string;
  readonly #form: KeptForm<T, Written> | undefined;
  #value: T;

  /** `initial` holds until the first change; without a form, fields that an older record lacks come from it. */
  constructor(journal: Journal, key: string, initial: T, form?: KeptForm<T, Written>) {
    this.#journal = journal;
    this.#key = key;
    this.#form = form;
    const bytes = journal.get(key);
    const written: unknown = bytes && codec.decode(bytes);
    if (written === undefined) this.#value = initial;
    else this.#value = form ? form.read(written as Written) : merge(initial, written as T);
  }

  get value(): T {
    return this.#value;
  }

  /** Commits `next`, with `also` in the same commit; the value changes only when that has succeeded. */
  keep(next: T, ...also: JournalChange[]): Promise<void> {
    return this.#journal.commit([this.change(next), ...also], () => {
      this.#value = next;
    });
  }

  /** Like `keep`; undefined when it is done already. */
  keepAtOnce(next: T): MaybePromise<void> {
    return this.#journal.commitAtOnce([this.change(next)], () => {
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
    return { key: this.#key, value: codec.encode(this.#form ? this.#form.write(next) : next) };
  }
}

function merge<T>(initial: T, stored: T): T {
  const isRecord = typeof initial === "object" && initial !== null && !Array.isArray(initial);
  return isRecord ? { ...initial, ...stored } : stored;
}
