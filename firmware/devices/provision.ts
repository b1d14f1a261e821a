/**
 * What the factory writes into a device, and how the device reads it back. Factory data has its own flash
 * region, is written once, and never changes: trust anchors that change later live in the working journal.
 */
import { CodedError } from "../../hal/base/coded-error.ts";
import { euiBytes, euiText } from "../../hal/base/eui64.ts";
import type { Board, Crypto } from "../../hal/board.ts";
import { Journal, type JournalChange } from "../kernel/journal.ts";
import { type CellName, cellsOf, type DeviceName, deviceByFactoryNumber, devices } from "../model/index.ts";
import { type Anchor, anchorKey, decodeAnchor, encodeAnchor } from "../security/trust-anchors.ts";
import type { Eui64 } from "../wire/message.ts";
import type { EstablishmentCredential, Suite } from "../wire/suite.ts";
import { partitions } from "./partitions.ts";

/** One trust anchor as the factory loads it. */
export interface AnchorSeed {
  readonly cell: CellName;
  readonly holder: Eui64;
  readonly publicKey: Uint8Array;
  /** Of the root: its contingency key, wrapped as the suite does it. */
  readonly contingency?: Uint8Array;
}

/** A credential for key establishment, and the public key of the authority that its peers' must come from. */
export interface JoiningIdentity extends EstablishmentCredential {
  readonly authorityKey: Uint8Array;
}

/** All that makes one device this device and no other. */
export interface DeviceIdentity {
  readonly type: DeviceName;
  readonly eui64: Eui64;
  /** Secret of the suite's signer, 32 bytes. */
  readonly signSeed: Uint8Array;
  /** Secret of the suite's agreement, 32 bytes. */
  readonly agreeSecret: Uint8Array;
  /** For the two public keys. */
  readonly signCertificate: Uint8Array;
  readonly agreeCertificate: Uint8Array;
  /** Certificates between those and the root, leaf's issuer first; empty when the root signed them. */
  readonly certificatePath: readonly Uint8Array[];
  /** What it joins with, on wires that have credentials of their own for that. */
  readonly joining?: JoiningIdentity;
  /** 18 bytes as printed on the device: 16 code bytes and their CRC, low byte first. */
  readonly installCode: Uint8Array;
  /** 4 bytes, as ECS52 answers it. */
  readonly firmwareVersion: Uint8Array;
  /** One entry for every cell of `cellsOf(type)`. */
  readonly anchors: readonly AnchorSeed[];
}

const sizes = { signSeed: 32, agreeSecret: 32, installCode: 18, firmwareVersion: 4 } as const;
const maxCertificateBytes = 1200;
const maxPath = 4;

/**
 * Writes `identity` into the factory region of `board`'s flash.
 * Throws `devices/identity` (a field has the wrong size, a cell is missing, foreign or doubled) and
 * `devices/already-provisioned`; the flash is then as it was.
 */
export async function provision(board: Board, identity: DeviceIdentity, suite: Suite): Promise<void> {
  const changes = factoryRecords(identity, board, suite);
  const journal = await Journal.open(board.flash, partitions(board.flash.geometry).factory);
  if (journal.get("eui64") !== undefined)
    throw new CodedError(
      "devices/already-provisioned",
      `Provisioning of board ${board.id}: its factory region already holds device ` +
        `${euiText(journal.get("eui64") as Uint8Array)}. Erase the flash first.`,
      { board: board.id },
    );
  await journal.commit(changes);
}

/** Reads the factory region. Throws `devices/not-provisioned` when it is blank, `devices/unknown-type`. */
export async function readIdentity(board: Board): Promise<DeviceIdentity> {
  const journal = await Journal.open(board.flash, partitions(board.flash.geometry).factory);
  const field = (key: string): Uint8Array => {
    const value = journal.get(key);
    if (value === undefined)
      throw new CodedError(
        "devices/not-provisioned",
        `Boot of board ${board.id}: the factory region holds no ${key}. Call provision() before boot().`,
        { board: board.id, key },
      );
    return value;
  };
  return {
    type: typeOf(field("type")[0], board),
    eui64: euiText(field("eui64")),
    signSeed: field("signSeed"),
    agreeSecret: field("agreeSecret"),
    signCertificate: field("signCertificate"),
    agreeCertificate: field("agreeCertificate"),
    certificatePath: journal.keys("path/").map(field),
    ...(journal.get("join/secret") !== undefined && {
      joining: {
        certificate: field("join/certificate"),
        secret: field("join/secret"),
        authorityKey: field("join/authority"),
      },
    }),
    installCode: field("installCode"),
    firmwareVersion: field("firmwareVersion"),
    anchors: journal.keys("anchor/").map((key) => {
      const { keyId: _, ...seed } = decodeAnchor(key, field(key));
      return seed;
    }),
  };
}

