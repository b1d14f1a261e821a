/** Serves a device of the model on a line, as a board under test: SMP groups os, image and board (64). */
import { FlashImageSlots } from "../../../firmware/bootloader/slots.ts";
import { boot, describeBoot } from "../../../firmware/bootloader/swap.ts";
import type { Cancel } from "../../../hal/board.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { MockBoard, Scheduler, SeededRandom } from "../../../hal/mock/index.ts";
import type { Line } from "../../../hal/serial/line/index.ts";
import { type PoweredBoard, ServedBoard } from "../../../hal/serial/parts/index.ts";
import { ImageGroup, osGroup } from "../../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../../hal/serial/timers.ts";
import { Pace } from "../../premises/pace.ts";
import { benchRegion, factoryImage, imageFlash, imageSlots } from "./image-flash.ts";
import { ModelDevice, type ModelType } from "./model-device.ts";

export interface EmulateOptions {
  readonly type: ModelType;
  readonly seed?: number;
  readonly timers?: Timers;
  /** UTC milliseconds now; the device's time begins there. */
  readonly utcMs?: number;
}

/** A running device. Its time is real. Lines come and go with {@link serve}. */
export class EmulatedDevice {
  readonly device: ModelDevice;
  readonly counts = { messagesIn: 0, messagesOut: 0, resets: 0, imagesConfirmed: 0 };
  readonly #timers: Timers;
  readonly #rig: MockBoard;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  readonly #console = new Set<(text: string) => void>();

  static async start(options: EmulateOptions): Promise<EmulatedDevice> {
    const scheduler = new Scheduler();
    const { type, seed = 1, timers = realTimers, utcMs = Date.now() } = options;
    const device = await ModelDevice.start({ type, seed, scheduler, startUtcMs: utcMs });
    const rig = new MockBoard({
      scheduler,
      random: new SeededRandom(seed),
      id: `${type.toLowerCase()}-rig`,
      startUtcMs: utcMs,
      crypto: nodeCrypto(),
      parts: { flash: imageFlash },
    });
    rig.powerOn();
    await rig.flash.program(0, factoryImage(rig.crypto));
    return new EmulatedDevice(device, rig, new Pace(scheduler, timers), timers);
  }

  private constructor(device: ModelDevice, rig: MockBoard, pace: Pace, timers: Timers) {
    this.device = device;
    this.#rig = rig;
    this.#timers = timers;
    device.onMessage(() => this.counts.messagesOut++);
    this.#running = pace.run(() => false, Number.POSITIVE_INFINITY, this.#stop.signal);
  }

  /** Answers on `line` until the returned function is called. */
  serve(line: Line): Cancel {
    const { device } = this;
    const params = { bufSize: 2048, bufCount: 4 };
    const slots = new FlashImageSlots(imageSlots(this.#rig.flash), { crypto: this.#rig.crypto });
    const confirm = slots.confirm.bind(slots);
    slots.confirm = async () => {
      await confirm();
      this.counts.imagesConfirmed++;
    };
    const os = osGroup({
      params,
      reset: () => this.reset(),
      appInfo: { s: "Meterbench", n: device.eui, v: "0.1.0", p: device.type },
      bootloader: { name: "MCUboot", mode: 1 },
    });
    const served = new ServedBoard(this.#view(), line, {
      timers: this.#timers,
      kind: device.type,
      bufBytes: params.bufSize,
      bufCount: params.bufCount,
      groups: [os, new ImageGroup(slots)],
      device: {
        deliver: (message) => {
          this.counts.messagesIn++;
          return device.deliver(message);
        },
        onMessage: (listener) => device.onMessage(listener),
      },
      stimulus: (stimulus) => device.stimulate(stimulus),
    });
    const say = (text: string): void =>
      void line.write(new TextEncoder().encode(`${text}\r\n`)).catch(() => {});
    this.#console.add(say);
    return () => {
      this.#console.delete(say);
      served.close();
    };
  }

  /** As the reset button, which takes no power away: the boot loader runs, then the firmware boots anew. */
  async reset(): Promise<void> {
    this.counts.resets++;
    await this.device.board.reset(async () => {
      const outcome = await boot(imageSlots(this.#rig.flash), { crypto: this.#rig.crypto });
      for (const say of this.#console) say(describeBoot(outcome));
    });
  }

  /** Ends; the device is gone. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** The device's board, with the bench's own region instead of the flash that its firmware lives in. */
  #view(): PoweredBoard {
    const { board } = this.device;
    const { id, crypto, clock, entropy, mains, metrology, loadSwitch, tamper } = board;
    const flash = benchRegion(this.#rig.flash);
    const parts = { mains, metrology, loadSwitch, tamper };
    const present = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
    return {
      ...present,
      ...{ id, crypto, clock, entropy, flash },
      get powered() {
        return board.powered;
      },
      onPowerOn: (listener: () => void) => board.onPowerOn(listener),
      onPowerLost: (listener: () => void) => board.onPowerLost(listener),
    };
  }
}
