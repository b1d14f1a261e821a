/** The flash of an emulated board beside the model's own: two image slots, scratch, and a region for the bench. */
import { openSlots, type Slots } from "../../../firmware/bootloader/slot.ts";
import type { Crypto, Flash } from "../../../hal/board.ts";

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

/** The image a new board leaves its factory with: an MCUboot header, one sector of payload, its hash. */
export function factoryImage(
  crypto: Crypto,
  version: readonly [number, number, number] = [0, 1, 0],
): Uint8Array {
  const payloadBytes = 4096;
  const hashed = new Uint8Array(32 + payloadBytes);
  const view = new DataView(hashed.buffer);
  view.setUint32(0, 0x96f3b83d, true);
  view.setUint16(8, 32, true);
  view.setUint32(12, payloadBytes, true);
  view.setUint8(20, version[0]);
  view.setUint8(21, version[1]);
  view.setUint16(22, version[2], true);
  const tlvs = new Uint8Array(4 + 4 + 32);
  const tlvView = new DataView(tlvs.buffer);
  tlvView.setUint16(0, 0x6907, true);
  tlvView.setUint16(2, tlvs.length, true);
  tlvView.setUint16(4, 0x10, true);
  tlvView.setUint16(6, 32, true);
  tlvs.set(crypto.sha256(hashed), 8);
  return Uint8Array.of(...hashed, ...tlvs);
}
