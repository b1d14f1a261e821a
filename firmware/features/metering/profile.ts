/**
 * Energy by period (half hours, days): an entry at the end of each UTC period in which the meter had power. A period
 * without power has no entry; energy used before a power cut belongs to the period that was running.
 *
 * The log holds what was counted at each end, and an entry's energy is the difference to the record before: one
 * append a period, and no cut can make entries and counts disagree. Where periods are missing (outage, clock set) a
 * mark takes the counts over to the start of the period now running.
 */
import type { Cancel } from "../../../hal/board.ts";
import type { RecordLog } from "../../kernel/record-log.ts";
import type { DeviceContext } from "../feature.ts";
import { maxCorrectionS } from "../recurring.ts";
import { wrap } from "./counts.ts";

export interface ProfileOptions {
  readonly periodS: number;
  /** Entries a read can return; the log has room for marks besides. */
  readonly entries: number;
  /** Opened with the {@link profileShape} of as many columns as `counted` gives. */
  readonly log: RecordLog;
  /** What is counted until now, modulo 2^32. */
  counted(): Promise<readonly number[]>;
  /** Runs after an entry was made. */
  onEntry?(entry: ProfileEntry): Promise<void>;
}

/** [end, energy of each column] */
export type ProfileEntry = readonly [endS: number, ...values: number[]];

/** {UTC seconds of the end, or the number of the period that a mark begins; counts}, 4 bytes each; a twentieth for marks. */
export const profileShape = (columns: number, entries: number) =>
  ({ recordBytes: 4 + 4 * columns, capacity: Math.ceil(entries * 1.05) }) as const;

interface Reading {
  /** The end of a period, UTC seconds. */
  readonly atS: number;
  readonly counted: readonly number[];
  /** Begins a period after a gap; is not an entry. */
  readonly isMark: boolean;
}

/** Less than the times of any entry, more than the numbers of any period. */
const firstTimeS = 0x0100_0000;

export class Profile {
  readonly #context: DeviceContext;
  readonly #options: ProfileOptions;
  /** What was appended last, so that a half hour reads no flash. */
  #appended: Reading | undefined;
  #timer: Cancel = () => {};

  constructor(context: DeviceContext, options: ProfileOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Takes up where the log ends: at the start, when the time was set, and at each end of a period. */
  async resume(): Promise<void> {
    const { periodS, counted } = this.#options;
    this.#timer();
    if (!this.#context.timeIsSet()) return;
    const nowS = this.#context.nowS();
    const last = await this.#last();
    if (last === undefined) await this.#mark(nowS, await counted());
    else if (last.atS - nowS > maxCorrectionS) await this.#mark(nowS, last.counted);
    else if (nowS >= last.atS + periodS) await this.#close(last, nowS);
    const { atS } = (await this.#last()) as Reading;
    this.#timer = this.#context.at(atS + periodS, () => this.resume());
  }

  /**
   * Entries with ends from `fromS` to `toS`, both inclusive, oldest first. A record that flash has lost costs its own
   * entry and the next one, whose energy nobody knows any more.
   */
  async read(fromS: number, toS: number): Promise<ProfileEntry[]> {
    const entries: ProfileEntry[] = [];
    let before: Reading | undefined;
    for (let i = 0; i < this.#options.log.count; i++) {
      const reading = await this.#record(i);
      if (before !== undefined && reading !== undefined && isEntry(reading, fromS, toS))
        entries.push(entryOf(before, reading));
      before = reading;
    }
    return entries.slice(-this.#options.entries);
  }

  /** The newest entry; undefined when there is none, or a gap came after it. */
  async newest(): Promise<ProfileEntry | undefined> {
    const { log } = this.#options;
    const [before, last] = log.count < 2 ? [] : [await this.#record(log.count - 2), await this.#last()];
    return before === undefined || last === undefined || last.isMark ? undefined : entryOf(before, last);
  }

  /** Has these entries and no others, and goes on from now. */
  async load(entries: readonly ProfileEntry[]): Promise<void> {
    const { log, counted, periodS } = this.#options;
    const now = await counted();
    await log.clear();
    let sum = now.map(() => 0);
    await this.#append({ atS: 0, counted: sum, isMark: true });
    for (const [atS, ...values] of entries) {
      sum = sum.map((each, i) => wrap(each + (values[i] ?? 0)));
      await this.#append({ atS, counted: sum, isMark: false });
    }
    this.#timer();
    if (!this.#context.timeIsSet()) return;
    await this.#mark(this.#context.nowS(), now);
    const { atS } = (await this.#last()) as Reading;
    this.#timer = this.#context.at(atS + periodS, () => this.resume());
  }

  /** The period after `last` has ended; when others have too, nobody was there to see them. */
  async #close(last: Reading, nowS: number): Promise<void> {
    const { periodS, onEntry } = this.#options;
    const counted = await this.#options.counted();
    const entry: Reading = { atS: last.atS + periodS, counted, isMark: false };
    const othersMissed = nowS >= entry.atS + periodS;
    if (!othersMissed || counted.some((each, i) => each !== last.counted[i])) {
      await this.#append(entry);
      await onEntry?.(entryOf(last, entry));
    }
    if (othersMissed) await this.#mark(nowS, counted);
  }

  async #mark(nowS: number, counted: readonly number[]): Promise<void> {
    const atS = Math.floor(nowS / this.#options.periodS) * this.#options.periodS;
    await this.#append({ atS, counted, isMark: true });
  }

  /** Undefined when there is none, or flash has lost it: a mark then takes the counts over. */
  async #last(): Promise<Reading | undefined> {
    return this.#appended ?? this.#record(this.#options.log.count - 1);
  }

  async #append(reading: Reading): Promise<void> {
    await this.#options.log.append(this.#encode(reading));
    this.#appended = reading;
  }

  async #record(index: number): Promise<Reading | undefined> {
    const record = index < 0 ? undefined : await this.#options.log.readSound(index);
    if (record === undefined) return undefined;
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    const stamp = view.getUint32(0);
    const isMark = stamp < firstTimeS;
    const counted: number[] = [];
    for (let at = 4; at < record.length; at += 4) counted.push(view.getUint32(at));
    return { atS: isMark ? stamp * this.#options.periodS : stamp, counted, isMark };
  }

  #encode({ atS, counted, isMark }: Reading): Uint8Array {
    const record = new Uint8Array(this.#options.log.recordBytes);
    const view = new DataView(record.buffer);
    view.setUint32(0, isMark ? atS / this.#options.periodS : atS);
    for (const [i, each] of counted.entries()) view.setUint32(4 + 4 * i, each);
    return record;
  }
}

const entryOf = (before: Reading, { atS, counted }: Reading): ProfileEntry => [
  atS,
  ...counted.map((each, i) => wrap(each - (before.counted[i] ?? 0))),
];

const isEntry = ({ atS, isMark }: Reading, fromS: number, toS: number): boolean =>
  !isMark && atS >= fromS && atS <= toS;
