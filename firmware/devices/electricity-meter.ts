/** The electricity meter (ESME). */
import type { Board } from "../../hal/board.ts";
import { auxiliaryFeature, openAuxiliaryLogs } from "../features/auxiliary/feature.ts";
import { clockFeature } from "../features/clock/feature.ts";
import { eventBehavioursFeature } from "../features/event-behaviours/feature.ts";
import type { Feature } from "../features/feature.ts";
import { identityFeature } from "../features/identity/feature.ts";
import { loadLimitFeature } from "../features/load-limit/feature.ts";
import { logsFeature } from "../features/logs/feature.ts";
import { meteringFeature, meteringLogs } from "../features/metering/feature.ts";
import { meterOutageFeature } from "../features/outage/feature.ts";
import { paymentFeature } from "../features/payment/feature.ts";
import { powerLevelFeature } from "../features/power-level/feature.ts";
import { offsetNumber, randomisedOffsetFeature } from "../features/randomised-offset/feature.ts";
import { settingsFeature } from "../features/settings/feature.ts";
import { supervisionFeature } from "../features/supervision/feature.ts";
import { supplyFeature } from "../features/supply/feature.ts";
import { tamperFeature } from "../features/tamper/feature.ts";
import { tariffFeature } from "../features/tariff/feature.ts";
import { type UserInterfaceFeature, userInterfaceFeature } from "../features/user-interface/feature.ts";
import { openVoltageLogs, voltageFeature } from "../features/voltage/feature.ts";
import { commonFeatures, joins } from "./common-features.ts";
import type { DeviceCore } from "./core.ts";
import type { Device } from "./device.ts";
import { HomeLink } from "./home-link.ts";

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
  const supply = supplyFeature(device, { lockOnTamper: settings.lockSupplyOnTamper, buttonElsewhere: true });
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
  const tariff = tariffFeature(device, { futureDated, offset });
  const metering = meteringFeature(device, { tariff, ...(await meteringLogs(board.flash, partitions)) });
  const auxiliary = auxiliaryFeature(device, { futureDated, logs, settings, offset });
  const payment = paymentFeature(device, { futureDated, metering, tariff, supply, settings });
  const clock = clockFeature(device, {
    hubTimeS: () => link.hubTimeS(),
    async afterSet() {
      await voltage.timeChanged();
      await metering.timeChanged();
      await auxiliary.timeChanged();
      await payment.timeChanged();
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
    tariff,
    metering,
    auxiliary,
    payment,
    meterOutageFeature(device, { longOutageS: settings.longOutageS, settleMs: settings.outageSettleMs }),
  ];
}
