// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { type MessageRow, read, send } from "../define.ts";

export const gasReadingMessages = {
  GCS13a: {
    code: 0x0074, title: "read the consumption register (gas)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["4.1.1"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("metering.divisor"),
      read("metering.multiplier"),
      read("metering.unitOfMeasure"),
      read("metering.currentSummationDelivered"),
    ],
  },
  GCS14: {
    code: 0x0075, title: "read balances and debts (gas)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["4.3"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("price.priceTrailingDigit"),
      read("price.currency"),
      read("prepayment.accumulatedDebt"),
      read("prepayment.emergencyCreditRemaining"),
      read("prepayment.creditRemaining"),
      read("prepayment.debtAmount3"),
      read("prepayment.debtAmount1"),
      read("prepayment.debtAmount2"),
    ],
  },
  GCS15c: {
    code: 0x0076, title: "read the billing log (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["4.4.3"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("metering.getSnapshot", { times: [12, 12] }),
      send("prepayment.getPrepaySnapshot", { times: [12, 12] }),
    ],
  },
  GCS16a: {
    code: 0x0077, title: "read the daily read log (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["4.6.1"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("metering.getSnapshot", { times: [31, 31] }),
    ],
  },
  GCS17: {
    code: 0x0078, title: "read half-hourly profile (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["4.8.1"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("metering.getSampledData"),
    ],
  },
  GCS18: {
    code: 0x0079, title: "read the gas network data log", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["4.10"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("metering.getSampledData"),
    ],
  },
  GCS21a: {
    code: 0x007B, title: "read conversion and flow settings (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.2.8"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("price.calorificValueTrailingDigit"),
      read("price.calorificValueUnit"),
      read("price.calorificValue"),
      read("price.conversionFactorTrailingDigit"),
      read("price.conversionFactor"),
      read("metering.uncontrolledFlowDivisor"),
      read("metering.uncontrolledFlowMultiplier"),
      read("metering.uncontrolledFlowThresholdUnitOfMeasure"),
      read("metering.uncontrolledFlowThreshold"),
      read("metering.flowStabilisationPeriod"),
      read("metering.flowMeasurementPeriod"),
    ],
  },
  GCS33: {
    code: 0x0082, title: "read valve state (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["7.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("metering.remainingBatteryLifeInDays"),
      read("metering.supplyStatus"),
    ],
  },
  GCS38: {
    code: 0x0084, title: "read the firmware version (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["11.2"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("metering.currentMeterId"),
    ],
  },
  GCS46: {
    code: 0x0089, title: "read MPRN (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.2.7"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("metering.siteId"),
    ],
  },
  GCS60: {
    code: 0x008D, title: "read the meter balance (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["4.18"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("metering.billToDateDelivered"),
      read("prepayment.creditRemaining"),
    ],
  },
  GCS16b: {
    code: 0x0096, title: "read the daily prepayment log (gas)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["4.14"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("prepayment.getPrepaySnapshot", { times: [31, 31] }),
    ],
  },
  GCS21e: {
    code: 0x009E, title: "read identity and type (gas, older form)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["6.2.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("basic.manufacturerName"),
      read("basic.modelIdentifier"),
      read("basic.hardwareVersion"),
      read("metering.supplyDepletionState"),
      read("metering.supplyTamperState"),
    ],
  },
  GCS21f: {
    code: 0x009F, title: "read the tariff in force (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["4.11.1"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("price.thresholdDivisor"),
      read("price.thresholdMultiplier"),
      read("price.block1Threshold"),
      read("price.block2Threshold"),
      read("price.block3Threshold"),
      read("price.tariffUnitOfMeasure"),
      read("price.noTierBlock1Price"),
      read("price.noTierBlock2Price"),
      read("price.noTierBlock3Price"),
      read("price.noTierBlock4Price"),
      read("price.tier1Block1Price"),
      read("price.tier2Block1Price"),
      read("price.tier3Block1Price"),
      read("price.tier4Block1Price"),
      read("price.currency"),
      read("price.priceTrailingDigit"),
      read("price.standingCharge"),
      send("calendar.getDayProfiles"),
      send("calendar.getWeekProfiles"),
      send("calendar.getSeasons"),
      send("calendar.getSpecialDays"),
      send("price.getCurrentPrice"),
    ],
  },
  GCS61: {
    code: 0x00A0, title: "read the daily consumption log (gas)", kind: "command", payload: "gbz", devices: ["GPF"], requests: ["4.17"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("metering.getSampledData"),
    ],
  },
  GCS21b: {
    code: 0x00B5, title: "read prepayment limits and calendar (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["4.13"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("prepayment.debtRecoveryTopUpPercentage3"),
      read("prepayment.overallDebtCap"),
      read("prepayment.debtRecoveryFrequency1"),
      read("prepayment.debtRecoveryFrequency2"),
      read("prepayment.cutOffValue"),
      read("prepayment.emergencyCreditLimit"),
      read("prepayment.emergencyCreditThreshold"),
      read("prepayment.lowCreditWarningLevel"),
      read("prepayment.maxCreditLimit"),
      read("prepayment.maxCreditPerTopUp"),
      read("prepayment.debtRecoveryAmount1"),
      read("prepayment.debtRecoveryAmount2"),
      read("price.priceTrailingDigit"),
      send("calendar.getDayProfiles"),
      send("calendar.getWeekProfiles"),
      send("calendar.getSeasons"),
      send("calendar.getSpecialDays"),
    ],
  },
  GCS13c: {
    code: 0x00B6, title: "read time-of-use registers (gas)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["4.1.2"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("metering.divisor"),
      read("metering.multiplier"),
      read("metering.unitOfMeasure"),
      read("metering.currentTier1SummationDelivered"),
      read("metering.currentTier2SummationDelivered"),
      read("metering.currentTier3SummationDelivered"),
      read("metering.currentTier4SummationDelivered"),
    ],
  },
  GCS13b: {
    code: 0x00B8, title: "read block counters (gas)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["4.1.4"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("metering.currentNoTierBlock1SummationDelivered"),
      read("metering.currentNoTierBlock2SummationDelivered"),
      read("metering.currentNoTierBlock3SummationDelivered"),
      read("metering.currentNoTierBlock4SummationDelivered"),
      read("metering.divisor"),
      read("metering.multiplier"),
      read("metering.unitOfMeasure"),
    ],
  },
  GCS21j: {
    code: 0x00BF, title: "read payment mode (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["6.2.9"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("prepayment.paymentControlConfiguration"),
    ],
  },
  GCS15b: {
    code: 0x00C3, title: "read the log of changes of mode and tariff (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["4.4.2"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("prepayment.getPrepaySnapshot", { times: [12, 12] }),
      send("metering.getSnapshot", { times: [12, 12] }),
    ],
  },
  GCS15d: {
    code: 0x00C4, title: "read the log of debt payments (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["4.4.4"],
    futureDated: false, replayProtected: false, sensitive: true, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("prepayment.getDebtRepaymentLog", { fromTime: true }),
    ],
  },
  GCS15e: {
    code: 0x00C5, title: "read the log of credits (gas)", kind: "command", payload: "gbz", devices: ["GSME"], requests: ["4.4.5"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      send("prepayment.getTopUpLog", { fromTime: true }),
    ],
  },
  GCS21m: {
    code: 0x00FB, title: "read identity, type and tamper setting (gas)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["6.2.4"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
      { role: "networkOperator", protection: "mac", response: "mac", replayProtected: false },
      { role: "accessControlBroker", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("basic.manufacturerName"),
      read("basic.modelIdentifier"),
      read("metering.supplyDepletionState"),
      read("metering.supplyTamperState"),
    ],
  },
  PECS01: {
    code: 0x0116, title: "top up by token from a prepayment display", kind: "local", payload: "zigbee", devices: ["ESME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [],
    does: [],
  },
  PECS02: {
    code: 0x0117, title: "activate emergency credit from a prepayment display", kind: "local", payload: "zigbee", devices: ["ESME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [],
    does: [],
  },
  PECS03: {
    code: 0x0118, title: "ask for supply from a prepayment display", kind: "local", payload: "zigbee", devices: ["ESME"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [],
    does: [],
  },
  HECS01: {
    code: 0x0119, title: "switch a load control switch", kind: "local", payload: "zigbee", devices: ["HCALCS"], requests: [],
    futureDated: false, replayProtected: false, sensitive: false, stamped: false,
    grants: [],
    does: [],
  },
  GCS60a: {
    code: 0x012A, title: "read the balances of both payment modes (gas)", kind: "command", payload: "gbz", devices: ["GSME", "GPF"], requests: ["4.18"],
    futureDated: false, replayProtected: false, sensitive: false, stamped: true,
    grants: [
      { role: "supplier", protection: "mac", response: "mac", replayProtected: false },
    ],
    does: [
      read("metering.billToDateDelivered"),
      read("prepayment.creditRemaining"),
    ],
  },
} as const satisfies Record<string, MessageRow>;
