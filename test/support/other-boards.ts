/**
 * Boards with other people's SMP servers, simulated by what was measured of the real ones: Zephyr's in an application
 * and MCUboot's serial recovery, in their dialects and with what their builds leave out. On lines in memory, in virtual
 * time. None of our own server's code is in them.
 */
import { findTlv, parseImage } from "../../firmware/bootloader/image.ts";
import { compareVersions, parseVersion, versionText } from "../../firmware/bootloader/version.ts";
import { type Line, LineError, linePair, type MemoryLine } from "../../hal/serial/line/index.ts";
import {
  decodePackets,
  encodeFrame,
  encodePayload,
  type FrameReceiver,
  frameReceiver,
  isResponse,
  type Payload,
  payloadOf,
  type SmpFraming,
  type SmpPacket,
} from "../../hal/serial/smp/index.ts";
import type { Timers } from "../../hal/serial/timers.ts";

export interface OtherBoardOptions {
  /** What answers first. The application comes up at a reset, if the bootloader boots what it has. Default "application". */
  readonly starts?: "application" | "recovery";
  /** How the bootloader chooses: by marks in a swap, or the higher version. Default "swap". */
  readonly boots?: "swap" | "by-version";
  readonly framing?: SmpFraming;
  /** Version 1: plain `rc` for every error, `rc: 0` in every answer. Default 2. */
  readonly version?: 1 | 2;
  /** Commands that are not compiled in, as "group/command"; a whole group as "group". */
  readonly without?: readonly string[];
  /** Commands that recovery has besides its own. */
  readonly recoveryWith?: readonly string[];
  /** Only in the application, as `without`. */
  readonly applicationWithout?: readonly string[];
  /** False: image lists, recovery's too, have no hash. */
  readonly hashes?: boolean;
  /** Whether the application's list shows an image; default all. */
  readonly lists?: (image: Uint8Array) => boolean;
  /** Whether the bootloader takes an image; default all. */
  readonly accepts?: (image: Uint8Array) => boolean;
  /** Its UART stays deaf when something comes in within so long of a reset. */
  readonly fragileMs?: number;
  /** Its UART is deaf after every reset, whoever asks. */
  readonly losesReceiver?: boolean;
  /** Puts the fragments of a half packet before the first question. */
  readonly halfPacket?: boolean;
  readonly bufSize?: number;
  /** Told as the mode of its bootloader; default not compiled in. */
  readonly mode?: number;
  /** The version it says of every image, whatever that is. */
  readonly versionSaid?: string;
  /** What the free slot holds. */
  readonly second?: Uint8Array;
  /** So many uploads are spoilt in its flash, and it says so: built with the check of the whole file. */
  readonly spoils?: number;
  /** Its port goes away with a reset, for so long. */
  readonly portGoneMs?: number;
  /** Prints a build number that is 0 too. */
  readonly saysBuild?: boolean;
  /** Its own reason, in every refusal. */
  readonly reason?: string;
  /** What it answers to group 64's "describe", and to "events". */
  readonly describes?: Payload;
  readonly events?: Payload;
}

interface Slot {
  readonly bytes: Uint8Array;
  readonly version: string;
  readonly hash: Uint8Array | undefined;
}

/** An answer that refuses: general code, or group and code. */
class Refusal extends Error {
  readonly group: number | undefined;
  readonly rc: number;
  constructor(rc: number, group?: number) {
    super();
    this.rc = rc;
    this.group = group;
  }
}

const RESET_MS = 250;
const BOOT_MS = 150;
const RAW_IDLE_MS = 100;
const IMAGE = 1;

export class OtherBoard {
  /** Every request that was answered, as "group/command r" or "... w". */
  readonly asked: string[] = [];
  /** Uploads that began, and image bytes that came. */
  uploads = 0;
  uploadedBytes = 0;
  /** Whether its UART hears nothing any more. */
  deaf = false;
  readonly #timers: Timers;
  readonly #options: OtherBoardOptions;
  readonly #slots: [Slot | undefined, Slot | undefined] = [undefined, undefined];
  #running: number | undefined;
  #confirmed = true;
  #pending = false;
  #up = true;
  #resetMs = Number.NEGATIVE_INFINITY;
  #hasReset = false;
  #line: MemoryLine | undefined;
  #receiver: FrameReceiver | undefined;
  #upload: { bytes: Uint8Array; off: number } | undefined;
  #idle = 0;

  constructor(timers: Timers, image: Uint8Array, options: OtherBoardOptions = {}) {
    this.#timers = timers;
    this.#options = options;
    this.#slots[0] = slotOf(image);
    if (options.second) this.#slots[1] = slotOf(options.second);
    this.#running = options.starts === "recovery" ? undefined : 0;
  }

