/** The stand-alone auxiliary proportional controller (SAPC): a meter's auxiliary control without the meter. */
import { auxiliaryFeature, openAuxiliaryLogs } from "../features/auxiliary/feature.ts";
import { clockFeature } from "../features/clock/feature.ts";
import type { Feature } from "../features/feature.ts";
import { logsFeature } from "../features/logs/feature.ts";
import { tamperFeature } from "../features/tamper/feature.ts";
import { commonFeatures, joins } from "./common-features.ts";
import type { DeviceCore } from "./core.ts";
import type { Device } from "./device.ts";
import { HomeLink } from "./home-link.ts";

export const standAloneController: DeviceCore<HomeLink> = {
  link: (_board, options) => new HomeLink(options.link),
  features: controllerFeatures,
};

async function controllerFeatures(device: Device, link: HomeLink): Promise<Feature[]> {
  const { futureDated, settings } = device;
  const logs = await openAuxiliaryLogs(device.journal);
  const auxiliary = auxiliaryFeature(device, { futureDated, logs, settings });
  const clock = clockFeature(device, {
    hubTimeS: () => link.hubTimeS(),
    async afterSet() {
      await auxiliary.timeChanged();
      await link.commissioning.reached("clock-set");
    },
  });
  return [
    ...commonFeatures(device),
    joins(device),
    clock,
    logsFeature(device),
    tamperFeature(device),
    auxiliary,
  ];
}
