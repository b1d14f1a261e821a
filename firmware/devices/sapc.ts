/** The stand-alone auxiliary proportional controller (SAPC): a meter's auxiliary control without the meter. */
import { auxiliaryFeature, openAuxiliaryLogs } from "../features/auxiliary/feature.ts";
import { clockFeature } from "../features/clock/feature.ts";
import { Credentials } from "../features/credentials/feature.ts";
import type { Feature } from "../features/feature.ts";
import { firmwareVersionFeature } from "../features/firmware-version/feature.ts";
import { logsFeature } from "../features/logs/feature.ts";
import { tamperFeature } from "../features/tamper/feature.ts";
import type { DeviceCore } from "./core.ts";
import type { Device } from "./device.ts";
import { HomeLink } from "./home-link.ts";

export const standAloneController: DeviceCore<HomeLink> = {
  link: (_board, options) => new HomeLink(options.link),
  features: controllerFeatures,
};

async function controllerFeatures(device: Device, link: HomeLink): Promise<Feature[]> {
  const { futureDated, settings, identity } = device;
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
    new Credentials(device, identity.type, device.anchors, device.counters),
    clock,
    firmwareVersionFeature(device, identity.firmwareVersion),
    logsFeature(device),
    tamperFeature(device),
    auxiliary,
  ];
}
