/**
 * Keys of a device as the DCC follows them (CS02d). A certificate on its way may count from the moment it arrives, and what
 * the device sealed before still comes in: so messages under either key are believed, and what is sent is for the one
 * that the device has said it took.
 */
import type { Command, OperationResult } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { hasCode } from "../../hal/base/coded-error.ts";
import type { KnownDevice } from "./known-device.ts";

/** Keys besides those in force that are believed, of each usage. */
const othersKept = 4;

interface Carried {
  readonly usage: "sign" | "agree";
  readonly publicKey: Uint8Array;
}

/** The command may put its certificate in force. */
export function expectKey(device: KnownDevice, command: Command, suite: Suite): void {
  const carried = carriedBy(command, suite);
  if (carried !== undefined) believe(device, carried);
}

/** The device has answered it: by 0, it did. */
export function takeKey(
  device: KnownDevice,
  command: Command,
  [result]: readonly OperationResult[],
  suite: Suite,
): void {
  const carried = carriedBy(command, suite);
  if (carried === undefined || result?.value !== 0) return;
  const field = carried.usage === "sign" ? "signPublicKey" : "agreePublicKey";
  believe(device, { usage: carried.usage, publicKey: device[field] });
  device[field] = carried.publicKey;
}

/** Every key of `usage` that the device may have used, the one in force first. */
export const keysOf = (device: KnownDevice, usage: Carried["usage"]): readonly Uint8Array[] => [
  usage === "sign" ? device.signPublicKey : device.agreePublicKey,
  ...(device.otherKeys?.[usage] ?? []),
];

function believe(device: KnownDevice, { usage, publicKey }: Carried): void {
  const others = device.otherKeys?.[usage] ?? [];
  device.otherKeys = { ...device.otherKeys, [usage]: [publicKey, ...others].slice(0, othersKept) };
}

function carriedBy({ operations }: Command, { certificates }: Suite): Carried | undefined {
  const [operation] = operations;
  if (!(operation?.value instanceof Uint8Array)) return undefined;
  try {
    const { usage, publicKey } = certificates.read(operation.value);
    return usage === "certify" ? undefined : { usage, publicKey };
  } catch (error) {
    if (hasCode(error, "certificate")) return undefined;
    throw error;
  }
}
