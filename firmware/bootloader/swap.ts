/**
 * What the bootloader does at a start: decide, swap, and say what boots. A swap goes sector by sector over a
 * scratch sector; each step is repeatable, and noted in the primary's trailer when it is done, so that the
 * power may fail before, inside and after any flash operation and the next start goes on from there.
 */
import { CodedError, hasCode } from "../../hal/base/coded-error.ts";
import { type CheckedImage, type CheckOptions, checkImage } from "./check.ts";
import { copySector, type Slot, type Slots } from "./slot.ts";
import { STEPS_PER_SECTOR, type SwapType, type TrailerState } from "./trailer.ts";
import { versionText } from "./version.ts";

type Fields = Partial<Pick<TrailerState, "magic" | "imageOk" | "copyDone">>;

/**
 * The decision table; the first row that matches decides. The last row asks nothing of the secondary: a
 * power cut while its magic is written for a revert must not hide that the revert is due (mcuboot#1966).
 */
const decisions: readonly { primary?: Fields; secondary?: Fields; swap: Exclude<SwapType, "none"> }[] = [
  { secondary: { magic: "good", imageOk: "unset", copyDone: "set" }, swap: "revert" },
  { secondary: { magic: "good", imageOk: "unset" }, swap: "test" },
  { secondary: { magic: "good", imageOk: "set" }, swap: "perm" },
  { primary: { magic: "good", imageOk: "unset", copyDone: "set" }, swap: "revert" },
];

/** Which swap the trailers ask for, when none was interrupted. */
export function decideSwap(primary: TrailerState, secondary: TrailerState): SwapType {
  const fits = (state: TrailerState, fields: Fields = {}) =>
    Object.entries(fields).every(([name, value]) => state[name as keyof Fields] === value);
  return (
    decisions.find((row) => fits(primary, row.primary) && fits(secondary, row.secondary))?.swap ?? "none"
  );
}

/** The swap that began and did not end, or undefined: only swap_info says which it was. */
export function interruptedSwap(primary: TrailerState): Exclude<SwapType, "none"> | undefined {
  return primary.magic === "good" && primary.copyDone !== "set" ? primary.swapInfo : undefined;
}

export interface BootOptions extends Pick<CheckOptions, "crypto" | "keys" | "securityCounter"> {
  /** Refuse a test or permanent swap to an older version. */
  readonly preventDowngrade?: boolean;
}

export interface BootOutcome {
  /** The image that boots. */
  readonly image: CheckedImage;
  readonly swap: SwapType;
  /** That swap had begun at an earlier start. */
  readonly resumed: boolean;
  /** Why the other slot's image was refused and erased. */
  readonly refused?: CodedError;
}

/** One start of the bootloader. Throws `boot/no-image` when nothing in the primary slot would boot. */
export async function boot(slots: Slots, options: BootOptions): Promise<BootOutcome> {
  const primary = await slots.primary.trailer.read();
  const begun = interruptedSwap(primary);
  const swap = begun ?? decideSwap(primary, await slots.secondary.trailer.read());
  let refused: CodedError | undefined;
  if (swap !== "none") {
    if (begun === undefined) refused = await refuseSecondary(slots, swap, options);
    if (refused !== undefined) await discardSecondary(slots);
    else {
      if (begun === undefined) await beginSwap(slots, swap);
      await runSwap(slots);
      await endSwap(slots, swap);
    }
  }
  const image = await bootable(slots.primary, options);
  return { image, swap: refused ? "none" : swap, resumed: begun !== undefined, ...(refused && { refused }) };
}

/** Why the secondary's image may not be swapped in; undefined when it may. Going back is always to what ran before. */
async function refuseSecondary(
  { primary, secondary }: Slots,
  swap: SwapType,
  options: BootOptions,
): Promise<CodedError | undefined> {
  const running = swap === "revert" ? undefined : await primary.imageOrNone();
  const { crypto, keys } = options;
  try {
    checkImage((await secondary.image()).bytes, {
      crypto,
      keys,
      securityCounter: swap === "revert" ? undefined : options.securityCounter,
      notOlderThan: options.preventDowngrade ? running?.version : undefined,
    });
    return undefined;
  } catch (error) {
    if (error instanceof CodedError && hasCode(error, "image")) return error;
    throw error;
  }
}

