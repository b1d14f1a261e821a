/** The two image slots of a flash and the scratch sector between them. */
import { isErased } from "../../hal/base/bytes.ts";
import { type Flash, HalError } from "../../hal/board.ts";
import { type McubootImage, parseImage } from "./image.ts";
import { type Region, Trailer } from "./trailer.ts";

export interface SlotLayout {
  /** The image that runs. */
  readonly primary: Region;
  /** The image to come, or the one to go back to. As large as the primary. */
  readonly secondary: Region;
  /** A sector for swapping; nothing is kept there. */
  readonly scratchSector: number;
}

/** Bytes programmed at once: what a torn write can touch. */
export const PAGE_BYTES = 256;

export class Slot {
  readonly flash: Flash;
  readonly region: Region;
  readonly trailer: Trailer;

  constructor(flash: Flash, region: Region) {
    this.flash = flash;
    this.region = region;
    this.trailer = new Trailer(flash, region);
  }

  /** The slot's first byte, an offset in the flash. */
  get offset(): number {
    return this.region.firstSector * this.flash.geometry.sectorBytes;
  }

  get bytes(): number {
    return this.region.sectorCount * this.flash.geometry.sectorBytes;
  }

  /** The largest image that fits: everything before the trailer's sectors. */
  get maxImageBytes(): number {
    return this.trailer.dataSectors * this.flash.geometry.sectorBytes;
  }

  /** The image that lies here, unchecked but for its structure. Refuses `image/...`. */
  async image(): Promise<McubootImage> {
    return parseImage(await this.flash.read(this.offset, this.maxImageBytes));
  }

  async imageOrNone(): Promise<McubootImage | undefined> {
    return this.image().catch((error: { code?: unknown }) => {
      if (typeof error.code === "string" && error.code.startsWith("image/")) return undefined;
      throw error;
    });
  }

  /** Erases the trailer, then the image, its header first: what is cut short is no image. */
  async erase(): Promise<void> {
    await this.trailer.erase();
    for (let sector = 0; sector < this.trailer.dataSectors; sector++)
      await this.flash.erase(this.region.firstSector + sector);
  }
}

export interface Slots {
  readonly flash: Flash;
  readonly primary: Slot;
  readonly secondary: Slot;
  readonly scratchSector: number;
}

/** Throws `hal/misuse` when the layout overlaps, leaves the flash or has unequal slots. */
export function openSlots(flash: Flash, layout: SlotLayout): Slots {
  const { primary, secondary, scratchSector } = layout;
  const used = [...sectors(primary), ...sectors(secondary), scratchSector];
  const inside = used.every(
    (sector) => Number.isInteger(sector) && sector >= 0 && sector < flash.geometry.sectorCount,
  );
  if (!inside || new Set(used).size !== used.length || primary.sectorCount !== secondary.sectorCount)
    throw new HalError(
      "hal/misuse",
      "slots: expected two equal regions and a scratch sector, apart, in the flash",
      {
        layout,
        sectorCount: flash.geometry.sectorCount,
      },
    );
  return { flash, primary: new Slot(flash, primary), secondary: new Slot(flash, secondary), scratchSector };
}

/** Erases sector `to` and copies sector `from` there, page by page; blank pages stay erased. */
export async function copySector(flash: Flash, from: number, to: number): Promise<void> {
  const { sectorBytes } = flash.geometry;
  await flash.erase(to);
  const data = await flash.read(from * sectorBytes, sectorBytes);
  for (let at = 0; at < sectorBytes; at += PAGE_BYTES) {
    const page = data.subarray(at, at + PAGE_BYTES);
    if (!isErased(page)) await flash.program(to * sectorBytes + at, page);
  }
}

const sectors = ({ firstSector, sectorCount }: Region): number[] =>
  Array.from({ length: Math.max(0, Math.min(sectorCount, 65536)) }, (_, i) => firstSector + i);
