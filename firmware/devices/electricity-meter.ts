/** The electricity meter (ESME). */
import { auxiliaryFeature, openAuxiliaryLogs } from "../features/auxiliary/feature.ts";
import { billingFeature } from "../features/billing/feature.ts";
import { clockFeature } from "../features/clock/feature.ts";
import { demandFeature } from "../features/demand/feature.ts";
import type { Feature } from "../features/feature.ts";
import { loadLimitFeature } from "../features/load-limit/feature.ts";
import { logsFeature } from "../features/logs/feature.ts";
import { meteringFeature, meteringLogs } from "../features/metering/feature.ts";
import { meterOutageFeature } from "../features/outage/feature.ts";
import { paymentFeature } from "../features/payment/feature.ts";
import {
  offsetNumber,
  type RandomisedOffsetFeature,
  randomisedOffsetFeature,
} from "../features/randomised-offset/feature.ts";
import { type SupplyFeature, supplyFeature } from "../features/supply/feature.ts";
import { tamperFeature } from "../features/tamper/feature.ts";
import { tariffFeature } from "../features/tariff/feature.ts";
import { tenancyFeature } from "../features/tenancy/feature.ts";
import { topUpFeature } from "../features/topup/feature.ts";
import { averageVoltageRecord, voltageFeature } from "../features/voltage/feature.ts";
import { RecordLog } from "../kernel/record-log.ts";
import { commonFeatures, joins } from "./common-features.ts";
import type { DeviceCore } from "./core.ts";
import type { Device } from "./device.ts";
import { HomeLink } from "./home-link.ts";
import { tokenIssuer } from "./token-issuer.ts";

export const electricityMeter: DeviceCore<HomeLink> = {
  link: (_board, options) => new HomeLink(options.link),
  features: meterFeatures,
};

async function meterFeatures(device: Device, link: HomeLink): Promise<Feature[]> {
  const { futureDated, board, partitions, settings, identity } = device;
  const logs = await openAuxiliaryLogs(device.journal);
  const averages = await RecordLog.open(board.flash, partitions.voltageLog, averageVoltageRecord);
  const supply = supplyFeature(device, { pending: () => device.counters.pending() });
  const voltage = voltageFeature(device, { averages });
  const offset = randomisedOffsetFeature(device, {
    number: offsetNumber(board.crypto.sha256(device.suite.signer(board.crypto, identity.signSeed).publicKey)),
    limitS: settings.randomisedOffsetLimitS,
  });
  const energy = await energyFeatures(device, supply, offset);
  const auxiliary = auxiliaryFeature(device, { futureDated, logs, settings, offset });
  const clock = clockFeature(device, {
    hubTimeS: () => link.hubTimeS(),
    async afterSet() {
      await voltage.timeChanged();
      await energy.timeChanged();
      await auxiliary.timeChanged();
      await link.commissioning.reached("clock-set");
    },
  });
  return [
    ...commonFeatures(device),
    joins(device),
    clock,
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
    ...energy.features,
    auxiliary,
    meterOutageFeature(device, { longOutageS: settings.longOutageS, settleMs: settings.outageSettleMs }),
  ];
}

/** What is metered, and what is made of it: each after what it hears of. */
async function energyFeatures(device: Device, supply: SupplyFeature, offset: RandomisedOffsetFeature) {
  const { futureDated, board, partitions, settings } = device;
  const tariff = tariffFeature(device, { futureDated, offset });
  const metering = meteringFeature(device, { tariff, ...(await meteringLogs(board.flash, partitions)) });
  const payment = paymentFeature(device, { futureDated, metering, tariff, supply, settings });
  const topUp = topUpFeature(device, { issuer: () => tokenIssuer(device), payment, ...settings });
  const billing = billingFeature(device, { metering, balances: () => payment.amounts() });
  const demand = demandFeature(device, { metering });
  return {
    features: [tariff, metering, payment, topUp, billing, demand, tenancyFeature(device)],
    async timeChanged() {
      for (const each of [metering, payment, billing]) await each.timeChanged();
    },
  };
}
