/** The image group on the board's side: the upload protocol and Zephyr's answers, over any pair of slots. */
import { sameBytes } from "../../base/bytes.ts";
import type { MaybePromise } from "../../board.ts";
import type { Payload } from "./cbor.ts";
import { generalError, groupError, SmpError } from "./errors.ts";
import type { UploadFaults } from "./faults.ts";
import { Fields } from "./fields.ts";
import { IMAGE_GROUP, ImageCommand } from "./groups/image.ts";
import type { SmpOperation } from "./message.ts";
import type { SmpGroup } from "./server.ts";

/** What a slot holds. False flags may be left out. */
export interface ImageSlotState {
  readonly image: number;
  readonly slot: number;
  readonly version: string;
  readonly hash?: Uint8Array;
  readonly bootable?: boolean;
  readonly pending?: boolean;
  readonly confirmed?: boolean;
  readonly active?: boolean;
  readonly permanent?: boolean;
}

export interface ImageSlotInfo {
  readonly image: number;
  readonly slot: number;
  readonly sizeBytes: number;
  readonly uploadImageId?: number;
  /** The largest file that the image's slots take. */
  readonly maxImageBytes?: number;
}

/** An upload that is under way, kept where a reset does not lose it. */
export interface UploadProgress {
  readonly lengthBytes: number;
  /** Up to 32 bytes; empty when the client gave none. */
  readonly sha: Uint8Array;
  /** Bytes written so far. */
  readonly offset: number;
}

export interface UploadRequest {
  readonly lengthBytes: number;
  readonly sha: Uint8Array;
  /** Refuse unless the version is higher than that of the running image. */
  readonly upgrade: boolean;
  /** The first bytes of the image, 32 at least. */
  readonly header: Uint8Array;
}

/**
 * Two image slots (for each image) and their rules, whatever they are made of. To refuse, a method throws an error
 * with a numeric property `imageError`, one of the image group's codes; other errors become code 1.
 */
export interface ImageSlots {
  /** Slots with a valid image. */
  list(): MaybePromise<readonly ImageSlotState[]>;
  slotInfo(): MaybePromise<readonly ImageSlotInfo[]>;
  /** What is left of an upload that was cut short; undefined when there is none. */
  uploadProgress(image: number): MaybePromise<UploadProgress | undefined>;
  /** Erases the slot that does not run and remembers the upload. Refuses: 9, 14, 23, 27, 30. */
  startUpload(image: number, request: UploadRequest): MaybePromise<void>;
  /** Always at the offset that the progress tells, and within its length. */
  writeChunk(image: number, offset: number, data: Uint8Array): MaybePromise<void>;
  /** Ends the upload. Does the slot hold a file with the `sha`? Undefined when that cannot be told. */
  finishUpload(image: number): MaybePromise<boolean | undefined>;
  /** Refuses: 9 when the slot runs or is pending, 10 when there is none. Ends an upload into that slot. */
  erase(slot: number): MaybePromise<void>;
  /** Boots slot `slot` next, for a test or for good. Refuses: 24 when the image in it would not boot, 28, 33. */
  setPending(slot: number, permanent: boolean): MaybePromise<void>;
  /** Keeps the running image. */
  confirm(): MaybePromise<void>;
}

const HEADER_BYTES = 32;
const SHA_BYTES = 32;
/** SHA-256, SHA-384, SHA-512: an image is named by the whole of the one it carries. */
const IMAGE_HASH_BYTES: readonly number[] = [32, 48, 64];

/** Largest image file taken; slots refuse earlier. */
const MAX_LENGTH_BYTES = 0xffff_ffff;

export class ImageGroup implements SmpGroup {
  readonly id = IMAGE_GROUP;
  readonly name = "image";
  readonly commandCount = 4;
  readonly #slots: ImageSlots;
  readonly #faults: UploadFaults;
  /** The image whose upload goes on; requests beyond offset 0 do not name it. */
  #image = 0;
  /** Where a server with the fault `staleOffsetAfterErase` thinks it still is. */
  #stale: UploadProgress | undefined;

  constructor(slots: ImageSlots, faults: UploadFaults = {}) {
    this.#slots = slots;
    this.#faults = faults;
  }

  async handle(command: number, op: SmpOperation, payload: Payload): Promise<Payload> {
    try {
      return await this.#dispatch(command, op, Fields.ofRequest("image", payload));
    } catch (error) {
      throw asImageError(error);
    }
  }

