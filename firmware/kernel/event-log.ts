import { readU32, writeU32 } from "./bytes.ts";
import { MeterbenchError } from "./errors.ts";
import type { Journal, JournalChange } from "./journal.ts";

/** One entry of an event or security log. */
export interface LogEntry {
  /** UTC seconds. */
  readonly timeS: number;
  /** Event code, 16 bits. */
  readonly code: number;
  /** Up to 64 bytes that belong to the code. */
  readonly other?: Uint8Array;
}

const HEADER_BYTES = 10;
const MAX_OTHER_BYTES = 64;

interface Kept {
  readonly number: number;
  readonly entry: LogEntry;
}

/**
 * The last `capacity` entries, oldest dropped first, each under a journal key of its own (`<prefix><slot>`):
 * appending is one commit of one small value, and is durable when it resolves.
 */
export class EventLog {
  readonly capacity: number;
  readonly #journal: Journal;
  readonly #prefix: string;
  #kept: Kept[];
  #next: number;

  private constructor(journal: Journal, prefix: string, capacity: number, kept: Kept[]) {
    this.capacity = capacity;
    this.#journal = journal;
    this.#prefix = prefix;
    this.#kept = kept;
    this.#next = (kept.at(-1)?.number ?? -1) + 1;
  }

  static async open(journal: Journal, prefix: string, capacity = 100): Promise<EventLog> {
    const kept = journal.keys(prefix).map((key) => decode(key, journal.get(key) as Uint8Array));
    kept.sort((a, b) => a.number - b.number);
    return new EventLog(journal, prefix, capacity, kept.slice(-capacity));
  }

  append(entry: LogEntry): Promise<void> {
    return this.appendWith(entry, (change) => this.#journal.commit([change]));
  }

  /** Like `append`, by a commit made elsewhere, e.g. an alert's: `commit` must make `change` durable or throw. */
  async appendWith(entry: LogEntry, commit: (change: JournalChange) => Promise<void>): Promise<void> {
    const number = this.#next++;
    const value = encode(number, entry);
    await commit({ key: `${this.#prefix}${number % this.capacity}`, value });
    const { number: _, entry: kept } = decode(this.#prefix, value);
    this.#kept.push({ number, entry: kept });
    if (this.#kept.length > this.capacity) this.#kept.shift();
  }

  /** Oldest first; `fromS` and `toS` (UTC seconds) are inclusive. */
  entries(fromS = 0, toS = Number.POSITIVE_INFINITY): readonly LogEntry[] {
    return this.#kept.map((kept) => kept.entry).filter((entry) => entry.timeS >= fromS && entry.timeS <= toS);
  }

  /** Forgets every entry, in one commit with `also`. */
  async clear(...also: JournalChange[]): Promise<void> {
    const entries = this.#journal.keys(this.#prefix).map((key) => ({ key, value: null }));
    await this.#journal.commit([...entries, ...also]);
    this.#kept = [];
  }
}

function encode(number: number, entry: LogEntry): Uint8Array {
  const otherBytes = entry.other?.length ?? 0;
  if (otherBytes > MAX_OTHER_BYTES || entry.code > 0xffff) {
    const message = `event log: entry ${entry.code.toString(16)} has ${otherBytes} other bytes; expected a 16-bit code and at most ${MAX_OTHER_BYTES} bytes`;
    throw new MeterbenchError("event-log/too-large", message, { code: entry.code, otherBytes });
  }
  const bytes = new Uint8Array(HEADER_BYTES + otherBytes);
  writeU32(bytes, 0, number);
  writeU32(bytes, 4, entry.timeS);
  bytes[8] = entry.code >>> 8;
  bytes[9] = entry.code;
  if (entry.other !== undefined) bytes.set(entry.other, HEADER_BYTES);
  return bytes;
}

function decode(key: string, bytes: Uint8Array): Kept {
  if (bytes.length < HEADER_BYTES) {
    const message = `event log: value of ${key} has ${bytes.length} bytes, expected ${HEADER_BYTES} or more; is another owner using this prefix?`;
    throw new MeterbenchError("event-log/format", message, { key, bytes: bytes.length });
  }
  const code = ((bytes[8] as number) << 8) | (bytes[9] as number);
  const timeS = readU32(bytes, 4);
  const other = bytes.length > HEADER_BYTES ? { other: bytes.slice(HEADER_BYTES) } : {};
  return { number: readU32(bytes, 0), entry: { timeS, code, ...other } };
}
