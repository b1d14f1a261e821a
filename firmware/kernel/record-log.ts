import { isErased } from "../../hal/base/bytes.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { crc32 } from "../../hal/base/crc.ts";
import type { Flash } from "../../hal/board.ts";
import { type FlashRegion, readU32, roundUp, writeU32 } from "./bytes.ts";

export interface RecordLogShape {
  /** Size of every record, bytes. */
  readonly recordBytes: number;
  /** Records kept at most; the oldest are dropped. */
  readonly capacity: number;
}

const MAGIC = 0x314c524d;
const HEADER_BYTES = 20;

/** One written sector of the ring. */
interface Piece {
  /** Region-relative. */
  readonly sector: number;
  /** Turn number: one higher for every sector begun. */
  readonly turn: number;
  /** Number of the first record in it; records are numbered from 0 for ever. */
  readonly firstNumber: number;
  /** Slots used, the voids included. */
  used: number;
  /** Slots that a power cut tore, in order. */
  readonly voids: number[];
}

/**
 * A ring of fixed-size records in sectors of its own, for logs too long to keep in memory (profile data).
 * An append is durable when it resolves; one that a power cut tears never happened.
 *
 * Sector: `"MRL1" ‖ turn 4 ‖ first number 4 ‖ record bytes 4 ‖ CRC-32`; then slots of `CRC-32 ‖ record`, each
 * padded to the program unit. Needs one sector more than the capacity fills, since whole sectors are erased.
 *
 * A damaged record reads as `record-log/corrupt`; after a restart one in the newest sector counts as torn.
 *
 * Errors: `record-log/region`, `record-log/size`, `record-log/range`, `record-log/corrupt`.
 */
