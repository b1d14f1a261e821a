import { CodedError } from "../../hal/base/coded-error.ts";
import { readU32, writeU32 } from "./bytes.ts";
import type { Journal, JournalChange } from "./journal.ts";

/** One entry of an event or security log. */
export interface LogEntry {
  /** UTC seconds. */
  readonly timeS: number;
  /** Event code, 16 bits. */
  readonly code: number;
  /** Up to 64 bytes that belong to the code. */
  readonly other?: Uint8Array;
  /** Strangers can cause it: it displaces only entries like it. */
  readonly minor?: boolean;
}

const HEADER_BYTES = 10;
const MAX_OTHER_BYTES = 64;
/** Minor entries fill at most this part of a log. */
const MINOR_PART = 1 / 4;
/** Beside the number of a minor entry. */
const MINOR_FLAG = 0x8000_0000;

interface Kept {
  readonly key: string;
  readonly number: number;
  readonly entry: LogEntry;
}

/**
 * The last `capacity` entries, each under a journal key of its own (`<prefix><slot>`): appending is one commit of
 * one small value, and is durable when it resolves. When full the oldest minor entry gives way, else the oldest; a
 * minor entry takes only the place of another, so that no flood of them erases what matters more.
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

  /** False when a minor entry would displace what matters more: then it must not be appended. */
  takesMinor(): boolean {
    return this.#kept.length < this.capacity || this.#kept.some(({ entry }) => entry.minor === true);
  }

  /** Like `append`, by a commit made elsewhere, e.g. an alert's: `commit` must make `change` durable or throw. */
  async appendWith(entry: LogEntry, commit: (change: JournalChange) => Promise<void>): Promise<void> {
    const number = this.#next++;
    const victim = this.#givesWay(entry.minor === true);
    const key = victim?.key ?? this.#freeKey();
    const value = encode(number, entry);
    await commit({ key, value });
    this.#kept = this.#kept.filter((kept) => kept !== victim);
    this.#kept.push(decode(key, value));
  }

  #givesWay(minor: boolean): Kept | undefined {
    const minors = this.#kept.filter(({ entry }) => entry.minor === true);
    if (minor && minors.length >= this.capacity * MINOR_PART) return minors[0];
    return this.#kept.length < this.capacity ? undefined : (minors[0] ?? this.#kept[0]);
  }

  #freeKey(): string {
    const used = new Set(this.#kept.map(({ key }) => key));
    let slot = 0;
    while (used.has(this.#prefix + slot)) slot++;
    return this.#prefix + slot;
  }

  /** Oldest first; `fromS` and `toS` (UTC seconds) are inclusive. */
  entries(fromS = 0, toS = Number.POSITIVE_INFINITY): readonly LogEntry[] {
    return this.#kept.map((kept) => kept.entry).filter((entry) => entry.timeS >= fromS && entry.timeS <= toS);
  }

  /** Forgets every entry, and keeps these: for a bench. */
  async replace(entries: readonly LogEntry[]): Promise<void> {
    await this.clear();
    for (const entry of entries) await this.append(entry);
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
    throw new CodedError("event-log/too-large", message, { code: entry.code, otherBytes });
  }
  const bytes = new Uint8Array(HEADER_BYTES + otherBytes);
  writeU32(bytes, 0, number + (entry.minor === true ? MINOR_FLAG : 0));
  writeU32(bytes, 4, entry.timeS);
  bytes[8] = entry.code >>> 8;
  bytes[9] = entry.code;
  if (entry.other !== undefined) bytes.set(entry.other, HEADER_BYTES);
  return bytes;
}

function decode(key: string, bytes: Uint8Array): Kept {
  if (bytes.length < HEADER_BYTES) {
    const message = `event log: value of ${key} has ${bytes.length} bytes, expected ${HEADER_BYTES} or more; is another owner using this prefix?`;
    throw new CodedError("event-log/format", message, { key, bytes: bytes.length });
  }
  const code = ((bytes[8] as number) << 8) | (bytes[9] as number);
  const timeS = readU32(bytes, 4);
  const other = bytes.length > HEADER_BYTES ? { other: bytes.slice(HEADER_BYTES) } : {};
  const word = readU32(bytes, 0);
  const minor = word >= MINOR_FLAG ? { minor: true } : {};
  return { key, number: word % MINOR_FLAG, entry: { timeS, code, ...other, ...minor } };
}