  #dispatch(command: number, op: SmpOperation, fields: Fields): Promise<Payload> {
    if (op === "read" && command === ImageCommand.state) return this.#state();
    if (op === "write" && command === ImageCommand.state) return this.#writeState(fields);
    if (op === "write" && command === ImageCommand.upload) return this.#upload(fields);
    if (op === "write" && command === ImageCommand.erase) return this.#erase(fields);
    if (op === "read" && command === ImageCommand.slotInfo) return this.#slotInfo();
    throw generalError(8);
  }

  async #state(): Promise<Payload> {
    const states = await this.#slots.list();
    const several = states.some(({ image }) => image > 0);
    const images = states.map((state) => ({
      image: several ? state.image : undefined,
      slot: state.slot,
      version: state.version,
      hash: state.hash,
      bootable: state.bootable ?? false,
      pending: state.pending ?? false,
      confirmed: state.confirmed ?? false,
      active: state.active ?? false,
      permanent: state.permanent ?? false,
    }));
    return { images, splitStatus: 0 };
  }

  async #writeState(fields: Fields): Promise<Payload> {
    const hash = fields.optionalBytes("hash");
    const confirm = fields.flag("confirm");
    if (hash === undefined || hash.length === 0) {
      if (!confirm) throw groupError(IMAGE_GROUP, 24, "a test needs a hash");
      await this.#slots.confirm();
      return this.#state();
    }
    if (!IMAGE_HASH_BYTES.includes(hash.length)) throw groupError(IMAGE_GROUP, 24);
    const found = (await this.#slots.list()).find(
      (state) => state.hash !== undefined && sameBytes(state.hash, hash),
    );
    if (found === undefined) throw groupError(IMAGE_GROUP, 8);
    if (found.active && confirm) await this.#slots.confirm();
    else await this.#slots.setPending(found.slot, confirm);
    return this.#state();
  }

  async #upload(fields: Fields): Promise<Payload> {
    if (!fields.has("off")) throw groupError(IMAGE_GROUP, 20);
    const off = fields.uint("off");
    const data = fields.optionalBytes("data") ?? new Uint8Array(0);
    if (this.#faults.zeroOffset) return { off: 0 };
    return off === 0 ? this.#uploadFirst(fields, data) : this.#uploadNext(off, data);
  }

  async #uploadFirst(fields: Fields, data: Uint8Array): Promise<Payload> {
    if (data.length < HEADER_BYTES) throw groupError(IMAGE_GROUP, 22);
    if (!fields.has("len")) throw groupError(IMAGE_GROUP, 21);
    const lengthBytes = fields.uint("len");
    const sha = fields.optionalBytes("sha") ?? new Uint8Array(0);
    if (sha.length > SHA_BYTES) throw groupError(IMAGE_GROUP, 24);
    if (lengthBytes > MAX_LENGTH_BYTES) throw groupError(IMAGE_GROUP, 30);
    if (data.length > lengthBytes) throw groupError(IMAGE_GROUP, 31);
    const image = fields.optionalUint("image") ?? 0;
    this.#image = image;
    const progress = await this.#progress();
    if (progress !== undefined && sha.length > 0 && sameBytes(progress.sha, sha))
      return this.#resume(progress);
    this.#stale = undefined;
    await this.#slots.startUpload(image, {
      ...{ lengthBytes, sha, header: data },
      upgrade: fields.flag("upgrade"),
    });
    return this.#write({ lengthBytes, sha, offset: 0 }, data);
  }

  /** The same file again: the board says where it stopped, and takes nothing of this request. */
  async #resume(progress: UploadProgress): Promise<Payload> {
    const off = progress.offset;
    if (off < progress.lengthBytes || this.#stale !== undefined) return { off };
    return { off, match: await this.#slots.finishUpload(this.#image) };
  }

  /** A wrong offset is no error: the answer says the right one. */
  async #uploadNext(off: number, data: Uint8Array): Promise<Payload> {
    const progress = await this.#progress();
    if (progress === undefined || off !== progress.offset) return { off: progress?.offset ?? 0 };
    return this.#write(progress, data);
  }

  async #write(progress: UploadProgress, data: Uint8Array): Promise<Payload> {
    const off = progress.offset + data.length;
    if (off > progress.lengthBytes) throw groupError(IMAGE_GROUP, 31);
    if (this.#stale !== undefined) return this.#writeStale(progress, off);
    await this.#slots.writeChunk(this.#image, progress.offset, data);
    if (off < progress.lengthBytes) return { off };
    return { off, match: await this.#slots.finishUpload(this.#image) };
  }

  /** The fault: goes on behind a hole that the erase made, so that no valid image can come of it. */
  #writeStale(progress: UploadProgress, off: number): Payload {
    this.#stale = off < progress.lengthBytes ? { ...progress, offset: off } : undefined;
    return { off };
  }

  async #progress(): Promise<UploadProgress | undefined> {
    return this.#stale ?? (await this.#slots.uploadProgress(this.#image));
  }

  async #erase(fields: Fields): Promise<Payload> {
    const slot = fields.optionalUint("slot") ?? 1;
    const before = await this.#slots.uploadProgress(this.#image);
    await this.#slots.erase(slot);
    if (this.#faults.staleOffsetAfterErase) this.#stale = before;
    return {};
  }

  async #slotInfo(): Promise<Payload> {
    const infos = await this.#slots.slotInfo();
    const images = [...new Set(infos.map(({ image }) => image))];
    return {
      images: images.map((image) => ({
        image,
        max_image_size: infos.find((info) => info.image === image)?.maxImageBytes,
        slots: infos
          .filter((info) => info.image === image)
          .map(({ slot, sizeBytes, uploadImageId }) => ({
            slot,
            size: sizeBytes,
            upload_image_id: uploadImageId,
          })),
      })),
    };
  }
}

/** What slots throw, as this group's error. */
function asImageError(error: unknown): SmpError {
  if (error instanceof SmpError) return error;
  const { imageError, message } = error as { imageError?: unknown; message?: string };
  return groupError(IMAGE_GROUP, typeof imageError === "number" ? imageError : 1, message);
}
