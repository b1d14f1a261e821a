/**
 * One device of the model as a board under test: firmware on a simulated board, whole messages in and out, no home
 * around it. Its keys are those of the run's PKI for the seed, so a head end with that seed can talk to it.
 */
import { bootDevice, type ModelledDevice, type RunningDevice } from "../../../firmware/devices/boot.ts";
import { withCrc } from "../../../firmware/han/install-code.ts";
import type { HanPort } from "../../../firmware/han/port.ts";
import type { Observation } from "../../../firmware/kernel/observation.ts";
import { devices, type UseCase } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { Suite } from "../../../firmware/wire/suite.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { type Cancel, HalError, PowerLost } from "../../../hal/board.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import {
  Ether,
  type MockBoard,
  type Scheduler,
  SeededRandom,
  typicalHome,
  WanLink,
} from "../../../hal/mock/index.ts";
import type { MessageEnd, Stimulus } from "../../../hal/serial/parts/index.ts";
import type { DeviceKeys, TestPki } from "../../headend/pki.ts";
import { isHub, standardDevice, standardDevices } from "../../premises/device-specs.ts";
import { deviceBoard, manufacture } from "../../premises/factory.ts";
import { makePki } from "../../premises/make-devices.ts";

export interface ModelDeviceOptions {
  readonly type: ModelledDevice;
  readonly seed: number;
  readonly scheduler: Scheduler;
  /** UTC at the scheduler's 0. */
  readonly startUtcMs: number;
  readonly observe?: (observation: Observation) => void;
}

export class ModelDevice implements MessageEnd {
  readonly type: ModelledDevice;
  readonly eui: Eui64;
  /** The wire it speaks. */
  readonly suite: Suite = suites.cose;
  readonly pki: TestPki;
  readonly keys: DeviceKeys;
  readonly board: MockBoard;
  readonly #options: ModelDeviceOptions;
  readonly #wan: WanLink;
  readonly #listeners = new Set<(message: Uint8Array) => void>();
  readonly #name: string;
  #running: RunningDevice | undefined;

  /** Makes the device in its factory and gives it power. */
  static async start(options: ModelDeviceOptions): Promise<ModelDevice> {
    const device = new ModelDevice(options);
    device.board.powerOn();
    await device.#manufacture();
    device.board.powerOff();
    device.board.onPowerOn(() => device.#boot());
    device.board.onPowerLost(() => {
      device.#running = undefined;
    });
    device.board.powerOn();
    await options.scheduler.runUntil(options.scheduler.nowMs + 1000);
    return device;
  }

  private constructor(options: ModelDeviceOptions) {
    const { type, seed, scheduler, startUtcMs } = options;
    const random = new SeededRandom(seed);
    this.#options = options;
    this.type = type;
    const { eui, name } = standardDevice(type);
    this.eui = eui;
    this.#name = name;
    const crypto = nodeCrypto();
    this.pki = makePki({ crypto, suite: this.suite, random, startUtcMs });
    // In the order in which a home makes them: the same seed gives the same keys.
    const keys = new Map(standardDevices.map((spec) => [spec.type, this.pki.deviceKeys(spec.eui)]));
    this.keys = keys.get(type) as DeviceKeys;
    this.#wan = new WanLink(scheduler, random.fork("wan"));
    // No network to look for: the device answers as soon as it runs.
    this.#wan.settings.attachMs = 0;
    this.#wan.onUplink((message) => this.#emit(message));
    const load = typicalHome(random.fork("load"));
    const common = { type, id: name, eui, load, scheduler, random, startUtcMs, crypto };
    this.board = deviceBoard(
      isHub(this) ? { ...common, ether: new Ether(scheduler, random.fork("ether")), wan: this.#wan } : common,
    );
  }

  /** What the device models; none without power. */
  get useCases(): readonly UseCase[] {
    return this.#running?.device.useCases ?? [];
  }

  /** A whole message for the firmware. Without power it is lost. */
  async deliver(message: Uint8Array): Promise<void> {
    if (this.board.modem !== undefined) this.#wan.deliver(message);
    else await this.#running?.device.receive(message);
  }

  onMessage(listener: (message: Uint8Array) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Group 64, command 17: what a bench does to the device. Throws `hal/absent` for what it has not, and does nothing. */
  stimulate({ mains, mJ, tamper, button, stuck }: Stimulus): void {
    const { board } = this;
    const asked = { tamper, userInterface: button, loadSwitch: stuck } as const;
    for (const [part, stimulus] of Object.entries(asked) as [keyof typeof asked, unknown][])
      if (stimulus !== undefined && !devices[this.type].parts.includes(part))
        throw new HalError("hal/absent", `a device of type ${this.type} has no ${part}`, { part });
    mains?.forEach((present, phase) => {
      if (present) board.mockMains.restore(phase);
      else board.mockMains.lose(phase);
    });
    if (mJ !== undefined) board.mockMains.storedJ = mJ / 1000;
    for (const [input, active] of Object.entries(tamper ?? {}))
      board.mockTamper.set(input as Parameters<typeof board.mockTamper.set>[0], active);
    if (button !== undefined) board.mockUserInterface.press(button);
    if (stuck !== undefined) board.mockLoadSwitch.faults.welded = stuck;
  }

  #emit(message: Uint8Array): void {
    for (const listener of [...this.#listeners]) listener(message);
  }

  async #manufacture(): Promise<void> {
    const { board, type, eui, keys, pki, suite } = this;
    const code = new SeededRandom(this.#options.seed).fork(`install-code/${this.#name}`).bytes(16);
    await manufacture(board, { type, eui, keys, printedCode: withCrc(code), pki, suite });
  }

  async #boot(): Promise<void> {
    const { observe } = this.#options;
    const link = { han: this.#line(), hub: standardDevice("CHF").eui };
    const options = { suite: this.suite, link, ...(observe && { observe }) };
    try {
      this.#running = await bootDevice(this.type, this.board, options);
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error;
    }
  }

  /** In place of the home network: what the meter sends goes out, and the hub's time is the true one. */
  #line(): HanPort {
    const { scheduler, startUtcMs } = this.#options;
    return {
      send: async (_to, message, done) => {
        this.#emit(message.slice());
        await done("delivered");
      },
      // Messages come in by `deliver`.
      onMessage: () => () => {},
      readHubTime: async (done) => done(Math.floor((startUtcMs + scheduler.nowMs) / 1000)),
    };
  }
}
