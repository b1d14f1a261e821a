/** An emulated board on the bench: its power, its reset button, its mains and its second UART. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Cancel } from "../board.ts";
import { deadline, realTimers, type Timers } from "../serial/timers.ts";
import { agentElf } from "./build.ts";
import { EmulatedError } from "./errors.ts";
import { lockFolder } from "./exclusive.ts";
import { checkFlashFile, createFlashFile, setOlderAnswers } from "./flash-file.ts";
import { killProgram, removeNow, socketFolder } from "./processes.ts";
import {
  type DialIns,
  listenForQemu,
  type Qemu,
  type QemuHandles,
  type QemuOptions,
  startQemu,
} from "./qemu.ts";
import { SerialPair } from "./serial-pair.ts";
import type { BootReport } from "./stimulus-line.ts";
import { requireTools } from "./tools.ts";

export interface EmulatedBoardOptions {
  /** Where flash and serial path live; a board started there again finds its old flash. */
  readonly dir: string;
  /** At most 32 bytes; by default the folder's name. Identity goes into a new flash only. */
  readonly id?: string;
  /** Its EUI-64; by default made from the id. */
  readonly eui64?: Uint8Array;
  /** 32 bytes for its entropy part; by default made from the id, so give one where keys matter. */
  readonly seed?: Uint8Array;
  /** Ed25519 public key: commands that act must then come signed by it (group 64, command 18). */
  readonly controlKey?: Uint8Array;
  /** Answers as servers gave them before SMP version 2: `rc: 0` in every good one, and no `match`. A flash that is there learns it, too. */
  readonly olderAnswers?: boolean;
  /** An MCUboot image that the factory put into slot 0 of a new flash. */
  readonly image?: Uint8Array;
  readonly timers?: Timers;
  /** From power on to the agent's report. A busy host needs more than the usual 0.1 s. */
  readonly bootTimeoutMs?: number;
}

/** What the mains sense input reads with mains at 230 V, millivolts. */
const nominalSenseMv = 5_000;

/**
 * A board that QEMU emulates, with the agent of `agent/` as its boot loader. Start as many as the host carries,
 * each from a folder of its own. All waits are bounded; a wait that ends rejects with `line/timeout`.
 */
export class EmulatedBoard {
  readonly dir: string;
  /** The serial path of the protocol UART; it stays while the board has no power. */
  readonly portPath: string;
  readonly flashPath: string;
  readonly #timers: Timers;
  readonly #cable: SerialPair;
  readonly #dialIns: DialIns;
  readonly #qemuOptions: QemuOptions;
  readonly #unlock: () => void;
  readonly #powerListeners = new Set<(on: boolean) => void>();
  readonly #stimulusListeners: Set<(line: string) => void>;
  #qemu: Qemu | undefined;
  #handles: QemuHandles | undefined;
  #mainsPresent = true;

