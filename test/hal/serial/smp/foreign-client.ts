/**
 * An SMP client as strict as other people's: it shares no code with ours (frames and headers by hand, CBOR by cbor2),
 * takes the first frame that comes for the answer to its one request, and no key or type that Zephyr's documentation
 * does not name. What it may not take throws.
 *
 * It is a simulation: its dialects are those seen in JPHutchins/smp with smpclient, boogie/mcumgr-web,
 * lohmega/python-mcumgr and LeBlue/cmcumgr-client, whose programs are not part of this repository.
 */
import assert from "node:assert/strict";
import { decode, encode } from "cbor2";
import type { Line } from "../../../../hal/serial/line/index.ts";
import { deadline, realTimers } from "../../../../hal/serial/timers.ts";

export interface Dialect {
  readonly name: string;
  readonly version: 1 | 2;
  /** Raw bytes of a line. */
  readonly lineBytes: number;
  readonly lineEnd: "\n" | "\r\n";
  /** What stands for no arguments: an empty map, or nothing at all. */
  readonly noArguments: "map" | "nothing";
  /** Image bytes of the first piece. */
  readonly firstBytes: number;
  /** Bytes of the file's SHA-256 that are sent; 0: none. */
  readonly shaBytes: number;
  /** The number that the image is called by; undefined: left out. */
  readonly image?: number;
  /** Maps of open length. */
  readonly openMaps?: boolean;
  /** Takes only what servers answered before SMP version 2: see {@link requireOlder}. */
  readonly older?: boolean;
}

export const dialects: readonly Dialect[] = [
  {
    name: "smpclient: version 2, whole lines, whole digest",
    ...{ version: 2, lineBytes: 93, lineEnd: "\n", noArguments: "map", firstBytes: 256, shaBytes: 32 },
  },
  {
    name: "mcumgr-web: version 1, no digest",
    ...{ version: 1, lineBytes: 93, lineEnd: "\n", noArguments: "nothing", firstBytes: 64, shaBytes: 0 },
  },
  {
    name: "python-mcumgr: version 1, lines of 84 characters, a first piece of 32 bytes",
    ...{ version: 1, lineBytes: 63, lineEnd: "\r\n", noArguments: "nothing", firstBytes: 32, shaBytes: 0 },
  },
  {
    name: "mcumgr-client: the slot's number for the image's, a digest cut to three bytes",
    ...{ version: 2, lineBytes: 90, lineEnd: "\n", noArguments: "map", firstBytes: 128, shaBytes: 3 },
    image: 1,
  },
];

/** For servers that are told to give older answers. */
export const olderDialects: readonly Dialect[] = [
  {
    name: "cmcumgr-client: version 1, open maps, rc 0 in every good answer and nothing but numbers after a piece",
    ...{ version: 1, lineBytes: 93, lineEnd: "\n", noArguments: "map", firstBytes: 256, shaBytes: 32 },
    ...{ openMaps: true, older: true },
  },
];

export type Answer = Record<string, unknown>;

const firstMarker = "\u0006\u0009";
const nextMarker = "\u0004\u0014";
const answerMs = 5000;
/** After a reset: for one try, and how many. */
const backMs = 400;
const backTries = 40;

export class ForeignClient {
  readonly #line: Line;
  readonly #dialect: Dialect;
  readonly #frames: Buffer[] = [];
  readonly #detach: () => void;
  #text = "";
  #packet = Buffer.alloc(0);
  #sequence = 250;
  #wake: () => void = () => {};

  constructor(line: Line, dialect: Dialect) {
    this.#line = line;
    this.#dialect = dialect;
    this.#detach = line.onData((bytes) => this.#receive(Buffer.from(bytes).toString("latin1")));
  }

  close(): void {
    this.#detach();
  }

  /** The map of the answer, which must be the next frame. Throws when none comes in time. */
  async request(
    op: "read" | "write",
    group: number,
    command: number,
    fields?: Answer,
    limitMs = answerMs,
  ): Promise<Answer> {
    assert.equal(this.#frames.length, 0, `unasked: ${this.#frames[0]?.toString("hex")}`);
    const body =
      fields === undefined && this.#dialect.noArguments === "nothing"
        ? Buffer.alloc(0)
        : this.#dialect.openMaps && fields !== undefined
          ? openMap(fields)
          : encode(fields ?? {});
    this.#sequence = (this.#sequence + 1) & 0xff;
    const sequence = this.#sequence;
    const version = this.#dialect.version - 1;
    const header = Buffer.from([(version << 3) | (op === "read" ? 0 : 2), 0, 0, 0, 0, 0, sequence, command]);
    header.writeUInt16BE(body.length, 2);
    header.writeUInt16BE(group, 4);
    await this.#line.write(this.#frame(Buffer.concat([header, body])));
    const answer = await this.#next(limitMs);
    header[0]! |= 1;
    header.writeUInt16BE(answer.length - 8, 2);
    assert.equal(answer.subarray(0, 8).toString("hex"), header.toString("hex"), "the answer's header");
    return decode(answer.subarray(8)) as Answer;
  }

  /** After a reset: asks until it is answered, as people do by hand. */
  async untilBack(): Promise<void> {
    for (let attempt = 0; attempt < backTries; attempt++) {
      try {
        const { r } = await this.request("write", 0, 0, { d: "back" }, backMs);
        return assert.equal(r, "back");
      } catch (error) {
        if ((error as { code?: string }).code !== "line/timeout") throw error;
      }
    }
    throw new Error("the board did not come back");
  }

  async #next(limitMs: number): Promise<Buffer> {
    if (this.#frames.length === 0)
      await deadline(realTimers, limitMs, "an answer").guard(
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
      );
    return this.#frames.shift() as Buffer;
  }

  #frame(packet: Buffer): Uint8Array {
    const stream = Buffer.concat([u16(packet.length + 2), packet, u16(crc(packet))]);
    const { lineBytes, lineEnd } = this.#dialect;
    let text = "";
    for (let at = 0; at < stream.length; at += lineBytes)
      text += `${at === 0 ? firstMarker : nextMarker}${stream.toString("base64", at, Math.min(at + lineBytes, stream.length))}${lineEnd}`;
    return Buffer.from(text, "latin1");
  }

