/**
 * A board that can be flashed and is made of the model: our bootloader and image slots on a mock flash, behind
 * our SMP server on a line in memory. For measuring and for tests: it can be reset, unplugged and lose its
 * power at any flash operation.
 */
import type { ImageKey } from "../../firmware/bootloader/keys.ts";
import { openSlots, type Slots } from "../../firmware/bootloader/slot.ts";
import { FlashImageSlots } from "../../firmware/bootloader/slots.ts";
import { type BootOutcome, boot } from "../../firmware/bootloader/swap.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import { MockFlash, Power, SeededRandom } from "../../hal/mock/index.ts";
import type { Line } from "../../hal/serial/line/index.ts";
import { LineError, linePair, type MemoryLine } from "../../hal/serial/line/index.ts";
import { ImageGroup, osGroup, type SmpFaults, type SmpGroup, SmpServer } from "../../hal/serial/smp/index.ts";
import { pause, type Timers } from "../../hal/serial/timers.ts";

export interface ModelBoardOptions {
  readonly timers: Timers;
  readonly bufSize?: number;
  readonly bufCount?: number;
  /** Keys in the bootloader; undefined: signatures are not asked for. */
  readonly keys?: readonly ImageKey[] | undefined;
  /** What it says of its bootloader: mode 1 (swap with scratch) unless told otherwise. */
  readonly bootloader?: { readonly mode: number; readonly noDowngrade?: boolean };
  /** From reset to the first answer, default 50. */
  readonly bootMs?: number;
  /** Sectors of 4 KiB in each slot, default 32. */
  readonly slotSectors?: number;
  readonly seed?: number;
  /** Set on each new line: rate, latency. */
  readonly link?: { readonly delayMs?: number; readonly bytesPerS?: number };
}

export class ModelBoard {
  readonly flash: MockFlash;
  readonly power = new Power("model");
  /** Switches of the SMP server; kept over resets. */
  readonly faults: SmpFaults = {};
  readonly crypto = nodeCrypto();
  /** What each start of the bootloader did. */
  readonly boots: BootOutcome[] = [];
  /** Both ends of the line that is plugged in. */
  lines: readonly [host: MemoryLine, board: MemoryLine] | undefined;
  plugged = true;
  readonly #options: ModelBoardOptions;
  readonly #sectors: number;
  #line: Line | undefined;
  #server: SmpServer | undefined;
  #groups: readonly SmpGroup[] = [];

  constructor(options: ModelBoardOptions) {
    this.#options = options;
    this.#sectors = options.slotSectors ?? 32;
    const sectorCount = 2 * this.#sectors + 1;
    const geometry = { sectorBytes: 4096, sectorCount, programUnitBytes: 8, enduranceCycles: 100_000 };
    this.power.turnOn();
    this.flash = new MockFlash(geometry, this.power, new SeededRandom(options.seed ?? 1));
    this.power.whenLost(() => this.#stop());
  }

  /** The slots as they stand now. */
  slots(): Slots {
    const sectorCount = this.#sectors;
    return openSlots(this.flash, {
      primary: { firstSector: 0, sectorCount },
      secondary: { firstSector: sectorCount, sectorCount },
      scratchSector: 2 * sectorCount,
    });
  }

  /** Programs an image into the primary slot, as a factory does. */
  provision(image: Uint8Array): void {
    const padded = new Uint8Array(Math.ceil(image.length / 8) * 8).fill(0xff);
    padded.set(image);
    for (let sector = 0; sector < this.#sectors; sector++) this.flash.erase(sector);
    this.flash.program(0, padded);
  }

  /** Plugs the host in: the far end of a new line. For a `LineSession`'s `open`. */
  async open(): Promise<Line> {
    if (!this.plugged) throw new LineError("line/not-found", "model: unplugged");
    const lines = linePair(this.#options.timers, ["model", "model:board"]);
    for (const line of lines) Object.assign(line.faults, this.#options.link);
    this.lines = lines;
    this.attach(lines[1]);
    return lines[0];
  }

  /** Serves on a line, the board's end of it, from now on. */
  attach(line: Line): void {
    this.#line = line;
    if (this.power.on) this.#serve();
  }

  unplug(): void {
    this.plugged = false;
    this.lines?.[0].unplug();
  }

  /** Starts the bootloader, then the server. A power loss on the way leaves the board off. */
  async start(): Promise<void> {
    this.#stop();
    this.#groups = [];
    this.power.turnOn();
    const powerOn = this.power.powerOn;
    await pause(this.#options.timers, this.#options.bootMs ?? 50);
    if (powerOn !== this.power.powerOn) return;
    this.boots.push(await boot(this.slots(), { crypto: this.crypto, keys: this.#options.keys }));
    this.serve();
  }

  /** Starts the SMP server without the bootloader, as one in recovery does. */
  serve(): void {
    const { bufSize, bufCount } = this.#buffers;
    const bootloader = { name: "MCUboot", mode: 1, ...this.#options.bootloader };
    this.#groups = [
      osGroup({ params: { bufSize, bufCount }, bootloader, reset: () => this.start() }),
      new ImageGroup(new FlashImageSlots(this.slots(), { crypto: this.crypto }), this.faults),
    ];
    this.#serve();
  }

  get #buffers() {
    const { bufSize = 2048, bufCount = 4 } = this.#options;
    return { bufSize, bufCount };
  }

  #serve(): void {
    this.#stop();
    const line = this.#line;
    if (line === undefined || this.#groups.length === 0) return;
    const { timers } = this.#options;
    this.#server = new SmpServer(line, {
      timers,
      groups: this.#groups,
      faults: this.faults,
      ...this.#buffers,
    });
  }

  #stop(): void {
    this.#server?.close();
    this.#server = undefined;
  }
}
