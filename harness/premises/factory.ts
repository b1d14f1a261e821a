/** What a factory does: a board with the parts that a device type needs, and identity, keys and first trust anchors in its flash. */
import type { ModelledDevice } from "../../firmware/devices/boot.ts";
import { type AnchorSeed, provision } from "../../firmware/devices/provision.ts";
import { cellsOf, devices } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { fromHex } from "../../hal/base/hex.ts";
import type { Board } from "../../hal/board.ts";
import {
  hubMains,
  type LoadProfile,
  type MainsSettings,
  MockBoard,
  type MockBoardOptions,
  meterMains,
} from "../../hal/mock/index.ts";
import type { KnownDevice } from "../headend/known-device.ts";
import type { Party, PartyName } from "../headend/parties.ts";
import type { DeviceKeys, TestPki } from "../headend/pki.ts";

export interface DeviceBoardOptions extends Omit<MockBoardOptions, "parts" | "eui64"> {
  readonly type: ModelledDevice;
  readonly eui: Eui64;
  readonly mains?: Partial<MainsSettings> | undefined;
  /** What a meter meters; default: nothing. */
  readonly load?: LoadProfile;
  /** 2: the meter counts a second circuit apart. Default 1. */
  readonly elementCount?: 1 | 2 | undefined;
}

/** What supplies a device type, when nobody says otherwise. */
export const mainsOf = (type: ModelledDevice): MainsSettings =>
  devices[type].board === "hub" ? hubMains : meterMains;

/** A simulated board with what `type` needs; radio and modem where there is an ether and a WAN to be on. */
export function deviceBoard(options: DeviceBoardOptions): MockBoard {
  const { type, eui, mains, load, elementCount = 1, ether, wan, ...rest } = options;
  const { parts } = devices[type];
  return new MockBoard({
    ...rest,
    parts: {
      imageFlash: true,
      ...(devices[type].board === "hub" && { subGhz: true }),
      mains: { ...mainsOf(type), ...mains },
      ...(parts.includes("metrology") && { metrology: { elementCount, ...(load && { profile: load }) } }),
      ...(parts.includes("loadSwitch") && { loadSwitch: true }),
      ...(parts.includes("auxiliary") && { auxiliary: true }),
      ...(parts.includes("tamper") && { tamper: true, supervisor: true }),
      ...(parts.includes("userInterface") && { userInterface: true }),
    },
    ...(ether && parts.includes("radio") && { ether, eui64: fromHex(eui) }),
    ...(wan && parts.includes("modem") && { wan }),
  });
}

export interface Making {
  readonly type: ModelledDevice;
  readonly eui: Eui64;
  readonly keys: DeviceKeys;
  /** As printed: 16 bytes and their CRC. */
  readonly printedCode: Uint8Array;
  /** Whom the device is to believe. */
  readonly pki: TestPki;
  readonly suite: Suite;
}

/** The version that devices are made with. */
export const factoryFirmware = Uint8Array.of(0, 1, 0, 0);

/** Writes the factory region of a board, which must have power. Throws as `provision`. */
export async function manufacture(board: Board, making: Making): Promise<void> {
  const { type, eui, keys, printedCode, pki, suite } = making;
  const identity = {
    type,
    eui64: eui,
    signSeed: keys.signSeed,
    agreeSecret: keys.agree.secret,
    signCertificate: keys.sign.certificate,
    agreeCertificate: keys.agree.certificate,
    certificatePath: [pki.issuingCertificate],
    ...(keys.joining && { joining: keys.joining }),
    installCode: printedCode,
    firmwareVersion: factoryFirmware,
    anchors: factoryAnchors(type, pki),
  };
  await provision(board, identity, suite);
}

/** What the head end is told of a new device: its public keys, and the parties whose keys it holds. */
export const knownDevice = (
  type: ModelledDevice,
  eui: Eui64,
  { sign, agree }: Pick<DeviceKeys, "sign" | "agree">,
  isTwin = false,
): KnownDevice => ({
  ...{ type, eui, isTwin, parties: partiesOf(type) },
  signPublicKey: sign.signer.publicKey,
  agreePublicKey: agree.publicKey,
});

function partiesOf(type: ModelledDevice): Set<PartyName> {
  const roles = new Set<string>(cellsOf(type).map((cell) => cell.role));
  roles.delete("root");
  return new Set([...roles] as PartyName[]);
}

/** The trust anchors that the factory loads into a device of `type`. */
function factoryAnchors(type: ModelledDevice, pki: TestPki): AnchorSeed[] {
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
