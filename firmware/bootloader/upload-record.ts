/** What is being uploaded into a slot, kept in its trailer sector so that an upload outlives a power cut. */
import type { Crypto } from "../../hal/board.ts";
import { equal } from "./bytes.ts";
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
  if (!equal(bytes.subarray(BODY_BYTES), checksum(body, crypto))) return undefined;
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

/**
 * How much of an upload surely lies in the slot: up to the page of the last byte that is written. A torn
 * write touches one page only, and writing the same bytes over it makes it whole.
 */
export async function uploadedBytes(slot: Slot, { lengthBytes }: Upload): Promise<number> {
  const bytes = await slot.flash.read(slot.offset, lengthBytes);
  const last = bytes.findLastIndex((byte) => byte !== 0xff);
  return last < 0 ? 0 : last - (last % PAGE_BYTES);
}

const checksum = (body: Uint8Array, crypto: Crypto): Uint8Array =>
  crypto.sha256(body).subarray(0, RECORD_BYTES - BODY_BYTES);
