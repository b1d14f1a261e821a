/**
 * The firmware images of a board: two slots in flash of their own, as MCUboot has them, and the bootloader run at each
 * start. What waits is the manufacturer's image whole, of which commands name the SHA-256.
 */
import { hasCode } from "../../hal/base/coded-error.ts";
import type { Board, Crypto, Flash, FlashGeometry } from "../../hal/board.ts";
import { checkImage } from "../bootloader/check.ts";
import type { McubootImage } from "../bootloader/image.ts";
import { openSlots, type SlotLayout, type Slots } from "../bootloader/slot.ts";
import { FlashImageSlots } from "../bootloader/slots.ts";
import { boot } from "../bootloader/swap.ts";
import { type FirmwareImages, noImages } from "../features/activation/images.ts";

/** All of a flash: two equal slots, and the last sector to swap over. */
export function imageLayout({ sectorCount }: FlashGeometry): SlotLayout {
  const slot = Math.floor((sectorCount - 1) / 2);
  return {
    primary: { firstSector: 0, sectorCount: slot },
    secondary: { firstSector: slot, sectorCount: slot },
    scratchSector: 2 * slot,
  };
}

export const imageSlots = (flash: Flash): Slots => openSlots(flash, imageLayout(flash.geometry));

/** What has been handed to the radio, as that a command has arrived, leaves before. Ours, not a fact. */
const restartAfterMs = 1000;

/** Runs the bootloader of a board that has room for images. */
export async function openImages(board: Board): Promise<FirmwareImages> {
  if (board.imageFlash === undefined) return noImages;
  const slots = imageSlots(board.imageFlash);
  const { running, fault } = await started(slots, board.crypto);
  const files = new FlashImageSlots(slots, { crypto: board.crypto });
  const held = () => slots.secondary.imageOrNone();
  const restart = board.restart && (() => void board.clock.after(restartAfterMs, () => board.restart?.()));
  return {
    version: running && versionOf(running),
    faultAtStart: fault,
    runningHash: () => running && board.crypto.sha256(running.bytes),
    heldHash: async () => {
      const image = await held();
      return image && board.crypto.sha256(image.bytes);
    },
    heldIsGood: async () => {
      const image = await held();
      return image !== undefined && isGood(image, board.crypto);
    },
    activate: () => done(files.setPending(1, true)),
    ...(restart && { restart }),
  };
}

/** Major, minor, and two octets of revision: as an OTA header has a file's version. */
function versionOf({ version: { major, minor, revision } }: McubootImage): Uint8Array {
  return Uint8Array.of(major, minor, revision >> 8, revision & 0xff);
}

interface Start {
  readonly running?: McubootImage;
  readonly fault?: string | undefined;
}

/** A device whose slots were never written runs what it was made with. */
async function started(slots: Slots, crypto: Crypto): Promise<Start> {
  try {
    const { image, refused } = await boot(slots, { crypto });
    return { running: image.image, fault: refused?.message };
  } catch (error) {
    if (!hasCode(error, "boot/no-image")) throw error;
    const written = await slots.primary.imageOrNone();
    return written === undefined ? {} : { fault: (error as Error).message };
  }
}

function isGood({ bytes }: McubootImage, crypto: Crypto): boolean {
  try {
    checkImage(bytes, { crypto });
    return true;
  } catch (error) {
    if (hasCode(error, "image")) return false;
    throw error;
  }
}

/** False for what the slots or the flash refuse. */
async function done(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (hasCode(error, "slots") || hasCode(error, "hal/fault")) return false;
    throw error;
  }
}
