/** Two slots, a scratch sector and a mock flash small enough to cut the power at each of its operations. */

import { openSlots, type Slots } from "../../../firmware/bootloader/slot.ts";
import { type BootOptions, type BootOutcome, boot } from "../../../firmware/bootloader/swap.ts";
import { PowerLost } from "../../../hal/board.ts";
import { type FlashKit, flashKit } from "../kernel/mock-flash.ts";
import { crypto, makeImage, testKey } from "./images.ts";

export interface SlotKit extends FlashKit {
  /** Opens the slots anew, as a start does. */
  readonly slots: () => Slots;
}

export const bootOptions: BootOptions = { crypto, keys: [testKey] };

/** Slots of 6 sectors (5 of data) of 512 bytes each. */
export function slotKit(seed: number | string = 1, programUnitBytes = 8): SlotKit {
  const kit = flashKit(512, 13, programUnitBytes, seed);
  const layout = {
    primary: { firstSector: 0, sectorCount: 6 },
    secondary: { firstSector: 6, sectorCount: 6 },
    scratchSector: 12,
  };
  return { ...kit, slots: () => openSlots(kit.flash, layout) };
}

const filled = (length: number, step: number) =>
  Uint8Array.from({ length }, (_, i) => (i * step + (i >> 8)) & 0xff);

/** Two sound images of different versions and lengths. */
export const older = makeImage({ payload: filled(700, 7), version: [1, 0, 0, 0] });
export const newer = makeImage({ payload: filled(1100, 13), version: [2, 0, 0, 0] });

/** Programs an image into a blank slot. */
export async function place(slot: Slots["primary"], image: Uint8Array): Promise<void> {
  const padded = new Uint8Array(Math.ceil(image.length / 32) * 32).fill(0xff);
  padded.set(image);
  await slot.flash.program(slot.offset, padded);
}

/** The image of a slot, byte for byte; undefined when there is none. */
export async function held(slot: Slots["primary"]): Promise<Uint8Array | undefined> {
  return (await slot.imageOrNone())?.bytes;
}

/** Starts again after each power loss, until a start gets through. */
export async function bootThrough(kit: SlotKit, options = bootOptions): Promise<BootOutcome> {
  for (let attempt = 0; attempt < 50; attempt++) {
    kit.power.turnOn();
    try {
      return await boot(kit.slots(), options);
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error;
    }
  }
  throw new Error("no start got through");
}
