/** Placeholder shape until the room is built. */
export interface LogEntry {
  readonly timeS: number;
  readonly code: number;
  readonly other?: Uint8Array;
}
export interface EventLog {
  append(entry: LogEntry): Promise<void>;
  entries(fromS?: number, toS?: number): readonly LogEntry[];
  clear(): Promise<void>;
}
