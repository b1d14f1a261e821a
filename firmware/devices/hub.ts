/** The communications hub (CHF): its own commands, and the way between WAN and home. */

import { Credentials } from "../features/credentials/feature.ts";
import { deviceLogFeature } from "../features/device-log/feature.ts";
import type { Feature } from "../features/feature.ts";
import { firmwareVersionFeature } from "../features/firmware-version/feature.ts";
import { hubOutageFeature } from "../features/hub-outage/feature.ts";
import { logsFeature } from "../features/logs/feature.ts";
import type { DeviceCore } from "./core.ts";
import type { Device } from "./device.ts";
import { HubLink } from "./hub-link.ts";

export const communicationsHub: DeviceCore<HubLink> = {
  link: (board) => new HubLink(board.modem),
  features: hubFeatures,
};

function hubFeatures(device: Device, link: HubLink): Feature[] {
  const { identity, settings } = device;
  return [
    new Credentials(device, identity.type, device.anchors, device.counters),
    firmwareVersionFeature(device, identity.firmwareVersion),
    logsFeature(device),
    deviceLogFeature(device, link.han, settings),
    hubOutageFeature(device, {
      settings: {
        longOutageS: settings.longOutageS,
        outageAlertAfterMs: 1000 * settings.longOutageS,
        settleMs: settings.outageSettleMs,
      },
      sendNow: async (alert, done) =>
        link.sendNow(
          await device.sealOnce(alert),
          (delivered) => void done(delivered ? "delivered" : "failed"),
        ),
    }),
  ];
}
