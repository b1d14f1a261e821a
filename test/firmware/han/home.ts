/** A hub and devices on simulated boards, with a certificate root of their own: what the HAN scenarios run on. */

import { HanCoordinator } from "../../../firmware/han/coordinator.ts";
import { HanDevice } from "../../../firmware/han/end-device.ts";
import { withCrc } from "../../../firmware/han/install-code.ts";
import type { HanEvent, HanOptions } from "../../../firmware/han/options.ts";
import type { HanFailure, HanMessage, HanPort } from "../../../firmware/han/port.ts";
import { Journal } from "../../../firmware/kernel/journal.ts";
import { RunLoop } from "../../../firmware/kernel/run-loop.ts";
import type { KeyEstablishment } from "../../../firmware/wire/suite.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { euiText } from "../../../hal/base/eui64.ts";
import type { Listener, Signer } from "../../../hal/board.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import {
  type AirFrame,
  Ether,
  type EtherSettings,
  MockBoard,
  Scheduler,
  SeededRandom,
} from "../../../hal/mock/index.ts";

export const crypto = nodeCrypto();
export const START_UTC_MS = Date.UTC(2026, 0, 15);
const ROOT_NAME = "90B3D51F30000001";
const ESME = 1;

/** One board with its end of the network, through power cuts. */
export class Place<H extends HanPort & { onEvent(listener: Listener<HanEvent>): unknown }> {
  readonly board: MockBoard;
  readonly home: Home;
  readonly eui64: Uint8Array;
  readonly name: string;
  readonly events: HanEvent[] = [];
  readonly messages: HanMessage[] = [];
  signer: Signer;
  certificate: Uint8Array;
  readonly #begin: (options: HanOptions) => Promise<H>;
  han!: H;
  journal!: Journal;

  constructor(home: Home, id: string, eui64: Uint8Array, begin: (options: HanOptions) => Promise<H>) {
    this.home = home;
    this.eui64 = eui64;
    this.name = euiText(eui64);
    this.#begin = begin;
    const { scheduler, random, ether } = home;
    this.board = new MockBoard({ scheduler, random, id, startUtcMs: START_UTC_MS, crypto, ether, eui64 });
    this.signer = crypto.ed25519Signer(random.fork(`key/${id}`).bytes(32));
    this.certificate = home.certify(this.name, this.signer);
  }

  async on(): Promise<this> {
    await this.board.powerOn();
    this.journal = await Journal.open(this.board.flash, { firstSector: 0, sectorCount: 16 });
    this.han = await this.#begin({
      board: this.board,
      journal: this.journal,
      keyEstablishment: this.home.keyEstablishment,
      credential: { certificate: this.certificate, signer: this.signer },
      trustRoot: this.home.root,
      nowS: () => (START_UTC_MS + this.home.scheduler.nowMs) / 1000,
      observe: () => {},
      ...(this.home.inTurn ? this.#turns() : {}),
    });
    this.han.onEvent((event) => void this.events.push(event));
    this.han.onMessage((message) => void this.messages.push(message));
    return this;
  }

  /** As in a device: every event takes its turn in a run loop. */
  #turns(): Pick<HanOptions, "event" | "after"> {
    const loop = new RunLoop();
    return {
      event: (name, handler) => (event) => loop.post(name, () => handler(event)),
      after: (delayMs, action) => this.board.clock.after(delayMs, () => loop.post("han-timer", action)),
    };
  }

  async off(): Promise<void> {
    await this.board.powerOff();
  }

  /** Sends, and runs the home until the outcome is known. */
  async send(to: string, bytes: Uint8Array): Promise<"delivered" | HanFailure> {
    let outcome: "delivered" | HanFailure | undefined;
    await this.han.send(to, bytes, (what) => {
      outcome = what;
    });
    await this.home.scheduler.run(() => outcome !== undefined, 120_000);
    return outcome!;
  }

  has(kind: HanEvent["kind"], reason?: HanEvent["reason"]): boolean {
    return this.events.some(
      (event) => event.kind === kind && (reason === undefined || event.reason === reason),
    );
  }

  told(): readonly string[] {
    return this.events.map(({ kind, reason }) => (reason === undefined ? kind : `${kind}: ${reason}`));
  }
}

