/** Group 8, fs: files of the board. */
import type { Payload } from "../cbor.ts";
import { encodePayload } from "../cbor.ts";
import type { SmpClient } from "../client.ts";
import { generalError } from "../errors.ts";
import { Fields, malformed } from "../fields.ts";
import { HEADER_BYTES } from "../message.ts";

export const FS_GROUP = 8;
export const FsCommand = { file: 0, status: 1, hash: 2, hashTypes: 3, close: 4 } as const;

/** A file larger than this is refused rather than kept in memory. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Downloads a file piece by piece. Ends with `smp/malformed` when the board makes no progress. */
export async function download(client: SmpClient, name: string): Promise<Uint8Array> {
  const first = await downloadPiece(client, name, 0);
  const length = Fields.ofAnswer("fs download", first.answer).uint("len");
  if (length > MAX_FILE_BYTES) throw malformed("fs download, len", `at most ${MAX_FILE_BYTES}`, length);
  const file = new Uint8Array(length);
  for (let piece = first, off = 0; ; piece = await downloadPiece(client, name, off)) {
    if (piece.data.length > length - off) throw malformed("fs download", `${length - off} bytes`, piece.data);
    file.set(piece.data, off);
    off += piece.data.length;
    if (off === length) return file;
    if (piece.data.length === 0) throw malformed("fs download", "more data", piece.data);
  }
}

async function downloadPiece(client: SmpClient, name: string, off: number) {
  const answer = await client.request("read", FS_GROUP, FsCommand.file, { off, name });
  const fields = Fields.ofAnswer("fs download", answer);
  if (fields.uint("off") !== off) throw malformed("fs download, off", String(off), answer.off);
  return { answer, data: fields.bytes("data") };
}

/** Uploads a file in pieces that fit the board's buffer. */
export async function upload(client: SmpClient, name: string, file: Uint8Array): Promise<void> {
  const maxBytes = await client.maxPacketBytes();
  let off = 0;
  do {
    const start: Payload = { off, name, data: new Uint8Array(0), len: off === 0 ? file.length : undefined };
    // 2 more bytes than an empty string's head, for the data's own length
    const room = maxBytes - HEADER_BYTES - encodePayload(start).length - 2;
    if (room < 1) throw generalError(7, `no room for data beside the name ${name}`);
    const data = file.subarray(off, off + room);
    const payload = { ...start, data };
    const answer = await client.request("write", FS_GROUP, FsCommand.file, payload, { retries: 2 });
    off = nextOffset(Fields.ofAnswer("fs upload", answer).uint("off"), off, data.length);
  } while (off < file.length);
}

function nextOffset(answered: number, off: number, sent: number): number {
  if (answered === off + sent) return answered;
  throw malformed("fs upload, off", String(off + sent), answered);
}

/** Length of a file, bytes. */
export async function status(client: SmpClient, name: string): Promise<number> {
  const answer = await client.request("read", FS_GROUP, FsCommand.status, { name });
  return Fields.ofAnswer("fs status", answer).uint("len");
}

export interface HashOptions {
  /** As {@link hashTypes} lists them: "crc32", "sha256" …; without one, the board's own choice. */
  readonly type?: string;
  readonly off?: number;
  readonly len?: number;
}

export interface FileHash {
  readonly type: string;
  readonly len: number;
  /** A number for checksums, bytes for hashes. */
  readonly output: number | Uint8Array;
}

export async function hash(client: SmpClient, name: string, options: HashOptions = {}): Promise<FileHash> {
  const payload = { name, type: options.type, off: options.off, len: options.len };
  const answer = await client.request("read", FS_GROUP, FsCommand.hash, payload, { timeoutMs: 10_000 });
  const fields = Fields.ofAnswer("fs hash", answer);
  const output = typeof answer.output === "number" ? fields.uint("output") : fields.bytes("output");
  return { type: fields.text("type"), len: fields.uint("len"), output };
}

export interface HashType {
  readonly name: string;
  readonly isBytes: boolean;
  readonly sizeBytes: number;
}

export async function hashTypes(client: SmpClient): Promise<readonly HashType[]> {
  const answer = await client.request("read", FS_GROUP, FsCommand.hashTypes);
  const types = Fields.ofAnswer("fs hash types", answer).map("types");
  return Object.entries(types).map(([name, type]) => {
    const fields = Fields.ofAnswer("fs hash types", type);
    return { name, isBytes: fields.uint("format") === 1, sizeBytes: fields.uint("size") };
  });
}

/** Lets the board close the file that the last transfer left open. */
export async function close(client: SmpClient): Promise<void> {
  await client.request("write", FS_GROUP, FsCommand.close, {}, { retries: 2 });
}
