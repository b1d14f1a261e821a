/** Builds commands for a device and reads its answers, as head end and ACB do. */
import type { DeviceIdentity } from "../../firmware/devices/provision.ts";
import { type DeviceName, grantsOn, type Role, useCaseByCode } from "../../firmware/model/index.ts";
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
} from "../../firmware/wire/message.ts";
import type { Agreement, ContextMac } from "../../firmware/wire/suite.ts";
import { euiBytes } from "../../hal/base/eui64.ts";
import type { Signer } from "../../hal/board.ts";
import { toHex } from "./shared-data.ts";
import { suite, type TestParty, type World } from "./world.ts";

export const op = (kind: Operation["kind"], object: number, member: number, value?: Value): Operation =>
  value === undefined ? { kind, object, member } : { kind, object, member, value };

/** Who may send a use case, and how. */
export const grantsFor = (code: number, device: DeviceName) => {
  const useCase = useCaseByCode(code);
  return useCase === undefined ? [] : grantsOn(useCase, device);
};

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
    const grants = grantsFor(code, this.device.type);
    return grants.find((grant) => grant.role === role)?.protection ?? "signature+mac";
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
