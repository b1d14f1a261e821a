/**
 * How the journal's bytes lie on flash. All integers are little-endian.
 *
 * Sector: `"MBJ1" ‖ generation 4 ‖ index 2 ‖ resumed 1 ‖ 0 ‖ first sequence 4 ‖ CRC-32 of the above`, padded to
 * the program unit; then its share of the generation's stream, which runs on from sector to sector.
 *
 * Record (at a multiple of the program unit in the stream): `CRC-32 of all that follows ‖ length 4 ‖
 * generation 4 ‖ sequence 4 ‖ entries`, padded with 0xFF. Entry: `key length 1 ‖ value length 2 (0xFFFF =
 * deleted) ‖ key ‖ value`.
 */
import { isErased } from "../../hal/base/bytes.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { crc32 } from "../../hal/base/crc.ts";
import { readU32, writeU32 } from "./bytes.ts";

/** One key's new value; `null` deletes the key. */
export interface JournalChange {
  readonly key: string;
  readonly value: Uint8Array | null;
}

export const MAX_KEY_BYTES = 32;
export const MAX_VALUE_BYTES = 8192;
export const SECTOR_HEADER_BYTES = 20;
export const RECORD_HEADER_BYTES = 16;

const MAGIC = 0x314a424d;
const DELETED = 0xffff;

/** Sectors kept free for the next generation's first record, which holds the whole state. */
export const reserveSectors = (sectorCount: number): number => Math.max(1, Math.floor((sectorCount - 1) / 2));

export interface SectorHeader {
  readonly generation: number;
  /** Position within the generation, from 0. */
  readonly index: number;
  /** True: the stream before this sector ends in a torn record; it goes on here. */
  readonly resumed: boolean;
  /** Sequence of the first record that starts in this sector. */
  readonly firstSequence: number;
}

export function encodeSectorHeader(header: SectorHeader, paddedBytes: number): Uint8Array {
  const bytes = new Uint8Array(paddedBytes).fill(0xff);
  writeU32(bytes, 0, MAGIC);
  writeU32(bytes, 4, header.generation);
  writeU32(bytes, 8, header.index | (header.resumed ? 0x10000 : 0));
  writeU32(bytes, 12, header.firstSequence);
  writeU32(bytes, 16, crc32(bytes, 0, 16));
  return bytes;
}

/** "blank" = erased; "damaged" = neither erased nor a header. */
export function decodeSectorHeader(bytes: Uint8Array): SectorHeader | "blank" | "damaged" {
  if (isErased(bytes)) return "blank";
  if (readU32(bytes, 0) !== MAGIC || readU32(bytes, 16) !== crc32(bytes, 0, 16)) return "damaged";
  const place = readU32(bytes, 8);
  return {
    generation: readU32(bytes, 4),
    index: place & 0xffff,
    resumed: place >= 0x10000,
    firstSequence: readU32(bytes, 12),
  };
}

/** Bytes one change takes in a record. Throws `journal/too-large`, `journal/bad-key`. */
export function entryBytes(change: JournalChange): number {
  const { key, value } = change;
  if (key.length === 0 || key.length > MAX_KEY_BYTES) throw tooLarge(key, "key", key.length, MAX_KEY_BYTES);
  if (value === null) return 3 + key.length;
  if (value.length > MAX_VALUE_BYTES) throw tooLarge(key, "value", value.length, MAX_VALUE_BYTES);
  return 3 + key.length + value.length;
}

function tooLarge(key: string, part: string, bytes: number, limit: number): CodedError {
  const shown = JSON.stringify(key.slice(0, MAX_KEY_BYTES));
  const message = `journal: ${part} of ${shown} has ${bytes} bytes, expected 1 to ${limit}; split it over several keys`;
  return new CodedError("journal/too-large", message, { key, part, bytes, limit });
}

/** Writes one entry at `at`; returns the offset after it. Keys are ASCII. */
export function writeEntry(bytes: Uint8Array, at: number, key: string, value: Uint8Array | null): number {
  const valueLength = value === null ? DELETED : value.length;
  bytes[at] = key.length;
  bytes[at + 1] = valueLength;
  bytes[at + 2] = valueLength >>> 8;
  let next = at + 3;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code < 0x21 || code > 0x7e) throw badKey(key);
    bytes[next++] = code;
  }
  if (value === null) return next;
  bytes.set(value, next);
  return next + value.length;
}

function badKey(key: string): CodedError {
  const message = `journal: key ${JSON.stringify(key)} has a character outside printable ASCII; use letters, digits, "/" and "-"`;
  return new CodedError("journal/bad-key", message, { key });
}

/** Completes the record whose entries end at `end`: header first, CRC last. */
export function finishRecord(bytes: Uint8Array, end: number, generation: number, sequence: number): void {
  writeU32(bytes, 4, end - RECORD_HEADER_BYTES);
  writeU32(bytes, 8, generation);
  writeU32(bytes, 12, sequence);
  writeU32(bytes, 0, crc32(bytes, 4, end));
}

/** End offset of a sound record of `generation` at `at`, else undefined. `sequence` undefined = any. */
export function recordEnd(
  stream: Uint8Array,
  at: number,
  generation: number,
  sequence?: number,
): number | undefined {
  if (at + RECORD_HEADER_BYTES > stream.length || readU32(stream, at + 8) !== generation) return undefined;
  if (sequence !== undefined && readU32(stream, at + 12) !== sequence) return undefined;
  const end = at + RECORD_HEADER_BYTES + readU32(stream, at + 4);
  if (end > stream.length || crc32(stream, at + 4, end) !== readU32(stream, at)) return undefined;
  return end;
}

export function recordGeneration(stream: Uint8Array, at: number): number {
  return readU32(stream, at + 8);
}

export function recordSequence(stream: Uint8Array, at: number): number {
  return readU32(stream, at + 12);
}

/** Reads the entries of a sound record, in order. */
export function readEntries(
  stream: Uint8Array,
  at: number,
  end: number,
  apply: (key: string, value: Uint8Array | null) => void,
): void {
  let next = at + RECORD_HEADER_BYTES;
  while (next < end) {
    const keyLength = stream[next] as number;
    const valueLength = (stream[next + 1] as number) | ((stream[next + 2] as number) << 8);
    const valueAt = next + 3 + keyLength;
    next = valueAt + (valueLength === DELETED ? 0 : valueLength);
    if (next > end) throw corrupt("entry runs past its record", { at });
    const key = String.fromCharCode(...stream.subarray(valueAt - keyLength, valueAt));
    apply(key, valueLength === DELETED ? null : stream.slice(valueAt, next));
  }
}

/** `journal/corrupt`: committed data is damaged. Opening stops; nothing on flash is changed. */
export function corrupt(what: string, data: Record<string, unknown>): CodedError {
  const where = Object.entries(data).map(([name, value]) => `${name} ${value}`);
  const message = `journal: ${what} (${where.join(", ")}): committed data is damaged; expected sound records up to the last commit. Nothing was changed: read the region out for diagnosis, then erase it and provision the device anew`;
  return new CodedError("journal/corrupt", message, data);
}