  /** The image that runs; undefined in recovery. */
  get runs(): Uint8Array | undefined {
    return this.#running === undefined ? undefined : this.#slots[this.#running]?.bytes;
  }

  /** The far end of a new line to it. */
  readonly open = async (): Promise<Line> => {
    const { portGoneMs = 0 } = this.#options;
    if (this.#timers.nowMs() - this.#resetMs < portGoneMs)
      throw new LineError("line/not-found", "its port is gone");
    if (portGoneMs > 0) this.#resetMs = this.#timers.nowMs(); // a port that comes back starts its UART anew
    const [host, board] = linePair(this.#timers, ["other", "other:board"]);
    this.#line = board;
    const framing = this.#options.framing ?? "console";
    this.#receiver = frameReceiver(framing, {
      onPacket: (packet) => this.#take(packet),
      onText() {},
      onDrop() {},
    });
    if (this.#options.halfPacket)
      this.#receiver.push(
        framing === "raw" ? Uint8Array.of(8, 0, 0, 40, 0) : new TextEncoder().encode("\x06\x09AAoAAA"),
      );
    board.onData((bytes) => this.#hear(bytes));
    return host;
  };

  print(text: string): void {
    void this.#line?.write(new TextEncoder().encode(text));
  }

  #hear(bytes: Uint8Array): void {
    const sinceMs = this.#timers.nowMs() - this.#resetMs;
    if (this.#hasReset && sinceMs < (this.#options.fragileMs ?? 0)) this.deaf = true;
    if (this.deaf || !this.#up) return;
    this.#receiver?.push(bytes);
    const idle = ++this.#idle;
    if (this.#options.framing === "raw")
      this.#timers.after(RAW_IDLE_MS, () => idle === this.#idle && this.#receiver?.reset());
  }

  #take(frame: Uint8Array): void {
    for (const packet of decodePackets(frame)) if (!isResponse(packet)) this.#answer(packet);
  }

  #answer(packet: SmpPacket): void {
    this.asked.push(`${packet.group}/${packet.command} ${packet.op === 2 ? "w" : "r"}`);
    const old = this.#options.version === 1 || this.#running === undefined;
    let answer: Payload;
    try {
      const found = this.#handle(packet, payloadOf(packet));
      answer = old ? { rc: 0, ...found } : found;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { group, rc } = error;
      const { reason } = this.#options;
      const refused: Payload =
        old || group === undefined ? { rc: old ? legacy(group, rc) : rc } : { err: { group, rc } };
      answer = reason === undefined ? refused : { ...refused, rsn: reason };
    }
    const version = this.#options.version === 1 ? 0 : packet.versionBits;
    const body = indefinite(encodePayload(answer));
    const head = Uint8Array.of((version << 3) | packet.op | 1, 0, body.length >> 8, body.length & 0xff);
    const rest = Uint8Array.of(packet.group >> 8, packet.group & 0xff, packet.sequence, packet.command);
    const bytes = Uint8Array.of(...head, ...rest, ...body);
    void this.#line?.write(encodeFrame(this.#options.framing ?? "console", bytes));
  }

  #handle({ group, command, op }: SmpPacket, payload: Payload): Payload {
    const recovery = this.#running === undefined;
    const { without: left = [], applicationWithout = [], recoveryWith = [] } = this.#options;
    const own = ["0/0", "0/8", "1/5", "1/6"].filter((name) => !recoveryWith.includes(name));
    const without = [...left, ...(recovery ? own : applicationWithout)];
    if (without.includes(String(group)) || without.includes(`${group}/${command}`)) throw new Refusal(8);
    const name = `${group}/${command} ${op === 2 ? "w" : "r"}`;
    if (name === "0/0 w") return { r: payload.d ?? "" };
    if (name === "0/5 w") return this.#reset(payload.boot_mode === 1);
    if (name === "0/6 r") return { buf_size: this.#options.bufSize ?? 384, buf_count: recovery ? 1 : 4 };
    if (name === "0/8 r") return this.#bootloader(payload);
    if (name === "1/0 r") return this.#list();
    if (name === "64/0 r" && this.#options.describes) return this.#options.describes;
    if (name === "64/15 r" && this.#options.events) return this.#options.events;
    if (name === "1/0 w" && !recovery && this.#options.boots !== "by-version") return this.#mark(payload);
    if (name === "1/6 r") return { images: [{ slots: [0, 1].map((slot) => ({ slot, size: 65_536 })) }] };
    if (name === "1/1 w") return this.#takePiece(payload);
    throw new Refusal(8);
  }

  #bootloader({ query }: Payload): Payload {
    if (this.#options.mode === undefined) throw new Refusal(8);
    return query === "mode" ? { mode: this.#options.mode } : { bootloader: "MCUboot" };
  }

  #list(): Payload {
    const { hashes = true, accepts = () => true, lists = () => true, versionSaid, saysBuild } = this.#options;
    const images = this.#slots.flatMap((slot, index) => {
      if (slot === undefined || (this.#running !== undefined && !lists(slot.bytes))) return [];
      const entry = {
        slot: index,
        version: versionSaid ?? (saysBuild ? `${slot.version}.0` : slot.version),
        ...(hashes && { hash: slot.hash }),
      };
      if (this.#running === undefined) return accepts(slot.bytes) ? [entry] : [];
      const active = index === this.#running;
      const confirmed = active && this.#confirmed;
      return [
        {
          ...entry,
          bootable: true,
          ...(active && { active }),
          ...(confirmed && { confirmed }),
          ...(!active && this.#pending && { pending: true }),
        },
      ];
    });
    return { images };
  }

  #mark({ hash, confirm }: Payload): Payload {
    if (confirm === true && hash === undefined) {
      this.#confirmed = true;
      return this.#list();
    }
    const wanted = hash as Uint8Array;
    const index = this.#slots.findIndex((slot) => slot?.hash && Buffer.compare(slot.hash, wanted) === 0);
    if (index < 0) throw new Refusal(8, IMAGE);
    if (index === this.#running) throw new Refusal(33, IMAGE);
    this.#pending = true;
    return this.#list();
  }

  #takePiece({ off, data, len }: Payload): Payload {
    const piece = data as Uint8Array;
    if (off === 0) {
      this.uploads++;
      this.#upload = { bytes: new Uint8Array(Number(len)), off: 0 };
    }
    const upload = this.#upload;
    if (upload === undefined || off !== upload.off) return { off: upload?.off ?? 0 };
    upload.bytes.set(piece, upload.off);
    upload.off += piece.length;
    this.uploadedBytes += piece.length;
    if (upload.off < upload.bytes.length) return { off: upload.off };
    this.#upload = undefined;
    const { spoils } = this.#options;
    if (spoils !== undefined && this.uploads <= spoils) return { off: upload.off, match: false };
    this.#slots[this.#running === undefined ? 0 : 1 - this.#running] = slotOf(upload.bytes);
    return { off: upload.off, ...(spoils !== undefined && { match: true }) };
  }

  #reset(toRecovery: boolean): Payload {
    this.#timers.after(RESET_MS, () => {
      this.#up = false;
      this.#resetMs = this.#timers.nowMs();
      this.#hasReset = true;
      if (this.#options.losesReceiver) this.deaf = true;
      if (this.#options.portGoneMs) this.#line?.unplug();
      this.#receiver?.reset();
      this.#running = toRecovery ? undefined : this.#boot();
      this.#timers.after(BOOT_MS, () => {
        this.#up = true;
        this.print("*** Booting Zephyr OS build v4.4.0 ***\r\n");
      });
    });
    return {};
  }

  /** The slot that is run; undefined when the bootloader stays in recovery. */
  #boot(): number | undefined {
    const { accepts = () => true, boots = "swap" } = this.#options;
    const good = ([0, 1] as const).filter((index) => {
      const slot = this.#slots[index];
      return slot !== undefined && accepts(slot.bytes);
    });
    const versionOf = (index: 0 | 1) => parseVersion(this.#slots[index]?.version ?? "")!;
    if (boots === "by-version") return good.sort((a, b) => compareVersions(versionOf(b), versionOf(a)))[0];
    const swap = this.#pending || !this.#confirmed;
    if (swap && good.includes(1)) this.#slots.reverse();
    this.#confirmed = !this.#pending || !good.includes(1);
    this.#pending = false;
    return good.length > 0 ? 0 : undefined;
  }
}

function slotOf(bytes: Uint8Array): Slot {
  const image = parseImage(bytes, 0x120);
  const hash = [0x10, 0x11, 0x12].map((type) => findTlv(image.tlvs, type)).find((tlv) => tlv !== undefined);
  return { bytes, version: versionText(image.version), hash: hash?.value };
}

/** Zephyr's: what version 1 makes of the image group's codes. */
function legacy(group: number | undefined, rc: number): number {
  if (group === undefined) return rc;
  return rc === 8 ? 3 : rc === 28 ? 6 : 1;
}

/** A map as Zephyr's encoder leaves it: open, and closed by a break. */
const indefinite = (map: Uint8Array): Uint8Array => Uint8Array.of(0xbf, ...map.subarray(1), 0xff);
