/** Values of objects, kept as they came, each under its own journal key. */
import type { Journal } from "./journal.ts";
import { codec } from "./kept.ts";

export class KeptValues {
  readonly #journal: Journal;
  readonly #prefix: string;

  constructor(journal: Journal, prefix: string) {
    this.#journal = journal;
    this.#prefix = prefix;
  }

  get(name: string): unknown {
    const bytes = this.#journal.get(this.#prefix + name);
    return bytes === undefined ? undefined : codec.decode(bytes);
  }

  /** All of them or none. */
  async keep(entries: readonly (readonly [name: string, value: unknown])[]): Promise<void> {
    await this.#journal.commit(
      entries.map(([name, value]) => ({
        key: this.#prefix + name,
        value: new Uint8Array(codec.encode(value)),
      })),
    );
  }
}
