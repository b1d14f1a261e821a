/** The emulated flash as a file on the host: made blank with an identity, and read back while the board is off. */
import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { EmulatedError } from "./errors.ts";

/** Both chips of the vexpress-a9; QEMU refuses a file of any other size. */
export const flashBytes = 64 * 1024 * 1024;
const blockBytes = 256 * 1024;

/** As in agent/nor.c: every sector is the head of a block of its own. */
interface Region {
  readonly firstBlock: number;
  readonly sectorCount: number;
  readonly sectorBytes: number;
}
export const flashRegions = {
  identity: { firstBlock: 0, sectorCount: 1, sectorBytes: 0x1000 },
  state: { firstBlock: 1, sectorCount: 2, sectorBytes: 0x1000 },
  journal: { firstBlock: 3, sectorCount: 1, sectorBytes: 0x1000 },
  scratch: { firstBlock: 4, sectorCount: 1, sectorBytes: 0x4000 },
  slot0: { firstBlock: 8, sectorCount: 32, sectorBytes: 0x4000 },
  slot1: { firstBlock: 40, sectorCount: 32, sectorBytes: 0x4000 },
  data: { firstBlock: 72, sectorCount: 184, sectorBytes: 0x2000 },
} as const satisfies Record<string, Region>;
export type FlashRegion = keyof typeof flashRegions;

const identityBytes = 110;

export const regionBytes = (region: FlashRegion): number =>
  flashRegions[region].sectorCount * flashRegions[region].sectorBytes;

export interface Identity {
  /** At most 32 bytes of UTF-8. */
  readonly id: string;
  readonly eui64: Uint8Array;
  /** 32 bytes for the board's entropy part. */
  readonly seed: Uint8Array;
  /** Ed25519 public key, 32 bytes: then acting commands must come signed by it. */
  readonly controlKey?: Uint8Array | undefined;
}

/**
 * A new flash file: its regions all 0xFF but for the identity, and the image that leaves the factory in slot 0. What
 * lies between the regions nobody reads: it is left out, so that a new board costs little disk and time.
 */
export function createFlashFile(
  path: string,
  identity: Identity,
  image: Uint8Array = new Uint8Array(0),
): void {
  const partial = `${path}.new`; // half a file must not look like a flash
  const record = identityRecord(identity);
  writeFileSync(partial, "");
  truncateSync(partial, flashBytes);
  for (const region of Object.keys(flashRegions) as FlashRegion[])
    writeFlash(partial, region, 0, new Uint8Array(regionBytes(region)).fill(0xff));
  writeFlash(partial, "identity", 0, record);
  writeFlash(partial, "slot0", 0, image);
  renameSync(partial, path);
}

/** Throws `emulated/flash-file` unless it is there in the right size. */
export function checkFlashFile(path: string): void {
  const size = existsSync(path) ? statSync(path).size : 0;
  if (size === flashBytes) return;
  const message = `flash file ${path} has ${size} bytes, expected ${flashBytes}; remove it to start with a blank one`;
  throw new EmulatedError("emulated/flash-file", message, { path, size });
}

/** Bytes of a region, offsets as the board counts them. Only while the board is off is this the whole truth. */
export function readFlash(path: string, region: FlashRegion, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  eachPart(path, "r", region, offset, bytes, (file, part, at) => readSync(file, part, 0, part.length, at));
  return bytes;
}

/** Overwrites bytes of a region, with no NOR rules: the factory's programmer, or a test's sabotage. */
export function writeFlash(path: string, region: FlashRegion, offset: number, bytes: Uint8Array): void {
  eachPart(path, "r+", region, offset, bytes, (file, part, at) => writeSync(file, part, 0, part.length, at));
}

/** The board's setting for answers as before SMP version 2, in its identity behind all else; blank is none. */
export function setOlderAnswers(path: string, on: boolean): void {
  writeFlash(path, "identity", identityBytes, Uint8Array.of(Number(on)));
}

function eachPart(
  path: string,
  mode: "r" | "r+",
  region: FlashRegion,
  offset: number,
  bytes: Uint8Array,
  act: (file: number, part: Uint8Array, at: number) => void,
): void {
  const { firstBlock, sectorBytes } = flashRegions[region];
  const size = regionBytes(region);
  if (offset < 0 || offset + bytes.length > size) {
    const message = `${bytes.length} bytes at ${offset} do not fit into flash region ${region} of ${size} bytes`;
    throw new EmulatedError("emulated/flash-file", message, { region, offset });
  }
  const file = openSync(path, mode);
  try {
    for (let done = 0; done < bytes.length; ) {
      const within = (offset + done) % sectorBytes;
      const block = firstBlock + Math.floor((offset + done) / sectorBytes);
      const part = bytes.subarray(done, done + sectorBytes - within);
      act(file, part, block * blockBytes + within);
      done += part.length;
    }
  } finally {
    closeSync(file);
  }
}

function identityRecord({ id, eui64, seed, controlKey }: Identity): Uint8Array {
  const name = new TextEncoder().encode(id);
  const key = controlKey ?? new Uint8Array(0);
  if (
    name.length > 32 ||
    eui64.length !== 8 ||
    seed.length !== 32 ||
    key.length % 32 !== 0 ||
    key.length > 32
  ) {
    const message = `identity "${id}": expected at most 32 bytes of id, 8 of EUI-64, 32 of seed, 32 of control key`;
    throw new EmulatedError("emulated/flash-file", message);
  }
  const record = new Uint8Array(identityBytes);
  record.set(new TextEncoder().encode("MBID"));
  record.set(eui64, 4);
  record.set(seed, 12);
  record.set([name.length, ...name], 44);
  record.set([key.length / 32, ...key], 77);
  return record;
}
