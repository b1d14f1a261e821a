/** Placeholder shape until the room is built. */
export interface JournalChange {
  readonly key: string;
  readonly value: Uint8Array | null;
}
export interface Journal {
  get(key: string): Uint8Array | undefined;
  keys(prefix: string): readonly string[];
  commit(changes: readonly JournalChange[]): Promise<void>;
}
