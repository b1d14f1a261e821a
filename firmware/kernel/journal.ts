import { CodedError } from "../../hal/base/coded-error.ts";
import { copyOf } from "../../hal/base/slab.ts";
import type { Flash, MaybePromise } from "../../hal/board.ts";
import { type FlashRegion, roundUp } from "./bytes.ts";
import {
  encodeSectorHeader,
  entryBytes,
  finishRecord,
  type JournalChange,
  RECORD_HEADER_BYTES,
  reserveSectors,
  SECTOR_HEADER_BYTES,
  writeEntry,
} from "./journal-format.ts";
import { type OpenedJournal, openJournal } from "./journal-open.ts";

export type { FlashRegion } from "./bytes.ts";
export type { JournalChange } from "./journal-format.ts";

const committed = Promise.resolve();

/**
 * A small key-value store that survives a power cut before, inside and after every flash operation.
 *
 * The region is a ring of sectors. A *generation* is a run of them: its first record holds the whole
 * state, every later record one commit. When a generation has used its share of the ring, the next commit
 * writes the state it leads to as the first record of a new generation, in the sectors that follow. That
 * record makes the new generation valid, at once and whole; the old one is not touched before that, and is
 * erased sector by sector as the new one grows. So the last good copy is never lost, and every sector is
 * erased equally often.
 *
 * After a cut the journal opens to the last commit, or to the one in flight, whole. A torn record at the
 * end is left behind: writing goes on in the next sector. A damaged record with sound ones behind it cannot
 * come from a cut: opening refuses with `journal/corrupt` and changes nothing. Damage to the very last
 * record looks like a torn write, and opens to the commit before it.
 *
 * Keys: 1 to 32 printable ASCII characters. Values: up to 8,192 bytes. Room: see {@link capacityBytes}.
 * Errors: `journal/too-large`, `journal/bad-key`, `journal/full`, `journal/corrupt`, `journal/region`; those of the
 * flash pass through, and leave the values as they were.
 */
export class Journal {
  /** Bytes all entries may take together (3 + key + value each): a little under half the region. */
  readonly capacityBytes: number;
  readonly #flash: Flash;
  readonly #region: FlashRegion;
  readonly #headerBytes: number;
  readonly #streamBytes: number;
  readonly #maxSectors: number;
  readonly #values: Map<string, Uint8Array>;
  #liveBytes = 0;
  #generation: number;
  #highestGeneration: number;
  #startSector: number;
  #sectorsUsed: number;
  /** Where the next record starts in the stream; beyond the last sector's end, a new one is begun. */
  #at: number;
  #sequence: number;
  #resume: boolean;
  #renew: boolean;
  #scratch = new Uint8Array(1024);
  #last: Promise<void> = Promise.resolve();
  #pending = 0;

  private constructor(flash: Flash, region: FlashRegion, opened: OpenedJournal) {
    const { sectorBytes, programUnitBytes } = flash.geometry;
    const reserve = reserveSectors(region.sectorCount);
    this.#flash = flash;
    this.#region = region;
    this.#headerBytes = roundUp(SECTOR_HEADER_BYTES, programUnitBytes);
    this.#streamBytes = sectorBytes - this.#headerBytes;
    this.#maxSectors = region.sectorCount - reserve;
    this.capacityBytes = reserve * this.#streamBytes - RECORD_HEADER_BYTES - programUnitBytes;
    this.#values = opened.values;
    for (const [key, value] of opened.values) this.#liveBytes += 3 + key.length + value.length;
    this.#generation = opened.generation;
    this.#highestGeneration = opened.highestGeneration;
    this.#startSector = opened.startSector;
    this.#sectorsUsed = opened.sectorsUsed;
    this.#at = opened.firstFree;
    this.#sequence = opened.nextSequence;
    this.#resume = opened.tornTail;
    this.#renew = opened.generation === 0;
  }

  /** Opens to the last commit; an erased region is an empty journal. Writes nothing. */
  static async open(flash: Flash, region: FlashRegion): Promise<Journal> {
    checkRegion(flash, region);
    return new Journal(flash, region, await openJournal(flash, region));
  }

  /** The committed value, not a copy: do not change it. */
  get(key: string): Uint8Array | undefined {
    return this.#values.get(key);
  }

  /** Committed keys that start with `prefix`, sorted. */
  keys(prefix: string): readonly string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /** All changes or none. When the promise resolves they are on flash, `get` shows them, and `shown` has run. */
  commit(changes: readonly JournalChange[], shown?: () => void): Promise<void> {
    // One at a time, in order of the calls; an idle journal starts at once.
    if (this.#pending++ > 0) {
      const run = () => this.#commit(changes, shown);
      this.#last = this.#last.then(run, run);
    } else this.#last = this.#commit(changes, shown);
    return this.#last;
  }

