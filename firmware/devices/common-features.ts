/** What devices of all types have: trust anchors, certificates of their own, joins, firmware. */
import { hasCode } from "../../hal/base/coded-error.ts";
import { activationFeature } from "../features/activation/feature.ts";
import { Credentials } from "../features/credentials/feature.ts";
import type { Feature } from "../features/feature.ts";
import { type JoinsFeature, joinsFeature } from "../features/joins/feature.ts";
import type { JoinOutcome } from "../features/joins/machine.ts";
import { ownCredentialsFeature } from "../features/own-credentials/feature.ts";
import type { Eui64 } from "../wire/message.ts";
import type { Device } from "./device.ts";

/** In the order in which they start, before a device's own. */
export function commonFeatures(device: Device): Feature[] {
  const { identity, settings } = device;
  return [
    new Credentials(device, identity.type, device.anchors, device.counters, settings),
    ownCredentials(device),
    activationFeature(device, device.images, identity.firmwareVersion),
  ];
}

/** For devices that may be joined to others of their home. */
export const joins = (device: Device): JoinsFeature =>
  joinsFeature(device, {
    capacity: device.settings.joinCapacity,
    certificateFault: (certificate, peer) => certificateFault(device, certificate, peer),
  });

function ownCredentials(device: Device): Feature {
  const { suite, identity, keys, anchors, settings } = device;
  return ownCredentialsFeature(device, {
    suite,
    keys,
    eui64: identity.eui64,
    path: identity.certificatePath,
    root: () => rootOf(device),
    timeChecks: settings.certificateTimeChecks,
    agreementChanged: () => anchors.renew(),
  });
}

const rootOf = ({ anchors }: Device): Uint8Array | undefined =>
  anchors.cell({ role: "root", usage: "certify", cellUsage: "management" })?.publicKey;

/** Is it the certificate to agree with of a device `peer`, by the root of this one? */
function certificateFault(device: Device, bytes: Uint8Array, peer: Eui64): JoinOutcome | undefined {
  const { suite, board, identity, settings } = device;
  const nowS = settings.certificateTimeChecks && device.timeIsSet() ? device.nowS() : undefined;
  const root = { publicKey: rootOf(device) ?? new Uint8Array() };
  try {
    const { verifyChain } = suite.certificates;
    const { subject, usage } = verifyChain(bytes, identity.certificatePath, root, nowS, board.crypto);
    return subject === peer && usage === "agree" ? undefined : "noCertificate";
  } catch (error) {
    if (hasCode(error, "certificate/wrong-issuer")) return "unknownIssuer";
    if (hasCode(error, "certificate")) return "noCertificate";
    throw error;
  }
}
