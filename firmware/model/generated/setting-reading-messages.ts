// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { get, type MessageRow } from "../define.ts";

export const settingReadingMessages = {
  ECS26b: {
    code: 0x003C, title: "read voltage thresholds", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.1"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("extremeOverVoltage.threshold"),
      get("extremeOverVoltage.overDuration"),
      get("extremeUnderVoltage.threshold"),
      get("extremeUnderVoltage.overDuration"),
      get("voltageSag.threshold"),
      get("voltageSag.overDuration"),
      get("voltageSwell.threshold"),
      get("voltageSwell.overDuration"),
      get("averageOverVoltageThreshold.value"),
      get("averageUnderVoltageThreshold.value"),
    ],
  },
  ECS26c: {
    code: 0x003D, title: "read the randomised offset", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("randomisedOffset.value"),
      get("randomisedOffsetNumber.value"),
      get("randomisedOffsetLimit.value"),
    ],
  },
  ECS26d: {
    code: 0x003E, title: "read the billing calendar (older form)", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.3"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("billingCalendar.executionTimes"),
    ],
  },
  ECS26e: {
    code: 0x003F, title: "read identity and type (older form)", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("deviceIdentity.value"),
      get("meterVariant.value"),
      get("modelType.value"),
      get("manufacturer.value"),
      get("supplyTamperState.value"),
    ],
  },
  ECS26f: {
    code: 0x0040, title: "read the limits between low, medium and high power", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.5"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("powerThresholds.thresholds"),
    ],
  },
  ECS35a: {
    code: 0x0048, title: "read event log", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["6.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("eventLog.buffer"),
    ],
  },
  ECS35b: {
    code: 0x0049, title: "read security log", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["6.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("securityLog.buffer"),
    ],
  },
  ECS40: {
    code: 0x004E, title: "read MPANs", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.7"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("importMpan.value"),
      get("exportMpan.value"),
    ],
  },
  ECS26i: {
    code: 0x0092, title: "read hub identity (older form)", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["6.2.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("deviceIdentity.value"),
      get("modelType.value"),
      get("manufacturer.value"),
    ],
  },
  ECS35c: {
    code: 0x0093, title: "read hub event log", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["6.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("eventLog.buffer"),
    ],
  },
  ECS35d: {
    code: 0x0094, title: "read hub security log", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["6.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("securityLog.buffer"),
    ],
  },
  ECS35e: {
    code: 0x00B9, title: "read power event log", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("powerEventLog.buffer"),
    ],
  },
  ECS35f: {
    code: 0x00BA, title: "read auxiliary controller log (older form)", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("auxiliaryLog.buffer"),
    ],
  },
  ECS26j: {
    code: 0x00BE, title: "read payment mode", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.9"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("account.modeAndStatus"),
    ],
  },
  ECS26k: {
    code: 0x00C6, title: "read voltage thresholds of three phases", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.1"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("extremeOverVoltage.threshold"),
      get("extremeOverVoltage.overDuration"),
      get("extremeUnderVoltage.threshold"),
      get("extremeUnderVoltage.overDuration"),
      get("voltageSag.threshold"),
      get("voltageSag.overDuration"),
      get("voltageSwell.threshold"),
      get("voltageSwell.overDuration"),
      get("averageOverVoltageThreshold.value"),
      get("averageUnderVoltageThreshold.value"),
      get("averageUnderVoltageThresholdPhase2.value"),
      get("averageOverVoltageThresholdPhase2.value"),
      get("averageUnderVoltageThresholdPhase3.value"),
      get("averageOverVoltageThresholdPhase3.value"),
    ],
  },
  ECS26l: {
    code: 0x00D9, title: "read the billing calendar", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.3"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("billingCalendar.executionTimes"),
    ],
  },
  ECS25r1: {
    code: 0x00EE, title: "read how events are handled, for the supplier", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.10"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("supplierAlertBehaviourInForce.value"),
      get("supplierHanBehaviourInForce.value"),
      get("supplierAudibleBehaviourInForce.value"),
      get("supplierLogBehaviourInForce.value"),
    ],
  },
  ECS25r2: {
    code: 0x00EF, title: "read how events are handled, for the network operator", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.10"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("operatorAlertBehaviourInForce.value"),
      get("operatorLogBehaviourInForce.value"),
    ],
  },
  ECS26m: {
    code: 0x00F9, title: "read identity, type and tamper setting", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["6.2.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("meterVariant.value"),
      get("modelType.value"),
      get("manufacturer.value"),
      get("supplyTamperState.value"),
    ],
  },
  ECS26n: {
    code: 0x00FA, title: "read hub type", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["6.2.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("modelType.value"),
      get("manufacturer.value"),
    ],
  },
  ECS35g: {
    code: 0x00FD, title: "read auxiliary controller log", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["6.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "loadController", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("auxiliaryLog.buffer"),
    ],
  },
  DBCH01: {
    code: 0x010A, title: "read sub-GHz channel", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["6.31"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("subGhzChannel.value"),
    ],
  },
  DBCH02: {
    code: 0x010B, title: "read sub-GHz channel log", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["6.32"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("subGhzChannelLog.buffer"),
    ],
  },
  DBCH03: {
    code: 0x010C, title: "read sub-GHz configuration", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["6.30"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("subGhzConfiguration.value"),
    ],
  },
} as const satisfies Record<string, MessageRow>;
