/** Everyone who speaks to a device in tests: deterministic keys, certificates by one root, and what a factory writes. */
import type { ModelledDevice } from "../../firmware/devices/boot.ts";
import type { AnchorSeed, DeviceIdentity } from "../../firmware/devices/provision.ts";
import { type CellName, cellsOf, type Role } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { CertificateClaims } from "../../firmware/wire/suite.ts";
import { suites } from "../../firmware/wire/suites.ts";
import type { Crypto, Signer } from "../../hal/board.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import { SeededRandom } from "../../hal/mock/index.ts";
import { standardDevice } from "../../harness/premises/device-specs.ts";

/** The wire that these tests run on. */
export const suite = suites.cose;
export const meterEui: Eui64 = standardDevice("ESME").eui;
export const hubEui: Eui64 = standardDevice("CHF").eui;
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

  identity(type: ModelledDevice): DeviceIdentity {
    const { eui: eui64 } = standardDevice(type);
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
