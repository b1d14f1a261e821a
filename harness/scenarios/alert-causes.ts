/**
 * What makes a meter or hub tell each of its events: causes that the scenario "every event has a cause" brings about, and
 * the events that have none here, each with its reason. Every row of the alerts' table that is a meter's, hub's or
 * proportional controller's is in one of the two places, and in no other (`test/harness/scenarios/alert-causes.test.ts`).
 */
import type { AlertName, Cause } from "./alert-causes/cause.ts";
import { controlCauses } from "./alert-causes/controls.ts";
import { firmwareCauses } from "./alert-causes/firmware.ts";
import { meterCauses } from "./alert-causes/meter.ts";
import { partyCauses } from "./alert-causes/parties.ts";
import { paymentCauses } from "./alert-causes/payment.ts";
import { subGhzCauses } from "./alert-causes/sub-ghz.ts";
import { voltageCauses } from "./alert-causes/voltage.ts";

export const causes: readonly Cause[] = [
  ...voltageCauses,
  ...meterCauses,
  ...partyCauses,
  ...paymentCauses,
  ...controlCauses,
  ...firmwareCauses,
  ...subGhzCauses,
];

const firmware = "the hub has no images for devices of its home yet";
const noPpmid = "a device of the home commands it, and none that does is modelled yet";

/** Events without a cause, and why. */
export const notProvoked: Readonly<Partial<Record<AlertName, string>>> = {
  tokenForOther: "a token for another meter cannot be told from a false one: its MAC is of the other's key",
  transferFailed: firmware,
  transferDone: firmware,
  hanCommandDone: noPpmid,
  hanCommandFailed: noPpmid,
  commandNotFetched: "no gas meter is modelled: nothing waits at the hub to be fetched",
  tapOffFailed: "no gas meter is modelled: nothing is copied on its way",
  tunnelCloseRefused: "the meter's tunnel refuses no request of its hub, and hears none from others",
  tunnelRequestRefused: "the meter's tunnel refuses no request of its hub, and hears none from others",
  tamperDetected:
    "a meter tells each of its covers and fields by a code of its own; a hub has no tamper inputs",
  otherAuthenticationFailure: "every refusal has a code of its own: none is left for this one",
};
