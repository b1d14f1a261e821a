// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { cosem, method } from "../define.ts";
import * as t from "../make-types.ts";
import * as v from "./value-types.ts";

/** Trust anchors and the device's own certificates. */
export const credentials = cosem(41, "credentials", 0, "", {
  attributes: {},
  methods: {
    replace: method(1, v.replacement, v.replacementReply),
    provide: method(2, v.anchorsRequest, v.anchorsReply),
    makeKeyPair: method(3, t.structure({ usage: v.keyUsage }), t.choice({ request: t.item(1200), fault: v.requestFault })),
    installCertificate: method(4, v.certificate, v.certificateFault),
    provideCertificate: method(5, t.structure({ usage: v.keyUsage }), t.choice({ certificate: v.certificate, fault: v.retrievalFault })),
  },
});
/** Joins with other devices of the home. */
export const joining = cosem(209, "joining", 0, "", {
  attributes: {},
  methods: {
    join: method(1, v.joinRequest, v.joinOutcome),
    unjoin: method(2, t.octets(8), v.unjoinOutcome),
    list: method(3, t.nothing, t.structure({ code: t.u8, devices: t.optional(t.array(v.joinedDevice, 0, 16)) })),
  },
});
/** The image that waits. */
export const firmwareImage = cosem(210, "firmwareImage", 0, "", {
  attributes: {},
  methods: {
    activate: method(1, v.activationRequest, v.activationReply),
    version: method(2, t.nothing, t.structure({ version: t.octets(4), code: t.u8 })),
  },
});
/** The clock of a gas meter, set within a window. */
export const windowedClock = cosem(211, "windowedClock", 0, "", { attributes: {}, methods: { setTime: method(1, t.structure({ from: t.dateTime, to: t.dateTime }), t.structure({ time: t.dateTime, status: v.clockStatus })) } });
/** Devices that the gas proxy talks to. */
export const proxyDeviceLog = cosem(212, "proxyDeviceLog", 0, "", { attributes: {}, methods: { restore: method(1, t.structure({ devices: t.array(v.joinedDevice, 0, 16) }), t.structure({ outcomes: t.array(t.structure({ device: v.joinedDevice, code: t.u8 }), 0, 16) })) } });