/** The primary keeps its image for good; the other is erased, its request with it, last what would ask again. */
async function discardSecondary({ primary, secondary }: Slots): Promise<void> {
  if ((await primary.trailer.read()).imageOk === "unset") await primary.trailer.writeImageOk();
  await secondary.erase();
}

/** Makes the primary's trailer say which swap has begun. Until its magic stands, the old decision holds. */
async function beginSwap({ primary, secondary }: Slots, swap: Exclude<SwapType, "none">): Promise<void> {
  const images = await Promise.all([primary.imageOrNone(), secondary.imageOrNone()]);
  const size = Math.max(...images.map((image) => image?.bytes.length ?? primary.maxImageBytes));
  if (swap === "revert") await markRevert(secondary);
  await primary.trailer.erase();
  await primary.trailer.writeSwapSize(size);
  await primary.trailer.writeSwapInfo(swap);
  await primary.trailer.writeMagic();
}

/** The primary's trailer, which asks for the revert, is about to be erased: let the secondary's ask for it. */
async function markRevert({ trailer }: Slot): Promise<void> {
  const { magic, imageOk, copyDone } = await trailer.read();
  if (magic === "good" && imageOk === "unset" && copyDone === "set") return;
  if (!(await trailer.isBlank())) await trailer.erase();
  await trailer.writeCopyDone();
  await trailer.writeMagic();
}

/** Swaps from the last sector to the first, going on after the last step that is noted. */
async function runSwap({ flash, primary, secondary, scratchSector }: Slots): Promise<void> {
  const { swapSize } = await primary.trailer.read();
  const count = Math.min(Math.ceil(swapSize / flash.geometry.sectorBytes), primary.trailer.dataSectors);
  for (let step = await primary.trailer.stepsDone(); step < count * STEPS_PER_SECTOR; step++) {
    const sector = count - 1 - Math.floor(step / STEPS_PER_SECTOR);
    const first = primary.region.firstSector + sector;
    const second = secondary.region.firstSector + sector;
    const copies = [
      [second, scratchSector],
      [first, second],
      [scratchSector, first],
    ] as const;
    const [from, to] = copies[(step % STEPS_PER_SECTOR) as 0 | 1 | 2];
    await copySector(flash, from, to);
    await primary.trailer.writeStatus(step);
  }
}

/** copy_done comes last: until then the swap is resumed, and ends the same way again. */
async function endSwap({ primary, secondary }: Slots, swap: SwapType): Promise<void> {
  if (!(await secondary.trailer.isBlank())) await secondary.trailer.erase();
  if (swap !== "test") await primary.trailer.writeImageOk();
  await primary.trailer.writeCopyDone();
}

/** Checked at every start, for rot; the rules on counter and version were applied before the swap. */
async function bootable(primary: Slot, { crypto, keys }: BootOptions): Promise<CheckedImage> {
  try {
    return checkImage((await primary.image()).bytes, { crypto, keys });
  } catch (cause) {
    if (!(cause instanceof CodedError && hasCode(cause, "image"))) throw cause;
    throw new CodedError(
      "boot/no-image",
      `boot: nothing to start in the primary slot (${cause.message}). Program an image there.`,
      { reason: cause.code },
      cause,
    );
  }
}

/** One line about a start, for the board's log. */
export function describeBoot({ image, swap, resumed, refused }: BootOutcome): string {
  const how = swap === "none" ? "no swap" : `${swap} swap${resumed ? ", resumed" : ""}`;
  const why = refused ? `; other image erased: ${refused.message}` : "";
  return `boot: ${versionText(image.image.version)} (${how})${why}`;
}
