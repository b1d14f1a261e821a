/** The keys that decrypt a capture of a home's radio traffic. */
import { HubLink } from "../../firmware/devices/hub-link.ts";
import { toHex } from "../../hal/base/hex.ts";
import type { CaptureKey } from "./captures.ts";
import type { HomeDevice } from "./home-device.ts";

/** Adds to `keys` those that a home's hub holds now; each once. */
export function addCaptureKeys(home: readonly HomeDevice[], keys: CaptureKey[]): void {
  for (const { firmware } of home) if (firmware?.link instanceof HubLink) addKeysOf(firmware.link, keys);
}

function addKeysOf({ han }: HubLink, keys: CaptureKey[]): void {
  const { panId, networkKey, devices } = han.captureKeys();
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