export class RecordLog {
  readonly capacity: number;
  readonly recordBytes: number;
  readonly #flash: Flash;
  readonly #region: FlashRegion;
  readonly #headerBytes: number;
  readonly #slotBytes: number;
  readonly #slotsPerSector: number;
  /** Oldest first. */
  #pieces: Piece[] = [];
  #next = 0;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(flash: Flash, region: FlashRegion, shape: RecordLogShape) {
    const { sectorBytes, programUnitBytes } = flash.geometry;
    this.capacity = shape.capacity;
    this.recordBytes = shape.recordBytes;
    this.#flash = flash;
    this.#region = region;
    this.#headerBytes = roundUp(HEADER_BYTES, programUnitBytes);
    this.#slotBytes = roundUp(4 + shape.recordBytes, programUnitBytes);
    this.#slotsPerSector = Math.floor((sectorBytes - this.#headerBytes) / this.#slotBytes);
  }

  static async open(flash: Flash, region: FlashRegion, shape: RecordLogShape): Promise<RecordLog> {
    const log = new RecordLog(flash, region, shape);
    log.#checkRegion();
    await log.#load();
    return log;
  }

  /** Records that can be read. */
  get count(): number {
    return Math.min(this.capacity, this.#next - (this.#pieces[0]?.firstNumber ?? 0));
  }

  append(record: Uint8Array): Promise<void> {
    if (record.length !== this.recordBytes)
      throw this.#error("size", `has ${record.length} bytes`, this.recordBytes);
    const mine = this.#queue.then(() => this.#append(record));
    this.#queue = mine.catch(() => undefined);
    return mine;
  }

  /** Forgets every record. A power cut inside leaves the newest of them. */
  clear(): Promise<void> {
    const mine = this.#queue.then(async () => {
      for (const { sector } of this.#pieces)
        await this.#flash.erase(this.#sectorOffset(sector) / this.#flash.geometry.sectorBytes);
      this.#pieces = [];
      this.#next = 0;
    });
    this.#queue = mine.catch(() => undefined);
    return mine;
  }

  /** `index` 0 is the oldest record kept. Throws `record-log/corrupt` when flash has lost it. */
  async read(index: number): Promise<Uint8Array> {
    const record = await this.readSound(index);
    if (record === undefined) throw this.#error("corrupt", `has a damaged record ${index}`, "a sound CRC");
    return record;
  }

  /** As {@link read}, but undefined for a record that flash has lost: the others can be read all the same. */
  async readSound(index: number): Promise<Uint8Array | undefined> {
    if (!Number.isInteger(index) || index < 0 || index >= this.count)
      throw this.#error("range", `was asked for record ${index}`, `0 to ${this.count - 1}`);
    const number = this.#next - this.count + index;
    const piece = this.#pieces.findLast((p) => p.firstNumber <= number) as Piece;
    let slot = number - piece.firstNumber;
    for (const torn of piece.voids) if (torn <= slot) slot++;
    // Past its end when the header of the sector behind it has rotted.
    const record = slot < piece.used ? await this.#readSlot(piece.sector, slot) : undefined;
    return record === "blank" ? undefined : record;
  }

  async #append(record: Uint8Array): Promise<void> {
    const last = this.#pieces.at(-1);
    const piece =
      last === undefined || last.used >= this.#slotsPerSector ? await this.#beginSector(last) : last;
    const bytes = new Uint8Array(this.#slotBytes).fill(0xff);
    bytes.set(record, 4);
    writeU32(bytes, 0, crc32(bytes, 4, 4 + record.length));
    const slot = piece.used++;
    piece.voids.push(slot);
    await this.#flash.program(this.#slotOffset(piece.sector, slot), bytes);
    piece.voids.pop();
    this.#next++;
  }

  async #beginSector(last: Piece | undefined): Promise<Piece> {
    const sector = last === undefined ? 0 : (last.sector + 1) % this.#region.sectorCount;
    const piece = { sector, turn: (last?.turn ?? 0) + 1, firstNumber: this.#next, used: 0, voids: [] };
    this.#pieces = this.#pieces.filter((old) => old.sector !== sector);
    const offset = this.#sectorOffset(sector);
    await this.#flash.erase(offset / this.#flash.geometry.sectorBytes);
    const header = new Uint8Array(this.#headerBytes).fill(0xff);
    for (const [index, field] of [MAGIC, piece.turn, piece.firstNumber, this.recordBytes].entries())
      writeU32(header, 4 * index, field);
    writeU32(header, 16, crc32(header, 0, 16));
    await this.#flash.program(offset, header);
    this.#pieces.push(piece);
    return piece;
  }

  async #load(): Promise<void> {
    for (let sector = 0; sector < this.#region.sectorCount; sector++) {
      const header = await this.#flash.read(this.#sectorOffset(sector), HEADER_BYTES);
      if (readU32(header, 0) !== MAGIC || readU32(header, 16) !== crc32(header, 0, 16)) continue;
      const [turn, firstNumber, recordBytes] = [4, 8, 12].map((at) => readU32(header, at)) as [
        number,
        number,
        number,
      ];
      if (recordBytes !== this.recordBytes)
        throw this.#error("size", `holds records of ${recordBytes} bytes`, this.recordBytes);
      this.#pieces.push({ sector, turn, firstNumber, used: this.#slotsPerSector, voids: [] });
    }
    this.#pieces.sort((a, b) => a.turn - b.turn);
    for (const [index, piece] of this.#pieces.entries()) await this.#scan(piece, this.#pieces[index + 1]);
    const last = this.#pieces.at(-1);
    if (last !== undefined) this.#next = last.firstNumber + last.used - last.voids.length;
  }

  /** Finds the torn slots, and in the newest sector the end. A full sector without torn slots is not read. */
  async #scan(piece: Piece, following: Piece | undefined): Promise<void> {
    const held = following === undefined ? -1 : following.firstNumber - piece.firstNumber;
    if (held === this.#slotsPerSector) return;
    let end = 0;
    for (let slot = 0; slot < this.#slotsPerSector; slot++) {
      const found = await this.#readSlot(piece.sector, slot);
      if (found === "blank") continue;
      for (; end < slot; end++) piece.voids.push(end);
      if (found === undefined) piece.voids.push(slot);
      end = slot + 1;
    }
    if (following === undefined) piece.used = end;
  }

  /** Undefined when torn or damaged. */
  async #readSlot(sector: number, slot: number): Promise<Uint8Array | "blank" | undefined> {
    const bytes = await this.#flash.read(this.#slotOffset(sector, slot), this.#slotBytes);
    if (isErased(bytes)) return "blank";
    const end = 4 + this.recordBytes;
    return crc32(bytes, 4, end) === readU32(bytes, 0) ? bytes.slice(4, end) : undefined;
  }

  #sectorOffset(sector: number): number {
    return (this.#region.firstSector + sector) * this.#flash.geometry.sectorBytes;
  }

  #slotOffset(sector: number, slot: number): number {
    return this.#sectorOffset(sector) + this.#headerBytes + slot * this.#slotBytes;
  }

  #checkRegion(): void {
    const { firstSector, sectorCount } = this.#region;
    const needed = Math.ceil(this.capacity / this.#slotsPerSector) + 1;
    const inside = firstSector >= 0 && firstSector + sectorCount <= this.#flash.geometry.sectorCount;
    if (this.#slotsPerSector < 1 || !inside || sectorCount < needed)
      throw this.#error(
        "region",
        `was given ${sectorCount} sectors from ${firstSector} on`,
        `${needed} inside the flash`,
      );
  }

  #error(what: string, got: string, expected: number | string): CodedError {
    const message = `record log: at sector ${this.#region.firstSector} ${got}, expected ${expected}`;
    return new CodedError(`record-log/${what}`, message, { ...this.#region, got, expected });
  }
}
