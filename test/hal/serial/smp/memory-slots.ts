/** Two slots of RAM with the rules of a board, for tests of the image group. "Images" are any bytes; byte 0 is the version. */
import { createHash } from "node:crypto";
import type {
  ImageSlotInfo,
  ImageSlotState,
  ImageSlots,
  UploadProgress,
  UploadRequest,
} from "../../../../hal/serial/smp/index.ts";

class Refusal extends Error {
  readonly imageError: number;
  constructor(imageError: number) {
    super(`refused with ${imageError}`);
    this.imageError = imageError;
  }
}

export const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(bytes).digest());

export class MemorySlots implements ImageSlots {
  readonly slots: [Uint8Array | undefined, Uint8Array | undefined];
  readonly slotBytes = 4096;
  pending: "none" | "test" | "permanent" = "none";
  confirmed = true;
  /** Chunks taken: none twice. */
  writes = 0;
  #upload: { request: UploadRequest; data: Uint8Array } | undefined;

  constructor(running: Uint8Array) {
    this.slots = [running, undefined];
  }

  list(): ImageSlotState[] {
    return this.slots.flatMap((bytes, slot) => {
      if (bytes === undefined) return [];
      const other = slot === 1 && this.pending !== "none";
      const flags = slot === 0 ? { active: true, confirmed: this.confirmed } : { pending: other };
      const permanent = other && this.pending === "permanent";
      return [
        {
          image: 0,
          slot,
          version: `${bytes[0]}.0.0`,
          hash: sha256(bytes),
          bootable: true,
          ...flags,
          permanent,
        },
      ];
    });
  }

  slotInfo(): ImageSlotInfo[] {
    const sizes = { sizeBytes: this.slotBytes, maxImageBytes: this.slotBytes - 64 };
    return [
      { image: 0, slot: 0, ...sizes },
      { image: 0, slot: 1, ...sizes, uploadImageId: 0 },
    ];
  }

  uploadProgress(image: number): UploadProgress | undefined {
    if (image !== 0 || this.#upload === undefined) return undefined;
    const { request, data } = this.#upload;
    return { lengthBytes: request.lengthBytes, sha: request.sha, offset: data.length };
  }

  startUpload(image: number, request: UploadRequest): void {
    if (image !== 0) throw new Refusal(14);
    if (request.lengthBytes > this.slotBytes) throw new Refusal(30);
    if (request.upgrade && request.header[0]! <= (this.slots[0]?.[0] ?? 0)) throw new Refusal(27);
    this.slots[1] = undefined;
    this.#upload = { request, data: new Uint8Array(0) };
  }

  writeChunk(_image: number, offset: number, data: Uint8Array): void {
    if (this.#upload?.data.length !== offset) throw new Error(`write at ${offset}`);
    this.#upload.data = Uint8Array.from([...this.#upload.data, ...data]);
    this.writes++;
  }

  finishUpload(): boolean | undefined {
    if (this.#upload === undefined) return undefined;
    const { request, data } = this.#upload;
    this.slots[1] = data;
    if (request.sha.length !== 32) return undefined;
    return Buffer.compare(sha256(data), request.sha) === 0;
  }

  erase(slot: number): void {
    if (slot > 1) throw new Refusal(10);
    if (slot === 0 || this.pending !== "none") throw new Refusal(9);
    this.slots[1] = undefined;
    this.#upload = undefined;
  }

  setPending(slot: number, permanent: boolean): void {
    if (slot === 0) throw new Refusal(33);
    if (this.pending !== "none") throw new Refusal(28);
    this.pending = permanent ? "permanent" : "test";
  }

  confirm(): void {
    this.confirmed = true;
  }

  /** What a reset does: swaps, or swaps back. */
  reset(): void {
    const swap = this.pending !== "none" || !this.confirmed;
    if (swap) this.slots.reverse();
    this.confirmed = this.pending !== "test";
    this.pending = "none";
  }
}
