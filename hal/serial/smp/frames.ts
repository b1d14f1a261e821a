/**
 * SMP packets on a serial line.
 *
 * Console framing: `06 09` base64 LF, then `04 14` base64 LF for each further line. Decoded and joined the lines are
 * a 16-bit length (packet and CRC, not itself), the packet, and its CRC-16/XMODEM. A line is at most 127 bytes.
 * Raw framing: the packet as it is, nothing else on the line, so text cannot share it.
 *
 * The receivers take any split into chunks and lines. A console packet whose length field and content disagree is
 * dropped even where its CRC is right (a known fixture says 14 where 16 is right): Zephyr drops it too, and the
 * length is the only guard against a lost line that happens to leave a valid CRC.
 */
import { concat } from "../../base/bytes.ts";
import { crc16Xmodem } from "../../base/crc.ts";
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from "./message.ts";

export type SmpFraming = "console" | "raw";

/** Why a receiver threw something away. */
export type DropReason = "crc" | "length" | "base64" | "too-long" | "garbage";

export interface FrameListener {
  /** One packet whose frame was right: header, payload. Its own memory. */
  onPacket(packet: Uint8Array): void;
  /** Console text around the frames, in pieces, as it comes. */
  onText?(text: string): void;
  onDrop?(reason: DropReason): void;
}

/** Takes what a line delivers and tells its listener what was in it. Its memory is bounded. */
export interface FrameReceiver {
  push(bytes: Uint8Array): void;
  /** Forgets a half-received packet. */
  reset(): void;
  /** True while part of a packet is there. */
  readonly midPacket: boolean;
}

export const MAX_PACKET_BYTES = HEADER_BYTES + MAX_PAYLOAD_BYTES;
/** Marker, base64 and LF. */
export const LINE_BYTES = 127;
/** Raw bytes of a full line: 31 groups of four characters. */
const RAW_PER_LINE = 93;
/** Other senders' lines may be longer than ours. */
const MAX_LINE_BYTES = 512;

const LF = 0x0a;
const CR = 0x0d;
const FIRST = [0x06, 0x09] as const;
const NEXT = [0x04, 0x14] as const;

/** What to write on a line to send `packet`. */
export function encodeFrame(framing: SmpFraming, packet: Uint8Array): Uint8Array {
  return framing === "console" ? encodeConsole(packet) : packet;
}

/** The lines of one packet, each with its marker and LF. */
export function encodeConsole(packet: Uint8Array): Uint8Array {
  const stream = Buffer.alloc(packet.length + 4);
  stream.writeUInt16BE(packet.length + 2);
  stream.set(packet, 2);
  stream.writeUInt16BE(crc16Xmodem(packet), packet.length + 2);
  const lines: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += RAW_PER_LINE) {
    const text = stream.toString("base64", at, Math.min(at + RAW_PER_LINE, stream.length));
    lines.push(Uint8Array.from(at === 0 ? FIRST : NEXT), Buffer.from(`${text}\n`, "latin1"));
  }
  return concat(...lines);
}

/** Bytes on the line for a packet of `packetBytes`. */
export function framedBytes(framing: SmpFraming, packetBytes: number): number {
  if (framing === "raw") return packetBytes;
  const stream = packetBytes + 4;
  const rest = stream % RAW_PER_LINE;
  const last = rest === 0 ? 0 : 3 + Math.ceil(rest / 3) * 4;
  return Math.floor(stream / RAW_PER_LINE) * LINE_BYTES + last;
}

/** `end` is whose ears these are: on a raw line a board also takes operations that do not exist, to refuse them. */
export function frameReceiver(
  framing: SmpFraming,
  listener: FrameListener,
  maxPacketBytes?: number,
  end: "host" | "board" = "host",
) {
  return framing === "console"
    ? new ConsoleReceiver(listener, maxPacketBytes)
    : new RawReceiver(listener, maxPacketBytes, end === "host" ? 0xe4 : 0xe0);
}

/** Receives console frames. A marker counts wherever it stands, even behind a prompt or inside a cut-off line. */
export class ConsoleReceiver implements FrameReceiver {
  readonly #listener: FrameListener;
  readonly #maxPacketBytes: number;
  readonly #line = Buffer.alloc(MAX_LINE_BYTES);
  readonly #utf8 = new TextDecoder();
  #text: number[] = [];
  #lineLength = 0;
  /** Which kind of line is being received; text: none; skip: one to be ignored up to its LF. */
  #state: "text" | "first" | "next" | "skip" = "text";
  #previous = -1;
  /** Decoded bytes of the packet in progress. */
  #stream: Buffer | undefined;

  constructor(listener: FrameListener, maxPacketBytes = MAX_PACKET_BYTES) {
    this.#listener = listener;
    this.#maxPacketBytes = maxPacketBytes;
  }

  get midPacket(): boolean {
    return this.#stream !== undefined || this.#state !== "text";
  }

  reset(): void {
    this.#stream = undefined;
    this.#state = "text";
    this.#previous = -1;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) this.#take(byte);
    this.#flushText();
  }

