/** A device on a mock board, and the parties that speak to it: what the tests of these rooms share. */
import {
  ElectricityMeter,
  type ElectricityMeterOptions,
} from "../../../firmware/devices/electricity-meter.ts";
import { type AnchorSeed, type DeviceIdentity, provision } from "../../../firmware/devices/provision.ts";
import type { Observation } from "../../../firmware/features/feature.ts";
import { BlockTransfer } from "../../../firmware/han/block-transfer.ts";
import type { HanFailure, HanMessage, HanPort } from "../../../firmware/han/port.ts";
import {
  type CellName,
  cellsOf,
  type DeviceName,
  grantsOn,
  type Role,
  useCaseByCode,
} from "../../../firmware/model/index.ts";
import { euiBytes } from "../../../firmware/security/eui.ts";
import {
  type Alert,
  type Command,
  type Eui64,
  type Header,
  Kind,
  type Operation,
  type Protection,
  type Response,
  type Value,
} from "../../../firmware/wire/message.ts";
import type { Agreement, CertificateClaims, ContextMac } from "../../../firmware/wire/suite.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import type { Crypto, Listener, Signer } from "../../../hal/board.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { MockBoard, Scheduler, SeededRandom } from "../../../hal/mock/index.ts";
import { toHex } from "../../support/shared-data.ts";

/** The wire that these tests run on. */
export const suite = suites.cose;
export const meterEui: Eui64 = "00DB1234567890A0";
export const hubEui: Eui64 = "00DB1234567890A2";
export const startUtcS = 1_767_225_600; // 2026-01-01

/** A remote party as the tests play it. */
export interface TestParty {
  readonly role: Role;
  readonly eui: Eui64;
  readonly signer: Signer;
  readonly agreeSecret: Uint8Array;
  readonly agreePublic: Uint8Array;
}

const euiOf: Partial<Record<Role, Eui64>> = {
  root: "90B3D51F30FF0000",
  supplier: "90B3D51F30010000",
  networkOperator: "90B3D51F30020000",
  accessControlBroker: "90B3D51F30000002",
  transitionalCoS: "90B3D51F30000004",
  recovery: "90B3D51F30000001",
  wanProvider: "90B3D51F30000007",
  loadController: "90B3D51F30010008",
};

/** Deterministic keys for everyone, and certificates by the root. */
export class World {
  readonly crypto: Crypto;
  readonly random = new SeededRandom("devices");
  readonly root: TestParty;
  readonly parties: Readonly<Record<string, TestParty>>;
  /** The root's contingency key, and what opens it. */
  readonly contingency: {
    readonly signer: Signer;
    readonly symmetricKey: Uint8Array;
    readonly wrapped: Uint8Array;
  };

  constructor(crypto: Crypto = nodeCrypto()) {
    this.crypto = crypto;
    this.root = this.party("root", euiOf.root as Eui64);
    const roles = Object.keys(euiOf).filter((role) => role !== "root") as Role[];
    this.parties = Object.fromEntries(roles.map((role) => [role, this.party(role, euiOf[role] as Eui64)]));
    const signer = crypto.ed25519Signer(this.random.bytes(32));
    const symmetricKey = this.random.bytes(32);
    const wrapped = suite.contingency.wrap(crypto, symmetricKey, this.random.bytes(12), signer.publicKey);
    this.contingency = { signer, symmetricKey, wrapped };
  }

  party(role: Role, eui: Eui64): TestParty {
    const agreeSecret = this.random.bytes(32);
    const agreePublic = this.crypto.x25519PublicKey(agreeSecret);
    return { role, eui, signer: this.crypto.ed25519Signer(this.random.bytes(32)), agreeSecret, agreePublic };
  }

  of(role: Role): TestParty {
    return role === "root" ? this.root : (this.parties[role] as TestParty);
  }

  certificate(
    holder: TestParty,
    usage: CertificateClaims["usage"],
    over: Partial<CertificateClaims> = {},
  ): Uint8Array {
    const publicKey = usage === "agree" ? holder.agreePublic : holder.signer.publicKey;
    const claims: CertificateClaims = {
      subject: holder.eui,
      role: holder.role,
      usage,
      publicKey,
      notBeforeS: startUtcS - 86_400,
      notAfterS: startUtcS + 10 * 365 * 86_400,
      serial: Uint8Array.of(1),
      ...over,
    };
    return suite.certificates.issue(claims, this.root.signer, this.root.eui, this.crypto);
  }

  seed(cell: CellName): AnchorSeed {
    const holder = this.of(cell.role);
    return {
      cell,
      holder: holder.eui,
      publicKey: cell.usage === "agree" ? holder.agreePublic : holder.signer.publicKey,
      ...(cell.role === "root" && { contingency: this.contingency.wrapped }),
    };
  }