  /** As {@link commit}; undefined when it is done already, as it nearly always is: then nobody need wait. */
  commitAtOnce(changes: readonly JournalChange[], shown?: () => void): MaybePromise<void> {
    const done = this.commit(changes, shown);
    return done === committed ? undefined : done;
  }

  #commit(changes: readonly JournalChange[], shown: (() => void) | undefined): Promise<void> {
    try {
      const end = this.#encode(changes);
      const liveBytes = this.#liveBytesAfter(changes);
      const written = changes.length === 0 ? undefined : this.#write(changes, end, liveBytes);
      if (written instanceof Promise)
        return this.#later(written, () => this.#adopt(changes, liveBytes, shown));
      this.#adopt(changes, liveBytes, shown);
      return committed;
    } catch (error) {
      return Promise.reject(error);
    } finally {
      this.#pending--;
    }
  }

  async #later(written: Promise<void>, adopt: () => void): Promise<void> {
    this.#pending++;
    try {
      await written;
      adopt();
    } finally {
      this.#pending--;
    }
  }

  #adopt(changes: readonly JournalChange[], liveBytes: number, shown: (() => void) | undefined): void {
    for (const { key, value } of changes) {
      if (value === null) this.#values.delete(key);
      else this.#values.set(key, copyOf(value));
    }
    this.#liveBytes = liveBytes;
    shown?.();
  }

  #write(changes: readonly JournalChange[], end: number, liveBytes: number): MaybePromise<void> {
    if (this.#renew || !this.#fits(end)) return this.#writeGeneration(changes, liveBytes);
    return this.#endsInSector(end) ? this.#appendInSector(end) : this.#append(end);
  }

  /** Would a record of `end` bytes lie within the sector in use? Nearly all do: those cost one program. */
  #endsInSector(end: number): boolean {
    const within = this.#at % this.#streamBytes;
    return !this.#resume && within > 0 && within + this.#padded(end) <= this.#streamBytes;
  }

  #appendInSector(end: number): MaybePromise<void> {
    const padded = this.#padded(end);
    finishRecord(this.#scratch, end, this.#generation, this.#sequence);
    if (padded > end) this.#scratch.fill(0xff, end, padded);
    const within = this.#at % this.#streamBytes;
    const offset = this.#sectorOffset((this.#at - within) / this.#streamBytes) + this.#headerBytes + within;
    // Until the record is whole, whatever happens, the tail counts as torn.
    this.#resume = true;
    const programmed = this.#flash.program(offset, this.#scratch.subarray(0, padded));
    if (programmed instanceof Promise) return programmed.then(() => this.#appended(padded));
    this.#appended(padded);
  }

  #appended(padded: number): void {
    this.#at += padded;
    this.#resume = false;
    this.#sequence++;
  }

  #padded(bytes: number): number {
    return roundUp(bytes, this.#flash.geometry.programUnitBytes);
  }

  /** Puts the entries of a record into the scratch buffer; returns their end. */
  #encode(changes: readonly JournalChange[]): number {
    let recordBytes = RECORD_HEADER_BYTES;
    for (const change of changes) recordBytes += entryBytes(change);
    const record = this.#scratchOf(recordBytes);
    let end = RECORD_HEADER_BYTES;
    for (const { key, value } of changes) end = writeEntry(record, end, key, value);
    return end;
  }

  /** Throws `journal/full` when the state after the changes would not fit. Later changes win over earlier ones. */
  #liveBytesAfter(changes: readonly JournalChange[]): number {
    const last = changes.length === 1 ? changes : new Map(changes.map((c) => [c.key, c])).values();
    let bytes = this.#liveBytes;
    for (const { key, value } of last) {
      const old = this.#values.get(key);
      if (old !== undefined) bytes -= 3 + key.length + old.length;
      if (value !== null) bytes += 3 + key.length + value.length;
    }
    if (bytes > this.capacityBytes && bytes > this.#liveBytes) throw this.#full(bytes);
    return bytes;
  }

  #full(neededBytes: number): CodedError {
    const { capacityBytes } = this;
    const message = `journal: the state would take ${neededBytes} bytes, expected at most ${capacityBytes} (half of ${this.#region.sectorCount} sectors); delete keys first or give the journal more sectors`;
    return new CodedError("journal/full", message, { neededBytes, capacityBytes });
  }

  #scratchOf(bytes: number): Uint8Array {
    if (this.#scratch.length < bytes + this.#flash.geometry.programUnitBytes)
      this.#scratch = new Uint8Array(roundUp(bytes, 1024) + 1024);
    return this.#scratch;
  }

  #fits(recordBytes: number): boolean {
    const start = this.#resume ? this.#sectorsUsed * this.#streamBytes : this.#at;
    return (
      start + recordBytes + this.#flash.geometry.programUnitBytes <= this.#maxSectors * this.#streamBytes
    );
  }

  async #append(end: number): Promise<void> {
    const resumed = this.#resume;
    const start = resumed ? this.#sectorsUsed * this.#streamBytes : this.#at;
    finishRecord(this.#scratch, end, this.#generation, this.#sequence);
    // Until the record is whole, whatever happens, the tail counts as torn.
    this.#resume = true;
    await this.#writeRecord(this.#scratch, end, start, resumed);
    this.#resume = false;
    this.#sequence++;
  }

  /** Writes a padded record at stream offset `start`, beginning sectors as it reaches them. */
  async #writeRecord(record: Uint8Array, end: number, start: number, resumed: boolean): Promise<void> {
    const padded = this.#padded(end);
    if (padded > end) record.fill(0xff, end, padded);
    for (let done = 0; done < padded; ) {
      const at = start + done;
      const index = Math.floor(at / this.#streamBytes);
      const within = at - index * this.#streamBytes;
      const take = Math.min(padded - done, this.#streamBytes - within);
      if (index >= this.#sectorsUsed) await this.#beginSector(index, resumed && done === 0, done > 0);
      const offset = this.#sectorOffset(index) + this.#headerBytes + within;
      await this.#flash.program(offset, record.subarray(done, done + take));
      done += take;
    }
    this.#at = start + padded;
  }

  async #beginSector(index: number, resumed: boolean, continuing: boolean): Promise<void> {
    const offset = this.#sectorOffset(index);
    const firstSequence = this.#sequence + (continuing ? 1 : 0);
    const header = { generation: this.#generation, index, resumed, firstSequence };
    await this.#flash.erase(offset / this.#flash.geometry.sectorBytes);
    await this.#flash.program(offset, encodeSectorHeader(header, this.#headerBytes));
    this.#sectorsUsed = index + 1;
  }

  #sectorOffset(index: number): number {
    const sector = this.#region.firstSector + ((this.#startSector + index) % this.#region.sectorCount);
    return sector * this.#flash.geometry.sectorBytes;
  }

  /** The whole state after `changes` as the first record of a new generation, behind the old one. */
  async #writeGeneration(changes: readonly JournalChange[], liveBytes: number): Promise<void> {
    const state = new Map<string, Uint8Array | null>(this.#values);
    for (const { key, value } of changes) {
      if (value === null) state.delete(key);
      else state.set(key, value);
    }
    const record = this.#scratchOf(RECORD_HEADER_BYTES + liveBytes);
    let end = RECORD_HEADER_BYTES;
    for (const [key, value] of state) end = writeEntry(record, end, key, value);
    const old = { start: this.#startSector, used: this.#sectorsUsed, generation: this.#generation };
    this.#startSector = (old.start + old.used) % this.#region.sectorCount;
    this.#sectorsUsed = 0;
    this.#sequence = 0;
    this.#generation = ++this.#highestGeneration;
    this.#renew = true;
    try {
      finishRecord(record, end, this.#generation, 0);
      await this.#writeRecord(record, end, 0, false);
    } catch (error) {
      // The old generation still counts: try again behind it, never append to it.
      this.#startSector = old.start;
      this.#sectorsUsed = old.used;
      this.#generation = old.generation;
      throw error;
    }
    this.#sequence = 1;
    this.#resume = false;
    this.#renew = false;
  }
}

function checkRegion(flash: Flash, region: FlashRegion): void {
  const { sectorCount, sectorBytes, programUnitBytes } = flash.geometry;
  const end = region.firstSector + region.sectorCount;
  const whole = Number.isInteger(region.firstSector) && Number.isInteger(region.sectorCount);
  if (
    whole &&
    region.firstSector >= 0 &&
    region.sectorCount >= 2 &&
    end <= sectorCount &&
    region.sectorCount < 65536
  )
    if (sectorBytes % programUnitBytes === 0 && sectorBytes >= 256) return;
  const message = `journal: region of sectors ${region.firstSector}..${end - 1} does not suit a flash of ${sectorCount} sectors of ${sectorBytes} bytes; expected 2 to 65535 whole sectors inside it, of at least 256 bytes each`;
  throw new CodedError("journal/region", message, { ...region, ...flash.geometry });
}
