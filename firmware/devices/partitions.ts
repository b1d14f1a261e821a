/** Where things are in a device's flash. The same places for ever: a new firmware must find what an old one wrote. */
import { CodedError } from "../../hal/base/coded-error.ts";
import type { FlashGeometry } from "../../hal/board.ts";

export interface Region {
  readonly firstSector: number;
  readonly sectorCount: number;
}

/** Sizes in bytes, rounded up to sectors. */
const sizes = {
  /** Written once, in the factory. */
  factory: 8192,
  /**
   * The working journal: a little under half of it, 131 KB, holds state. That is what the longest logs and tables take
   * with the largest command under way and a full outbox; a device without room could take no command that makes some.
   */
  journal: 274_432,
} as const;

/** Rings of records: sizes in bytes, rounded up to sectors, and one sector more than they fill. */
const rings = {
  /** Half hours of import: 19,056 entries and a twentieth for marks, 16 bytes each. */
  profileLog: 322_000,
  /** Average voltage: 4,320 entries. */
  voltageLog: 54_000,
  /** Half hours of export: 4,464 entries, 16 bytes. */
  exportLog: 76_500,
  /** Half hours of reactive import: 4,464 entries, 12 bytes. */
  reactiveLog: 57_000,
  /** Consumption of days: 731 entries, 12 bytes. */
  consumptionLog: 9400,
  /** Registers at midnight: 31 entries, 352 bytes. */
  dailyReadLog: 12_000,
  /** Average voltage of a polyphase meter's other phases: 4,320 entries each. */
  voltageLogPhase2: 54_000,
  voltageLogPhase3: 54_000,
} as const;

export type Partitions = Readonly<Record<keyof typeof sizes | keyof typeof rings, Region>>;

/**
 * Throws `devices/flash-too-small`. With sectors of 4 KiB a device needs 207 of them, 828 KiB, and a polyphase meter 237:
 * whoever opens what lies beyond the flash is refused there.
 */
export function partitions(geometry: FlashGeometry): Partitions {
  let firstSector = 0;
  const region = (bytes: number, spareSectors = 0): Region => {
    const sectorCount = Math.max(2, Math.ceil(bytes / geometry.sectorBytes)) + spareSectors;
    const place = { firstSector, sectorCount };
    firstSector += place.sectorCount;
    return place;
  };
  const all = {
    factory: region(sizes.factory),
    journal: region(sizes.journal),
    profileLog: region(rings.profileLog, 1),
    voltageLog: region(rings.voltageLog, 1),
    exportLog: region(rings.exportLog, 1),
    reactiveLog: region(rings.reactiveLog, 1),
    consumptionLog: region(rings.consumptionLog, 1),
    dailyReadLog: region(rings.dailyReadLog, 1),
  };
  const needed = firstSector;
  const polyphase = {
    voltageLogPhase2: region(rings.voltageLogPhase2, 1),
    voltageLogPhase3: region(rings.voltageLogPhase3, 1),
  };
  if (needed > geometry.sectorCount)
    throw new CodedError(
      "devices/flash-too-small",
      `Flash layout: expected at least ${needed} sectors of ${geometry.sectorBytes} bytes, ` +
        `got ${geometry.sectorCount}. Use a larger flash part.`,
      { needed, got: geometry.sectorCount },
    );
  return { ...all, ...polyphase };
}
