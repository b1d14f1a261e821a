/**
 * A device of a reference set on a simulated board: identity, keys and trust anchors from the key folder, the clock at
 * the set's beginning. Each boot is from the same provisioned flash, so that samples neither know of each other nor
 * have to come in the order of their counters.
 */
import { bootDevice, type ModelledDevice } from "../../firmware/devices/boot.ts";
import type { Device } from "../../firmware/devices/device.ts";
import { type AnchorSeed, type DeviceIdentity, provision } from "../../firmware/devices/provision.ts";
import type { DeviceSettings } from "../../firmware/devices/settings.ts";
import { BlockTransfer } from "../../firmware/han/block-transfer.ts";
import { withCrc } from "../../firmware/han/install-code.ts";
import type { HanMessage, HanPort } from "../../firmware/han/port.ts";
import type { Observation } from "../../firmware/kernel/observation.ts";
import { type CellName, cellsOf, type Role } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { type HomeWire, suites } from "../../firmware/wire/suites.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import type { Crypto, Listener } from "../../hal/board.ts";
import {
  Ether,
  type FlashSnapshot,
  type MockBoard,
  Scheduler,
  SeededRandom,
  WanLink,
} from "../../hal/mock/index.ts";
import { deviceBoard } from "../premises/factory.ts";
import type { KeyStore, KeyUse, Party } from "../verify/index.ts";
import { StandInImages } from "./images.ts";
import type { StandIns } from "./stand-ins.ts";

const wire: HomeWire = "gbcs";
const suite: Suite = suites[wire];

/** 2015-01-01: what every clock of a reference set shows. */
export const beginS = Date.UTC(2015, 0, 1) / 1000;
/** Whom a root certificate without an EUI-64 names. */
const namelessRoot: Eui64 = "0000000000000000";

/** Of what is left to the maker: as the reference messages have it. */
const referenceSettings: Partial<DeviceSettings> = {
  // Certificates begin in October 2015, nine months after the clock.
  certificateTimeChecks: false,
  // A supplier's certificates replace a load controller's.
  anyPartyAsLoadController: true,
};

/** What is different from one sample to another of what is decided when a device is made. */
export interface Making {
  /** Who holds the cells of a role; by default the first party that has all its keys. */
  readonly holders: Readonly<Partial<Record<Role, Eui64>>>;
  readonly elementCount: 1 | 2;
  readonly phaseCount: 1 | 3;
}

export interface Kit {
  readonly keys: KeyStore;
  readonly standIns: StandIns;
  readonly crypto: Crypto;
  /** Undefined when no certificate tells it: then a made up one stands in, and no path to it can be proved. */
  readonly rootKey: Uint8Array | undefined;
  /** Of the set's hub, where it has one. */
  readonly hub: Eui64;
}

/** A device with power, on its board. */
export class RunningReference {
  readonly board: MockBoard;
  readonly scheduler: Scheduler;
  /** Whole messages that left on the device's own account, so far. */
  readonly sent: Uint8Array[] = [];
  readonly images = new StandInImages();
  /** Of a hub. */
  readonly wan: WanLink | undefined;
  /** Why it refused what it was asked, and what in it failed, so far. */
  readonly troubles: string[] = [];
  readonly #boot: (observe: (observation: Observation) => void) => Promise<Device>;
  #device: Device | undefined;

  constructor(
    board: MockBoard,
    scheduler: Scheduler,
    wan: WanLink | undefined,
    boot: (observe: (observation: Observation) => void) => Promise<Device>,
  ) {
    this.board = board;
    this.scheduler = scheduler;
    this.wan = wan;
    this.#boot = boot;
  }

  get device(): Device {
    return this.#device as Device;
  }

  /** Starts the firmware: at first, and after every loss of power. */
  async start(): Promise<void> {
    this.#device = await this.#boot(({ kind, reason, error }) => {
      if (kind === "command-refused") this.troubles.push(String(reason));
      if (kind === "fault") this.troubles.push(String(error));
    });
  }

  /** Its answer to a message. */
  async ask(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    let answer: Uint8Array | undefined;
    await this.device.receive(bytes, (response) => {
      answer = response;
    });
    return answer;
  }

  async run(ms: number): Promise<void> {
    await this.scheduler.runUntil(this.scheduler.nowMs + ms);
  }

  /** Moves the device's time, with what would happen until then left out. */
  async moveTo(utcS: number): Promise<void> {
    await this.device.turn("time", () => this.device.setTime(utcS));
  }
}

export class ReferenceDevice {
  readonly type: ModelledDevice;
  readonly eui: Eui64;
  readonly #kit: Kit;
  /** Provisioned flash, by making. */
  readonly #flash = new Map<string, FlashSnapshot>();

  constructor(kit: Kit, type: ModelledDevice, eui: Eui64) {
    this.#kit = kit;
    this.type = type;
    this.eui = eui;
  }

  /** Boots a fresh one. Throws `conform/keys` without its certificates. */
  async boot(making: Making): Promise<RunningReference> {
    const { type, eui } = this;
    const { standIns, hub } = this.#kit;
    const { board, scheduler, wan } = this.#board(making);
    board.powerOn();
    await this.#provision(board, making);
    await board.clock.setRtcMs(beginS * 1000);
    const agreement = standIns.agreement(eui);
    if (agreement === undefined) throw this.#missing("ka");
    const running = new RunningReference(board, scheduler, wan, async (observe) => {
      const link = wan ?? { link: { han: hubPort(scheduler, eui, hub, running.sent), hub } };
      const options = {
        suite,
        agreement,
        settings: referenceSettings,
        observe,
        images: running.images,
        signer: standIns.signer(eui),
      };
      return (await bootDevice(type, board, { ...options, ...("link" in link && link) })).device;
    });
    wan?.onUplink((bytes) => void running.sent.push(bytes));
    await running.start();
    board.onPowerOn(() => running.start());
    return running;
  }