  private constructor(
    dir: string,
    cable: SerialPair,
    dialIns: DialIns,
    qemuOptions: QemuOptions,
    unlock: () => void,
  ) {
    this.dir = dir;
    this.portPath = cable.hostPath;
    this.flashPath = qemuOptions.flashPath;
    this.#timers = qemuOptions.timers;
    this.#cable = cable;
    this.#dialIns = dialIns;
    this.#qemuOptions = qemuOptions;
    this.#stimulusListeners = qemuOptions.stimulusListeners;
    this.#unlock = unlock;
    this.onStimulus((line) => this.#keepMainsLost(line));
  }

  /** Makes the board (a blank flash in a new folder) and powers it on. Throws {@link EmulatedError}. */
  static async start(options: EmulatedBoardOptions): Promise<EmulatedBoard> {
    const board = await EmulatedBoard.prepare(options);
    try {
      await board.powerOn();
    } catch (error) {
      await board.stop();
      throw error;
    }
    return board;
  }

  /** Like {@link start}, but leaves the power off: the serial path is there, the board behind it is dead. */
  static async prepare(options: EmulatedBoardOptions): Promise<EmulatedBoard> {
    requireTools("qemu-system-arm", "socat");
    const dir = resolve(options.dir);
    const timers = options.timers ?? realTimers;
    const elf = await agentElf();
    mkdirSync(dir, { recursive: true });
    const unlock = await lockFolder(dir);
    const folder = socketFolder();
    try {
      const flashPath = readyFlash(dir, options);
      const cable = await SerialPair.start(dir, timers);
      const qemuOptions = {
        elf,
        flashPath,
        timers,
        serialPath: cable.boardPath,
        socketFolder: folder,
        bootTimeoutMs: options.bootTimeoutMs ?? 20_000,
        stimulusListeners: new Set<(line: string) => void>(),
      };
      return new EmulatedBoard(dir, cable, await listenForQemu(folder), qemuOptions, unlock);
    } catch (error) {
      removeNow(folder);
      unlock();
      throw error;
    }
  }

  /** True from the moment the power is switched on, the time that the agent needs to start included. */
  get powered(): boolean {
    return this.#qemu !== undefined;
  }

  /**
   * Resolves when the agent has started. On already: waits for that only. Rejects with `emulated/died` when the
   * power is cut meanwhile.
   */
  async powerOn(): Promise<void> {
    if (!this.#qemu) this.#startQemu();
    const qemu = this.#qemu!;
    try {
      const handles = await qemu.ready;
      if (this.#qemu === qemu) this.#handles = handles;
    } catch (error) {
      await killProgram(qemu.program);
      throw error;
    }
    if (!this.#mainsPresent) await this.#applyMains();
  }

  /** The power fails between two instructions: what the flash had acknowledged stays, all else is gone. */
  async powerCut(): Promise<void> {
    const qemu = this.#qemu;
    if (!qemu) return;
    await killProgram(qemu.program);
    this.#powerLost(qemu);
  }

  /** Presses the reset button and waits for the agent; memory keeps what a reset keeps. */
  async reset(): Promise<BootReport> {
    const boot = this.#running().stimulus.nextBoot();
    try {
      await this.qmp("system_reset");
      const limit = deadline(
        this.#timers,
        this.#qemuOptions.bootTimeoutMs,
        "the emulated board to start again",
      );
      return await limit.guard(boot.report);
    } finally {
      boot.cancel();
    }
  }

  /** Waits for a start that somebody else causes, such as an SMP reset. Ask before you cause it. */
  async nextBoot(timeoutMs: number): Promise<BootReport> {
    const boot = this.#running().stimulus.nextBoot();
    const limit = deadline(this.#timers, timeoutMs, "the emulated board to start");
    return await limit.guard(boot.report).finally(boot.cancel);
  }

  /** Takes the mains away or gives it back; then a board that died of an empty hold-up store powers on again. */
  async setMains(present: boolean): Promise<void> {
    this.#mainsPresent = present;
    if (this.#handles) await this.#applyMains();
    else if (present) await this.powerOn();
  }

  /** One command on the second UART, as agent/stimulus.h lists them, such as "tamper magnet 1". */
  async stimulus(command: string): Promise<void> {
    await this.#running().stimulus.send(command);
  }

  /** Hears each line of the second UART, such as "switch open" or "display|12.34 kWh". Survives power cuts. */
  onStimulus(listener: (line: string) => void): Cancel {
    this.#stimulusListeners.add(listener);
    return () => void this.#stimulusListeners.delete(listener);
  }

  /** Hears when the power comes and goes, also when the board gives up by itself. */
  onPower(listener: (on: boolean) => void): Cancel {
    this.#powerListeners.add(listener);
    return () => void this.#powerListeners.delete(listener);
  }

  /** Any QMP command; what it returned. */
  async qmp(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return await this.#running().qmp.execute(command, args);
  }

  /** Powers off and takes the serial path away. The folder keeps the flash. Calling it twice is harmless. */
  async stop(): Promise<void> {
    await this.powerCut();
    await this.#cable.stop();
    this.#dialIns.qmp.close();
    this.#dialIns.stimulus.close();
    removeNow(this.#qemuOptions.socketFolder);
    this.#unlock();
  }

  #startQemu(): void {
    this.#cable.drainBoardEnd();
    const qemu = startQemu(this.#qemuOptions, this.#dialIns);
    this.#qemu = qemu;
    void qemu.program.ended.then(() => this.#powerLost(qemu));
    for (const listener of this.#powerListeners) listener(true);
  }

  #running(): QemuHandles {
    if (this.#handles) return this.#handles;
    throw new EmulatedError(
      "emulated/no-power",
      `the board in ${this.dir} has no power; call powerOn() first`,
    );
  }

  async #applyMains(): Promise<void> {
    const value = this.#mainsPresent ? nominalSenseMv : 0;
    await this.qmp("qom-set", { path: "/machine/peripheral/mains-sense", property: "vin", value });
  }

  /** QEMU's own reset puts the sense input back to its nominal value. */
  #keepMainsLost(line: string): void {
    if (this.#mainsPresent || !this.#handles || !line.includes("BOOT ")) return;
    this.#applyMains().catch(() => undefined); // it fails only when the power goes, and then nobody asks
  }

  #powerLost(qemu: Qemu): void {
    if (this.#qemu !== qemu) return;
    this.#qemu = undefined;
    this.#handles = undefined;
    for (const listener of this.#powerListeners) listener(false);
  }
}

/** The flash file of a folder, made blank when there is none. */
function readyFlash(dir: string, options: EmulatedBoardOptions): string {
  const path = join(dir, "flash.bin");
  if (!existsSync(path)) {
    const id = options.id ?? basename(dir);
    const digest = createHash("sha256").update(`meterbench emulated board ${id}`).digest();
    const eui64 = options.eui64 ?? Uint8Array.of(0x02, ...digest.subarray(0, 7)); // locally administered
    const { controlKey, seed = digest, image } = options;
    createFlashFile(path, { id, eui64, seed, controlKey }, image);
  }
  checkFlashFile(path);
  if (options.olderAnswers !== undefined) setOlderAnswers(path, options.olderAnswers);
  return path;
}