export class Home {
  readonly scheduler = new Scheduler();
  readonly random: SeededRandom;
  readonly ether: Ether;
  root: Signer;
  readonly frames: AirFrame[] = [];
  readonly hub: Place<HanCoordinator>;
  /** Of another wire, set before boards are switched on, with a root and credentials of that wire. */
  keyEstablishment: KeyEstablishment = suites.cose.keyEstablishment;
  /** Set before boards are switched on: their events go through a run loop. */
  inTurn = false;
  #count = 0;

  constructor(seed: number | string = 1, settings: Partial<EtherSettings> = {}) {
    this.random = new SeededRandom(seed);
    this.ether = new Ether(this.scheduler, this.random.fork("ether"), settings);
    this.ether.onFrame((frame) => void this.frames.push(frame));
    this.root = crypto.ed25519Signer(this.random.fork("root").bytes(32));
    this.hub = this.newHub("hub");
  }

  /** Another hub in reach, as at a neighbour's. */
  newHub(id: string, channel = 20): Place<HanCoordinator> {
    return new Place(this, id, this.#eui64(), (options) => HanCoordinator.start({ ...options, channel }));
  }

  device(id = "esme", code = this.code(id), channels: readonly number[] = [20]): Place<HanDevice> {
    const installCode = withCrc(code);
    return new Place(this, id, this.#eui64(), (options) =>
      HanDevice.start({ ...options, installCode, deviceType: ESME, channels }),
    );
  }

  /** A device whose label carries these 18 bytes, right or wrong. */
  labelled(id: string, installCode: Uint8Array): Place<HanDevice> {
    return new Place(this, id, this.#eui64(), (options) =>
      HanDevice.start({ ...options, installCode, deviceType: ESME, channels: [20] }),
    );
  }

  /** The 16-byte install code of a device. */
  code(id: string): Uint8Array {
    return this.random.fork(`code/${id}`).bytes(16);
  }

  certify(subject: string, signer: Signer, issuer: Signer = this.root): Uint8Array {
    const { publicKey } = signer;
    return suites.cose.certificates.issue(
      {
        subject,
        role: "device",
        usage: "sign",
        publicKey,
        notBeforeS: START_UTC_MS / 1000 - 86_400,
        notAfterS: undefined,
        serial: Uint8Array.of(1, 2, 3),
      },
      issuer,
      ROOT_NAME,
      crypto,
    );
  }

  async run(seconds: number): Promise<void> {
    await this.scheduler.runUntil(this.scheduler.nowMs + seconds * 1000);
  }

  /** Lists the device, opens the window, and lets it join. */
  async pair(device: Place<HanDevice>, code = this.code(device.board.id)): Promise<void> {
    await this.hub.han.allow(device.eui64, code, ESME);
    await this.hub.han.openJoinWindow(600);
    await device.han.join();
    await this.scheduler.run(() => device.has("tunnel-opened") || device.has("join-failed"), 300_000);
    await this.run(1);
  }

  #eui64(): Uint8Array {
    return Uint8Array.of(0x00, 0xdb, 0x12, 0x34, 0x56, 0x78, 0x90, 0xa0 + this.#count++);
  }
}

/** A home with its hub on, and one device that has joined. */
export async function pairedHome(
  seed: number | string = 1,
  settings: Partial<EtherSettings> = {},
): Promise<{ home: Home; hub: Place<HanCoordinator>; device: Place<HanDevice> }> {
  const home = new Home(seed, settings);
  const hub = await home.hub.on();
  const device = await home.device().on();
  await home.pair(device);
  return { home, hub, device };
}
