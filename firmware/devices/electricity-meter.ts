/** The electricity meter (ESME). */
import { clockFeature } from "../features/clock/feature.ts";
import { Credentials } from "../features/credentials/feature.ts";
import type { Feature } from "../features/feature.ts";
import { firmwareVersionFeature } from "../features/firmware-version/feature.ts";
import { loadLimitFeature } from "../features/load-limit/feature.ts";
import { logsFeature } from "../features/logs/feature.ts";
import { meteringFeature, profileRecord } from "../features/metering/feature.ts";
import { meterOutageFeature } from "../features/outage/feature.ts";
import { offsetNumber, randomisedOffsetFeature } from "../features/randomised-offset/feature.ts";
import { supplyFeature } from "../features/supply/feature.ts";
import { tamperFeature } from "../features/tamper/feature.ts";
import { tariffFeature } from "../features/tariff/feature.ts";
import { averageVoltageRecord, voltageFeature } from "../features/voltage/feature.ts";
import { RecordLog } from "../kernel/record-log.ts";
import type { DeviceCore } from "./core.ts";
import type { Device } from "./device.ts";
import { HomeLink } from "./home-link.ts";

export const electricityMeter: DeviceCore<HomeLink> = {
  link: (_board, options) => new HomeLink(options.link),
  features: meterFeatures,
};

async function meterFeatures(device: Device, link: HomeLink): Promise<Feature[]> {
  const { futureDated, board, partitions, settings, identity } = device;
  const averages = await RecordLog.open(board.flash, partitions.voltageLog, averageVoltageRecord);
  const profile = await RecordLog.open(board.flash, partitions.profileLog, profileRecord);
  const supply = supplyFeature(device, { pending: () => device.counters.pending() });
  const voltage = voltageFeature(device, { averages });
  const offset = randomisedOffsetFeature(device, {
    number: offsetNumber(board.crypto.sha256(device.signer.publicKey)),
    limitS: settings.randomisedOffsetLimitS,
  });
  const tariff = tariffFeature(device, { futureDated, offset });
  const metering = meteringFeature(device, { profile, tariff });
  const clock = clockFeature(device, {
    hubTimeS: () => link.hubTimeS(),
    async afterSet() {
      await voltage.timeChanged();
      await metering.timeChanged();
      await link.commissioning.reached("clock-set");
    },
  });
  return [
    new Credentials(device, identity.type, device.anchors, device.counters),
    clock,
    firmwareVersionFeature(identity.firmwareVersion),
    logsFeature(device),
    supply,
    loadLimitFeature(device, { futureDated, supply }),
    tamperFeature(device, {
      opened: async () => {
        if (settings.lockSupplyOnTamper) await supply.tamperLock();
      },
    }),
    voltage,
    offset,
    tariff,
    metering,
    meterOutageFeature(device, { longOutageS: settings.longOutageS, settleMs: settings.outageSettleMs }),
  ];
}
