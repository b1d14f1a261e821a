/** What is being uploaded into a slot, kept in its trailer sector so that an upload outlives a power cut. */
import { isErased, sameBytes } from "../../hal/base/bytes.ts";
import type { Crypto } from "../../hal/board.ts";
import { viewOf } from "./image.ts";
import { PAGE_BYTES, type Slot } from "./slot.ts";

export interface Upload {
  /** The file's length. */
  readonly lengthBytes: number;
  /** SHA-256 of the whole file. */
  readonly sha: Uint8Array;
}

/** Length 4, SHA-256 32, then the first 12 bytes of their SHA-256. */
const BODY_BYTES = 36;
const RECORD_BYTES = 48;

/** The record in this slot; undefined when there is none, or a torn one. */
export async function readUpload(slot: Slot, crypto: Crypto): Promise<Upload | undefined> {
  const bytes = await slot.flash.read(slot.trailer.sectorsAt, RECORD_BYTES);
  const body = bytes.subarray(0, BODY_BYTES);
  if (!sameBytes(bytes.subarray(BODY_BYTES), checksum(body, crypto))) return undefined;
  return { lengthBytes: viewOf(body).getUint32(0, true), sha: body.slice(4) };
}

/** Writes the record; the trailer's sectors must be erased. */
export async function writeUpload(slot: Slot, upload: Upload, crypto: Crypto): Promise<void> {
  const unit = slot.flash.geometry.programUnitBytes;
  const record = new Uint8Array(Math.ceil(RECORD_BYTES / unit) * unit).fill(0xff);
  viewOf(record).setUint32(0, upload.lengthBytes, true);
  record.set(upload.sha, 4);
  record.set(checksum(record.subarray(0, BODY_BYTES), crypto), BODY_BYTES);
  await slot.flash.program(slot.trailer.sectorsAt, record);
}

/** An offset and its complement: a torn mark does not count. */
const MARK_BYTES = 8;

/**
 * How far an upload has come, in the free part of the trailer's sectors behind the record: a mark for each piece,
 * written before the piece is acknowledged, so that nothing that was acknowledged is asked for again.
 */
export class UploadMarks {
  readonly #slot: Slot;
  readonly #markBytes: number;
  readonly #firstAt: number;
  /** Where the next mark goes, an offset in the flash. */
  #nextAt: number;

  /** Of an upload that begins; the trailer's sectors are erased. */
  constructor(slot: Slot) {
    const unit = slot.flash.geometry.programUnitBytes;
    this.#slot = slot;
    this.#markBytes = Math.ceil(MARK_BYTES / unit) * unit;
    this.#firstAt = this.#nextAt = slot.trailer.sectorsAt + Math.ceil(RECORD_BYTES / unit) * unit;
  }

  /** Full, it takes no more: what comes then is found by {@link UploadMarks.recall} to the page. */
  async add(endBytes: number): Promise<void> {
    if (this.#full) return;
    const mark = new Uint8Array(this.#markBytes).fill(0xff);
    viewOf(mark).setUint32(0, endBytes, true);
    viewOf(mark).setUint32(4, ~endBytes >>> 0, true);
    await this.#slot.flash.program(this.#nextAt, mark);
    this.#nextAt += this.#markBytes;
  }

  /**
   * How much of an upload that a power cut ended surely lies in the slot: all that is marked. Behind a full record
   * also what is written, up to the page of its last byte: a torn write touches one page only, and writing the same
   * bytes over it makes it whole.
   */
  async recall({ lengthBytes }: Upload): Promise<number> {
    const marked = await this.#furthest(lengthBytes);
    if (!this.#full) return marked;
    const from = marked - (marked % PAGE_BYTES);
    const bytes = await this.#slot.flash.read(this.#slot.offset + from, lengthBytes - from);
    const last = from + bytes.findLastIndex((byte) => byte !== 0xff);
    return Math.max(marked, last - (last % PAGE_BYTES));
  }

  get #full(): boolean {
    return this.#nextAt + this.#markBytes > this.#slot.trailer.statusAt;
  }

  /** The furthest end that a whole mark tells. The next mark goes behind the last one, torn ones too. */
  async #furthest(lengthBytes: number): Promise<number> {
    const { flash, trailer } = this.#slot;
    const bytes = await flash.read(this.#firstAt, Math.max(0, trailer.statusAt - this.#firstAt));
    let furthest = 0;
    for (let at = 0; at + this.#markBytes <= bytes.length; at += this.#markBytes) {
      const mark = bytes.subarray(at, at + this.#markBytes);
      if (isErased(mark)) break;
      this.#nextAt = this.#firstAt + at + this.#markBytes;
      const [end, complement] = [viewOf(mark).getUint32(0, true), viewOf(mark).getUint32(4, true)];
      if (end === ~complement >>> 0 && end <= lengthBytes) furthest = Math.max(furthest, end);
    }
    return furthest;
  }
}

const checksum = (body: Uint8Array, crypto: Crypto): Uint8Array =>
  crypto.sha256(body).subarray(0, RECORD_BYTES - BODY_BYTES);