  #receive(text: string): void {
    const lines = (this.#text + text).split("\n");
    this.#text = lines.pop()!;
    for (const line of lines) this.#takeLine(line.replace(/\r$/, ""));
  }

  #takeLine(line: string): void {
    const at = Math.max(line.lastIndexOf(firstMarker), line.lastIndexOf(nextMarker));
    if (at < 0) return;
    assert.ok(line.length - at < 127, `a line of ${line.length - at + 1} bytes`);
    const raw = Buffer.from(line.slice(at + 2), "base64");
    this.#packet = line.startsWith(firstMarker, at) ? raw : Buffer.concat([this.#packet, raw]);
    const announced = this.#packet.readUInt16BE(0);
    if (this.#packet.length < announced + 2) return;
    assert.equal(this.#packet.length, announced + 2, "the frame's length");
    const packet = this.#packet.subarray(2, -2);
    assert.equal(this.#packet.readUInt16BE(announced), crc(packet), "the frame's CRC");
    this.#frames.push(Buffer.from(packet));
    this.#wake();
  }
}

export interface ForeignSlot {
  readonly slot: number;
  readonly version: string;
  readonly hash: Uint8Array;
  readonly flags: readonly string[];
}

const flags = ["bootable", "pending", "confirmed", "active", "permanent"] as const;

/**
 * What cmcumgr-client demands: `rc` 0, behind all that it reads (it stops there); whole numbers only, but in the image
 * state, where every slot has every flag, a hash of 32 bytes at most and a version of 24 characters at most.
 */
export function requireOlder(answer: Answer): void {
  assert.equal(answer.rc, 0, `rc 0 in ${JSON.stringify(answer)}`);
  const { images, ...numbers } = answer;
  for (const [key, value] of Object.entries(numbers)) assert.ok(Number.isInteger(value), key);
  if (images === undefined) return;
  assert.equal(Object.keys(answer)[0], "images");
  assert.ok((images as Answer[]).length <= 2);
  for (const entry of images as Answer[]) {
    requireKeys(entry, ["slot", "version", "hash", ...flags]);
    assert.ok((entry.version as string).length <= 24 && (entry.hash as Uint8Array).length <= 32);
  }
}

function openMap(fields: Answer): Buffer {
  const entries = Object.entries(fields).flatMap(([key, value]) => [encode(key), encode(value)]);
  return Buffer.concat([Uint8Array.of(0xbf), ...entries, Uint8Array.of(0xff)]);
}

/** The answer of the image state, with nothing in it that a strict model forbids. */
export function slotsOf(answer: Answer): ForeignSlot[] {
  requireKeys(answer, ["images"], ["splitStatus", "rc"]);
  if ("splitStatus" in answer) assert.equal(typeof answer.splitStatus, "number");
  return (answer.images as Answer[]).map((entry) => {
    requireKeys(entry, ["slot", "version", "hash"], ["image", ...flags]);
    for (const flag of flags) if (flag in entry) assert.equal(typeof entry[flag], "boolean", flag);
    assert.ok(entry.hash instanceof Uint8Array && entry.hash.length === 32, "a hash of 32 bytes");
    return {
      slot: entry.slot as number,
      version: entry.version as string,
      hash: new Uint8Array(entry.hash), // a Buffer is no byte string to cbor2
      flags: flags.filter((flag) => flag !== "bootable" && entry[flag] === true),
    };
  });
}

export function requireKeys(answer: Answer, required: string[], allowed: string[] = []): void {
  for (const key of required) assert.ok(key in answer, `no ${key} in ${JSON.stringify(answer)}`);
  for (const key of Object.keys(answer))
    assert.ok([...required, ...allowed].includes(key), `${key} in ${JSON.stringify(answer)}`);
}

/** CRC-16/XMODEM, bit by bit. */
function crc(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) value = value & 0x8000 ? ((value << 1) ^ 0x1021) & 0xffff : value << 1;
  }
  return value;
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