function typeOf(number: number | undefined, board: Board): DeviceName {
  const type = number === undefined ? undefined : deviceByFactoryNumber(number);
  if (type !== undefined) return type;
  throw new CodedError(
    "devices/unknown-type",
    `Boot of board ${board.id}: its factory region names device type ${number}, which there is none of. ` +
      "Provision it with the firmware that it is for.",
    { board: board.id, number },
  );
}

function factoryRecords(identity: DeviceIdentity, board: Board, suite: Suite): JournalChange[] {
  checkSizes(identity);
  if (suite.keyEstablishment.credentials !== undefined && identity.joining === undefined)
    throw wrong(identity, "joining", `a credential for ${suite.keyEstablishment.name}`, "none");
  checkCells(identity, board.crypto, suite);
  const anchors: Anchor[] = identity.anchors.map((seed) => ({
    ...seed,
    keyId: suite.keyId(board.crypto, seed.publicKey),
  }));
  return [
    { key: "type", value: Uint8Array.of(devices[identity.type].factoryNumber) },
    { key: "eui64", value: euiBytes(identity.eui64) },
    { key: "signSeed", value: identity.signSeed },
    { key: "agreeSecret", value: identity.agreeSecret },
    { key: "signCertificate", value: identity.signCertificate },
    { key: "agreeCertificate", value: identity.agreeCertificate },
    ...identity.certificatePath.map((value, i) => ({ key: `path/${i}`, value })),
    ...joiningRecords(identity),
    { key: "installCode", value: identity.installCode },
    { key: "firmwareVersion", value: identity.firmwareVersion },
    ...anchors.map((anchor) => ({ key: anchorKey(anchor.cell), value: encodeAnchor(anchor) })),
  ];
}

function joiningRecords({ joining }: DeviceIdentity): JournalChange[] {
  if (joining === undefined) return [];
  return [
    { key: "join/certificate", value: joining.certificate },
    { key: "join/secret", value: joining.secret },
    { key: "join/authority", value: joining.authorityKey },
  ];
}

function checkSizes(identity: DeviceIdentity): void {
  for (const [name, bytes] of Object.entries(sizes) as [keyof typeof sizes, number][])
    if (identity[name].length !== bytes) throw wrong(identity, name, `${bytes} bytes`, identity[name].length);
  for (const name of ["signCertificate", "agreeCertificate"] as const)
    if (identity[name].length === 0 || identity[name].length > maxCertificateBytes)
      throw wrong(identity, name, `1 to ${maxCertificateBytes} bytes`, identity[name].length);
  if (identity.certificatePath.length > maxPath)
    throw wrong(
      identity,
      "certificatePath",
      `at most ${maxPath} certificates`,
      identity.certificatePath.length,
    );
}

function checkCells(identity: DeviceIdentity, crypto: Crypto, suite: Suite): void {
  const wanted = cellsOf(identity.type).map(anchorKey).sort();
  const got = identity.anchors.map(({ cell }) => anchorKey(cell)).sort();
  if (wanted.join() !== got.join()) throw wrong(identity, "anchors", wanted.join(" "), got.join(" "));
  const { wrappedKeyBytes } = suite.contingency;
  for (const { cell, publicKey, contingency } of identity.anchors) {
    if (contingency !== undefined && (cell.role !== "root" || contingency.length !== wrappedKeyBytes))
      throw wrong(identity, anchorKey(cell), `${wrappedKeyBytes} bytes of a root's`, contingency.length);
    if (!suite.keyUsable(crypto, cell.usage, publicKey)) {
      const { publicKeyBytes } = suite;
      const got =
        publicKey.length === publicKeyBytes ? "one that can verify or agree nothing" : publicKey.length;
      throw wrong(identity, anchorKey(cell), `a key of ${publicKeyBytes} bytes`, got);
    }
  }
}

function wrong(identity: DeviceIdentity, field: string, expected: string, got: unknown): CodedError {
  return new CodedError(
    "devices/identity",
    `Identity of ${identity.type} ${identity.eui64}, ${field}: expected ${expected}, got ${String(got)}.`,
    { field },
  );
}
