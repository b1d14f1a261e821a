/**
 * The image slots as SMP's image group sees them: list, upload, erase, test, confirm, with the rules of
 * Zephyr's server. An upload outlives a power cut (upload.ts).
 */
import { CodedError, hasCode } from "../../hal/base/coded-error.ts";
import type { Crypto } from "../../hal/board.ts";
import { checkImage } from "./check.ts";
import { findTlv, type McubootImage, TlvType } from "./image.ts";
import type { Slot, Slots } from "./slot.ts";
import { SlotsError } from "./slots-error.ts";
import { decideSwap } from "./swap.ts";
import type { SwapType } from "./trailer.ts";
import { Uploader, type UploadProgress, type UploadRequest } from "./upload.ts";
import { versionText } from "./version.ts";

/** An image in a slot, as the state read tells it. */
export interface SlotState {
  readonly image: number;
  readonly slot: number;
  readonly version: string;
  /** The image's hash TLV. */
  readonly hash: Uint8Array;
  readonly bootable: boolean;
  /** Runs after the next reset. */
  readonly pending: boolean;
  readonly confirmed: boolean;
  /** Runs now. */
  readonly active: boolean;
  /** Pending for good, not for a test. */
  readonly permanent: boolean;
}

export interface SlotInfo {
  readonly image: number;
  readonly slot: number;
  readonly sizeBytes: number;
  /** What fits beside the trailer. */
  readonly maxImageBytes: number;
  /** The number to upload to this slot with. */
  readonly uploadImageId?: number;
}

/** One image with two slots. Refusals are `slots/...` (slots-error.ts). */
export class FlashImageSlots {
  readonly #slots: Slots;
  readonly #crypto: Crypto;
  readonly #uploader: Uploader;

  constructor(slots: Slots, { crypto }: { readonly crypto: Crypto }) {
    this.#slots = slots;
    this.#crypto = crypto;
    this.#uploader = new Uploader(slots.secondary, crypto);
  }

  /** The slots that hold an image, the running one first. */
  async list(): Promise<SlotState[]> {
    const due = await this.#due();
    const images = [await this.#slots.primary.imageOrNone(), await this.#slots.secondary.imageOrNone()];
    return images.flatMap((image, slot) =>
      image ? [{ ...describe(image, slot), ...flags(slot, due) }] : [],
    );
  }

  slotInfo(): readonly SlotInfo[] {
    const { primary, secondary } = this.#slots;
    const { maxImageBytes } = secondary;
    return [
      { image: 0, slot: 0, sizeBytes: primary.bytes, maxImageBytes },
      { image: 0, slot: 1, sizeBytes: secondary.bytes, maxImageBytes, uploadImageId: 0 },
    ];
  }

  /** What is left of an upload, this power-on's or an earlier one's. One without a byte starts again. */
  async uploadProgress(_image: number): Promise<UploadProgress | undefined> {
    const progress = await this.#uploader.progress();
    return progress?.offset === 0 ? undefined : progress;
  }

  /** Begins an upload into the secondary slot, whatever number its client gives the one image. `slots/in-use` while that is pending, or kept to go back to. */
  async startUpload(_image: number, request: UploadRequest): Promise<void> {
    await this.#requireFree();
    await this.#uploader.start(request, (await this.#slots.primary.imageOrNone())?.version);
  }

  /** The next piece, at the progress's offset. */
  async writeChunk(_image: number, offset: number, data: Uint8Array): Promise<void> {
    await this.#uploader.write(offset, data);
  }

  /** Does the slot hold the file that was announced? Undefined when no hash was. */
  finishUpload(_image: number): Promise<boolean | undefined> {
    return this.#uploader.finish();
  }

  /** Erases the secondary slot. */
  async erase(slot: number): Promise<void> {
    if (slot === 0) throw new SlotsError("in-use", "slot 0 runs");
    if (slot !== 1) throw new SlotsError("bad-slot", `there is no slot ${slot}; expected 1`);
    await this.#requireFree();
    this.#uploader.erased();
    await this.#slots.secondary.erase();
  }

  /**
   * Boots the secondary slot next, for a test or for good. The same again is harmless. `slots/not-bootable` for an image
   * that is not what its hash says, which one that is encrypted is for a board without a key.
   */
  async setPending(slot: number, permanent: boolean): Promise<void> {
    if (slot === 0) throw new SlotsError("test-denied", "the running image cannot be tested");
    if (slot !== 1) throw new SlotsError("bad-slot", `there is no slot ${slot}; expected 1`);
    const due = await this.#due();
    if (due === (permanent ? "perm" : "test") || (permanent && due === "revert")) return;
    if (due !== "none") throw new SlotsError("already-pending", `a ${due} swap is due at the next reset`);
    await this.#requireWhole();
    await requestSwap(this.#slots.secondary, permanent);
  }

  /** Keeps the running image: writes image_ok where a revert would come without it. */
  async confirm(): Promise<void> {
    const due = await this.#due();
    if (due === "test" || due === "perm")
      throw new SlotsError("already-pending", `a ${due} swap is due at the next reset`);
    const { magic, imageOk } = await this.#slots.primary.trailer.read();
    if (magic === "good" && imageOk !== "set") await this.#slots.primary.trailer.writeImageOk();
  }

  async #requireWhole(): Promise<void> {
    try {
      checkImage((await this.#slots.secondary.image()).bytes, { crypto: this.#crypto });
    } catch (cause) {
      if (!(cause instanceof CodedError && hasCode(cause, "image"))) throw cause;
      throw new SlotsError("not-bootable", `slot 1: ${cause.message}`, cause);
    }
  }

  async #due(): Promise<SwapType> {
    return decideSwap(await this.#slots.primary.trailer.read(), await this.#slots.secondary.trailer.read());
  }

  async #requireFree(): Promise<void> {
    const due = await this.#due();
    if (due !== "none") throw new SlotsError("in-use", `slot 1 is needed for the ${due} swap that is due`);
  }
}

/** Asks for a swap at the next start. The magic comes last: without it nothing is asked for. */
export async function requestSwap({ trailer }: Slot, permanent: boolean): Promise<void> {
  if (!(await trailer.isBlank())) await trailer.erase();
  await trailer.writeSwapInfo(permanent ? "perm" : "test");
  if (permanent) await trailer.writeImageOk();
  await trailer.writeMagic();
}

function describe(image: McubootImage, slot: number) {
  const hash =
    findTlv(image.tlvs, TlvType.sha256) ??
    findTlv(image.tlvs, TlvType.sha512) ??
    findTlv(image.tlvs, TlvType.sha384);
  return {
    image: 0,
    slot,
    version: versionText(image.version),
    hash: hash?.value ?? new Uint8Array(0),
    bootable: true,
  };
}

/** What the state read says in each situation (smp_group_1 of Zephyr). */
function flags(slot: number, due: SwapType) {
  const toCome = due === "test" || due === "perm";
  return slot === 0
    ? { active: true, confirmed: due !== "revert", pending: false, permanent: false }
    : { active: false, confirmed: due === "revert", pending: toCome, permanent: due === "perm" };
}
