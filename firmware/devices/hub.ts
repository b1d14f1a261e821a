/** The communications hub (CHF): its own commands, and the way between WAN and home. */

import { deviceLogFeature } from "../features/device-log/feature.ts";
import type { Feature } from "../features/feature.ts";
import { hubOutageFeature } from "../features/hub-outage/feature.ts";
import { identityFeature } from "../features/identity/feature.ts";
import { logsFeature } from "../features/logs/feature.ts";
import { subGhzFeature } from "../features/sub-ghz/feature.ts";
import { EventLog } from "../kernel/event-log.ts";
import { commonFeatures } from "./common-features.ts";
import type { DeviceCore } from "./core.ts";
import type { Device } from "./device.ts";
import { HubLink } from "./hub-link.ts";

export const communicationsHub: DeviceCore<HubLink> = {
  link: (board) => new HubLink(board.modem),
  features: hubFeatures,
};

async function hubFeatures(device: Device, link: HubLink): Promise<Feature[]> {
  const { identity, settings } = device;
  const channelLog = await EventLog.open(device.journal, "channel-log/");
  const subGhz = subGhzFeature(device, channelLog, settings);
  link.dropsFor((target, message) => subGhz.drops(target, message));
  return [
    ...commonFeatures(device),
    identityFeature(device, { eui64: identity.eui64, plate: settings }),
    subGhz,
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
