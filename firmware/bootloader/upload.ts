/** Takes an image into the secondary slot, piece by piece, and goes on after a power cut. */
import { sameBytes } from "../../hal/base/bytes.ts";
import type { Crypto } from "../../hal/board.ts";
import { parseHeader } from "./image.ts";
import { PAGE_BYTES, type Slot } from "./slot.ts";
import { SlotsError } from "./slots-error.ts";
import { readUpload, type Upload, UploadMarks, writeUpload } from "./upload-record.ts";
import { compareVersions, type ImageVersion, versionText } from "./version.ts";

export interface UploadRequest {
  /** The file's length. */
  readonly lengthBytes: number;
  /** SHA-256 of the whole file; anything but 32 bytes counts as none, and makes the upload one that cannot resume. */
  readonly sha: Uint8Array;
  /** Take it only when its version is higher than the running one's. */
  readonly upgrade: boolean;
  /** The first bytes of the file, 32 at least. */
  readonly header: Uint8Array;
}

export interface UploadProgress {
  readonly lengthBytes: number;
  readonly sha: Uint8Array;
  /** Bytes taken so far: where the next piece belongs. */
  readonly offset: number;
}

export class Uploader {
  readonly #slot: Slot;
  readonly #crypto: Crypto;
  #upload: Upload | undefined;
  #marks: UploadMarks;
  /** False until flash was asked for an upload that a power cut left. */
  #asked = false;
  /** Bytes in flash, whole program units of them. */
  #programmed = 0;
  /** Bytes after those, fewer than a program unit. */
  #tail: Uint8Array = new Uint8Array(0);

  constructor(slot: Slot, crypto: Crypto) {
    this.#slot = slot;
    this.#crypto = crypto;
    this.#marks = new UploadMarks(slot);
  }

  async progress(): Promise<UploadProgress | undefined> {
    if (!this.#asked) await this.#recall();
    return this.#upload && { ...this.#upload, offset: this.#programmed + this.#tail.length };
  }

  /** Erases the slot as far as the file needs it. Refuses `slots/bad-magic`, `slots/too-large`, `slots/older`. */
  async start(request: UploadRequest, running: ImageVersion | undefined): Promise<void> {
    const { lengthBytes, sha, upgrade } = request;
    if (lengthBytes > this.#slot.maxImageBytes)
      throw new SlotsError("too-large", `${lengthBytes} bytes; the slot takes ${this.#slot.maxImageBytes}`);
    const version = versionOf(request.header);
    if (upgrade && running !== undefined && compareVersions(version, running, true) <= 0)
      throw new SlotsError(
        "older",
        `${versionText(version)} is not newer than the running ${versionText(running)}`,
      );
    await this.#eraseFor(lengthBytes);
    if (sha.length === 32) await writeUpload(this.#slot, { lengthBytes, sha }, this.#crypto);
    this.#upload = { lengthBytes, sha };
  }

  /** Writes the next piece; it must belong at the progress's offset and end within the file. */
  async write(offset: number, data: Uint8Array): Promise<void> {
    const progress = await this.progress();
    if (progress?.offset !== offset || offset + data.length > progress.lengthBytes)
      throw new SlotsError("no-upload", `no upload is at ${offset} with ${data.length} bytes to come`);
    const unit = this.#slot.flash.geometry.programUnitBytes;
    const bytes = Uint8Array.from([...this.#tail, ...data]);
    const whole = bytes.length - (bytes.length % unit);
    await this.#program(bytes.subarray(0, whole));
    this.#tail = bytes.slice(whole);
    if (this.#tail.length > 0 && offset + data.length === progress.lengthBytes) await this.#programTail(unit);
    // Only now may it be acknowledged. What fills no program unit yet is the one thing a power cut may take back.
    if (whole > 0 && progress.sha.length === 32) await this.#marks.add(this.#programmed);
  }

  /** Does the slot hold the file? Undefined where its hash is not known. What does not match is forgotten. */
  async finish(): Promise<boolean | undefined> {
    const upload = this.#upload;
    if (upload === undefined || upload.sha.length !== 32) return undefined;
    const match = await this.#holds(upload);
    if (!match) await this.#forget();
    return match;
  }

  /** The slot was erased: whatever was under way is gone. */
  erased(): void {
    this.#begin(undefined, 0);
  }

  /** Ends the upload; its record goes with the trailer. */
  async #forget(): Promise<void> {
    this.erased();
    await this.#slot.trailer.erase();
  }

  #begin(upload: Upload | undefined, programmed: number): void {
    this.#asked = true;
    this.#upload = upload;
    this.#programmed = programmed;
    this.#tail = new Uint8Array(0);
    this.#marks = new UploadMarks(this.#slot);
  }

  /** What an earlier power-on left: all of it, or all that was acknowledged and more. */
  async #recall(): Promise<void> {
    const upload = await readUpload(this.#slot, this.#crypto);
    if (upload === undefined || upload.lengthBytes > this.#slot.maxImageBytes)
      return this.#begin(undefined, 0);
    this.#begin(upload, 0);
    this.#programmed = (await this.#holds(upload)) ? upload.lengthBytes : await this.#marks.recall(upload);
  }

  /** The trailer goes first, and with it the record of a former upload: what is half erased belongs to none. */
  async #eraseFor(lengthBytes: number): Promise<void> {
    await this.#forget();
    const sectors = Math.ceil(lengthBytes / this.#slot.flash.geometry.sectorBytes);
    for (let sector = 0; sector < sectors; sector++)
      await this.#slot.flash.erase(this.#slot.region.firstSector + sector);
  }

  /** Never across a page's border: a torn write then touches one page. */
  async #program(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(bytes.length - at, PAGE_BYTES - (this.#programmed % PAGE_BYTES));
      await this.#slot.flash.program(this.#slot.offset + this.#programmed, bytes.subarray(at, at + length));
      this.#programmed += length;
      at += length;
    }
  }

  /** The file's last bytes, padded to a program unit. They still count as the tail: the file ends there. */
  async #programTail(unit: number): Promise<void> {
    const padded = new Uint8Array(unit).fill(0xff);
    padded.set(this.#tail);
    await this.#slot.flash.program(this.#slot.offset + this.#programmed, padded);
  }

  async #holds({ lengthBytes, sha }: Upload): Promise<boolean> {
    return sameBytes(this.#crypto.sha256(await this.#slot.flash.read(this.#slot.offset, lengthBytes)), sha);
  }
}

function versionOf(header: Uint8Array): ImageVersion {
  try {
    return parseHeader(header).version;
  } catch (cause) {
    throw new SlotsError(
      "bad-magic",
      `the first piece holds no image header (${(cause as Error).message})`,
      cause,
    );
  }
}
