/**
 * Finds the last commit in a journal region: the newest generation whose first record is sound, replayed
 * to its end. Reads only; what it meets that no power cut can explain is `journal/corrupt`.
 */
import { concat, isErased } from "../../hal/base/bytes.ts";
import type { Flash } from "../../hal/board.ts";
import { type FlashRegion, roundUp } from "./bytes.ts";
import {
  corrupt,
  decodeSectorHeader,
  RECORD_HEADER_BYTES,
  readEntries,
  recordEnd,
  recordGeneration,
  recordSequence,
  reserveSectors,
  SECTOR_HEADER_BYTES,
  type SectorHeader,
} from "./journal-format.ts";

export interface OpenedJournal {
  /** 0 when the region holds no journal yet. */
  readonly generation: number;
  /** The highest generation number ever seen, sound or not: the next one must be higher. */
  readonly highestGeneration: number;
  /** Region-relative sector of the generation's index 0. */
  readonly startSector: number;
  readonly sectorsUsed: number;
  readonly firstFree: number;
  /** True: bytes after the last record are not blank, so writing goes on in a new sector. */
  readonly tornTail: boolean;
  readonly nextSequence: number;
  readonly values: Map<string, Uint8Array>;
}

/** One generation's sectors in order, and its stream. */
interface Generation {
  readonly number: number;
  readonly start: number;
  readonly headers: readonly SectorHeader[];
  readonly stream: Uint8Array;
  readonly sectorStreamBytes: number;
}

type Headers = readonly (SectorHeader | "blank" | "damaged")[];

export async function openJournal(flash: Flash, region: FlashRegion): Promise<OpenedJournal> {
  const headers = await readHeaders(flash, region);
  const numbers = [...new Set(headers.map((h) => (typeof h === "string" ? 0 : h.generation)))];
  numbers.sort((a, b) => b - a);
  const highest = numbers[0] ?? 0;
  for (const number of numbers) {
    const generation = await readGeneration(flash, region, headers, number);
    if (generation === undefined) continue;
    await refuseStrays(flash, region, headers, generation);
    return { highestGeneration: highest, ...replay(generation, flash.geometry.programUnitBytes) };
  }
  return emptyJournal(flash, region, headers, highest);
}

async function readHeaders(flash: Flash, region: FlashRegion): Promise<Headers> {
  const { sectorBytes } = flash.geometry;
  const headers: (SectorHeader | "blank" | "damaged")[] = [];
  for (let sector = 0; sector < region.sectorCount; sector++) {
    const offset = (region.firstSector + sector) * sectorBytes;
    headers.push(decodeSectorHeader(await flash.read(offset, SECTOR_HEADER_BYTES)));
  }
  return headers;
}

/** Undefined when the generation never became valid: its first record was torn by a power cut. */
async function readGeneration(
  flash: Flash,
  region: FlashRegion,
  headers: Headers,
  number: number,
): Promise<Generation | undefined> {
  const start = headers.findIndex((h) => typeof h !== "string" && h.generation === number && h.index === 0);
  const found: SectorHeader[] = [];
  const parts: Uint8Array[] = [];
  for (let index = 0; start >= 0 && index < region.sectorCount; index++) {
    const sector = (start + index) % region.sectorCount;
    const header = headers[sector];
    if (typeof header !== "object" || header.generation !== number || header.index !== index) break;
    found.push(header);
    parts.push(await readStreamPart(flash, region, sector));
  }
  const stream = concat(...parts);
  const sectorStreamBytes = parts[0]?.length ?? 0;
  if (recordEnd(stream, 0, number, 0) !== undefined)
    return { number, start, headers: found, stream, sectorStreamBytes };
  await refuseLostGeneration(flash, region, headers, number);
  return undefined;
}

async function readStreamPart(flash: Flash, region: FlashRegion, sector: number): Promise<Uint8Array> {
  const { sectorBytes, programUnitBytes } = flash.geometry;
  const skip = roundUp(SECTOR_HEADER_BYTES, programUnitBytes);
  return await flash.read((region.firstSector + sector) * sectorBytes + skip, sectorBytes - skip);
}

/** A generation without a sound first record must hold no other record: records follow only a sound first. */
async function refuseLostGeneration(flash: Flash, region: FlashRegion, headers: Headers, generation: number) {
  for (const [sector, header] of headers.entries()) {
    if (header === "blank" || (typeof header === "object" && header.generation !== generation)) continue;
    const part = await readStreamPart(flash, region, sector);
    const at = findRecord(part, flash.geometry.programUnitBytes, generation, 1);
    if (at !== undefined) throw corrupt("first record of a generation is lost", { generation, sector, at });
  }
}