  identity(type: "ESME" | "CHF"): DeviceIdentity {
    const eui64 = type === "ESME" ? meterEui : hubEui;
    const seedOf = new SeededRandom(`device/${type}`);
    const signSeed = seedOf.bytes(32);
    const agreeSecret = seedOf.bytes(32);
    const device = {
      eui: eui64,
      signer: this.crypto.ed25519Signer(signSeed),
      agreePublic: this.crypto.x25519PublicKey(agreeSecret),
    };
    const certificate = (usage: "sign" | "agree") =>
      this.certificate({ ...device, role: "supplier", agreeSecret }, usage, {
        role: "device",
        notAfterS: undefined,
      });
    return {
      type,
      eui64,
      signSeed,
      agreeSecret,
      signCertificate: certificate("sign"),
      agreeCertificate: certificate("agree"),
      certificatePath: [],
      installCode: Uint8Array.from({ length: 18 }, (_, i) => i),
      firmwareVersion: Uint8Array.of(1, 2, 3, 4),
      anchors: cellsOf(type).map((cell) => this.seed(cell)),
    };
  }
}

export interface CommandOptions {
  readonly from?: Role | TestParty;
  readonly to?: Eui64;
  readonly counter?: bigint;
  readonly protection?: Protection;
  /** Plays a wrong key. */
  readonly signer?: Signer;
  readonly broker?: TestParty;
  readonly supplementary?: { readonly party: Eui64; readonly counter?: bigint };
}

/** Builds and reads messages as head end and ACB do. */
export class Desk {
  readonly world: World;
  readonly device: DeviceIdentity;
  readonly #macs = new Map<string, ContextMac>();
  #counter = 1000n;

  constructor(world: World, device: DeviceIdentity) {
    this.world = world;
    this.device = device;
  }

  get lastCounter(): bigint {
    return this.#counter;
  }

  command(code: number, operations: readonly Operation[], options: CommandOptions = {}): Uint8Array {
    const from = options.from ?? "supplier";
    const party = typeof from === "string" ? this.world.of(from) : from;
    const { to = this.device.eui64, counter = ++this.#counter, supplementary } = options;
    const header = {
      kind: Kind.command,
      code,
      originator: party.eui,
      target: to,
      counter,
      ...(supplementary && { supplementary }),
    };
    const message: Command = { header, operations };
    const protection = options.protection ?? this.#usual(code, party.role);
    let bytes = suite.wire.encode(message);
    const signer = options.signer ?? party.signer;
    if (protection !== "mac")
      bytes = suite.wire.sign(bytes, signer.sign, suite.keyId(this.world.crypto, signer.publicKey));
    if (protection !== "signature")
      bytes = this.#mac(bytes, header, party, to, options.broker ?? this.world.of("accessControlBroker"));
    return bytes;
  }

  #usual(code: number, role: Role): Protection {
    return (
      grantsFor(code, this.device.type).find((grant) => grant.role === role)?.protection ?? "signature+mac"
    );
  }

  #mac(bytes: Uint8Array, header: Header, party: TestParty, to: Eui64, broker: TestParty): Uint8Array {
    const { crypto } = this.world;
    const name = `${party.eui} ${to} ${toHex(broker.agreePublic)}`;
    let mac = this.#macs.get(name);
    if (mac === undefined) {
      const pair = { originator: euiBytes(party.eui), target: euiBytes(to) };
      mac = this.#shared(broker, (own, peer) => suite.macs(crypto, own, peer, pair)) as ContextMac;
      this.#macs.set(name, mac);
    }
    return suite.wire.protect(bytes, mac(header), suite.keyId(crypto, broker.agreePublic));
  }

  /** Verifies with the keys that `reader` has, and decodes. */
  read<T extends Response | Alert>(bytes: Uint8Array, reader: TestParty): T {
    const { crypto } = this.world;
    const envelope = suite.wire.peek(bytes);
    const signer = crypto.ed25519Signer(this.device.signSeed);
    const pair = { originator: euiBytes(this.device.eui64), target: euiBytes(reader.eui) };
    const mac = this.#shared(reader, (own, peer) => suite.macs(crypto, own, peer, pair));
    const authentic =
      envelope.protection === "signature"
        ? suite.wire.signatureValid(envelope, crypto.ed25519Verifier(signer.publicKey))
        : mac !== undefined && suite.wire.macValid(envelope, mac(envelope.header));
    if (!authentic) throw new Error(`not authentic (${envelope.protection})`);
    return suite.wire.decode(envelope) as T;
  }

  /** What `party` shares with the device. */
  #shared<T>(party: TestParty, make: (own: Agreement, peer: Uint8Array) => T): T {
    const { crypto } = this.world;
    const device = suite.agreement(crypto, this.device.agreeSecret);
    return make(suite.agreement(crypto, party.agreeSecret), device.publicKey);
  }

  hiddenOf(reader: TestParty) {
    const { crypto } = this.world;
    const pair = { originator: euiBytes(this.device.eui64), target: euiBytes(reader.eui) };
    return this.#shared(reader, (own, peer) => suite.hiddenValues(crypto, own, peer, pair));
  }
}

