/**
 * How fast an upload is, beside what the same link carries when the upload's framed bytes are simply written to
 * it, and beside the same upload without a window.
 */
import { CodedError } from "../../hal/base/coded-error.ts";
import { encodeFrame, encodePacket, image, os, requestOp } from "../../hal/serial/smp/index.ts";
import { nextChunk } from "../../harness/rig/flash/chunk.ts";
import type { Connection } from "../../harness/rig/flash/connection.ts";
import { uploadImage } from "../../harness/rig/flash/upload.ts";
import { median } from "../median.ts";
import { unsignedImage } from "./unsigned-image.ts";

export interface Rates {
  /** Image bytes a second, had they only to be written. */
  readonly rawBytesPerS: number;
  readonly uploadBytesPerS: number;
  readonly unwindowedBytesPerS: number;
  /** Upload rate ÷ raw rate, each pair measured one after the other. */
  readonly shareOfRaw: number;
  readonly unwindowedShareOfRaw: number;
  /** How far the rounds' upload rates lie from their median, in the middle of them, as a share of it. */
  readonly noiseShare: number;
  /** Requests under way at once. */
  readonly window: number;
}

/**
 * Measures on a board's line, `rounds` times in turn; medians. The raw bytes are the upload's own frames with a
 * wrong CRC, which the board reads and drops; an echo behind them tells when it has read them all. The free slot
 * is overwritten.
 */
export async function measureRates(connection: Connection, imageBytes: number, rounds = 1): Promise<Rates> {
  const { bufCount } = await connection.client.params();
  const [raw, windowed, single]: [number[], number[], number[]] = [[], [], []];
  const upload = (window: number | undefined, fill: number) => {
    const file = unsignedImage(imageBytes, fill);
    return timed(connection, file.length, () => uploadImage(connection, file, { window }));
  };
  for (let round = 0; round < rounds; round++) {
    raw.push(await timed(connection, imageBytes, () => writeRaw(connection, imageBytes)));
    windowed.push(await upload(undefined, 2 * round));
    single.push(await upload(1, 2 * round + 1));
  }
  return {
    rawBytesPerS: median(raw),
    uploadBytesPerS: median(windowed),
    unwindowedBytesPerS: median(single),
    shareOfRaw: median(windowed.map((rate, round) => rate / raw[round]!)),
    unwindowedShareOfRaw: median(single.map((rate, round) => rate / raw[round]!)),
    noiseShare: median(windowed.map((rate) => Math.abs(rate / median(windowed) - 1))),
    window: Math.max(1, bufCount - 1),
  };
}

async function timed({ timers }: Connection, bytes: number, work: () => Promise<unknown>): Promise<number> {
  const startMs = timers.nowMs();
  await work();
  return Math.round((1000 * bytes) / (timers.nowMs() - startMs));
}

async function writeRaw(connection: Connection, imageBytes: number): Promise<void> {
  const { client } = connection;
  const packetBytes = await client.maxPacketBytes();
  const file = unsignedImage(imageBytes, 0);
  for (let off = 0; off < file.length; ) {
    const chunk = nextChunk(file, off, packetBytes, { lengthBytes: file.length, sha: new Uint8Array(32) });
    await client.line.write(damagedFrame(client.framing, chunk));
    off += chunk.data.length;
  }
  const answer = await os.echo(client, "raw", { timeoutMs: 60_000, retries: 0 });
  if (answer !== "raw") throw new CodedError("rig/rates", "the board's echo is not what was sent");
}

/** On a console line the CRC no longer fits; a raw line has none, so there the command is one that no board has. */
function damagedFrame(framing: "console" | "raw", chunk: image.UploadChunk): Uint8Array {
  const header = {
    op: requestOp("write"),
    versionBits: 1,
    group: image.IMAGE_GROUP,
    sequence: 0,
    command: 1,
  };
  const command = framing === "raw" ? 0xff : header.command;
  const frame = encodeFrame(framing, encodePacket({ ...header, command }, image.uploadPayload(chunk)));
  if (framing === "console") frame[16] = frame[16] === 0x41 ? 0x42 : 0x41;
  return frame;
}
