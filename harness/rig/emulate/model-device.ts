/**
 * One device of the model as a board under test: firmware on a simulated board, whole messages in and out, no home
 * around it. Its keys are those of the run's PKI for the seed, so a head end with that seed can talk to it.
 */
import { ElectricityMeter } from "../../../firmware/devices/electricity-meter.ts";
import { CommunicationsHub } from "../../../firmware/devices/hub.ts";
import { provision } from "../../../firmware/devices/provision.ts";
import type { Observation } from "../../../firmware/features/feature.ts";
import { withCrc } from "../../../firmware/han/install-code.ts";
import type { HanPort } from "../../../firmware/han/port.ts";
import type { UseCase } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { Suite } from "../../../firmware/wire/suite.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { type Cancel, HalError, PowerLost } from "../../../hal/board.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import {
  Ether,
  hubMains,
  MockBoard,
  meterMains,
  type Scheduler,
  SeededRandom,
  typicalHome,
  WanLink,
} from "../../../hal/mock/index.ts";
import type { MessageEnd, Stimulus } from "../../../hal/serial/parts/index.ts";
import { type DeviceKeys, TestPki } from "../../headend/pki.ts";
import { factoryAnchors } from "../../premises/home-device.ts";
import { esmeEui, hubEui } from "../../premises/premises.ts";

export type ModelType = "ESME" | "CHF";

export interface ModelDeviceOptions {
  readonly type: ModelType;
  readonly seed: number;
  readonly scheduler: Scheduler;
  /** UTC at the scheduler's 0. */
  readonly startUtcMs: number;
  readonly observe?: (observation: Observation) => void;
}

export class ModelDevice implements MessageEnd {
  readonly type: ModelType;
  readonly eui: Eui64;
  /** The wire it speaks. */
  readonly suite: Suite = suites.cose;
  readonly pki: TestPki;
  readonly keys: DeviceKeys;
  readonly board: MockBoard;
  readonly #options: ModelDeviceOptions;
  readonly #wan: WanLink;
  readonly #listeners = new Set<(message: Uint8Array) => void>();
  #meter: ElectricityMeter | undefined;
  #hub: CommunicationsHub | undefined;

  /** Makes the device in its factory and gives it power. */
  static async start(options: ModelDeviceOptions): Promise<ModelDevice> {
    const device = new ModelDevice(options);
    device.board.powerOn();
    await device.#manufacture();
    device.board.powerOff();
    device.board.onPowerOn(() => device.#boot());
    device.board.onPowerLost(() => {
      device.#meter = undefined;
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
    this.eui = type === "CHF" ? hubEui : esmeEui;
    const notBeforeS = Math.floor(startUtcMs / 1000) - 86_400;
    this.pki = new TestPki({
      crypto: nodeCrypto(),
      suite: this.suite,
      random: random.fork("pki"),
      notBeforeS,
    });
    // In the order in which a home makes them: the same seed gives the same keys.
    const keys = { CHF: this.pki.deviceKeys(hubEui), ESME: this.pki.deviceKeys(esmeEui) };
    this.keys = keys[type];
    const ether = new Ether(scheduler, random.fork("ether"));
    this.#wan = new WanLink(scheduler, random.fork("wan"));
    // No network to look for: the device answers as soon as it runs.
    this.#wan.settings.attachMs = 0;
    this.#wan.onUplink((message) => this.#emit(message));
    const common = {
      scheduler,
      random,
      id: type === "CHF" ? "hub" : "esme",
      startUtcMs,
      crypto: nodeCrypto(),
    };
    const meterParts = {
      mains: meterMains,
      metrology: { profile: typicalHome(random.fork("load")) },
      loadSwitch: true,
      tamper: true,
      userInterface: true,
    } as const;
    this.board = new MockBoard(
      type === "CHF"
        ? { ...common, parts: { mains: hubMains }, ether, eui64: euiBytes(hubEui), wan: this.#wan }
        : { ...common, parts: meterParts },
    );
  }

  /** What the device models; none without power. */
  get useCases(): readonly UseCase[] {
    return (this.#hub ?? this.#meter)?.device.useCases ?? [];
  }

  /** A whole message for the firmware. Without power it is lost. */
  async deliver(message: Uint8Array): Promise<void> {
    if (this.type === "CHF") this.#wan.deliver(message);
    else await this.#meter?.device.receive(message);
  }

  onMessage(listener: (message: Uint8Array) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Group 64, command 17: what a bench does to the device. Throws `hal/absent` for what it has not, and does nothing. */
  stimulate({ mains, mJ, tamper, button, stuck }: Stimulus): void {
    const { board } = this;
    if (this.type === "CHF" && (tamper ?? button ?? stuck) !== undefined)
      throw new HalError("hal/absent", "a hub has no tamper inputs, buttons or load switch");
    mains?.forEach((present, phase) => {
      if (present) board.mockMains.restore(phase);
      else board.mockMains.lose(phase);
    });
    if (mJ !== undefined) board.mockMains.storedJ = mJ / 1000;
    if (this.type === "CHF") return;
    for (const [input, active] of Object.entries(tamper ?? {}))
      board.mockTamper.set(input as Parameters<typeof board.mockTamper.set>[0], active);
    if (button !== undefined) board.mockUserInterface.press(button);
    if (stuck !== undefined) board.mockLoadSwitch.faults.welded = stuck;
  }

  #emit(message: Uint8Array): void {
    for (const listener of [...this.#listeners]) listener(message);
  }

  async #manufacture(): Promise<void> {
    const { keys, pki, type } = this;
    const installCode = new SeededRandom(this.#options.seed).fork(`install-code/${this.board.id}`).bytes(16);
    await provision(
      this.board,
      {
        type,
        eui64: this.eui,
        signSeed: keys.signSeed,
        agreeSecret: keys.agree.secret,
        signCertificate: keys.sign.certificate,
        agreeCertificate: keys.agree.certificate,
        certificatePath: [pki.issuingCertificate],
        installCode: withCrc(installCode),
        firmwareVersion: Uint8Array.of(0, 1, 0, 0),
        anchors: factoryAnchors(type, pki),
      },
      this.suite,
    );
  }

  async #boot(): Promise<void> {
    const { observe } = this.#options;
    const options = { suite: this.suite, ...(observe ? { observe } : {}) };
    try {
      if (this.type === "CHF") this.#hub = await CommunicationsHub.boot(this.board, options);
      else
        this.#meter = await ElectricityMeter.boot(this.board, {
          ...options,
          link: { han: this.#line(), hub: hubEui },
        });
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

const euiBytes = (eui: Eui64): Uint8Array => Uint8Array.from(Buffer.from(eui, "hex"));
