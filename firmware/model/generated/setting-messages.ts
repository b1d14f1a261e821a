// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { fromHex as hex } from "../../../hal/base/hex.ts";
import { call, get, type MessageRow, set } from "../define.ts";

export const settingMessages = {
  ECS28a: {
    code: 0x0043, title: "set load limit", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.4.1"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("loadLimitSupplyState.passive"),
      set("loadLimitPowerThreshold.passive"),
      set("loadLimitPeriod.passive"),
      set("loadLimitRestorationPeriod.passive"),
      set("loadLimitSupplyState.activateAt"),
      set("loadLimitPowerThreshold.activateAt"),
      set("loadLimitPeriod.activateAt"),
      set("loadLimitRestorationPeriod.activateAt"),
    ],
  },
  ECS28b: {
    code: 0x0044, title: "reset load limit counter", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.4.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      call("loadLimitCounter.reset", { constant: 0 }),
    ],
  },
  ECS29a: {
    code: 0x0045, title: "set voltage thresholds and reset counters", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("averageVoltageLog.capturePeriod"),
      set("extremeOverVoltage.threshold"),
      set("extremeOverVoltage.overDuration"),
      set("extremeUnderVoltage.threshold"),
      set("extremeUnderVoltage.overDuration"),
      set("voltageSag.threshold"),
      set("voltageSag.overDuration"),
      set("voltageSwell.threshold"),
      set("voltageSwell.overDuration"),
      set("averageOverVoltageThreshold.value"),
      set("averageUnderVoltageThreshold.value"),
      call("averageUnderVoltageCounter.reset", { constant: 0 }),
      call("averageOverVoltageCounter.reset", { constant: 0 }),
    ],
  },
  ECS30: {
    code: 0x0046, title: "set the billing calendar (older form)", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.8"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("billingCalendar.executionTimes"),
    ],
  },
  ECS34: {
    code: 0x0047, title: "set the limits between low, medium and high power", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.12"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      set("powerThresholds.thresholds"),
    ],
  },
  ECS37: {
    code: 0x004A, title: "set the window of maximum demand", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.18.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("demandWindow.entries", { constant: [{ script: hex("00000A8064FF"), window: 65535 }] }),
    ],
  },
  ECS39a: {
    code: 0x004C, title: "set import MPAN", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.20.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("importMpan.value"),
    ],
  },
  ECS39b: {
    code: 0x004D, title: "set export MPAN", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.20.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("exportMpan.value"),
    ],
  },
  ECS46a: {
    code: 0x0053, title: "name the auxiliary controllers", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["6.14.1"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: false },
    ],
    does: [
      set("auxiliaryLabel1.value", { times: [0, 1] }),
      set("auxiliaryLabel2.value", { times: [0, 1] }),
      set("auxiliaryLabel3.value", { times: [0, 1] }),
      set("auxiliaryLabel4.value", { times: [0, 1] }),
      set("auxiliaryLabel5.value", { times: [0, 1] }),
    ],
  },
  ECS46c: {
    code: 0x0054, title: "set types and calendar of the auxiliary controllers (older form)", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.14.2"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("auxiliaryType1.value", { times: [0, 1] }),
      set("auxiliaryType2.value", { times: [0, 1] }),
      set("auxiliaryType3.value", { times: [0, 1] }),
      set("auxiliaryType4.value", { times: [0, 1] }),
      set("auxiliaryType5.value", { times: [0, 1] }),
      set("auxiliarySpecialDays.entries"),
      set("auxiliarySchedule.entries", { constant: [{ script: hex("00000A0067FF"), window: 65535 }] }),
      set("auxiliaryScheduleActivation.activateAt"),
      set("auxiliarySpecialDaysActivation.activateAt"),
    ],
  },
  ECS57: {
    code: 0x005A, title: "reset maximum demand", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.18.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      call("demandImport.reset", { constant: 0, times: [0, 1] }),
      call("configurableDemandImport.reset", { constant: 0, times: [0, 1] }),
      call("demandExport.reset", { constant: 0, times: [0, 1] }),
    ],
  },
  ECS70: {
    code: 0x0062, title: "set clock", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["6.11", "8.1.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("clock.clockBase", { constant: "radio" }),
      call("clock.presetAdjusting", { constant: { preset: 4294967295 } }),
      call("clock.adjustToPreset", { constant: 0 }),
      get("clock.time"),
      get("clock.status"),
    ],
  },
  ECS81: {
    code: 0x0068, title: "set what tampering does to the supply", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.25"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("supplyTamperState.value"),
    ],
  },
  ECS25a: {
    code: 0x00AC, title: "set which events alert the supplier", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.22"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      set("supplierAlertBehaviour.value"),
    ],
  },
  ECS29b: {
    code: 0x00AE, title: "set voltage thresholds of three phases and reset counters", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("averageVoltageLog.capturePeriod"),
      set("averageVoltageLogPhase2.capturePeriod"),
      set("averageVoltageLogPhase3.capturePeriod"),
      set("extremeOverVoltage.threshold"),
      set("extremeOverVoltage.overDuration"),
      set("extremeUnderVoltage.threshold"),
      set("extremeUnderVoltage.overDuration"),
      set("voltageSag.threshold"),
      set("voltageSag.overDuration"),
      set("voltageSwell.threshold"),
      set("voltageSwell.overDuration"),
      set("averageOverVoltageThreshold.value"),
      set("averageUnderVoltageThreshold.value"),
      set("averageUnderVoltageThresholdPhase2.value"),
      set("averageOverVoltageThresholdPhase2.value"),
      set("averageUnderVoltageThresholdPhase3.value"),
      set("averageOverVoltageThresholdPhase3.value"),
      call("averageUnderVoltageCounter.reset", { constant: 0 }),
      call("averageOverVoltageCounter.reset", { constant: 0 }),
      call("averageUnderVoltageCounterPhase2.reset", { constant: 0 }),
      call("averageOverVoltageCounterPhase2.reset", { constant: 0 }),
      call("averageUnderVoltageCounterPhase3.reset", { constant: 0 }),
      call("averageOverVoltageCounterPhase3.reset", { constant: 0 }),
    ],
  },
  ECS25b: {
    code: 0x00B0, title: "set which events alert the network operator", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.22"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      set("operatorAlertBehaviour.value"),
    ],
  },
  ECS29c: {
    code: 0x00D1, title: "set voltage thresholds", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("averageUnderVoltageThreshold.value"),
      set("averageOverVoltageThreshold.value"),
      set("averageVoltageLog.capturePeriod"),
      set("extremeOverVoltage.threshold"),
      set("extremeOverVoltage.overDuration"),
      set("extremeUnderVoltage.threshold"),
      set("extremeUnderVoltage.overDuration"),
      set("voltageSag.threshold"),
      set("voltageSag.overDuration"),
      set("voltageSwell.threshold"),
      set("voltageSwell.overDuration"),
    ],
  },
  ECS29d: {
    code: 0x00D2, title: "set voltage thresholds of three phases", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("averageUnderVoltageThreshold.value"),
      set("averageOverVoltageThreshold.value"),
      set("averageUnderVoltageThresholdPhase2.value"),
      set("averageOverVoltageThresholdPhase2.value"),
      set("averageUnderVoltageThresholdPhase3.value"),
      set("averageOverVoltageThresholdPhase3.value"),
      set("averageVoltageLog.capturePeriod"),
      set("averageVoltageLogPhase2.capturePeriod"),
      set("averageVoltageLogPhase3.capturePeriod"),
      set("extremeOverVoltage.threshold"),
      set("extremeOverVoltage.overDuration"),
      set("extremeUnderVoltage.threshold"),
      set("extremeUnderVoltage.overDuration"),
      set("voltageSag.threshold"),
      set("voltageSag.overDuration"),
      set("voltageSwell.threshold"),
      set("voltageSwell.overDuration"),
    ],
  },
  ECS29e: {
    code: 0x00D3, title: "reset voltage counters", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.27"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      call("averageUnderVoltageCounter.reset", { constant: 0 }),
      call("averageOverVoltageCounter.reset", { constant: 0 }),
    ],
  },
  ECS29f: {
    code: 0x00D4, title: "reset voltage counters of three phases", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.27"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      call("averageUnderVoltageCounter.reset", { constant: 0 }),
      call("averageOverVoltageCounter.reset", { constant: 0 }),
      call("averageUnderVoltageCounterPhase2.reset", { constant: 0 }),
      call("averageOverVoltageCounterPhase2.reset", { constant: 0 }),
      call("averageUnderVoltageCounterPhase3.reset", { constant: 0 }),
      call("averageOverVoltageCounterPhase3.reset", { constant: 0 }),
    ],
  },
  ECS30a: {
    code: 0x00D7, title: "set the billing calendar", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.8"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("billingCalendar.executionTimes"),
    ],
  },
  ECS48: {
    code: 0x00DB, title: "set the daily reset of the block counters", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.26"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("blockCounterReset.executionTimes"),
    ],
  },
  ECS25a1: {
    code: 0x00EA, title: "set which events are shared on the home network", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.22"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      set("supplierHanBehaviour.value"),
    ],
  },
  ECS25a2: {
    code: 0x00EB, title: "set which events sound an alarm", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.22"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      set("supplierAudibleBehaviour.value"),
    ],
  },
  ECS25a3: {
    code: 0x00EC, title: "set which events are logged for the supplier", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.22"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      set("supplierLogBehaviour.value"),
    ],
  },
  ECS25b3: {
    code: 0x00ED, title: "set which events are logged for the network operator", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.22"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      set("operatorLogBehaviour.value"),
    ],
  },
  DBCH04: {
    code: 0x010D, title: "set sub-GHz configuration", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["6.28"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false, outcome: 0x0113,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("subGhzConfiguration.value"),
    ],
  },
  DBCH05: {
    code: 0x010E, title: "ask for a sub-GHz channel scan", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["6.29"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("subGhzScan.value"),
    ],
  },
  ECS46d: {
    code: 0x011A, title: "set the calendar of the auxiliary controllers", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["6.14.3"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("auxiliarySpecialDays.entries"),
      set("auxiliarySchedule.entries", { constant: [{ script: hex("00000A0067FF"), window: 65535 }] }),
      set("auxiliaryScheduleActivation.activateAt"),
      set("auxiliarySpecialDaysActivation.activateAt"),
    ],
  },
} as const satisfies Record<string, MessageRow>;
