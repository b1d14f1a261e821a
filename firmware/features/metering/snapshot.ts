/** Registers at one moment, as logs keep them (register log entries of the tables). Pure. */
import type { ValueOf, valueTypes } from "../../model/index.ts";
import type { Counts } from "./counts.ts";
import { blockCount, type TariffRegisters } from "./registers.ts";

export type RegisterEntry = ValueOf<(typeof valueTypes)["registerLogEntry"]>;
/** All registers of import. */
export type Snapshot = Omit<RegisterEntry, "time">;

export function snapshotOf(
  { importWh, secondaryImportWh }: Counts,
  { tou, secondaryTou, blocks }: TariffRegisters,
  isTwin: boolean,
): Snapshot {
  return {
    import: importWh,
    tou,
    ...(isTwin && { secondaryImport: secondaryImportWh, secondaryTou }),
    block1: ofBlock(blocks, 1),
    block2: ofBlock(blocks, 2),
    block3: ofBlock(blocks, 3),
    block4: ofBlock(blocks, 4),
  };
}

/** The values of one block by time of use, of a matrix by time of use and block. */
export const ofBlock = (matrix: readonly number[], block: number): number[] =>
  matrix.filter((_, i) => i % blockCount === block - 1);

/** Shape of the daily read log: time and 86 registers, 4 bytes each; those of a secondary element are always there. */
export const registerRecord = { recordBytes: 4 * 87, capacity: 31 } as const;

export function encodeEntry(entry: RegisterEntry): Uint8Array {
  const { time, secondaryImport = 0, tou, secondaryTou = [0, 0, 0, 0] } = entry;
  const { block1, block2, block3, block4 } = entry;
  const values = [time, entry.import, secondaryImport, ...tou, ...secondaryTou];
  values.push(...block1, ...block2, ...block3, ...block4);
  const record = new Uint8Array(registerRecord.recordBytes);
  const view = new DataView(record.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value);
  return record;
}

export function decodeEntry(record: Uint8Array, isTwin: boolean): RegisterEntry {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  let at = 0;
  const next = (): number => view.getUint32(4 * at++);
  const several = (count: number): number[] => Array.from({ length: count }, next);
  const [time, importWh, secondaryImport] = [next(), next(), next()];
  const [tou, secondaryTou] = [several(48), several(4)];
  const [block1, block2, block3, block4] = [several(8), several(8), several(8), several(8)];
  const twin = isTwin && { secondaryImport, secondaryTou };
  return { time, import: importWh, tou, ...twin, block1, block2, block3, block4 };
}
