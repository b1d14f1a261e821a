/** One sample of each use case's request: what scenarios and tests ask, and what the answer must say. */
import { auxiliarySamples } from "./samples/auxiliary.ts";
import { credentialsSamples } from "./samples/credentials.ts";
import { deviceSamples } from "./samples/device.ts";
import { eventsSamples } from "./samples/events.ts";
import { hubSamples } from "./samples/hub.ts";
import { joinSamples } from "./samples/joins.ts";
import { meteringSamples } from "./samples/metering.ts";
import { ownCredentialsSamples } from "./samples/own-credentials.ts";
import { prepaymentSamples } from "./samples/prepayment.ts";
import { readsSamples } from "./samples/reads.ts";
import type { Sample } from "./samples/sample.ts";
import { settingsSamples } from "./samples/settings.ts";
import { subGhzSamples } from "./samples/sub-ghz.ts";
import { supplySamples } from "./samples/supply.ts";
import { tariffSamples } from "./samples/tariff.ts";
import { voltageSamples } from "./samples/voltage.ts";

export { dailyLevel, levelCalendar } from "./samples/auxiliary.ts";
export { certificatesOf, certified } from "./samples/credentials.ts";
export { aroundNow } from "./samples/device.ts";
export { prepaymentConfiguration } from "./samples/prepayment.ts";
export { askerOf, type Sample, type Subject } from "./samples/sample.ts";
export { loadLimit } from "./samples/supply.ts";
export { tariffWithSpecialDays, twoRatePrices, twoRateTariff } from "./samples/tariff.ts";
export { averageVoltageSettings, rmsVoltageSettings, voltageSettings } from "./samples/voltage.ts";

/** In an order in which a device that keeps its state is set before it is read. */
export const samples: readonly Sample[] = [
  ...deviceSamples,
  ...supplySamples,
  ...auxiliarySamples,
  ...tariffSamples,
  ...voltageSamples,
  ...prepaymentSamples,
  ...readsSamples,
  ...meteringSamples,
  ...credentialsSamples,
  ...ownCredentialsSamples,
  ...joinSamples,
  ...subGhzSamples,
  ...hubSamples,
  ...eventsSamples,
  ...settingsSamples,
];
