/**
 * An append-only file of records, each with its checksums. A record is written in one call and is then safe from a kill of the
 * process; a machine that loses its power loses at most the last second. A record that the end of the file cuts off was never
 * acknowledged, and is dropped; any other damage is refused. (LMDB ends the process with a fault on a file that is torn.)
 */
import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { Decoder, Encoder } from "cbor-x";
import { CodedError, messageOf } from "../../../hal/base/coded-error.ts";
import { makeFolder } from "../../make-folder.ts";

const options = { useRecords: false, mapsAsObjects: true } as const;
const encoder = new Encoder(options);
const decoder = new Decoder(options);

/** Length of the content, its complement's checksum, checksum of the content: four bytes each. */
const HEADER_BYTES = 12;
const MAX_RECORD_BYTES = 1 << 20;
const syncMs = 1000;

export class Journal {
  readonly #path: string;
  readonly #fd: number;
  #size: number;
  #sync: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** In the folder `dir`, which is made. Throws `serve/store`. */
  constructor(dir: string, fresh = false) {
    this.#path = join(dir, "journal");
    this.#fd = guarded(this.#path, "cannot be opened", () => {
      makeFolder(dir);
      if (fresh) rmSync(this.#path, { force: true });
      return openSync(this.#path, "a+");
    });
    this.#size = guarded(this.#path, "cannot be read", () => fstatSync(this.#fd).size);
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /** Oldest first. Throws `serve/store` where they are damaged. */
  *records(): Iterable<unknown> {
    let at = 0;
    for (;;) {
      const header = this.#read(at, HEADER_BYTES);
      if (header.length < HEADER_BYTES) break;
      const length = header.readUInt32BE(0);
      if (length > MAX_RECORD_BYTES || header.readUInt32BE(4) !== crc32(header.subarray(0, 4)))
        throw damaged(this.#path, at);
      const content = this.#read(at + HEADER_BYTES, length);
      if (content.length < length) break;
      if (header.readUInt32BE(8) !== crc32(content)) throw damaged(this.#path, at);
      at += HEADER_BYTES + length;
      yield decoder.decode(content);
    }
    if (at < this.#size) this.#cutTo(at);
  }

  /** Throws `serve/store`; then nothing is written. */
  append(record: object): void {
    const content = encoder.encode(record);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(content.length, 0);
    header.writeUInt32BE(crc32(header.subarray(0, 4)), 4);
    header.writeUInt32BE(crc32(content), 8);
    const bytes = Buffer.concat([header, content]);
    guarded(this.#path, "cannot be written", () => this.#write(bytes));
    this.#size += bytes.length;
    this.#sync ??= setTimeout(() => this.#syncNow(), syncMs);
  }

  close(): void {
    clearTimeout(this.#sync);
    if (!this.#isClosed) closeSync(this.#fd);
    this.#isClosed = true;
  }

  #write(bytes: Buffer): void {
    try {
      if (writeSync(this.#fd, bytes) === bytes.length) return;
    } catch (error) {
      this.#cutTo(this.#size);
      throw error;
    }
    this.#cutTo(this.#size);
    throw new Error("no room on the disk");
  }

  #read(at: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(
      0,
      guarded(this.#path, "cannot be read", () => readSync(this.#fd, bytes, 0, length, at)),
    );
  }

  #cutTo(size: number): void {
    ftruncateSync(this.#fd, size);
    this.#size = size;
  }

  #syncNow(): void {
    this.#sync = undefined;
    fdatasync(this.#fd, () => {});
  }
}

const advice =
  "Give a folder of its own with --store DIR, with room on its disk; --fresh begins anew, and forgets it.";

const damaged = (path: string, at: number): CodedError =>
  new CodedError("serve/store", `store: ${path} is damaged at byte ${at}`, { path, at, advice });

function guarded<T>(path: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new CodedError(
      "serve/store",
      `store: ${path} ${what} (${messageOf(cause)})`,
      { path, advice },
      cause,
    );
  }
}
