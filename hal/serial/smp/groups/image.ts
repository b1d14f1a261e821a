/** Group 1, image: which images are in the slots, upload, test, confirm, erase. */
import type { Payload } from "../cbor.ts";
import type { SmpClient } from "../client.ts";
import type { RequestOptions } from "../client-options.ts";
import { Fields } from "../fields.ts";

export const IMAGE_GROUP = 1;
export const ImageCommand = { state: 0, upload: 1, erase: 5, slotInfo: 6 } as const;

/** Erasing a slot takes its time. */
export const ERASE_TIMEOUT_MS = 40_000;

/** An image in a slot; a slot without a valid image does not appear. */
export interface ImageState {
  /** 0 on boards with one image. */
  readonly image: number;
  readonly slot: number;
  readonly version: string;
  /** The hash record of the MCUboot image, not the hash of the file. */
  readonly hash: Uint8Array | undefined;
  readonly bootable: boolean;
  /** Will be booted next. */
  readonly pending: boolean;
  readonly confirmed: boolean;
  /** Runs now. */
  readonly active: boolean;
  /** With `pending`: stays after the next boot. */
  readonly permanent: boolean;
}

export async function readState(client: SmpClient, options?: RequestOptions): Promise<readonly ImageState[]> {
  return statesOf(await client.request("read", IMAGE_GROUP, ImageCommand.state, {}, options));
}

/** Boots the image with this hash at the next reset, once; unless it is confirmed then, the old one comes back. */
export async function test(client: SmpClient, hash: Uint8Array): Promise<readonly ImageState[]> {
  return writeState(client, { hash, confirm: false });
}

/** Keeps the running image (no `hash`), or makes another one permanent without a test. */
export async function confirm(client: SmpClient, hash?: Uint8Array): Promise<readonly ImageState[]> {
  return writeState(client, { hash, confirm: true });
}

/** Setting the same state twice is harmless, so a lost answer is asked for again. */
async function writeState(client: SmpClient, payload: Payload): Promise<readonly ImageState[]> {
  return statesOf(await client.request("write", IMAGE_GROUP, ImageCommand.state, payload, { retries: 2 }));
}

function statesOf(answer: Payload): readonly ImageState[] {
  return (Fields.ofAnswer("image state", answer).optionalList("images") ?? []).map((entry) => {
    const fields = Fields.ofAnswer("image state", entry);
    return {
      image: fields.optionalUint("image") ?? 0,
      slot: fields.uint("slot"),
      version: fields.optionalText("version") ?? "",
      hash: fields.optionalBytes("hash"),
      bootable: fields.flag("bootable"),
      pending: fields.flag("pending"),
      confirmed: fields.flag("confirmed"),
      active: fields.flag("active"),
      permanent: fields.flag("permanent"),
    };
  });
}

/** One piece of an image. */
export interface UploadChunk {
  readonly off: number;
  readonly data: Uint8Array;
  /** With offset 0, and again when the board answers 0 in the middle. */
  readonly first?: UploadStart;
}

export interface UploadStart {
  /** Length of the whole file, bytes. */
  readonly lengthBytes: number;
  /** SHA-256 of the whole file: with it an upload that was cut short goes on where it stopped. */
  readonly sha?: Uint8Array;
  readonly image?: number;
  /** Refuse unless the version is higher than the running one's. */
  readonly upgrade?: boolean;
}

export interface UploadAnswer {
  /** The offset that the board wants next. */
  readonly off: number;
  /** In the last answer, of boards that check: does the file in the slot have the `sha`? */
  readonly match: boolean | undefined;
}

/** The payload of an upload request: for sizing a piece to the board's buffer. */
export function uploadPayload({ off, data, first }: UploadChunk): Payload {
  if (first === undefined) return { off, data };
  const { lengthBytes, sha, image, upgrade } = first;
  return { off, data, len: lengthBytes, sha, image, upgrade: upgrade || undefined };
}

/** Sends one piece. The first one makes the board erase: give it {@link ERASE_TIMEOUT_MS}. Not retried unless asked. */
export async function uploadChunk(
  client: SmpClient,
  chunk: UploadChunk,
  options?: RequestOptions,
): Promise<UploadAnswer> {
  const payload = uploadPayload(chunk);
  const answer = await client.request("write", IMAGE_GROUP, ImageCommand.upload, payload, options);
  const fields = Fields.ofAnswer("image upload", answer);
  return { off: fields.uint("off"), match: fields.optionalFlag("match") };
}

/** Erases a slot; without one, the slot that does not run. */
export async function erase(client: SmpClient, slot?: number, options?: RequestOptions): Promise<void> {
  const limits = { timeoutMs: ERASE_TIMEOUT_MS, retries: 1, ...options };
  await client.request("write", IMAGE_GROUP, ImageCommand.erase, { slot }, limits);
}

export interface SlotInfo {
  readonly image: number;
  readonly slot: number;
  readonly sizeBytes: number | undefined;
  /** The number to upload to this slot with. */
  readonly uploadImageId: number | undefined;
  /** The largest image that the bootloader can swap. */
  readonly maxImageBytes: number | undefined;
}

export async function slotInfo(client: SmpClient): Promise<readonly SlotInfo[]> {
  const answer = await client.request("read", IMAGE_GROUP, ImageCommand.slotInfo);
  return Fields.ofAnswer("image slot info", answer).list("images").flatMap(slotsOf);
}

function slotsOf(entry: unknown): SlotInfo[] {
  const image = Fields.ofAnswer("image slot info", entry);
  return image.list("slots").map((each) => {
    const slot = Fields.ofAnswer("image slot info", each);
    return {
      image: image.optionalUint("image") ?? 0,
      slot: slot.uint("slot"),
      sizeBytes: slot.optionalUint("size"),
      uploadImageId: slot.optionalUint("upload_image_id"),
      maxImageBytes: image.optionalUint("max_image_size"),
    };
  });
}
