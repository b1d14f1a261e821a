/** The stand-alone auxiliary proportional controller (SAPC), as far as the features that there are carry it. */
import { clockFeature } from "../features/clock/feature.ts";
import { logsFeature } from "../features/logs/feature.ts";
import { tamperFeature } from "../features/tamper/feature.ts";
import { commonFeatures } from "./common-features.ts";
import type { DeviceCore } from "./core.ts";
import { HomeLink } from "./home-link.ts";

export const standAloneController: DeviceCore<HomeLink> = {
  link: (_board, options) => new HomeLink(options.link),
  features: (device, link) => [
    ...commonFeatures(device),
    clockFeature(device, {
      hubTimeS: () => link.hubTimeS(),
      afterSet: () => link.commissioning.reached("clock-set"),
    }),
    logsFeature(device),
    tamperFeature(device),
  ],
};
