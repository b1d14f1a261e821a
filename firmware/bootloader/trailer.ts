/**
 * The trailer at the end of a slot: what was asked for, and how far a swap has come. From the slot's end
 * downwards (A = the write alignment, at least 8): magic, image_ok, copy_done, swap_info, swap_size, then
 * the swap status, one entry of A bytes for each step. Laid out as MCUboot's (bootutil_public.h).
 *
 * Each field is written once between erases; the magic last, since it makes the others count.
 */
import { isErased, sameBytes } from "../../hal/base/bytes.ts";
import { type Flash, HalError } from "../../hal/board.ts";
import { viewOf } from "./image.ts";

export type SwapType = "none" | "test" | "perm" | "revert";
export type MagicState = "good" | "unset" | "bad";
/** `bad`: neither erased nor set, as a torn write leaves it. */
export type FlagState = "set" | "unset" | "bad";

export interface TrailerState {
  readonly magic: MagicState;
  readonly imageOk: FlagState;
  readonly copyDone: FlagState;
  /** The swap that was begun; undefined when none was, or the byte is torn. */
  readonly swapInfo: Exclude<SwapType, "none"> | undefined;
  /** Bytes to swap, from the slot's start. */
  readonly swapSize: number;
}

export interface Region {
  readonly firstSector: number;
  readonly sectorCount: number;
}

/** Steps that a sector's swap takes, each with an entry in the swap status. */
export const STEPS_PER_SECTOR = 3;
const MAGIC_BYTES = 16;
const MAGIC_8 = [
  0x77, 0xc2, 0x95, 0xf3, 0x60, 0xd2, 0xef, 0x7f, 0x35, 0x52, 0x50, 0x0f, 0x2c, 0xb6, 0x79, 0x80,
];
const MAGIC_TAIL = [0x2d, 0xe1, 0x5d, 0x29, 0x41, 0x0b, 0x8d, 0x77, 0x67, 0x9c, 0x11, 0x0f, 0x1f, 0x8a];
const swapCodes = { test: 2, perm: 3, revert: 4 } as const;

/** The magic for a write alignment of `align` bytes; flash of 8 or less has one of its own. */
export function trailerMagic(align: number): Uint8Array {
  return Uint8Array.from(align <= 8 ? MAGIC_8 : [align & 0xff, align >> 8, ...MAGIC_TAIL]);
}

/** Bytes of a trailer for slots of at most `sectors` sectors, each status entry `writeBytes` long. */
export function trailerBytes(sectors: number, writeBytes: number, align = 8): number {
  const magicBytes = Math.ceil(MAGIC_BYTES / align) * align;
  return sectors * STEPS_PER_SECTOR * writeBytes + 4 * align + magicBytes;
}

export class Trailer {
  readonly #flash: Flash;
  readonly #region: Region;
  readonly #align: number;
  readonly #magicAt: number;
  readonly #statusAt: number;
  readonly #steps: number;
  readonly #sectors: number;

