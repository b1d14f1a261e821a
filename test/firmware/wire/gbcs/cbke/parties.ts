/** An authority made on the spot, a hub and a device that it certified, and a run of the session between them. */
import {
  type Authority,
  type ImplicitClaims,
  issueCertificate,
  KeyUse,
  privateKeyOf,
} from "../../../../../firmware/wire/gbcs/cbke/certificate.ts";
import * as curve from "../../../../../firmware/wire/gbcs/cbke/curve.ts";
import { cbkeEstablishment } from "../../../../../firmware/wire/gbcs/cbke/establishment.ts";
import { implicitSigner } from "../../../../../firmware/wire/gbcs/cbke/mqv.ts";
import type {
  EstablishmentCommand,
  EstablishmentOptions,
  EstablishmentStep,
} from "../../../../../firmware/wire/suite.ts";
import { nodeCrypto } from "../../../../../hal/crypto/index.ts";
import { SeededRandom } from "../../../../../hal/mock/index.ts";

export const crypto = nodeCrypto();
export const NOW_S = 1_700_000_000;
export const HUB = "00DB1234567890A0";
export const DEVICE = "00DB1234567890A1";

export interface Party {
  readonly name: string;
  readonly options: EstablishmentOptions;
}

/** An authority and its public key, from a seed. */
export function authorityOf(
  seed: string,
  name = "90B3D51F30000001",
): Authority & { point: curve.FinitePoint } {
  const secret = curve.scalarFrom(new SeededRandom(seed).bytes(curve.SEED_BYTES));
  return { name, secret, point: curve.multiply(secret, curve.BASE)! };
}

export function partyOf(
  seed: string,
  name: string,
  authority = authorityOf("authority"),
  changes: Partial<ImplicitClaims> = {},
): Party {
  const random = new SeededRandom(seed);
  const claims = {
    serial: 7n,
    subject: name,
    notBeforeS: NOW_S - 86_400,
    notAfterS: undefined,
    use: KeyUse.sign | KeyUse.agree,
    ...changes,
  };
  const request = curve.scalarFrom(random.bytes(curve.SEED_BYTES));
  const point = curve.multiply(request, curve.BASE)!;
  const issued = issueCertificate(crypto, authority, claims, point, random.bytes(curve.SEED_BYTES));
  const signer = implicitSigner(privateKeyOf(crypto, issued, request, authority.point));
  const options: EstablishmentOptions = {
    board: { crypto, entropy: { bytes: (length) => random.bytes(length) } },
    credential: { certificate: issued.certificate, signer },
    trustRoot: { publicKey: curve.encodePoint(authority.point) },
    nowS: () => NOW_S,
  };
  return { name, options };
}

/** Each command in turn, device's first: 0 and 1 initiate, 2 and 3 ephemeral, 4 and 5 confirm. */
export type OnTheWay = (index: number, command: EstablishmentCommand) => EstablishmentCommand;

export interface Outcome {
  readonly sent: readonly EstablishmentCommand[];
  readonly device: EstablishmentStep;
  readonly hub: EstablishmentStep | undefined;
}

/** Runs a session until nobody has anything to say; `onTheWay` may change what passes. */
export async function run(device: Party, hub: Party, onTheWay: OnTheWay = (_, c) => c): Promise<Outcome> {
  const sent: EstablishmentCommand[] = [];
  let devices = await cbkeEstablishment.begin(device.options, hub.name);
  let hubs: EstablishmentStep | undefined;
  let next = devices.send;
  for (let index = 0; next !== undefined && index < 10; index++) {
    const command = onTheWay(index, next);
    sent.push(command);
    if (index % 2 === 0) {
      hubs = await cbkeEstablishment.proceed(hub.options, device.name, hubs?.state, command);
      next = hubs.send;
    } else {
      devices = await cbkeEstablishment.proceed(device.options, hub.name, devices.state, command);
      next = devices.send;
    }
  }
  return { sent, device: devices, hub: hubs };
}

export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = bytes.slice();
  changed[bit >>> 3]! ^= 1 << (bit & 7);
  return changed;
}
