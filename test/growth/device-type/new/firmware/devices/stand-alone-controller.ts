/** The stand-alone auxiliary proportional controller (SAPC), as far as the features that there are carry it. */
import { clockFeature } from "../features/clock/feature.ts";
import { Credentials } from "../features/credentials/feature.ts";
import { firmwareVersionFeature } from "../features/firmware-version/feature.ts";
import { logsFeature } from "../features/logs/feature.ts";
import { tamperFeature } from "../features/tamper/feature.ts";
import type { DeviceCore } from "./core.ts";
import { HomeLink } from "./home-link.ts";

export const standAloneController: DeviceCore<HomeLink> = {
  link: (_board, options) => new HomeLink(options.link),
  features: (device, link) => [
    new Credentials(device, device.identity.type, device.anchors, device.counters),
    clockFeature(device, {
      hubTimeS: () => link.hubTimeS(),
      afterSet: () => link.commissioning.reached("clock-set"),
    }),
    firmwareVersionFeature(device, device.identity.firmwareVersion),
    logsFeature(device),
    tamperFeature(device),
  ],
};
