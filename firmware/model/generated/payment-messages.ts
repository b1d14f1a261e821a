// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { fromHex as hex } from "../../../hal/base/hex.ts";
import { call, type MessageRow, set } from "../define.ts";

export const paymentMessages = {
  CS01a: {
    code: 0x0007, title: "top up by token", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["2.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      call("tokenGateway.enter"),
    ],
  },
  ECS01a: {
    code: 0x0019, title: "set tariff, calendar and prices", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["1.1.1"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("tariffCalendar.seasonsPassive"),
      set("tariffCalendar.weeksPassive"),
      set("tariffCalendar.daysPassive", { constant: [{ switches: [{ script: hex("00000A0064FF") }] }] }),
      set("specialDays.entries"),
      set("blockThresholdsTou1.thresholds"),
      set("blockThresholdsTou2.thresholds"),
      set("blockThresholdsTou3.thresholds"),
      set("blockThresholdsTou4.thresholds"),
      set("blockThresholdsTou5.thresholds"),
      set("blockThresholdsTou6.thresholds"),
      set("blockThresholdsTou7.thresholds"),
      set("blockThresholdsTou8.thresholds"),
      set("currencyUnit.passive"),
      set("standingCharge.chargePassive", { constant: { scale: { commodity: 0 }, commodity: { class: 0, name: hex("000000000000"), attribute: 0 } } }),
      set("tariffPrice.chargePassive", { constant: { scale: { commodity: 3 }, commodity: { class: 3, attribute: 2 } } }),
      set("tariffCalendar.activateAt"),
      set("specialDaysActivation.activateAt"),
      set("currencyUnit.activateAt"),
      set("standingCharge.activateAt"),
      set("tariffPrice.activateAt"),
      set("blockThresholdsActivation.activateAt"),
    ],
  },
  ECS02: {
    code: 0x001A, title: "change to credit mode", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["1.6"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("passiveAccount.modeAndStatus", { constant: { mode: "credit", status: "passive" } }),
      set("passiveAccount.creditCharges"),
      set("passiveAccount.activateAt"),
    ],
  },
  ECS03: {
    code: 0x001B, title: "change to prepayment mode", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["1.6"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("passiveAccount.modeAndStatus", { constant: { mode: "prepayment", status: "passive" } }),
      set("disablementThreshold.passive"),
      set("passiveAccount.creditCharges"),
      set("disablementThreshold.activateAt"),
      set("passiveAccount.activateAt"),
    ],
  },
  ECS04a: {
    code: 0x001C, title: "adjust the meter balance", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["1.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("meterBalance.update"),
    ],
  },
  ECS05: {
    code: 0x001D, title: "set the block counters to zero", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["1.7"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("blockCounterControl.execute", { constant: 99 }),
    ],
  },
  ECS07: {
    code: 0x001E, title: "set debts and their recovery", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["2.3"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("timeDebt1.chargePassive", { constant: { scale: { commodity: 0 }, commodity: { class: 0, name: hex("000000000000"), attribute: 0 } } }),
      set("timeDebt2.chargePassive", { constant: { scale: { commodity: 0 }, commodity: { class: 0, name: hex("000000000000"), attribute: 0 } } }),
      set("paymentDebt.proportion"),
      set("timeDebt1.period"),
      set("timeDebt2.period"),
      call("timeDebt1.activate", { constant: 0 }),
      call("timeDebt2.activate", { constant: 0 }),
      call("paymentDebt.updateRemaining"),
      call("timeDebt1.updateRemaining"),
      call("timeDebt2.updateRemaining"),
    ],
  },
  ECS08: {
    code: 0x001F, title: "set prepayment limits and calendar (older form)", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["2.1"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("nonDisablementSpecialDays.entries"),
      set("maximumBalance.active"),
      set("maximumCredit.passive"),
      set("nonDisablementSchedule.entries", { constant: [{ script: hex("00000A006AFF"), window: 65535 }] }),
      set("debtCap.passive"),
      set("debtCapPeriod.passive"),
      set("lowCreditThreshold.passive"),
      set("emergencyCreditLimit.passive"),
      set("nonDisablementSpecialDaysActivation.activateAt"),
      set("emergencyCreditThreshold.passive"),
      set("maximumBalance.activateAt"),
      set("maximumCredit.activateAt"),
      set("debtCap.activateAt"),
      set("debtCapPeriod.activateAt"),
      set("lowCreditThreshold.activateAt"),
      set("emergencyCreditLimit.activateAt"),
      set("emergencyCreditThreshold.activateAt"),
      set("nonDisablementScheduleActivation.activateAt"),
    ],
  },
  ECS09: {
    code: 0x0020, title: "activate emergency credit", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["2.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("emergencyCredit.invoke", { constant: 0 }),
    ],
  },
  ECS10: {
    code: 0x0021, title: "show a message", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["3.1"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      set("supplierMessage.value"),
    ],
  },
  ECS12: {
    code: 0x0022, title: "hide the former tenant's data", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["3.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      set("restrictionTime.value"),
    ],
  },
  ECS14: {
    code: 0x0023, title: "lift the privacy PIN", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["3.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      set("privacyPin.value"),
    ],
  },
  ECS15a: {
    code: 0x0024, title: "clear the event log", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["3.3"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      call("eventLog.reset", { constant: 0 }),
    ],
  },
  ECS16: {
    code: 0x0025, title: "set the supplier's name and telephone number", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["3.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      set("supplierTelephone.active"),
      set("supplierName.active"),
    ],
  },
  ECS01b: {
    code: 0x00A2, title: "set prices", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["1.2.1"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("standingCharge.chargePassive", { constant: { scale: { commodity: 0 }, commodity: { class: 0, name: hex("000000000000"), attribute: 0 } } }),
      set("tariffPrice.chargePassive", { constant: { scale: { commodity: 3 }, commodity: { class: 3, attribute: 2 } } }),
      set("standingCharge.activateAt"),
      set("tariffPrice.activateAt"),
    ],
  },
  ECS04b: {
    code: 0x00B3, title: "reset balance, emergency credit and accumulated debt", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["1.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      call("meterBalance.set", { constant: 0 }),
      call("emergencyCredit.set", { constant: 0 }),
      call("accumulatedDebt.set", { constant: 0 }),
    ],
  },
  ECS01c: {
    code: 0x00B7, title: "set tariff and prices of the secondary element", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["1.1.2"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("secondaryPrice.chargePassive", { constant: { scale: { commodity: 3 }, commodity: { class: 3, attribute: 2 } } }),
      set("secondaryCalendar.seasonsPassive"),
      set("secondaryCalendar.weeksPassive"),
      set("secondaryCalendar.daysPassive", { constant: [{ switches: [{ script: hex("00000A0064FF") }] }] }),
      set("secondarySpecialDays.entries"),
      set("secondaryCalendar.activateAt"),
      set("secondaryPrice.activateAt"),
      set("secondarySpecialDaysActivation.activateAt"),
    ],
  },
  ECS15c: {
    code: 0x00C1, title: "clear the auxiliary controller log", kind: "command", payload: "dlms", devices: ["ESME", "SAPC"], requests: ["3.3"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      call("auxiliaryLog.reset", { constant: 0 }),
    ],
  },
  ECS01d: {
    code: 0x00C7, title: "set prices of the secondary element", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["1.2.2"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("secondaryPrice.chargePassive", { constant: { scale: { commodity: 3 }, commodity: { class: 3, attribute: 2 } } }),
      set("secondaryPrice.activateAt"),
    ],
  },
  ECS08a: {
    code: 0x00DE, title: "set prepayment limits and calendar", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["2.1"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CC,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      set("nonDisablementSpecialDays.entries"),
      set("maximumBalance.passive"),
      set("maximumCredit.passive"),
      set("nonDisablementSchedule.entries", { constant: [{ script: hex("00000A006AFF"), window: 65535 }] }),
      set("debtCap.passive"),
      set("debtCapPeriod.passive"),
      set("lowCreditThreshold.passive"),
      set("emergencyCreditLimit.passive"),
      set("nonDisablementSpecialDaysActivation.activateAt"),
      set("emergencyCreditThreshold.passive"),
      set("maximumBalance.activateAt"),
      set("maximumCredit.activateAt"),
      set("debtCap.activateAt"),
      set("debtCapPeriod.activateAt"),
      set("lowCreditThreshold.activateAt"),
      set("emergencyCreditLimit.activateAt"),
      set("emergencyCreditThreshold.activateAt"),
      set("nonDisablementScheduleActivation.activateAt"),
    ],
  },
} as const satisfies Record<string, MessageRow>;