  #take(byte: number): void {
    const previous = this.#previous;
    this.#previous = byte;
    if (previous === FIRST[0] && byte === FIRST[1]) this.#begin("first");
    else if (previous === NEXT[0] && byte === NEXT[1]) this.#begin("next");
    else if (this.#state === "text") this.#takeText(previous, byte);
    else if (byte === LF) this.#endLine();
    else if (this.#lineLength < MAX_LINE_BYTES) this.#line[this.#lineLength++] = byte;
    else if (this.#state !== "skip") this.#overflow();
  }

  #begin(state: "first" | "next"): void {
    if (state === "first") this.#forgetPacket();
    if (this.#state === "text") this.#flushText();
    this.#state = state;
    this.#lineLength = 0;
    this.#previous = -1;
  }

  /** A marker's first byte waits for the second before it counts as text. */
  #takeText(previous: number, byte: number): void {
    if (isMarkerStart(previous)) this.#text.push(previous);
    if (!isMarkerStart(byte)) this.#text.push(byte);
  }

  #flushText(): void {
    if (this.#text.length === 0) return;
    const text = this.#utf8.decode(new Uint8Array(this.#text), { stream: true });
    this.#text = [];
    if (text !== "") this.#listener.onText?.(text);
  }

  #overflow(): void {
    this.#state = "skip";
    this.#drop("too-long");
  }

  #endLine(): void {
    const state = this.#state;
    this.#state = "text";
    this.#previous = -1;
    if (state === "first") this.#stream = emptyStream;
    if (state === "skip" || this.#stream === undefined) return; // or a further line whose first was lost
    const decoded = decodeLine(this.#line.subarray(0, this.#lineLength));
    if (decoded === undefined) this.#drop("base64");
    else this.#takeStream(Buffer.concat([this.#stream, decoded]));
  }

  #takeStream(stream: Buffer): void {
    this.#stream = stream;
    const verdict = this.#judge(stream);
    if (verdict === "more") return;
    if (verdict !== "whole") this.#drop(verdict);
    else {
      this.#forgetPacket();
      this.#listener.onPacket(new Uint8Array(stream.subarray(2, -2)));
    }
  }

  #judge(stream: Buffer): "more" | "whole" | DropReason {
    if (stream.length < 2) return "more";
    const expected = 2 + stream.readUInt16BE(0);
    if (expected > this.#maxPacketBytes + 4) return "too-long";
    if (expected < HEADER_BYTES + 4 || stream.length > expected) return "length";
    if (stream.length < expected) return "more";
    return crc16Xmodem(stream.subarray(2)) === 0 ? "whole" : "crc";
  }

  #drop(reason: DropReason): void {
    this.#forgetPacket();
    this.#listener.onDrop?.(reason);
  }

  #forgetPacket(): void {
    this.#stream = undefined;
  }
}

const emptyStream = Buffer.alloc(0);
const isMarkerStart = (byte: number): boolean => byte === FIRST[0] || byte === NEXT[0];

/** Undefined unless the line is whole base64; a CR at its end is no part of it. */
function decodeLine(line: Buffer): Uint8Array | undefined {
  const end = line.at(-1) === CR ? line.length - 1 : line.length;
  const text = line.toString("latin1", 0, end);
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, "base64");
}

/**
 * Receives bare packets. There is nothing to find a packet's start by: what cannot be a header is skipped byte by
 * byte, and whoever owns the receiver resets it after a pause in the middle of a packet.
 */
export class RawReceiver implements FrameReceiver {
  readonly #listener: FrameListener;
  readonly #maxPacketBytes: number;
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** Bytes there must be before another look is worth it: so bytes that come one by one cost no more. */
  #worthALook = 1;

  /** Bits of the first byte that no packet has. */
  readonly #never: number;

  constructor(listener: FrameListener, maxPacketBytes = MAX_PACKET_BYTES, never = 0xe4) {
    this.#listener = listener;
    this.#maxPacketBytes = maxPacketBytes;
    this.#never = never;
  }

  get midPacket(): boolean {
    return this.#length > 0;
  }

  reset(): void {
    this.#keep(emptyStream, 1);
  }

  push(bytes: Uint8Array): void {
    this.#pieces.push(new Uint8Array(bytes));
    this.#length += bytes.length;
    if (this.#length >= this.#worthALook) this.#look(Buffer.concat(this.#pieces));
  }

  #look(pending: Buffer): void {
    let at = this.#skipGarbage(pending, 0);
    let needed = packetBytesAt(pending, at);
    while (pending.length - at >= needed) {
      this.#listener.onPacket(new Uint8Array(pending.subarray(at, at + needed)));
      at = this.#skipGarbage(pending, at + needed);
      needed = packetBytesAt(pending, at);
    }
    this.#keep(pending.subarray(at), needed);
  }

  #keep(rest: Uint8Array, worthALook: number): void {
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    this.#worthALook = worthALook;
  }

  #skipGarbage(pending: Uint8Array, from: number): number {
    let at = from;
    while (at < pending.length && !this.#couldStart(pending.subarray(at, at + 4))) at++;
    if (at > from) this.#listener.onDrop?.("garbage");
    return at;
  }

  /** Reserved bits and flags are 0, the operation is one of four (for a host), and the length fits. */
  #couldStart([first = 0, flags = 0, high = 0, low = 0]: Uint8Array): boolean {
    return (
      (first & this.#never) === 0 && flags === 0 && HEADER_BYTES + (high << 8) + low <= this.#maxPacketBytes
    );
  }
}

/** Bytes of the packet at `at`, or, before its header is there, of the header. */
const packetBytesAt = (pending: Buffer, at: number): number =>
  HEADER_BYTES + (pending.length - at < HEADER_BYTES ? 0 : pending.readUInt16BE(at + 2));
