/** The last accepted counter of signed commands, in two sectors of NOR flash: it survives any power cut. */
import type { Flash } from "../../board.ts";

export interface CounterStore {
  /** The greatest counter ever written; 0 at first. */
  read(): Promise<number>;
  /** Resolves when `counter` is durable. */
  write(counter: number): Promise<void>;
  /** The power was lost: what is in memory counts no more. */
  forget?(): void;
}

/** A record is the counter in 8 bytes, most significant first, and its complement: a torn one fits not. */
const recordBytes = 16;

/**
 * Records one after the other; a full sector is followed by the other one, erased first, so that the last good
 * record is never the one at risk. One erase for `sectorBytes / 16` commands.
 */
export class FlashCounter implements CounterStore {
  readonly #flash: Flash;
  readonly #firstSector: number;
  readonly #slotBytes: number;
  readonly #slots: number;
  #opened: Promise<void> | undefined;
  #counter = 0;
  /** Where the next record goes; a slot index of -1 means that the other sector must be erased first. */
  #next = { sector: 0, slot: 0 };

  constructor(flash: Flash, firstSector: number) {
    const { sectorBytes, programUnitBytes } = flash.geometry;
    this.#flash = flash;
    this.#firstSector = firstSector;
    this.#slotBytes = Math.ceil(recordBytes / programUnitBytes) * programUnitBytes;
    this.#slots = Math.floor(sectorBytes / this.#slotBytes);
  }

  /** Reads the flash again next time. */
  forget(): void {
    this.#opened = undefined;
  }

  async read(): Promise<number> {
    this.#opened ??= this.#open();
    await this.#opened;
    return this.#counter;
  }

  async write(counter: number): Promise<void> {
    await this.read();
    if (this.#next.slot >= this.#slots) {
      const sector = 1 - this.#next.sector;
      await this.#flash.erase(this.#firstSector + sector);
      this.#next = { sector, slot: 0 };
    }
    const { sector, slot } = this.#next;
    this.#next = { sector, slot: slot + 1 };
    await this.#flash.program(this.#offset(sector) + slot * this.#slotBytes, this.#record(counter));
    this.#counter = counter;
  }

  async #open(): Promise<void> {
    const scans = [await this.#scan(0), await this.#scan(1)] as const;
    const sector = scans[1].greatest > scans[0].greatest ? 1 : 0;
    this.#counter = scans[sector].greatest;
    this.#next = { sector, slot: scans[sector].used };
    // Nothing valid in either: whatever else is there must be erased away before the first record.
    if (this.#counter === 0 && scans[0].used > 0) this.#next = { sector: 1, slot: this.#slots };
  }

  /** The greatest counter in a sector, and how many slots from its start are no longer free. */
  async #scan(sector: number): Promise<{ greatest: number; used: number }> {
    const bytes = await this.#flash.read(this.#offset(sector), this.#slots * this.#slotBytes);
    let greatest = 0;
    let used = 0;
    for (let slot = 0; slot < this.#slots; slot++) {
      const record = bytes.subarray(slot * this.#slotBytes, (slot + 1) * this.#slotBytes);
      if (record.every((byte) => byte === 0xff)) continue;
      used = slot + 1;
      greatest = Math.max(greatest, readRecord(record));
    }
    return { greatest, used };
  }

  #offset(sector: number): number {
    return (this.#firstSector + sector) * this.#flash.geometry.sectorBytes;
  }

  #record(counter: number): Uint8Array {
    const record = new Uint8Array(this.#slotBytes).fill(0xff);
    const view = new DataView(record.buffer);
    view.setBigUint64(0, BigInt(counter));
    view.setBigUint64(8, ~BigInt(counter) & 0xffff_ffff_ffff_ffffn);
    return record;
  }
}

/** 0 when the record is torn. */
function readRecord(record: Uint8Array): number {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const counter = view.getBigUint64(0);
  const whole = (counter ^ view.getBigUint64(8)) === 0xffff_ffff_ffff_ffffn;
  return whole && counter <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(counter) : 0;
}