  #board({ elementCount, phaseCount }: Making) {
    const { type, eui } = this;
    const scheduler = new Scheduler();
    const random = new SeededRandom(1);
    const isHub = type === "CHF";
    const wan = isHub ? new WanLink(scheduler, random.fork("wan")) : undefined;
    const board = deviceBoard({
      ...{ type, eui, elementCount, scheduler, random, id: type.toLowerCase() },
      crypto: this.#kit.crypto,
      startUtcMs: beginS * 1000,
      ...(isHub
        ? { ether: new Ether(scheduler, random.fork("ether")), wan: wan! }
        : { mains: { phaseCount } }),
    });
    return { board, scheduler, wan };
  }

  async #provision(board: MockBoard, making: Making): Promise<void> {
    const key = JSON.stringify([making.holders, making.elementCount, making.phaseCount]);
    const known = this.#flash.get(key);
    if (known !== undefined) return board.mockFlash.restore(known);
    await provision(board, this.#identity(making), suite);
    this.#flash.set(key, board.mockFlash.snapshot());
  }

  #identity({ holders }: Making): DeviceIdentity {
    const { type, eui } = this;
    const { keys, standIns, crypto } = this.#kit;
    const own = keys.party(eui)?.keys;
    const certificate = (use: KeyUse) => own?.[use]?.certificate ?? fail(this.#missing(use));
    const random = new SeededRandom(2);
    const joining = suite.keyEstablishment.credentials?.authority(crypto, namelessRoot, (n) =>
      random.bytes(n),
    );
    return {
      type,
      eui64: eui,
      signSeed: standIns.signingSecret(eui),
      agreeSecret: own?.ka?.secret ?? crypto.sha256(new TextEncoder().encode(eui)),
      signCertificate: certificate("ds"),
      agreeCertificate: certificate("ka"),
      certificatePath: [],
      ...(joining && { joining: { ...joining.certify(eui, 0), authorityKey: joining.publicKey } }),
      installCode: withCrc(new Uint8Array(16)),
      firmwareVersion: new Uint8Array(4),
      anchors: cellsOf(type).map((cell) => this.#anchor(cell, holders[cell.role])),
    };
  }

  #anchor(cell: CellName, holder: Eui64 | undefined): AnchorSeed {
    const { keys, rootKey, standIns } = this.#kit;
    if (cell.role === "root")
      return { cell, holder: namelessRoot, publicKey: rootKey ?? standIns.signer(namelessRoot).publicKey };
    const use: KeyUse = cell.usage === "sign" ? "ds" : cell.cellUsage === "topUp" ? "pp-ka" : "ka";
    const uses = new Set(
      cellsOf(this.type).flatMap((each) => (each.role === cell.role ? [useOf(each)] : [])),
    );
    const parties = keys
      .withRole(cell.role)
      .filter((party) => party.keys[use] !== undefined)
      .sort((a, b) => missing(a, uses) - missing(b, uses) || (a.eui < b.eui ? -1 : 1));
    const party = parties.find(({ eui }) => eui === holder) ?? parties[0];
    if (party !== undefined) return { cell, holder: party.eui, publicKey: party.keys[use]!.publicKey };
    throw new CodedError(
      "conform/keys",
      `the key folder has no ${use} key of a ${cell.role}, whom ${this.type} must know`,
      {
        cell,
      },
    );
  }

  #missing(use: KeyUse): CodedError {
    return new CodedError(
      "conform/keys",
      `the key folder has no ${use} certificate of ${this.type} ${this.eui}`,
      {
        eui: this.eui,
      },
    );
  }
}

const useOf = (cell: CellName): KeyUse =>
  cell.usage === "sign" ? "ds" : cell.cellUsage === "topUp" ? "pp-ka" : "ka";

const missing = ({ keys }: Party, uses: ReadonlySet<KeyUse>): number =>
  [...uses].filter((use) => keys[use] === undefined).length;

function fail(error: CodedError): never {
  throw error;
}

/** A meter's way to a hub that takes whatever is sent, and tells the set's time. */
function hubPort(scheduler: Scheduler, device: Eui64, hub: Eui64, sent: Uint8Array[]): HanPort {
  const toDevice = new Set<Listener<HanMessage>>();
  const toHub = new Set<Listener<HanMessage>>();
  const end = (from: Eui64, own: Set<Listener<HanMessage>>, other: Set<Listener<HanMessage>>): HanPort => ({
    onMessage(listener) {
      own.add(listener);
      return () => own.delete(listener);
    },
    async send(_to, bytes, done) {
      for (const listener of other) await listener({ from, bytes });
      void done("delivered");
    },
    async readHubTime(done) {
      void done(beginS + Math.floor(scheduler.nowMs / 1000));
    },
  });
  const blocks = new BlockTransfer(end(hub, toHub, toDevice), (delayMs, action) =>
    scheduler.after(delayMs, action),
  );
  blocks.onMessage(({ bytes }) => void sent.push(bytes));
  return end(device, toDevice, toHub);
}
