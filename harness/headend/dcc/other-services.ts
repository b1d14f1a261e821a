/** 8.6, 8.13 and 12.1. */
import { devices } from "../../../firmware/model/index.ts";
import type { ResponseMessage } from "./messages.ts";
import { requestIdOf } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import { type DccService, done, entitledDevice } from "./service.ts";
import { mpxnsOf } from "./status-alerts.ts";

type Coverages = NonNullable<ResponseMessage["DSPWANMatrix"]>["DSPWANMatrixResponse"];

export const otherServices: { readonly [R in "8.6" | "8.13" | "12.1"]: DccService<R> } = {
  /** The certificates that the device is to be given (6.15.1), so that the DCC can speak to it again. */
  "8.6": ({ DeviceID, DeviceType, MPxNs }, asked) => {
    const entry = entitledDevice(asked, DeviceID);
    const { settings, headEnd } = asked.context;
    const { ImportMPxN = MPxNs.ImportMPxN } = mpxnsOf(entry) ?? {};
    if (devices[entry.type].duis !== DeviceType || ImportMPxN !== MPxNs.ImportMPxN)
      throw new Refusal(settings.codes.otherDevice, `${DeviceID} is another device than the one described`);
    const { sign, agree } = headEnd.parties.accessControlBroker.keys;
    const DSPOptIn = {
      DeviceID,
      DSPBrokerSecurityCredentialsDigitalSigning: sign.certificate,
      DSPBrokerSecurityCredentialsKeyAgreement: agree.certificate,
    };
    return { code: "I0", content: { DSPOptIn } };
  },
  /** What a device has answered locally is taken in like an answer over the WAN. */
  "8.13": ({ OriginalRequestID, DeviceGBCSResponse }, { request, parts, context }) => {
    const task = parts.delivery.handedOut(DeviceGBCSResponse);
    const isTheirs =
      task !== undefined &&
      task.request.originator === request.originator &&
      (OriginalRequestID ?? requestIdOf(task.request)).toUpperCase() === requestIdOf(task.request);
    if (task === undefined || !isTheirs)
      throw new Refusal(context.settings.codes.noLocalCommand, "no command was handed out that this answers");
    parts.delivery.takeBack(task, DeviceGBCSResponse);
    return done;
  },
  "12.1": (form, { context }) => {
    const { coverage, codes } = context.settings;
    if (coverage.length === 0) throw new Refusal(codes.noAddress, "no such address");
    const DSPWANMatrixResponse = coverage.map((each) => ({
      ...each,
      CSPRegionResponseCode: "I0",
    })) as Coverages;
    return { code: "I0", content: { DSPWANMatrix: { Request: form, DSPWANMatrixResponse } } };
  },
};
