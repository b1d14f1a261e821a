/** The keys that decrypt a capture of a home's radio traffic. */
import { CommunicationsHub } from "../../firmware/devices/hub.ts";
import { toHex } from "../../hal/base/hex.ts";
import type { CaptureKey } from "./captures.ts";
import type { Firmware } from "./home-device.ts";

/** Adds to `keys` those that the hub holds now; each once. */
export function addCaptureKeys(hub: Firmware | undefined, keys: CaptureKey[]): void {
  if (!(hub instanceof CommunicationsHub)) return;
  const { panId, networkKey, devices } = hub.han.captureKeys();
  const add = (kind: CaptureKey["kind"], key: Uint8Array | undefined, label: string) => {
    if (key !== undefined && !keys.some((known) => toHex(known.key) === toHex(key)))
      keys.push({ kind, key: key.slice(), panId, label });
  };
  add("network", networkKey, "network key");
  for (const device of devices) {
    add("link", device.installKey, `install code key of ${device.eui64}`);
    add("link", device.linkKey, `link key of ${device.eui64}`);
  }
}