/** Offset of a whole record of `generation`, sequence `from` or later, inside one piece of stream. */
function findRecord(part: Uint8Array, unit: number, generation: number, from: number): number | undefined {
  for (let at = 0; at < part.length; at += unit) {
    if (recordEnd(part, at, generation) !== undefined && recordSequence(part, at) >= from) return at;
  }
  return undefined;
}

/** Sectors that belong to the generation, or did, but are not in its unbroken run. */
async function refuseStrays(flash: Flash, region: FlashRegion, headers: Headers, generation: Generation) {
  const used = generation.headers.length;
  for (const [sector, header] of headers.entries()) {
    const index = (sector - generation.start + region.sectorCount) % region.sectorCount;
    if (index < used || header === "blank") continue;
    if (typeof header === "object" && header.generation !== generation.number) continue;
    const part = header === "damaged" ? await readStreamPart(flash, region, sector) : undefined;
    const lost = part === undefined || findAnyFrom(part, flash.geometry.programUnitBytes, generation.number);
    if (lost) throw corrupt("a sector's header is lost", { generation: generation.number, sector });
  }
}

function findAnyFrom(part: Uint8Array, unit: number, generation: number): boolean {
  for (let at = 0; at + RECORD_HEADER_BYTES <= part.length; at += unit) {
    const number = recordGeneration(part, at);
    if (number >= generation && recordEnd(part, at, number) !== undefined) return true;
  }
  return false;
}

type Replayed = Omit<OpenedJournal, "highestGeneration">;

/** Replays run by run: a run ends where a power cut tore a record and the next sector resumed. */
function replay(generation: Generation, unit: number): Replayed {
  const { headers, stream, sectorStreamBytes } = generation;
  const values = new Map<string, Uint8Array>();
  const resumes = headers.filter((header) => header.resumed);
  let at = 0;
  let sequence = 0;
  for (const resume of [...resumes, undefined]) {
    const runEnd = resume === undefined ? stream.length : resume.index * sectorStreamBytes;
    const run = stream.subarray(0, runEnd);
    const until = resume?.firstSequence;
    while (until === undefined || sequence < until) {
      const end = recordEnd(run, at, generation.number, sequence);
      if (end === undefined) break;
      readEntries(run, at, end, (key, value) => (value ? values.set(key, value) : values.delete(key)));
      at = roundUp(end, unit);
      sequence++;
    }
    if (until !== undefined) {
      if (sequence < until)
        throw corrupt("a record is damaged", { generation: generation.number, sequence, at });
      at = runEnd;
    }
  }
  refuseLaterRecords(generation, at, sequence, unit);
  return {
    generation: generation.number,
    startSector: generation.start,
    sectorsUsed: headers.length,
    firstFree: at,
    tornTail: !isErased(stream, at),
    nextSequence: sequence,
    values,
  };
}

/** Behind the last sound record there may be one torn record, and nothing else. */
function refuseLaterRecords(generation: Generation, at: number, sequence: number, unit: number): void {
  const last = generation.headers.at(-1) as SectorHeader;
  const found = findRecord(generation.stream.subarray(at), unit, generation.number, sequence + 1);
  if (found !== undefined || last.firstSequence > sequence + 1)
    throw corrupt("a record is damaged", { generation: generation.number, sequence, at });
}

/**
 * No generation: a new region, or one whose very first commit was cut. That one starts at the first sector and
 * stays within the reserve; anything beyond, and any sound record, is not ours to erase.
 */
async function emptyJournal(
  flash: Flash,
  region: FlashRegion,
  headers: Headers,
  highest: number,
): Promise<OpenedJournal> {
  const reserve = reserveSectors(region.sectorCount);
  const foreign = headers.findIndex((header, sector) => sector >= reserve && header !== "blank");
  if (foreign >= 0) throw corrupt("the region holds something else", { ...region, sector: foreign });
  for (const [sector, header] of headers.entries()) {
    if (header !== "damaged") continue;
    const part = await readStreamPart(flash, region, sector);
    if (findAnyFrom(part, flash.geometry.programUnitBytes, 1))
      throw corrupt("a sector's header is lost", { sector });
  }
  return { ...EMPTY, highestGeneration: highest, values: new Map() };
}

const EMPTY = {
  generation: 0,
  startSector: 0,
  sectorsUsed: 0,
  firstFree: 0,
  tornTail: false,
  nextSequence: 0,
};
