/** One device of a home: its board, its making, and the firmware that runs while it has power. */

import { ElectricityMeter } from "../../firmware/devices/electricity-meter.ts";
import { CommunicationsHub } from "../../firmware/devices/hub.ts";
import { type AnchorSeed, provision } from "../../firmware/devices/provision.ts";
import type { DeviceSettings } from "../../firmware/devices/settings.ts";
import type { Observation } from "../../firmware/features/feature.ts";
import { withCrc } from "../../firmware/han/install-code.ts";
import { cellsOf } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { type Board, type MaybePromise, PowerLost } from "../../hal/board.ts";
import type { MockBoard } from "../../hal/mock/index.ts";
import type { Party, PartyName } from "../headend/parties.ts";
import type { DeviceKeys, TestPki } from "../headend/pki.ts";
import type { DeviceType } from "../headend/requests/request.ts";

export type DeviceName = "hub" | "esme";
export type Firmware = ElectricityMeter | CommunicationsHub;

export interface HomeDeviceOptions {
  readonly name: DeviceName;
  readonly type: DeviceType;
  readonly eui: Eui64;
  readonly board: MockBoard;
  readonly keys: DeviceKeys;
  readonly suite: Suite;
  /** 16 bytes, without CRC. */
  readonly installCode: Uint8Array;
  /** What the device itself holds, with CRC, when it is not the code above. */
  readonly printedCode?: Uint8Array;
  /** Who made the device's keys, when that is not the run's PKI. */
  readonly maker?: TestPki;
  readonly settings: Partial<DeviceSettings>;
  readonly observe: (observation: Observation) => void;
}

export class HomeDevice {
  readonly name: DeviceName;
  readonly type: DeviceType;
  readonly eui: Eui64;
  readonly board: MockBoard;
  readonly keys: DeviceKeys;
  readonly installCode: Uint8Array;
  /** The firmware that runs now; undefined without power. */
  firmware: Firmware | undefined;
  /** Times the firmware has started. */
  boots = 0;
  /** What the firmware boots on, when it is not the simulated board alone (see `boards.ts`). */
  bootBoard: () => MaybePromise<Board> = () => this.board;
  readonly #printedCode: Uint8Array;
  readonly #maker: TestPki | undefined;
  readonly #suite: Suite;
  readonly #settings: Partial<DeviceSettings>;
  readonly #observe: (observation: Observation) => void;

  constructor(options: HomeDeviceOptions) {
    this.name = options.name;
    this.type = options.type;
    this.eui = options.eui;
    this.board = options.board;
    this.keys = options.keys;
    this.installCode = options.installCode;
    this.#printedCode = options.printedCode ?? withCrc(options.installCode);
    this.#maker = options.maker;
    this.#suite = options.suite;
    this.#settings = options.settings;
    this.#observe = options.observe;
  }

  /** From now on the firmware starts whenever the board gets power. */
  startFirmware(): void {
    this.board.onPowerOn(() => this.#boot());
    this.board.onPowerLost(() => this.#powerLost());
  }

  /** What the factory does: identity, keys and first trust anchors into flash. The board ends without power. */
  async manufacture(pki: TestPki): Promise<void> {
    const board = await this.bootBoard();
    const keys = this.#maker?.deviceKeys(this.eui) ?? this.keys;
    await provision(
      board,
      {
        type: this.type,
        eui64: this.eui,
        signSeed: keys.signSeed,
        agreeSecret: keys.agree.secret,
        signCertificate: keys.sign.certificate,
        agreeCertificate: keys.agree.certificate,
        certificatePath: [pki.issuingCertificate],
        installCode: this.#printedCode,
        firmwareVersion: Uint8Array.of(0, 1, 0, 0),
        anchors: factoryAnchors(this.type, pki),
      },
      this.#suite,
    );
  }

  async #boot(): Promise<void> {
    this.boots++;
    this.#observe({ kind: "power-on", boots: this.boots });
    const options = { suite: this.#suite, observe: this.#observe, settings: this.#settings };
    try {
      const board = await this.bootBoard();
      this.firmware =
        this.type === "CHF"
          ? await CommunicationsHub.boot(board, options)
          : await ElectricityMeter.boot(board, options);
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error;
    }
  }

  #powerLost(): void {
    this.firmware = undefined;
    this.#observe({ kind: "power-lost" });
  }
}

/** The parties whose keys a new device of `type` holds. */
export function partiesOf(type: DeviceType): Set<PartyName> {
  const roles = new Set<string>(cellsOf(type).map((cell) => cell.role));
  roles.delete("root");
  return new Set([...roles] as PartyName[]);
}

/** The trust anchors that the factory loads into a device of `type`. */
export function factoryAnchors(type: DeviceType, pki: TestPki): AnchorSeed[] {
  return cellsOf(type).map((cell) => {
    if (cell.role === "root") {
      const contingency = pki.wrappedContingencyKey;
      return { cell, holder: pki.rootName, publicKey: pki.rootPublicKey, contingency };
    }
    const party: Party = pki.parties[cell.role as PartyName];
    const { sign, agree, prepay } = party.keys;
    const publicKey =
      cell.usage === "sign" ? sign.signer.publicKey : (cell.cellUsage === "topUp" ? prepay : agree).publicKey;
    return { cell, holder: party.eui, publicKey };
  });
}
