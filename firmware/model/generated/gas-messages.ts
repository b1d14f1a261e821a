// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { type MessageRow, send } from "../define.ts";

export const gasMessages = {
  CS10a: {
    code: 0x0014, title: "read event log (gas)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["6.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("events.getEventLog"),
    ],
  },
  CS11: {
    code: 0x0015, title: "clear the event log (gas)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["3.3"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("events.clearEventLogRequest"),
    ],
  },
  GCS01a: {
    code: 0x006B, title: "set tariff, calendar and prices (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["1.1.1"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CD,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("price.publishTariffInformation"),
      send("price.publishPriceMatrix", { times: [1, 2] }),
      send("price.publishBlockThresholds"),
      send("calendar.publishCalendar"),
      send("calendar.publishDayProfile", { times: [1, 4] }),
      send("calendar.publishWeekProfile", { times: [1, 2] }),
      send("calendar.publishSeasons"),
      send("calendar.publishSpecialDays"),
    ],
  },
  GCS02: {
    code: 0x006C, title: "change to credit mode (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["1.6"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CD,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("prepayment.changePaymentMode"),
    ],
  },
  GCS03: {
    code: 0x006D, title: "change to prepayment mode (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["1.6"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CD,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("prepayment.changePaymentMode"),
    ],
  },
  GCS04: {
    code: 0x006E, title: "set debts and their recovery (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["2.3"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("prepayment.changeDebt", { times: [3, 3] }),
    ],
  },
  GCS05: {
    code: 0x006F, title: "set prepayment limits and calendar (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["2.1"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CD,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("prepayment.emergencyCreditSetup"),
      send("prepayment.setOverallDebtCap"),
      send("prepayment.setLowCreditWarningLevel", { fromTime: true }),
      send("prepayment.setMaximumCreditLimit"),
      send("calendar.publishCalendar"),
      send("calendar.publishDayProfile", { times: [1, 5] }),
      send("calendar.publishWeekProfile", { times: [1, 2] }),
      send("calendar.publishSeasons"),
      send("calendar.publishSpecialDays"),
    ],
  },
  GCS06: {
    code: 0x0070, title: "activate emergency credit (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["2.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("prepayment.selectAvailableEmergencyCredit"),
    ],
  },
  GCS07: {
    code: 0x0071, title: "show a message (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["3.1"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("messaging.displayMessage"),
    ],
  },
  GCS09: {
    code: 0x0072, title: "hide the former tenant's data (gas)", kind: "command", payload: "gbz", devices: ["GPF"], requests: ["3.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("deviceManagement.publishChangeOfTenancy"),
    ],
  },
  GCS11: {
    code: 0x0073, title: "lift the privacy PIN (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["3.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      send("deviceManagement.requestNewPasswordResponse"),
    ],
  },
  GCS23: {
    code: 0x007C, title: "set calorific value and conversion factor (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.6"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("price.publishConversionFactor"),
      send("price.publishCalorificValue"),
    ],
  },
  GCS24: {
    code: 0x007D, title: "set flow limit and tamper setting (gas, older form)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.7"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("metering.setUncontrolledFlowThreshold"),
      send("metering.setSupplyStatus"),
    ],
  },
  GCS25: {
    code: 0x007E, title: "set the billing calendar (gas, older form)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.8"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("price.publishBillingPeriod"),
      send("price.publishBlockPeriod"),
    ],
  },
  GCS31: {
    code: 0x0080, title: "start recording gas network data", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["14.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      send("metering.startSampling"),
    ],
  },
  GCS32: {
    code: 0x0081, title: "close the valve (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["7.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("metering.changeSupply", { constant: { proposed: 0, control: 1 } }),
    ],
  },
  GCS36: {
    code: 0x0083, title: "show a customer identification number (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["9.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      send("deviceManagement.updateCin"),
    ],
  },
  GCS39: {
    code: 0x0085, title: "arm the valve (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["7.3"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("metering.changeSupply", { constant: { proposed: 1, control: 1 } }),
    ],
  },
  GCS40a: {
    code: 0x0086, title: "adjust the prepayment balance (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["1.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("prepayment.creditAdjustment", { constant: { type: 0 } }),
    ],
  },
  GCS41: {
    code: 0x0087, title: "set MPRN (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.20.1"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      send("deviceManagement.updateSiteId"),
    ],
  },
  GCS44: {
    code: 0x0088, title: "set the supplier's name and telephone number (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["3.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("deviceManagement.publishChangeOfSupplier"),
    ],
  },
  PCS02: {
    code: 0x0090, title: "activate emergency credit from a prepayment display (gas)", kind: "local", payload: "gbz", devices: ["GSME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [],
    does: [
      send("prepayment.selectAvailableEmergencyCredit"),
    ],
  },
  CS01b: {
    code: 0x0097, title: "top up by token (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["2.2"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: true },
    ],
    does: [
      send("prepayment.consumerTopUp"),
    ],
  },
  PCS01: {
    code: 0x009B, title: "top up by token from a prepayment display (gas)", kind: "local", payload: "gbz", devices: ["GSME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [],
    does: [
      send("prepayment.consumerTopUp"),
    ],
  },
  GCS21d: {
    code: 0x009D, title: "read the billing calendar (gas, older form)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.2.3"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("price.getBillingPeriod"),
    ],
  },
  CS10b: {
    code: 0x00A1, title: "read security log (gas)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["6.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("events.getEventLog"),
    ],
  },
  GCS01b: {
    code: 0x00A3, title: "set prices (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["1.2.1"],
    futureDated: true, replayProtected: true, sensitive: false, stamped: true, outcome: 0x00CD,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("price.publishTariffInformation"),
      send("price.publishPriceMatrix"),
    ],
  },
  GCS20: {
    code: 0x00AD, title: "set how events are handled (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.22"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("deviceManagement.setEventConfiguration", { times: [1, 16] }),
    ],
  },
  GCS40b: {
    code: 0x00B4, title: "reset the prepayment balance (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["1.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("prepayment.creditAdjustment", { constant: { type: 1 } }),
    ],
  },
  GCS40c: {
    code: 0x00C0, title: "adjust the credit-mode balance (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["1.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("prepayment.creditAdjustment", { constant: { type: 3 } }),
    ],
  },
  GCS40d: {
    code: 0x00C2, title: "reset the credit-mode balance (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["1.5"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("prepayment.creditAdjustment", { constant: { type: 2 } }),
    ],
  },
  GCS25a: {
    code: 0x00D8, title: "set the billing calendar (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.8"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("price.publishBillingPeriod"),
      send("price.publishBlockPeriod"),
    ],
  },
  GCS21k: {
    code: 0x00DA, title: "read the billing calendar (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.2.3"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("price.getBillingPeriod"),
    ],
  },
  GCS20r: {
    code: 0x00F1, title: "read how events are handled (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.2.10"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("deviceManagement.getEventConfiguration"),
    ],
  },
  GCS24a: {
    code: 0x00FC, title: "set flow limit and tamper setting (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.7"],
    futureDated: false, replayProtected: true, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "signature+mac", response: "signature", replayProtected: true },
    ],
    does: [
      send("metering.setUncontrolledFlowThreshold"),
      send("metering.setSupplyStatus"),
    ],
  },
} as const satisfies Record<string, MessageRow>;