/** A link to the hub that the test holds in its hand, and the hub's end of block transfer. */
export class HandLink implements HanPort {
  /** Whole messages from the device. */
  readonly sent: Uint8Array[] = [];
  readonly #toDevice = new Set<Listener<HanMessage>>();
  readonly #toHub = new Set<Listener<HanMessage>>();
  /** What becomes of what is sent. */
  outcome: "delivered" | HanFailure = "delivered";
  hubTimeS: number | undefined;

  async send(_to: Eui64, bytes: Uint8Array, done: Listener<"delivered" | HanFailure>): Promise<void> {
    void done(this.outcome);
    if (this.outcome !== "delivered") return;
    for (const listener of this.#toHub) await listener({ from: meterEui, bytes });
  }
  onMessage(listener: Listener<HanMessage>) {
    this.#toDevice.add(listener);
    return () => this.#toDevice.delete(listener);
  }
  /** The other end: what it sends reaches the device, what the device sends comes into `sent`. */
  listen(scheduler: Scheduler): void {
    const hub: HanPort = {
      onMessage: (listener) => {
        this.#toHub.add(listener);
        return () => this.#toHub.delete(listener);
      },
      send: async (_to, bytes, done) => {
        for (const listener of this.#toDevice) await listener({ from: hubEui, bytes });
        void done("delivered");
      },
      readHubTime: (done) => this.readHubTime(done),
    };
    const blocks = new BlockTransfer(hub, (delayMs, action) => scheduler.after(delayMs, action));
    blocks.onMessage(({ bytes }) => void this.sent.push(bytes));
  }
  async readHubTime(done: Listener<number | undefined>): Promise<void> {
    void done(this.hubTimeS);
  }
}

export interface MeterRig {
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly board: MockBoard;
  readonly desk: Desk;
  readonly link: HandLink;
  readonly observations: Observation[];
  /** The running firmware; changes at {@link reboot}. */
  meter: ElectricityMeter;
  reboot(): Promise<void>;
  /** Has the meter handle `work` as of two seconds before virtual time `untilMs`: before what these bring. */
  meanwhile(work: () => Promise<unknown>, untilMs: number): Promise<void>;
  /** Lets the meter handle what it has posted to itself. */
  settle(): Promise<void>;
  /** Who may send the use case with this message code. */
  roles(code: number): readonly Role[];
  /** Messages the meter has sent since the last call. */
  take(): Uint8Array[];
}

/** A provisioned meter, booted, with its clock set, on a link held by the test. */
export async function meterRig(
  options: Partial<ElectricityMeterOptions> & { crypto?: Crypto; observing?: boolean } = {},
): Promise<MeterRig> {
  const world = new World(options.crypto);
  const scheduler = new Scheduler();
  const random = new SeededRandom(1);
  const board = new MockBoard({
    scheduler,
    random,
    id: "meter",
    startUtcMs: startUtcS * 1000,
    crypto: world.crypto,
    parts: { mains: true, metrology: true, loadSwitch: true, tamper: true, userInterface: true },
  });
  const identity = world.identity("ESME");
  board.powerOn();
  await provision(board, identity, suite);
  await board.clock.setRtcMs(startUtcS * 1000);
  const observations: Observation[] = [];
  const link = new HandLink();
  link.listen(scheduler);
  const observe =
    options.observing === false ? {} : { observe: (o: Observation) => void observations.push(o) };
  const boot = () =>
    ElectricityMeter.boot(board, { suite, ...observe, ...options, link: { han: link, hub: hubEui } });
  const rig: MeterRig = {
    world,
    scheduler,
    board,
    desk: new Desk(world, identity),
    link,
    observations,
    meter: await boot(),
    async reboot() {
      await rig.settle();
      board.powerOff();
      await rig.settle();
      board.powerOn();
      rig.meter = await boot();
    },
    async meanwhile(work, untilMs) {
      await scheduler.runUntil(untilMs - 2000);
      let release = () => {};
      const busy = new Promise<void>((resolve) => {
        release = resolve;
      });
      const held = rig.meter.device.event("busy", () => busy)(undefined);
      const done = work();
      const time = scheduler.runUntil(untilMs); // waits for the meter, which is busy
      for (let i = 0; i < 500; i++) await Promise.resolve();
      release();
      await Promise.all([held, done, time]);
      await rig.settle();
    },
    async settle() {
      for (let i = 0; i < 8; i++) await rig.meter.device.event("settle", async () => {})(undefined);
      for (let i = 0; i < 50; i++) await Promise.resolve();
    },
    roles: (code) => grantsFor(code, "ESME").map(({ role }) => role),
    take: () => link.sent.splice(0),
  };
  return rig;
}

/** Who may send a use case, and how. */
const grantsFor = (code: number, device: DeviceName) => {
  const useCase = useCaseByCode(code);
  return useCase === undefined ? [] : grantsOn(useCase, device);
};

export const op = (kind: Operation["kind"], object: number, member: number, value?: Value): Operation =>
  value === undefined ? { kind, object, member } : { kind, object, member, value };
