/** The fs group on the board's side, over files in memory. */
import { createHash } from "node:crypto";
import { concat } from "../../../base/bytes.ts";
import { crc32 } from "../../../base/crc.ts";
import type { Payload } from "../cbor.ts";
import { groupError } from "../errors.ts";
import type { Fields } from "../fields.ts";
import { FS_GROUP, FsCommand } from "../groups/fs.ts";
import type { SmpGroup } from "../server.ts";
import { groupOf } from "./request.ts";

export interface FsGroupOptions {
  /** Data in one download answer, bytes; default 256. */
  readonly pieceBytes?: number;
  /** All files together, bytes; default 1 MiB. */
  readonly capacityBytes?: number;
  readonly readOnly?: boolean;
}

const MAX_NAME_CHARS = 128;
const MAX_FILES = 256;
const PIECE_BYTES = 256;
const CAPACITY_BYTES = 1024 * 1024;
/** Reading and writing go on over several requests; the last file is the open one. */
interface OpenFile {
  readonly name: string;
  readonly lengthBytes: number;
}

const hashes = {
  crc32: { format: 0, size: 4, of: (data: Uint8Array) => crc32(data) },
  sha256: {
    format: 1,
    size: 32,
    of: (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest()),
  },
} as const;

const refuse = (rc: number, data?: Payload) => groupError(FS_GROUP, rc, undefined, data);

export function fsGroup(files: Map<string, Uint8Array>, options: FsGroupOptions = {}): SmpGroup {
  const server = new FileServer(files, options);
  return groupOf(FS_GROUP, "fs", {
    [`read ${FsCommand.file}`]: (fields) => server.download(fields),
    [`write ${FsCommand.file}`]: (fields) => server.upload(fields),
    [`read ${FsCommand.status}`]: (fields) => ({ len: server.file(fields).length }),
    [`read ${FsCommand.hash}`]: (fields) => server.hash(fields),
    [`read ${FsCommand.hashTypes}`]: () => ({
      types: Object.fromEntries(
        Object.entries(hashes).map(([name, { format, size }]) => [name, { format, size }]),
      ),
    }),
    [`write ${FsCommand.close}`]: () => server.close(),
  });
}

class FileServer {
  readonly #files: Map<string, Uint8Array>;
  readonly #options: FsGroupOptions;
  #open: OpenFile | undefined;

  constructor(files: Map<string, Uint8Array>, options: FsGroupOptions) {
    this.#files = files;
    this.#options = options;
  }

  file(fields: Fields): Uint8Array {
    const file = this.#files.get(nameIn(fields));
    if (file === undefined) throw refuse(3);
    return file;
  }

  download(fields: Fields): Payload {
    const file = this.file(fields);
    const off = fields.uint("off");
    if (off > file.length) throw refuse(12);
    const data = file.subarray(off, off + (this.#options.pieceBytes ?? PIECE_BYTES));
    return { off, data, len: off === 0 ? file.length : undefined };
  }

  /** The first piece makes the file anew; each further one must begin where the file ends. */
  upload(fields: Fields): Payload {
    if (this.#options.readOnly) throw refuse(15);
    const name = nameIn(fields);
    const off = fields.uint("off");
    const data = fields.optionalBytes("data") ?? new Uint8Array(0);
    if (off === 0) this.#create(name, fields.uint("len"));
    const file = this.#files.get(name);
    if (file === undefined || this.#open?.name !== name) throw refuse(11, { len: file?.length ?? 0 });
    if (off !== file.length) throw refuse(11, { len: file.length });
    const end = off + data.length;
    if (end > this.#open.lengthBytes) throw refuse(10);
    this.#files.set(name, concat(file, data));
    if (end === this.#open.lengthBytes) this.#open = undefined;
    return { off: end };
  }

  #create(name: string, lengthBytes: number): void {
    const others = [...this.#files].filter(([other]) => other !== name);
    const used = others.reduce((sum, [, file]) => sum + file.length, 0);
    if (used + lengthBytes > (this.#options.capacityBytes ?? CAPACITY_BYTES) || others.length >= MAX_FILES)
      throw refuse(10);
    this.#open = { name, lengthBytes };
    this.#files.set(name, new Uint8Array(0));
  }

  hash(fields: Fields): Payload {
    const file = this.file(fields);
    const type = fields.optionalText("type") ?? "crc32";
    const off = fields.optionalUint("off") ?? 0;
    if (!Object.hasOwn(hashes, type)) throw refuse(13);
    if (file.length === 0) throw refuse(16);
    if (off >= file.length) throw refuse(12);
    const piece = file.subarray(off, off + (fields.optionalUint("len") ?? file.length));
    const output = hashes[type as keyof typeof hashes].of(piece);
    return { type, off: off || undefined, len: piece.length, output };
  }

  close(): Payload {
    this.#open = undefined;
    return {};
  }
}

function nameIn(fields: Fields): string {
  const name = fields.text("name");
  if (name === "" || name.length > MAX_NAME_CHARS || name.includes("\0")) throw refuse(2);
  return name;
}
