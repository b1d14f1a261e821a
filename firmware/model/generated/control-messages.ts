// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { call, get, type MessageRow, set } from "../define.ts";

export const controlMessages = {
  CCS01: {
    code: 0x0001, title: "add device to hub's log", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["8.11"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      call("deviceLog.register", { constant: { keyType: "installCode" } }),
      set("deviceLog.joinTimeout"),
      set("deviceLog.joiningEnabled", { constant: true }),
    ],
  },
  CCS02: {
    code: 0x0002, title: "remove device from hub's log", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["8.11"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      call("deviceLog.unregister"),
    ],
  },
  CCS03: {
    code: 0x0003, title: "restore hub's device log", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["8.12.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      call("deviceLog.restore"),
    ],
  },
  CCS05CCS04: {
    code: 0x0004, title: "read hub's device log (older form)", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["8.9"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("deviceLog.activeDevices"),
    ],
  },
  ECS38: {
    code: 0x004B, title: "set the limit of the randomised offset", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["7.12"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("randomisedOffsetLimit.value"),
    ],
  },
  ECS42: {
    code: 0x004F, title: "enable supply", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["7.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("supplyControl.execute", { constant: 51 }),
    ],
  },
  ECS43: {
    code: 0x0050, title: "disable supply", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["7.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("supplyControl.execute", { constant: 52 }),
    ],
  },
  ECS44: {
    code: 0x0051, title: "arm supply", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["7.3"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("supplyControl.execute", { constant: 54 }),
    ],
  },
  ECS45: {
    code: 0x0052, title: "read supply state", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["7.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("supplyState.controlState"),
    ],
  },
  ECS47: {
    code: 0x0055, title: "switch or reset an auxiliary load (older form)", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["7.5", "7.6", "7.8"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("auxiliaryStart1.value", { times: [0, 1] }),
      set("auxiliaryStart2.value", { times: [0, 1] }),
      set("auxiliaryStart3.value", { times: [0, 1] }),
      set("auxiliaryStart4.value", { times: [0, 1] }),
      set("auxiliaryStart5.value", { times: [0, 1] }),
      set("auxiliaryEnd1.value", { times: [0, 1] }),
      set("auxiliaryEnd2.value", { times: [0, 1] }),
      set("auxiliaryEnd3.value", { times: [0, 1] }),
      set("auxiliaryEnd4.value", { times: [0, 1] }),
      set("auxiliaryEnd5.value", { times: [0, 1] }),
      call("auxiliaryControl.execute"),
    ],
  },
  ECS50: {
    code: 0x0058, title: "show a customer identification number", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["9.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("customerIdentificationNumber.value"),
    ],
  },
  ECS52: {
    code: 0x0059, title: "read the firmware version", kind: "command", payload: "dlms", devices: ["ESME", "CHF", "SAPC"], requests: ["11.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("firmwareVersion.value"),
    ],
  },
  ECS61c: {
    code: 0x005E, title: "read boost log and settings", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["7.11"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("boostAvailable.value"),
      get("boostLog.buffer"),
      get("boostControl1.value"),
      get("boostControl2.value"),
      get("boostControl3.value"),
      get("boostControl4.value"),
      get("boostControl5.value"),
    ],
  },
  ECS62: {
    code: 0x005F, title: "choose the auxiliary controllers of the boost button", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["7.10", "7.9"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("boostControl1.value"),
      set("boostControl2.value"),
      set("boostControl3.value"),
      set("boostControl4.value"),
      set("boostControl5.value"),
    ],
  },
  ECS61a: {
    code: 0x00BB, title: "read auxiliary switches (older form)", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["7.7"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
      { role: "loadController", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("auxiliaryLabel1.value"),
      get("auxiliaryLabel2.value"),
      get("auxiliaryLabel3.value"),
      get("auxiliaryLabel4.value"),
      get("auxiliaryLabel5.value"),
      get("auxiliaryType1.value"),
      get("auxiliaryType2.value"),
      get("auxiliaryType3.value"),
      get("auxiliaryType4.value"),
      get("auxiliaryType5.value"),
      get("auxiliarySpecialDaysInForce.entries"),
      get("auxiliaryScheduleInForce.entries"),
      get("auxiliarySwitch1.outputState"),
      get("auxiliarySwitch2.outputState"),
      get("auxiliarySwitch3.outputState"),
      get("auxiliarySwitch4.outputState"),
      get("auxiliarySwitch5.outputState"),
    ],
  },
  CCS07: {
    code: 0x00FE, title: "read hub's current and historic device logs", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["8.9"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      call("deviceLog.backUp"),
      call("historicDeviceLog.backUp"),
    ],
  },
  CCS06: {
    code: 0x010F, title: "read hub's device log", kind: "command", payload: "dlms", devices: ["CHF"], requests: ["8.9"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("deviceLog.activeDevices"),
    ],
  },
  ECS61d: {
    code: 0x011C, title: "read auxiliary configuration", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["7.14"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
      { role: "loadController", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("auxiliaryLabel1.value"),
      get("auxiliaryLabel2.value"),
      get("auxiliaryLabel3.value"),
      get("auxiliaryLabel4.value"),
      get("auxiliaryLabel5.value"),
      get("auxiliarySpecialDaysInForce.entries"),
      get("auxiliaryScheduleInForce.entries"),
    ],
  },
  ECS61e: {
    code: 0x011D, title: "read auxiliary states", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["7.15"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
      { role: "loadController", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("auxiliaryType1.value"),
      get("auxiliaryType2.value"),
      get("auxiliaryType3.value"),
      get("auxiliaryType4.value"),
      get("auxiliaryType5.value"),
      get("auxiliaryState1.value"),
      get("auxiliaryState2.value"),
      get("auxiliaryState3.value"),
      get("auxiliaryState4.value"),
      get("auxiliaryState5.value"),
    ],
  },
  ECS47a: {
    code: 0x011E, title: "set an auxiliary controller's state", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["7.13"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("auxiliaryStart1.value", { times: [0, 1] }),
      set("auxiliaryEnd1.value", { times: [0, 1] }),
      set("auxiliaryStart2.value", { times: [0, 1] }),
      set("auxiliaryEnd2.value", { times: [0, 1] }),
      set("auxiliaryStart3.value", { times: [0, 1] }),
      set("auxiliaryEnd3.value", { times: [0, 1] }),
      set("auxiliaryStart4.value", { times: [0, 1] }),
      set("auxiliaryEnd4.value", { times: [0, 1] }),
      set("auxiliaryStart5.value", { times: [0, 1] }),
      set("auxiliaryEnd5.value", { times: [0, 1] }),
      call("auxiliaryControl.execute"),
    ],
  },
  ECS47e: {
    code: 0x011F, title: "limit an auxiliary proportional controller", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["7.16"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "loadController", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("auxiliaryLimitStart1.value", { times: [0, 1] }),
      set("auxiliaryLimitEnd1.value", { times: [0, 1] }),
      set("auxiliaryLimitStart2.value", { times: [0, 1] }),
      set("auxiliaryLimitEnd2.value", { times: [0, 1] }),
      set("auxiliaryLimitStart3.value", { times: [0, 1] }),
      set("auxiliaryLimitEnd3.value", { times: [0, 1] }),
      set("auxiliaryLimitStart4.value", { times: [0, 1] }),
      set("auxiliaryLimitEnd4.value", { times: [0, 1] }),
      set("auxiliaryLimitStart5.value", { times: [0, 1] }),
      set("auxiliaryLimitEnd5.value", { times: [0, 1] }),
      call("auxiliaryLimitControl.execute"),
    ],
  },
} as const satisfies Record<string, MessageRow>;
