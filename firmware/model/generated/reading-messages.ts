// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { get, type MessageRow } from "../define.ts";

export const readingMessages = {
  ECS17a: {
    code: 0x0026, title: "read export registers", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: true,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("activeExport.value"),
      get("activeExport.scalerUnit"),
      get("reactiveExport.value"),
      get("reactiveExport.scalerUnit"),
    ],
  },
  ECS17b: {
    code: 0x0027, title: "read import registers", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.1.1"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: true, protector: "0-0:43.2.8.255",
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("importRegisters.value"),
    ],
  },
  ECS17c: {
    code: 0x0028, title: "read power drawn now", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.16"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("powerImport.value"),
    ],
  },
  ECS17d: {
    code: 0x0029, title: "read time-of-use registers", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.1.2"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: true, protector: "0-0:43.2.9.255",
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("touRegisters.value"),
    ],
  },
  ECS17e: {
    code: 0x002A, title: "read block registers and counters", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.1.3"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: true, protector: "0-0:43.2.10.255",
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("blockTouRegisters.value"),
    ],
  },
  ECS18a: {
    code: 0x002B, title: "read maximum demand of export", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.12.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: true,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("demandExportReset.value"),
      get("demandExport.value"),
      get("demandExport.scalerUnit"),
      get("demandExport.captureTime"),
    ],
  },
  ECS18b: {
    code: 0x002C, title: "read maximum demand of import", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.12.1"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("configurableDemandReset.value"),
      get("demandImportReset.value"),
      get("demandImport.value"),
      get("demandImport.scalerUnit"),
      get("demandImport.captureTime"),
      get("configurableDemandImport.value"),
      get("configurableDemandImport.scalerUnit"),
      get("configurableDemandImport.captureTime"),
      get("demandWindow.entries"),
    ],
  },
  ECS19: {
    code: 0x002D, title: "read balances and debts", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.3"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: true, protector: "0-0:43.2.1.255",
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("prepaymentBalances.value"),
    ],
  },
  ECS20a: {
    code: 0x002E, title: "read the log of debt payments", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.4.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("debtPaymentLog.buffer"),
    ],
  },
  ECS20b: {
    code: 0x002F, title: "read the log of changes of mode and tariff", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.4.2"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false, protector: "0-0:43.2.3.255",
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("changeLog.buffer"),
    ],
  },
  ECS20c: {
    code: 0x0030, title: "read the billing log", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.4.3"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false, protector: "0-0:43.2.2.255",
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("billingRegisterLog.buffer"),
      get("billingPrepaymentLog.buffer"),
    ],
  },
  ECS21a: {
    code: 0x0033, title: "read the daily read log", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.6.1"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false, protector: "0-0:43.2.5.255",
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("dailyRegisterLog.buffer"),
    ],
  },
  ECS21b: {
    code: 0x0034, title: "read the daily prepayment log", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.14"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false, protector: "0-0:43.2.6.255",
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("dailyPrepaymentLog.buffer"),
    ],
  },
  ECS21c: {
    code: 0x0035, title: "read the daily read log of export", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.6.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("dailyExportLog.buffer"),
    ],
  },
  ECS22a: {
    code: 0x0036, title: "read half-hourly export profile", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.8.3"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("exportProfile.buffer"),
    ],
  },
  ECS22b: {
    code: 0x0037, title: "read half-hourly import profile", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.8.1"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false, protector: "0-0:43.2.7.255",
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("importProfile.buffer"),
    ],
  },
  ECS22c: {
    code: 0x0038, title: "read half-hourly reactive profile", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.8.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("reactiveProfile.buffer"),
    ],
  },
  ECS23: {
    code: 0x0039, title: "read voltage counters and averages", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.10"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("averageUnderVoltageCounter.value"),
      get("averageUnderVoltageCounter.scalerUnit"),
      get("averageOverVoltageCounter.value"),
      get("averageOverVoltageCounter.scalerUnit"),
      get("averageVoltageLog.buffer"),
      get("averageVoltageLog.capturePeriod"),
    ],
  },
  ECS24: {
    code: 0x003A, title: "read the tariff in force", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.11.1"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("activeTariffPrice.value"),
      get("activeTariffPrice.scalerUnit"),
      get("tariffCalendar.seasonsActive"),
      get("tariffCalendar.weeksActive"),
      get("tariffCalendar.daysActive"),
      get("specialDaysInForce.entries"),
      get("blockThresholdsTou1InForce.thresholds"),
      get("blockThresholdsTou2InForce.thresholds"),
      get("blockThresholdsTou3InForce.thresholds"),
      get("blockThresholdsTou4InForce.thresholds"),
      get("blockThresholdsTou5InForce.thresholds"),
      get("blockThresholdsTou6InForce.thresholds"),
      get("blockThresholdsTou7InForce.thresholds"),
      get("blockThresholdsTou8InForce.thresholds"),
      get("currencyUnit.active"),
      get("standingCharge.chargeActive"),
      get("tariffPrice.chargeActive"),
    ],
  },
  ECS26a: {
    code: 0x003B, title: "read prepayment limits and calendar", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("timeDebt1.chargeActive"),
      get("nonDisablementSpecialDaysInForce.entries"),
      get("timeDebt1.period"),
      get("timeDebt1.chargeActive"),
      get("timeDebt2.chargeActive"),
      get("timeDebt2.period"),
      get("timeDebt2.chargeActive"),
      get("paymentDebt.proportion"),
      get("maximumCredit.active"),
      get("disablementThresholdInForce.thresholds"),
      get("maximumBalance.active"),
      get("account.lowCreditThreshold"),
      get("account.maxProvision"),
      get("account.maxProvisionPeriod"),
      get("emergencyCredit.preset"),
      get("emergencyCredit.availableThreshold"),
      get("nonDisablementScheduleInForce.entries"),
      get("account.creditCharges"),
    ],
  },
  ECS27: {
    code: 0x0042, title: "read load limit", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.15"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("loadLimitSupplyState.active"),
      get("loadLimitCounter.value"),
      get("loadLimitCounter.scalerUnit"),
      get("loadLimiter.threshold"),
      get("loadLimiter.overDuration"),
      get("loadLimiter.underDuration"),
    ],
  },
  ECS66: {
    code: 0x0060, title: "read the daily consumption log", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.17"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false, protector: "0-0:43.2.4.255",
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("dailyConsumptionLog.buffer"),
    ],
  },
  ECS82: {
    code: 0x0069, title: "read the meter balance", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.18"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("meterBalance.amount"),
    ],
  },
  ECS23b: {
    code: 0x00BC, title: "read voltage counters and averages of three phases", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.10"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("averageUnderVoltageCounter.value"),
      get("averageUnderVoltageCounter.scalerUnit"),
      get("averageOverVoltageCounter.value"),
      get("averageOverVoltageCounter.scalerUnit"),
      get("averageVoltageLog.buffer"),
      get("averageVoltageLog.capturePeriod"),
      get("averageUnderVoltageCounterPhase2.value"),
      get("averageUnderVoltageCounterPhase2.scalerUnit"),
      get("averageOverVoltageCounterPhase2.value"),
      get("averageOverVoltageCounterPhase2.scalerUnit"),
      get("averageVoltageLogPhase2.buffer"),
      get("averageVoltageLogPhase2.capturePeriod"),
      get("averageUnderVoltageCounterPhase3.value"),
      get("averageUnderVoltageCounterPhase3.scalerUnit"),
      get("averageOverVoltageCounterPhase3.value"),
      get("averageOverVoltageCounterPhase3.scalerUnit"),
      get("averageVoltageLogPhase3.buffer"),
      get("averageVoltageLogPhase3.capturePeriod"),
    ],
  },
  ECS24b: {
    code: 0x00BD, title: "read the tariff in force of the secondary element", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.11.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("secondaryPrice.chargeActive"),
      get("secondaryActiveTariffPrice.value"),
      get("secondaryActiveTariffPrice.scalerUnit"),
      get("secondarySpecialDaysInForce.entries"),
      get("secondaryCalendar.seasonsActive"),
      get("secondaryCalendar.weeksActive"),
      get("secondaryCalendar.daysActive"),
    ],
  },
  ECS20d: {
    code: 0x00C9, title: "read the log of credits", kind: "command", payload: "dlms", devices: ["ESME"], requests: ["4.4.5"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      get("creditLog.buffer"),
    ],
  },
} as const satisfies Record<string, MessageRow>;
