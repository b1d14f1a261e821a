/** The electricity meter (ESME). */
import type { Board } from "../../hal/board.ts";
import { auxiliaryFeature, openAuxiliaryLogs } from "../features/auxiliary/feature.ts";
import { billingFeature } from "../features/billing/feature.ts";
import { clockFeature } from "../features/clock/feature.ts";
import { demandFeature } from "../features/demand/feature.ts";
import { eventBehavioursFeature } from "../features/event-behaviours/feature.ts";
import type { Feature } from "../features/feature.ts";
import { identityFeature } from "../features/identity/feature.ts";
import { loadLimitFeature } from "../features/load-limit/feature.ts";
import { logsFeature } from "../features/logs/feature.ts";
import { meteringFeature, meteringLogs } from "../features/metering/feature.ts";
import { meterOutageFeature } from "../features/outage/feature.ts";
import { paymentFeature } from "../features/payment/feature.ts";
import { powerLevelFeature } from "../features/power-level/feature.ts";
import {
  offsetNumber,
  type RandomisedOffsetFeature,
  randomisedOffsetFeature,
} from "../features/randomised-offset/feature.ts";
import { settingsFeature } from "../features/settings/feature.ts";
import { supervisionFeature } from "../features/supervision/feature.ts";
import { type SupplyFeature, supplyFeature } from "../features/supply/feature.ts";
import { tamperFeature } from "../features/tamper/feature.ts";
import { tariffFeature } from "../features/tariff/feature.ts";
import { tenancyFeature } from "../features/tenancy/feature.ts";
import { topUpFeature } from "../features/topup/feature.ts";
import { type UserInterfaceFeature, userInterfaceFeature } from "../features/user-interface/feature.ts";
import { openVoltageLogs, voltageFeature } from "../features/voltage/feature.ts";
import { commonFeatures, joins } from "./common-features.ts";
import type { DeviceCore } from "./core.ts";
import type { Device } from "./device.ts";
import { HomeLink } from "./home-link.ts";
import { tokenIssuer } from "./token-issuer.ts";

export const electricityMeter: DeviceCore<HomeLink> = {
  link: (_board, options) => new HomeLink(options.link),
  features: meterFeatures,
};

/** A single element, B twin, C three phases. */
const variantOf = ({ metrology }: Board): "A" | "B" | "C" =>
  metrology?.phaseCount === 3 ? "C" : metrology?.elementCount === 2 ? "B" : "A";

/** The supply, and what the person at the meter sees of it and of what parties write. */
function consumerFeatures(device: Device) {
  const { settings } = device;
  const supply = supplyFeature(device, {
    pending: () => device.counters.pending(),
    lockOnTamper: settings.lockSupplyOnTamper,
    buttonElsewhere: true,
  });
  const powerLevel = powerLevelFeature(device);
  const texts = settingsFeature(device, { changed: (name) => display.show(name) });
  const display: UserInterfaceFeature = userInterfaceFeature(device, {
    texts: () => texts.texts,
    home: () => [`Supply ${supply.state.output}`, `Power ${powerLevel.level}`],
    enableSupply: () => supply.enableByHand(),
    idleMs: settings.userInterfaceIdleMs,
  });
  return { supply, powerLevel, texts, display };
}

/** What it is, and what it remembers. */
function recordFeatures(device: Device): Feature[] {
  const { board, identity, settings } = device;
  return [
    identityFeature(device, { eui64: identity.eui64, plate: settings, variant: variantOf(board) }),
    eventBehavioursFeature(device.behaviours),
    logsFeature(device),
  ];
}

async function meterFeatures(device: Device, link: HomeLink): Promise<Feature[]> {
  const { futureDated, board, partitions, settings, identity } = device;
  const logs = await openAuxiliaryLogs(device.journal);
  const averages = await openVoltageLogs(board, partitions);
  const { supply, ...consumer } = consumerFeatures(device);
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
    ...recordFeatures(device),
    supply,
    loadLimitFeature(device, { futureDated, supply }),
    tamperFeature(device, { opened: () => supply.tampered() }),
    supervisionFeature(device),
    ...Object.values(consumer),
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
