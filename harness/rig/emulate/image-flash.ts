/** The flash of an emulated board beside the model's own: two image slots, scratch, and a region for the bench. */
import { openSlots, type Slots } from "../../../firmware/bootloader/slot.ts";
import type { Crypto, Flash } from "../../../hal/board.ts";
import { hashedImage } from "../hashed-image.ts";

/** In sectors of 4 KiB. */
const slotSectors = 128;
const benchSectors = 32;
const layout = {
  primary: { firstSector: 0, sectorCount: slotSectors },
  secondary: { firstSector: slotSectors, sectorCount: slotSectors },
  scratchSector: 2 * slotSectors,
} as const;
const benchSector = 2 * slotSectors + 1;

export const imageFlash = { sectorCount: benchSector + benchSectors } as const;

export const imageSlots = (flash: Flash): Slots => openSlots(flash, layout);

/** The region that the group "board" serves as flash: nothing of the model is in it. */
export function benchRegion(flash: Flash): Flash {
  const { sectorBytes } = flash.geometry;
  const base = benchSector * sectorBytes;
  return {
    geometry: { ...flash.geometry, sectorCount: benchSectors },
    // Past the region's end is past the flash's, which refuses it.
    read: (offset, length) => flash.read(base + offset, length),
    program: (offset, data) => flash.program(base + offset, data),
    erase: (sector) => flash.erase(benchSector + sector),
  };
}

/** The image a new board leaves its factory with: version 0.1.0, one sector of payload. */
export const factoryImage = (crypto: Crypto): Uint8Array =>
  hashedImage(crypto, new Uint8Array(4096), [0, 1, 0]);
