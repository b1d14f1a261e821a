/** Serves a device of the model on a line, as a board under test: SMP groups os, image and board (64). */
import { FlashImageSlots } from "../../../firmware/bootloader/slots.ts";
import { boot, describeBoot } from "../../../firmware/bootloader/swap.ts";
import type { ModelledDevice } from "../../../firmware/devices/boot.ts";
import type { Cancel } from "../../../hal/board.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { MockBoard, Scheduler, SeededRandom } from "../../../hal/mock/index.ts";
import type { Line } from "../../../hal/serial/line/index.ts";
import { type PoweredBoard, ServedBoard } from "../../../hal/serial/parts/index.ts";
import { ImageGroup, osGroup, type SmpFraming } from "../../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../../hal/serial/timers.ts";
import { Pace } from "../../premises/pace.ts";
import { ModelDevice } from "../under-test/model-device.ts";
import { HostLine } from "./host-line.ts";
import { benchRegion, factoryImage, imageFlash, imageSlots } from "./image-flash.ts";

export interface EmulateOptions {
  readonly type: ModelledDevice;
  readonly seed?: number;
  readonly timers?: Timers;
  /** UTC milliseconds now; the device's time begins there. */
  readonly utcMs?: number;
  readonly framing?: SmpFraming;
  /** Answers as servers gave them before SMP version 2. Default false. */
  readonly olderAnswers?: boolean;
}

const params = { bufSize: 2048, bufCount: 4 };

/** A running device. Its time is real. Hosts come and go with {@link serve}; what waits for one waits on. */
export class EmulatedDevice {
  readonly device: ModelDevice;
  readonly counts = { messagesIn: 0, messagesOut: 0, resets: 0, imagesConfirmed: 0 };
  readonly #rig: MockBoard;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  readonly #hosts: HostLine;
  readonly #served: ServedBoard;

  static async start(options: EmulateOptions): Promise<EmulatedDevice> {
    const scheduler = new Scheduler();
    const { type, seed = 1, utcMs = Date.now() } = options;
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
    return new EmulatedDevice(device, rig, scheduler, options);
  }

  private constructor(device: ModelDevice, rig: MockBoard, scheduler: Scheduler, options: EmulateOptions) {
    const { timers = realTimers, framing = "console", olderAnswers = false } = options;
    this.device = device;
    this.#rig = rig;
    device.onMessage(() => this.counts.messagesOut++);
    this.#hosts = new HostLine("emulate", timers);
    this.#served = new ServedBoard(this.#view(), this.#hosts, {
      ...{ timers, framing, olderAnswers },
      kind: device.type,
      bufBytes: params.bufSize,
      bufCount: params.bufCount,
      groups: [this.#osGroup(), new ImageGroup(this.#imageSlots())],
      device: {
        deliver: (message) => {
          this.counts.messagesIn++;
          return device.deliver(message);
        },
        onMessage: (listener) => device.onMessage(listener),
      },
      stimulus: (stimulus) => device.stimulate(stimulus),
    });
    const pace = new Pace(scheduler, timers);
    this.#running = pace.run(() => false, Number.POSITIVE_INFINITY, this.#stop.signal);
  }

  /** Answers the host on `line` until the returned function is called. One host at a time. */
  serve(line: Line): Cancel {
    this.#served.newHost();
    return this.#hosts.attach(line);
  }

  /** As the reset button, which takes no power away: the boot loader runs, then the firmware boots anew. */
  async reset(): Promise<void> {
    this.counts.resets++;
    this.#served.nextStart = "reset";
    let told = "";
    await this.device.board.reset(async () => {
      told = describeBoot(await boot(imageSlots(this.#rig.flash), { crypto: this.#rig.crypto }));
    });
    await this.#served.print(`${told}\r\n`);
  }

  /** Ends; the device is gone. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#served.close();
  }

  #osGroup() {
    const { eui, type } = this.device;
    return osGroup({
      params,
      reset: () => this.reset(),
      appInfo: { s: "Meterbench", n: eui, v: "0.1.0", p: type },
      bootloader: { name: "MCUboot", mode: 1 },
    });
  }

  #imageSlots(): FlashImageSlots {
    const slots = new FlashImageSlots(imageSlots(this.#rig.flash), { crypto: this.#rig.crypto });
    const confirm = slots.confirm.bind(slots);
    slots.confirm = async () => {
      await confirm();
      this.counts.imagesConfirmed++;
    };
    return slots;
  }

  /** The device's board, with the bench's own region instead of the flash that its firmware lives in. */
  #view(): PoweredBoard {
    const { board } = this.device;
    const { id, crypto, clock, entropy, mains, metrology, loadSwitch, auxiliary, tamper } = board;
    const flash = benchRegion(this.#rig.flash);
    const parts = { mains, metrology, loadSwitch, auxiliary, tamper };
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
