// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { attribute, cosem, method } from "../define.ts";
import * as t from "../make-types.ts";
import * as v from "./value-types.ts";

/** Scripts: 0x33 enable, 0x34 disable, 0x36 arm. */
export const supplyControl = cosem(5, "supplyControl", 9, "0-0:10.0.106.255", { attributes: {}, methods: { execute: method(1, t.u16) } });
/** State of the supply. */
export const supplyState = cosem(6, "supplyState", 70, "0-0:96.3.10.255", { attributes: { controlState: attribute(3, "get", v.supplyState) }, methods: {} });
/** True: the supply is cut at the limit. */
export const loadLimitSupplyState = cosem(10, "loadLimitSupplyState", 9000, "0-0:94.44.0.3", {
  attributes: {
    active: attribute(2, "get", t.boolean),
    passive: attribute(4, "set", t.boolean),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** W. */
export const loadLimitPowerThreshold = cosem(11, "loadLimitPowerThreshold", 9000, "0-0:94.44.128.7", {
  attributes: {
    active: attribute(2, "get", t.u32),
    passive: attribute(4, "set", t.u32),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** S over the threshold. */
export const loadLimitPeriod = cosem(12, "loadLimitPeriod", 9000, "0-0:94.44.128.6", {
  attributes: {
    active: attribute(2, "get", t.u32),
    passive: attribute(4, "set", t.u32),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** S until the supply is back. */
export const loadLimitRestorationPeriod = cosem(13, "loadLimitRestorationPeriod", 9000, "0-0:94.44.128.8", {
  attributes: {
    active: attribute(2, "get", t.u32),
    passive: attribute(4, "set", t.u32),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** Threshold, W, and periods, s, in force. */
export const loadLimiter = cosem(15, "loadLimiter", 71, "0-0:17.0.0.255", {
  attributes: {
    threshold: attribute(4, "get", t.u32),
    overDuration: attribute(6, "get", t.u32),
    underDuration: attribute(7, "get", t.u32),
  },
  methods: {},
});
/** V and s. */
export const extremeOverVoltage = cosem(16, "extremeOverVoltage", 71, "0-0:17.0.1.255", {
  attributes: {
    threshold: attribute(4, "both", t.u32),
    overDuration: attribute(6, "both", t.u32),
    underDuration: attribute(7, "get", t.u32),
  },
  methods: {},
});
/** V and s. */
export const extremeUnderVoltage = cosem(17, "extremeUnderVoltage", 71, "0-0:17.0.2.255", {
  attributes: {
    threshold: attribute(4, "both", t.u32),
    overDuration: attribute(6, "both", t.u32),
    underDuration: attribute(7, "get", t.u32),
  },
  methods: {},
});
/** V and s. */
export const voltageSag = cosem(18, "voltageSag", 71, "0-0:17.0.3.255", {
  attributes: {
    threshold: attribute(4, "both", t.u32),
    overDuration: attribute(6, "both", t.u32),
    underDuration: attribute(7, "get", t.u32),
  },
  methods: {},
});
/** V and s. */
export const voltageSwell = cosem(19, "voltageSwell", 71, "0-0:17.0.4.255", {
  attributes: {
    threshold: attribute(4, "both", t.u32),
    overDuration: attribute(6, "both", t.u32),
    underDuration: attribute(7, "get", t.u32),
  },
  methods: {},
});
/** When they take force. */
export const specialDaysActivation = cosem(27, "specialDaysActivation", 9000, "0-0:94.44.128.29", { attributes: { activateAt: attribute(6, "set", t.dateTime) }, methods: {} });
/** Block thresholds to come; FFFFFFFF is unused. */
export const blockThresholdsTou1 = cosem(28, "blockThresholdsTou1", 21, "0-0:16.1.11.255", { attributes: { thresholds: attribute(2, "set", t.array(t.u32, 1, 3)) }, methods: {} });
/** Block thresholds to come; FFFFFFFF is unused. */
export const blockThresholdsTou2 = cosem(29, "blockThresholdsTou2", 21, "0-0:16.1.12.255", { attributes: { thresholds: attribute(2, "set", t.array(t.u32, 1, 3)) }, methods: {} });
/** Block thresholds to come; FFFFFFFF is unused. */
export const blockThresholdsTou3 = cosem(30, "blockThresholdsTou3", 21, "0-0:16.1.13.255", { attributes: { thresholds: attribute(2, "set", t.array(t.u32, 1, 3)) }, methods: {} });
/** Block thresholds to come; FFFFFFFF is unused. */
export const blockThresholdsTou4 = cosem(31, "blockThresholdsTou4", 21, "0-0:16.1.14.255", { attributes: { thresholds: attribute(2, "set", t.array(t.u32, 1, 3)) }, methods: {} });
/** Block thresholds to come; FFFFFFFF is unused. */
export const blockThresholdsTou5 = cosem(32, "blockThresholdsTou5", 21, "0-0:16.1.15.255", { attributes: { thresholds: attribute(2, "set", t.array(t.u32, 1, 3)) }, methods: {} });
/** Block thresholds to come; FFFFFFFF is unused. */
export const blockThresholdsTou6 = cosem(33, "blockThresholdsTou6", 21, "0-0:16.1.16.255", { attributes: { thresholds: attribute(2, "set", t.array(t.u32, 1, 3)) }, methods: {} });
/** Block thresholds to come; FFFFFFFF is unused. */
export const blockThresholdsTou7 = cosem(34, "blockThresholdsTou7", 21, "0-0:16.1.17.255", { attributes: { thresholds: attribute(2, "set", t.array(t.u32, 1, 3)) }, methods: {} });
/** Block thresholds to come; FFFFFFFF is unused. */
export const blockThresholdsTou8 = cosem(35, "blockThresholdsTou8", 21, "0-0:16.1.18.255", { attributes: { thresholds: attribute(2, "set", t.array(t.u32, 1, 3)) }, methods: {} });
/** When block thresholds take force. */
export const blockThresholdsActivation = cosem(36, "blockThresholdsActivation", 9000, "0-0:63.1.1.255", { attributes: { activateAt: attribute(6, "set", t.dateTime) }, methods: {} });
/** True: pounds, false: euro. */
export const currencyUnit = cosem(37, "currencyUnit", 9000, "0-0:94.44.2.0", {
  attributes: {
    active: attribute(2, "get", t.boolean),
    passive: attribute(4, "set", t.boolean),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** Devices that may be on the home network. */
export const deviceLog = cosem(40, "deviceLog", 104, "0-0:30.3.0.255", {
  attributes: {
    joiningEnabled: attribute(2, "set", t.boolean),
    joinTimeout: attribute(3, "set", t.u16),
    activeDevices: attribute(4, "get", t.array(v.activeDevice, 0, 16)),
  },
  methods: {
    register: method(1, v.registration),
    unregister: method(2, t.octets(8)),
    backUp: method(4, t.nothing, v.devicesBackup),
    restore: method(5, v.devicesRestore),
  },
});
/** Script 99 sets the block counters to zero. */
export const blockCounterControl = cosem(150, "blockCounterControl", 9, "0-0:10.0.100.255", { attributes: {}, methods: { execute: method(1, t.u16) } });
/** Selector: controller and level, see the payload facts. */
export const auxiliaryControl = cosem(151, "auxiliaryControl", 9, "0-0:10.0.103.255", { attributes: {}, methods: { execute: method(1, t.u16) } });
/** Selector: controller and level. */
export const auxiliaryLimitControl = cosem(152, "auxiliaryLimitControl", 9, "0-0:10.0.107.255", { attributes: {}, methods: { execute: method(1, t.u16) } });
/** W: low to medium, medium to high. */
export const powerThresholds = cosem(166, "powerThresholds", 21, "0-0:16.0.0.255", { attributes: { thresholds: attribute(2, "both", t.array(t.u32, 2, 2)) }, methods: {} });
/** Balance below which supply is cut. */
export const disablementThresholdInForce = cosem(167, "disablementThresholdInForce", 21, "0-0:16.0.1.255", { attributes: { thresholds: attribute(2, "get", t.array(t.i32, 1, 1)) }, methods: {} });
/** In force. */
export const blockThresholdsTou1InForce = cosem(168, "blockThresholdsTou1InForce", 21, "0-0:16.0.11.255", { attributes: { thresholds: attribute(2, "get", t.array(t.u32, 1, 3)) }, methods: {} });
/** In force. */
export const blockThresholdsTou2InForce = cosem(169, "blockThresholdsTou2InForce", 21, "0-0:16.0.12.255", { attributes: { thresholds: attribute(2, "get", t.array(t.u32, 1, 3)) }, methods: {} });
/** In force. */
export const blockThresholdsTou3InForce = cosem(170, "blockThresholdsTou3InForce", 21, "0-0:16.0.13.255", { attributes: { thresholds: attribute(2, "get", t.array(t.u32, 1, 3)) }, methods: {} });
/** In force. */
export const blockThresholdsTou4InForce = cosem(171, "blockThresholdsTou4InForce", 21, "0-0:16.0.14.255", { attributes: { thresholds: attribute(2, "get", t.array(t.u32, 1, 3)) }, methods: {} });
/** In force. */
export const blockThresholdsTou5InForce = cosem(172, "blockThresholdsTou5InForce", 21, "0-0:16.0.15.255", { attributes: { thresholds: attribute(2, "get", t.array(t.u32, 1, 3)) }, methods: {} });
/** In force. */
export const blockThresholdsTou6InForce = cosem(173, "blockThresholdsTou6InForce", 21, "0-0:16.0.16.255", { attributes: { thresholds: attribute(2, "get", t.array(t.u32, 1, 3)) }, methods: {} });
/** In force. */
export const blockThresholdsTou7InForce = cosem(174, "blockThresholdsTou7InForce", 21, "0-0:16.0.17.255", { attributes: { thresholds: attribute(2, "get", t.array(t.u32, 1, 3)) }, methods: {} });
/** In force. */
export const blockThresholdsTou8InForce = cosem(175, "blockThresholdsTou8InForce", 21, "0-0:16.0.18.255", { attributes: { thresholds: attribute(2, "get", t.array(t.u32, 1, 3)) }, methods: {} });
/** Whether controller 1 is on. */
export const auxiliarySwitch1 = cosem(178, "auxiliarySwitch1", 70, "0-1:96.3.10.255", { attributes: { outputState: attribute(2, "get", t.boolean) }, methods: {} });
/** Whether controller 2 is on. */
export const auxiliarySwitch2 = cosem(179, "auxiliarySwitch2", 70, "0-2:96.3.10.255", { attributes: { outputState: attribute(2, "get", t.boolean) }, methods: {} });
/** Whether controller 3 is on. */
export const auxiliarySwitch3 = cosem(180, "auxiliarySwitch3", 70, "0-3:96.3.10.255", { attributes: { outputState: attribute(2, "get", t.boolean) }, methods: {} });
/** Whether controller 4 is on. */
export const auxiliarySwitch4 = cosem(181, "auxiliarySwitch4", 70, "0-4:96.3.10.255", { attributes: { outputState: attribute(2, "get", t.boolean) }, methods: {} });
/** Whether controller 5 is on. */
export const auxiliarySwitch5 = cosem(182, "auxiliarySwitch5", 70, "0-5:96.3.10.255", { attributes: { outputState: attribute(2, "get", t.boolean) }, methods: {} });
/** Devices that were removed, with their keys. */
export const historicDeviceLog = cosem(183, "historicDeviceLog", 104, "0-0:30.3.1.255", { attributes: {}, methods: { backUp: method(4, t.nothing, v.devicesBackup) } });
/** Most debt recovered in a period. */
export const debtCap = cosem(194, "debtCap", 9000, "0-0:94.44.128.12", {
  attributes: {
    passive: attribute(4, "set", t.u16),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** Seconds: one week. */
export const debtCapPeriod = cosem(195, "debtCapPeriod", 9000, "0-0:94.44.128.13", {
  attributes: {
    passive: attribute(4, "set", t.i32),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** How much emergency credit. */
export const emergencyCreditLimit = cosem(196, "emergencyCreditLimit", 9000, "0-0:94.44.128.2", {
  attributes: {
    passive: attribute(4, "set", t.i32),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** Balance below which supply is cut. */
export const disablementThreshold = cosem(197, "disablementThreshold", 9000, "0-0:94.44.128.22", {
  attributes: {
    passive: attribute(4, "set", t.i32),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** When the auxiliary schedule takes force. */
export const auxiliaryScheduleActivation = cosem(198, "auxiliaryScheduleActivation", 9000, "0-0:94.44.128.26", { attributes: { activateAt: attribute(6, "set", t.dateTime) }, methods: {} });
/** When the schedule takes force. */
export const nonDisablementScheduleActivation = cosem(199, "nonDisablementScheduleActivation", 9000, "0-0:94.44.128.28", { attributes: { activateAt: attribute(6, "set", t.dateTime) }, methods: {} });
/** Balance at which emergency credit may be had. */
export const emergencyCreditThreshold = cosem(200, "emergencyCreditThreshold", 9000, "0-0:94.44.128.3", {
  attributes: {
    passive: attribute(4, "set", t.i32),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** When they take force. */
export const secondarySpecialDaysActivation = cosem(201, "secondarySpecialDaysActivation", 9000, "0-0:94.44.128.30", { attributes: { activateAt: attribute(6, "set", t.dateTime) }, methods: {} });
/** When they take force. */
export const nonDisablementSpecialDaysActivation = cosem(202, "nonDisablementSpecialDaysActivation", 9000, "0-0:94.44.128.31", { attributes: { activateAt: attribute(6, "set", t.dateTime) }, methods: {} });
/** When they take force. */
export const auxiliarySpecialDaysActivation = cosem(203, "auxiliarySpecialDaysActivation", 9000, "0-0:94.44.128.35", { attributes: { activateAt: attribute(6, "set", t.dateTime) }, methods: {} });
/** Balance that is called low. */
export const lowCreditThreshold = cosem(204, "lowCreditThreshold", 9000, "0-0:94.44.128.9", {
  attributes: {
    passive: attribute(4, "set", t.i32),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** Largest single credit. */
export const maximumCredit = cosem(205, "maximumCredit", 9000, "0-0:94.44.2.10", {
  attributes: {
    active: attribute(2, "get", t.i32),
    passive: attribute(4, "set", t.i32),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** Largest balance that a credit may lead to. */
export const maximumBalance = cosem(206, "maximumBalance", 9000, "0-0:94.44.2.20", {
  attributes: {
    active: attribute(2, "both", t.i32),
    passive: attribute(4, "set", t.i32),
    activateAt: attribute(6, "set", t.dateTime),
  },
  methods: {},
});
/** Shown to the consumer. */
export const supplierTelephone = cosem(207, "supplierTelephone", 9000, "0-0:96.13.0.255", { attributes: { active: attribute(2, "set", t.text("octets", 0, 18)) }, methods: {} });
/** Shown to the consumer. */
export const supplierName = cosem(208, "supplierName", 9000, "0-0:96.13.1.255", { attributes: { active: attribute(2, "set", t.text("octets", 0, 15)) }, methods: {} });
