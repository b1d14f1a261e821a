/** One device of a home: its board, its making, and the firmware that runs while it has power. */
import { imageSlots } from "../../firmware/devices/board-images.ts";
import { bootDevice, type ModelledDevice, type RunningDevice } from "../../firmware/devices/boot.ts";
import { type DeviceSettings, defaultSettings } from "../../firmware/devices/settings.ts";
import { withCrc } from "../../firmware/han/install-code.ts";
import type { Observation } from "../../firmware/kernel/observation.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { toHex } from "../../hal/base/hex.ts";
import { type Board, type MaybePromise, PowerLost } from "../../hal/board.ts";
import type { MockBoard } from "../../hal/mock/index.ts";
import type { DeviceDetails } from "../headend/inventory.ts";
import type { DeviceKeys, TestPki } from "../headend/pki.ts";
import type { ConnectBoard } from "./device-specs.ts";
import { factoryFirmware, manufacture } from "./factory.ts";

export interface HomeDeviceOptions {
  readonly name: string;
  readonly type: ModelledDevice;
  readonly eui: Eui64;
  readonly mpxn: string;
  readonly board: MockBoard;
  readonly keys: DeviceKeys;
  readonly suite: Suite;
  /** 16 bytes, without CRC. */
  readonly installCode: Uint8Array;
  /** What the device itself holds, with CRC, when it is not the code above. */
  readonly printedCode?: Uint8Array;
  /** Who made the device's keys, when that is not the run's PKI. */
  readonly maker?: TestPki;
  /** The real board that lends it parts. */
  readonly lender?: ConnectBoard | undefined;
  readonly settings: Partial<DeviceSettings>;
  readonly observe: (observation: Observation) => void;
}

export class HomeDevice {
  readonly name: string;
  readonly type: ModelledDevice;
  readonly eui: Eui64;
  /** Of a meter's point of supply. */
  readonly mpxn: string;
  readonly board: MockBoard;
  readonly keys: DeviceKeys;
  readonly installCode: Uint8Array;
  /** The firmware that runs now; undefined without power. */
  firmware: RunningDevice | undefined;
  /** Times the firmware has started. */
  boots = 0;
  /** What the firmware boots on, when it is not the simulated board alone (see `boards.ts`). */
  bootBoard: () => MaybePromise<Board> = () => this.board;
  readonly #options: HomeDeviceOptions;

  constructor(options: HomeDeviceOptions) {
    this.name = options.name;
    this.type = options.type;
    this.eui = options.eui;
    this.mpxn = options.mpxn;
    this.board = options.board;
    this.keys = options.keys;
    this.installCode = options.installCode;
    this.#options = options;
  }

  /** What stands on its plate and in its factory region, in the words of 12.2. */
  get details(): DeviceDetails {
    const { model: DeviceModel, manufacturer: DeviceManufacturer } = {
      ...defaultSettings,
      ...this.#options.settings,
    };
    return { DeviceManufacturer, DeviceModel, FirmwareVersion: toHex(factoryFirmware) };
  }

  /** It gets its parts of a real board, if it is to run on one; that board's flash is erased. */
  async borrow(home: Parameters<ConnectBoard>[1]): Promise<void> {
    const pair = await this.#options.lender?.(this.board, home);
    if (pair === undefined) return;
    await pair.erase();
    this.bootBoard = () => pair.board();
  }

  /**
   * Puts a firmware image into the slot that waits, as a transfer over the home network ends, and has the firmware look at
   * it. Throws `hal/absent` for a board without room for images.
   */
  async deliverImage(image: Uint8Array): Promise<void> {
    const flash = this.board.mockImageFlash;
    const { secondary } = imageSlots(flash);
    await secondary.erase();
    await flash.program(secondary.offset, image);
    await this.firmware?.device.imageArrived();
  }

  /** From now on the firmware starts whenever the board gets power. */
  startFirmware(): void {
    this.board.onPowerOn(() => this.#boot());
    this.board.onPowerLost(() => this.#powerLost());
  }

  /** What the factory does, while the board has power. */
  async manufacture(pki: TestPki): Promise<void> {
    const { type, eui } = this;
    const { maker, suite, installCode, printedCode = withCrc(installCode) } = this.#options;
    const keys = maker?.deviceKeys(eui) ?? this.keys;
    await manufacture(await this.bootBoard(), { type, eui, keys, printedCode, pki, suite });
  }

  async #boot(): Promise<void> {
    const { suite, observe, settings } = this.#options;
    this.boots++;
    observe({ kind: "power-on", boots: this.boots });
    try {
      const board = await this.bootBoard();
      this.firmware = await bootDevice(this.type, board, { suite, observe, settings });
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error;
    }
  }

  #powerLost(): void {
    this.firmware = undefined;
    this.#options.observe({ kind: "power-lost" });
  }
}
