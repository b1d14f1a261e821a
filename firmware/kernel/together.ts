/** One commit for several owners of state. */
import type { JournalChange } from "./journal.ts";

/** What one owner adds to a commit made elsewhere, e.g. `(commit) => kept.keepWith(next, commit)`. */
export type Share = (commit: (change: JournalChange) => Promise<void>) => Promise<void>;

/** Gathers the change of each share, in order, and hands them to `commit` at once. No two shares of one log. */
export function together(
  commit: (changes: readonly JournalChange[]) => Promise<void>,
  shares: readonly Share[],
): Promise<void> {
  const from = (at: number, changes: readonly JournalChange[]): Promise<void> => {
    const share = shares[at];
    return share === undefined ? commit(changes) : share((change) => from(at + 1, [...changes, change]));
  };
  return from(0, []);
}