  /** Throws `hal/misuse` when the slot has no room for a trailer and at least one sector of data. */
  constructor(flash: Flash, region: Region) {
    const { sectorBytes, programUnitBytes } = flash.geometry;
    this.#flash = flash;
    this.#region = region;
    this.#align = Math.max(8, programUnitBytes);
    const bytes = trailerBytes(region.sectorCount, this.#align, this.#align);
    this.#sectors = Math.ceil(bytes / sectorBytes);
    if (this.#sectors >= region.sectorCount)
      throw new HalError(
        "hal/misuse",
        `a slot of ${region.sectorCount} sectors has no room beside its trailer`,
      );
    const end = (region.firstSector + region.sectorCount) * sectorBytes;
    this.#magicAt = end - Math.ceil(MAGIC_BYTES / this.#align) * this.#align;
    this.#steps = region.sectorCount * STEPS_PER_SECTOR;
    this.#statusAt = end - bytes;
  }

  /** Sectors before the trailer's own: what an image may fill. */
  get dataSectors(): number {
    return this.#region.sectorCount - this.#sectors;
  }

  /** Where the trailer's own sectors begin, an offset in the flash; up to {@link statusAt} nobody uses them. */
  get sectorsAt(): number {
    return (this.#region.firstSector + this.dataSectors) * this.#flash.geometry.sectorBytes;
  }

  /** Where the swap status begins, an offset in the flash. */
  get statusAt(): number {
    return this.#statusAt;
  }

  async read(): Promise<TrailerState> {
    const fieldsAt = this.#field(4);
    const bytes = await this.#flash.read(fieldsAt, this.#magicAt + this.#padded(MAGIC_BYTES) - fieldsAt);
    const at = (field: number) => (4 - field) * this.#align;
    const magic = bytes.subarray(-MAGIC_BYTES);
    const code = bytes[at(3)]! & 0x0f;
    return {
      magic: sameBytes(magic, trailerMagic(this.#align)) ? "good" : isErased(magic) ? "unset" : "bad",
      imageOk: flagState(bytes[at(1)]!),
      copyDone: flagState(bytes[at(2)]!),
      swapInfo: (["test", "perm", "revert"] as const).find((type) => swapCodes[type] === code),
      swapSize: viewOf(bytes).getUint32(at(4), true),
    };
  }

  /** Nothing is written in the fields (the swap status aside). */
  async isBlank(): Promise<boolean> {
    const at = this.#field(4);
    return isErased(await this.#flash.read(at, this.#magicAt + this.#padded(MAGIC_BYTES) - at));
  }

  /**
   * Erases the trailer's sectors. The magic is destroyed first: a torn erase may leave any prefix erased,
   * and must not leave a good magic behind fields that are gone.
   */
  async erase(): Promise<void> {
    const magic = await this.#flash.read(this.#magicAt, this.#padded(MAGIC_BYTES));
    if (!isErased(magic)) await this.#flash.program(this.#magicAt, new Uint8Array(this.#padded(MAGIC_BYTES)));
    for (let sector = this.dataSectors; sector < this.#region.sectorCount; sector++)
      await this.#flash.erase(this.#region.firstSector + sector);
  }

  /** The magic is the slot's last 16 bytes, whatever the alignment; what it is padded to stands before it. */
  writeMagic(): Promise<void> {
    const padded = new Uint8Array(this.#padded(MAGIC_BYTES)).fill(0xff);
    padded.set(trailerMagic(this.#align), padded.length - MAGIC_BYTES);
    return this.#write(this.#magicAt, padded);
  }

  writeImageOk(): Promise<void> {
    return this.#write(this.#field(1), Uint8Array.of(1));
  }

  writeCopyDone(): Promise<void> {
    return this.#write(this.#field(2), Uint8Array.of(1));
  }

  writeSwapInfo(type: Exclude<SwapType, "none">): Promise<void> {
    return this.#write(this.#field(3), Uint8Array.of(swapCodes[type]));
  }

  writeSwapSize(bytes: number): Promise<void> {
    const field = new Uint8Array(4);
    viewOf(field).setUint32(0, bytes, true);
    return this.#write(this.#field(4), field);
  }

  /** Notes that step `step` is done. */
  writeStatus(step: number): Promise<void> {
    return this.#write(this.#statusAt + step * this.#align, Uint8Array.of(1));
  }

  /** Steps done. An entry that is torn counts: it is written only after its step. */
  async stepsDone(): Promise<number> {
    const status = await this.#flash.read(this.#statusAt, this.#steps * this.#align);
    for (let step = this.#steps; step > 0; step--)
      if (!isErased(status.subarray((step - 1) * this.#align, step * this.#align))) return step;
    return 0;
  }

  /** Offset of the field that lies `number` places below the magic. */
  #field(number: number): number {
    return this.#magicAt - number * this.#align;
  }

  async #write(offset: number, field: Uint8Array): Promise<void> {
    const padded = new Uint8Array(this.#padded(field.length)).fill(0xff);
    padded.set(field);
    await this.#flash.program(offset, padded);
  }

  #padded(bytes: number): number {
    return Math.ceil(bytes / this.#align) * this.#align;
  }
}

function flagState(byte: number): FlagState {
  return byte === 1 ? "set" : byte === 0xff ? "unset" : "bad";
}
