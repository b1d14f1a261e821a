/** Where things are in a device's flash. The same places for ever: a new firmware must find what an old one wrote. */
import { CodedError } from "../../hal/base/coded-error.ts";
import type { FlashGeometry } from "../../hal/board.ts";

export interface Region {
  readonly firstSector: number;
  readonly sectorCount: number;
}

export interface Partitions {
  /** Written once, in the factory. */
  readonly factory: Region;
  /** The working journal. */
  readonly journal: Region;
  /** Half-hourly profile: 20,000 records. */
  readonly profileLog: Region;
  /** Average voltage: 4,320 entries. */
  readonly voltageLog: Region;
}

/** Sizes in bytes, rounded up to sectors; a ring of records needs one sector more than it fills. */
const sizes = { factory: 8192, journal: 131_072, profileLog: 245_000, voltageLog: 54_000 } as const;

/** Throws `devices/flash-too-small`. */
export function partitions(geometry: FlashGeometry): Partitions {
  let firstSector = 0;
  const region = (bytes: number, spareSectors = 0): Region => {
    const sectorCount = Math.max(2, Math.ceil(bytes / geometry.sectorBytes)) + spareSectors;
    const place = { firstSector, sectorCount };
    firstSector += place.sectorCount;
    return place;
  };
  const map = {
    factory: region(sizes.factory),
    journal: region(sizes.journal),
    profileLog: region(sizes.profileLog, 1),
    voltageLog: region(sizes.voltageLog, 1),
  };
  if (firstSector > geometry.sectorCount)
    throw new CodedError(
      "devices/flash-too-small",
      `Flash layout: expected at least ${firstSector} sectors of ${geometry.sectorBytes} bytes, ` +
        `got ${geometry.sectorCount}. Use a larger flash part.`,
      { needed: firstSector, got: geometry.sectorCount },
    );
  return map;
}
