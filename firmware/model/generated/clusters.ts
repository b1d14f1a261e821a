// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { attribute, method, zclCluster } from "../define.ts";
import * as t from "../make-types.ts";

/** Who made it. */
export const basic = zclCluster(1001, "basic", 0x0000, {
  attributes: {
    hardwareVersion: attribute(3, "get", t.u8),
    manufacturerName: attribute(4, "get", t.text("octets", 0, 32)),
    modelIdentifier: attribute(5, "get", t.text("octets", 0, 32)),
  },
  methods: {},
});
/** Prices, tariff and conversion. */
export const price = zclCluster(1002, "price", 0x0700, {
  attributes: {
    block1Threshold: attribute(0x100, "get", t.u48),
    block2Threshold: attribute(0x101, "get", t.u48),
    block3Threshold: attribute(0x102, "get", t.u48),
    thresholdMultiplier: attribute(0x202, "get", t.u24),
    thresholdDivisor: attribute(0x203, "get", t.u24),
    standingCharge: attribute(0x301, "get", t.u32),
    conversionFactor: attribute(0x302, "get", t.u32),
    conversionFactorTrailingDigit: attribute(0x303, "get", t.map8),
    calorificValue: attribute(0x304, "get", t.u32),
    calorificValueUnit: attribute(0x305, "get", t.u8),
    calorificValueTrailingDigit: attribute(0x306, "get", t.map8),
    noTierBlock1Price: attribute(0x400, "get", t.u32),
    noTierBlock2Price: attribute(0x401, "get", t.u32),
    noTierBlock3Price: attribute(0x402, "get", t.u32),
    noTierBlock4Price: attribute(0x403, "get", t.u32),
    tier1Block1Price: attribute(0x410, "get", t.u32),
    tier2Block1Price: attribute(0x420, "get", t.u32),
    tier3Block1Price: attribute(0x430, "get", t.u32),
    tier4Block1Price: attribute(0x440, "get", t.u32),
    tariffUnitOfMeasure: attribute(0x615, "get", t.u8),
    currency: attribute(0x616, "get", t.u16),
    priceTrailingDigit: attribute(0x617, "get", t.map8),
  },
  methods: {
    getCurrentPrice: method(0, t.structure({ options: t.map8 }), undefined, { id: 0x00, by: "client", frame: 0x01, reply: "publishPrice" }),
    getBillingPeriod: method(11, t.structure({ earliestStart: t.timestamp, minIssuerEventId: t.u32, numCommands: t.u8, tariffType: t.map8 }), undefined, { id: 0x0B, by: "client", frame: 0x01, reply: "publishBillingPeriod" }),
    publishPrice: method(0x100, t.structure({ provider: t.u32, rateLabel: t.octets(0, 254), issuerEvent: t.u32, currentTime: t.timestamp, unitOfMeasure: t.u8, currency: t.u16, trailingDigitAndTier: t.map8, numTiersAndRegisterTier: t.map8, startTime: t.timestamp, durationMin: t.u16, price: t.u32, rest: t.remainder(1024) }), undefined, { id: 0x00, by: "server", replyFrame: 0x19 }),
    publishBlockPeriod: method(0x101, t.structure({ provider: t.u32, issuerEvent: t.u32, start: t.timestamp, duration: t.u24, control: t.map8, durationType: t.map8, tariffType: t.map8, resolution: t.u8 }), undefined, { id: 0x01, by: "server", frame: 0x09 }),
    publishConversionFactor: method(0x102, t.structure({ issuerEvent: t.u32, start: t.timestamp, factor: t.u32, trailingDigit: t.map8 }), undefined, { id: 0x02, by: "server", frame: 0x09 }),
    publishCalorificValue: method(0x103, t.structure({ issuerEvent: t.u32, start: t.timestamp, value: t.u32, unit: t.u8, trailingDigit: t.map8 }), undefined, { id: 0x03, by: "server", frame: 0x09 }),
    publishTariffInformation: method(0x104, t.structure({ provider: t.u32, issuerEvent: t.u32, issuerTariff: t.u32, start: t.timestamp, tariffTypeChargingScheme: t.map8, label: t.octets(0, 254), tiers: t.u8, blockThresholds: t.u8, unit: t.u8, currency: t.u16, trailingDigit: t.map8, standingCharge: t.u32, tierBlockMode: t.u8, multiplier: t.u24, divisor: t.u24 }), undefined, { id: 0x04, by: "server", frame: 0x09 }),
    publishPriceMatrix: method(0x105, t.structure({ provider: t.u32, issuerEvent: t.u32, start: t.timestamp, issuerTariff: t.u32, cmdIndex: t.u8, totalCmds: t.u8, subControl: t.map8, entries: t.repeated(t.structure({ tierBlock: t.u8, price: t.u32 }), 255, "rest") }), undefined, { id: 0x05, by: "server", frame: 0x09 }),
    publishBlockThresholds: method(0x106, t.structure({ provider: t.u32, issuerEvent: t.u32, start: t.timestamp, issuerTariff: t.u32, cmdIndex: t.u8, totalCmds: t.u8, subControl: t.map8, entries: t.repeated(t.structure({ tierNumThresholds: t.u8, thresholds: t.repeated(t.u48, 15, { field: "tierNumThresholds", mask: 15 }) }), 255, "rest") }), undefined, { id: 0x06, by: "server" }),
    publishBillingPeriod: method(0x109, t.structure({ provider: t.u32, issuerEvent: t.u32, start: t.timestamp, duration: t.u24, durationType: t.u8, tariffType: t.u8 }), undefined, { id: 0x09, by: "server", frame: 0x09, replyFrame: 0x09 }),
  },
});
/** Registers, profiles, snapshots and the valve. */
export const metering = zclCluster(1003, "metering", 0x0702, {
  attributes: {
    currentSummationDelivered: attribute(0, "get", t.u48),
    supplyStatus: attribute(20, "get", t.u8),
    currentTier1SummationDelivered: attribute(0x100, "get", t.u48),
    currentTier2SummationDelivered: attribute(0x102, "get", t.u48),
    currentTier3SummationDelivered: attribute(0x104, "get", t.u48),
    currentTier4SummationDelivered: attribute(0x106, "get", t.u48),
    remainingBatteryLifeInDays: attribute(0x205, "get", t.u16),
    currentMeterId: attribute(0x206, "get", t.octets(0, 32)),
    unitOfMeasure: attribute(0x300, "get", t.u8),
    multiplier: attribute(0x301, "get", t.u24),
    divisor: attribute(0x302, "get", t.u24),
    siteId: attribute(0x307, "get", t.octets(0, 32)),
    supplyTamperState: attribute(0x607, "get", t.u8),
    supplyDepletionState: attribute(0x608, "get", t.u8),
    currentNoTierBlock1SummationDelivered: attribute(0x700, "get", t.u48),
    currentNoTierBlock2SummationDelivered: attribute(0x701, "get", t.u48),
    currentNoTierBlock3SummationDelivered: attribute(0x702, "get", t.u48),
    currentNoTierBlock4SummationDelivered: attribute(0x703, "get", t.u48),
    billToDateDelivered: attribute(0xa00, "get", t.u32),
    uncontrolledFlowThreshold: attribute(0xb10, "get", t.u16),
    uncontrolledFlowThresholdUnitOfMeasure: attribute(0xb11, "get", t.u8),
    uncontrolledFlowMultiplier: attribute(0xb12, "get", t.u16),
    uncontrolledFlowDivisor: attribute(0xb13, "get", t.u16),
    flowStabilisationPeriod: attribute(0xb14, "get", t.u8),
    flowMeasurementPeriod: attribute(0xb15, "get", t.u16),
  },
  methods: {
    getSnapshot: method(6, t.structure({ earliest: t.timestamp, latest: t.timestamp, offset: t.u8, cause: t.map32 }), undefined, { id: 0x06, by: "client", frame: 0x01, reply: "publishSnapshot" }),
    startSampling: method(7, t.structure({ issuerEvent: t.u32, start: t.timestamp, sampleType: t.u8, interval: t.u16, maxSamples: t.u16 }), undefined, { id: 0x07, by: "client", frame: 0x01, reply: "startSamplingResponse" }),
    getSampledData: method(8, t.structure({ sampleId: t.u16, earliest: t.timestamp, sampleType: t.u8, numSamples: t.u16 }), undefined, { id: 0x08, by: "client", frame: 0x01, reply: "getSampledDataResponse" }),
    changeSupply: method(11, t.structure({ provider: t.u32, issuerEvent: t.u32, request: t.timestamp, implementation: t.timestamp, proposed: t.u8, control: t.map8 }), undefined, { id: 0x0B, by: "client", frame: 0x01, reply: "supplyStatusResponse" }),
    setSupplyStatus: method(13, t.structure({ issuerEvent: t.u32, tamper: t.u8, depletion: t.u8, uncontrolledFlow: t.u8, loadLimit: t.u8 }), undefined, { id: 0x0D, by: "client", frame: 0x01 }),
    setUncontrolledFlowThreshold: method(14, t.structure({ provider: t.u32, issuerEvent: t.u32, threshold: t.u16, unit: t.u8, multiplier: t.u16, divisor: t.u16, stabilisation: t.u8, measurement: t.u16 }), undefined, { id: 0x0E, by: "client", frame: 0x01 }),
    publishSnapshot: method(0x106, t.structure({ snapshotId: t.u32, time: t.timestamp, found: t.u8, cmdIndex: t.u8, totalCmds: t.u8, cause: t.map32, payloadType: t.u8, snapshot: t.structure({ summation: t.u48, tierCount: t.u8, tiers: t.repeated(t.u48, 15, { field: "tierCount" }), tiersAndThresholds: t.u8, blocks: t.repeated(t.u48, 15, { field: "tiersAndThresholds", mask: 15 }) }) }), undefined, { id: 0x06, by: "server", replyFrame: 0x19 }),
    getSampledDataResponse: method(0x107, t.structure({ sampleId: t.u16, start: t.timestamp, sampleType: t.u8, interval: t.u16, n: t.u16, items: t.repeated(t.u24, 512, { field: "n" }) }), undefined, { id: 0x07, by: "server", replyFrame: 0x19 }),
    supplyStatusResponse: method(0x10c, t.structure({ provider: t.u32, issuerEvent: t.u32, implementation: t.timestamp, status: t.u8 }), undefined, { id: 0x0C, by: "server" }),
    startSamplingResponse: method(0x10d, t.structure({ sampleId: t.u16 }), undefined, { id: 0x0D, by: "server", replyFrame: 0x09 }),
  },
});
/** Messages to the consumer. */
export const messaging = zclCluster(1004, "messaging", 0x0703, { attributes: {}, methods: { displayMessage: method(0x100, t.structure({ messageId: t.u32, control: t.map8, start: t.timestamp, durationMin: t.u16, message: t.octets(0, 254), extControl: t.optional(t.map8) }), undefined, { id: 0x00, by: "server", frame: 0x09 }) } });
/** Balance, credit and debt. */
export const prepayment = zclCluster(1005, "prepayment", 0x0705, {
  attributes: {
    paymentControlConfiguration: attribute(0, "get", t.map16),
    creditRemaining: attribute(1, "get", t.i32),
    emergencyCreditRemaining: attribute(2, "get", t.i32),
    accumulatedDebt: attribute(5, "get", t.i32),
    overallDebtCap: attribute(6, "get", t.i32),
    emergencyCreditLimit: attribute(16, "get", t.u32),
    emergencyCreditThreshold: attribute(17, "get", t.u32),
    maxCreditLimit: attribute(33, "get", t.u32),
    maxCreditPerTopUp: attribute(34, "get", t.u32),
    lowCreditWarningLevel: attribute(49, "get", t.u32),
    cutOffValue: attribute(64, "get", t.i32),
    debtAmount1: attribute(0x211, "get", t.u32),
    debtRecoveryFrequency1: attribute(0x216, "get", t.u8),
    debtRecoveryAmount1: attribute(0x217, "get", t.u32),
    debtAmount2: attribute(0x221, "get", t.u32),
    debtRecoveryFrequency2: attribute(0x226, "get", t.u8),
    debtRecoveryAmount2: attribute(0x227, "get", t.u32),
    debtAmount3: attribute(0x231, "get", t.u32),
    debtRecoveryTopUpPercentage3: attribute(0x239, "get", t.u16),
  },
  methods: {
    selectAvailableEmergencyCredit: method(0, t.structure({ issueTime: t.timestamp, originatingDevice: t.u8 }), undefined, { id: 0x00, by: "client", frame: 0x01 }),
    changeDebt: method(2, t.structure({ issuerEvent: t.u32, label: t.octets(0, 254), amount: t.i32, method: t.u8, amountType: t.u8, start: t.timestamp, collectionTime: t.u16, frequency: t.u8, recoveryAmount: t.i32, percentage: t.u16 }), undefined, { id: 0x02, by: "client", frame: 0x01 }),
    emergencyCreditSetup: method(3, t.structure({ issuerEvent: t.u32, start: t.timestamp, limit: t.u32, threshold: t.u32 }), undefined, { id: 0x03, by: "client", frame: 0x01 }),
    consumerTopUp: method(4, t.structure({ originatingDevice: t.u8, code: t.octets(0, 254) }), undefined, { id: 0x04, by: "client", frame: 0x01, reply: "consumerTopUpResponse" }),
    creditAdjustment: method(5, t.structure({ issuerEvent: t.u32, start: t.timestamp, type: t.u8, value: t.i32 }), undefined, { id: 0x05, by: "client", frame: 0x01 }),
    changePaymentMode: method(6, t.structure({ provider: t.u32, issuerEvent: t.u32, implementation: t.timestamp, config: t.map16, cutOff: t.i32 }), undefined, { id: 0x06, by: "client", frame: 0x01, reply: "changePaymentModeResponse" }),
    getPrepaySnapshot: method(7, t.structure({ earliest: t.timestamp, latest: t.timestamp, offset: t.u8, cause: t.map32 }), undefined, { id: 0x07, by: "client", frame: 0x01, reply: "publishPrepaySnapshot" }),
    getTopUpLog: method(8, t.structure({ latestEnd: t.timestamp, numRecords: t.u8 }), undefined, { id: 0x08, by: "client", frame: 0x01, reply: "publishTopUpLog" }),
    setLowCreditWarningLevel: method(9, t.structure({ level: t.u32 }), undefined, { id: 0x09, by: "client", frame: 0x01 }),
    getDebtRepaymentLog: method(10, t.structure({ latestEnd: t.timestamp, numDebts: t.u8, debtType: t.u8 }), undefined, { id: 0x0A, by: "client", frame: 0x01, reply: "publishDebtLog" }),
    setMaximumCreditLimit: method(11, t.structure({ provider: t.u32, issuerEvent: t.u32, implementation: t.timestamp, maxLevel: t.u32, maxPerTopUp: t.u32 }), undefined, { id: 0x0B, by: "client", frame: 0x01 }),
    setOverallDebtCap: method(12, t.structure({ provider: t.u32, issuerEvent: t.u32, implementation: t.timestamp, cap: t.i32 }), undefined, { id: 0x0C, by: "client", frame: 0x01 }),
    publishPrepaySnapshot: method(0x101, t.structure({ snapshotId: t.u32, time: t.timestamp, found: t.u8, cmdIndex: t.u8, totalCmds: t.u8, cause: t.map32, payloadType: t.u8, accumulatedDebt: t.i32, type1: t.u32, type2: t.u32, type3: t.u32, emergencyCredit: t.i32, creditRemaining: t.i32 }), undefined, { id: 0x01, by: "server", replyFrame: 0x19 }),
    changePaymentModeResponse: method(0x102, t.structure({ friendlyCredit: t.map8, friendlyCreditCalendar: t.u32, ecLimit: t.u32, ecThreshold: t.u32 }), undefined, { id: 0x02, by: "server", replyFrame: 0x19 }),
    consumerTopUpResponse: method(0x103, t.structure({ result: t.u8, value: t.i32, source: t.u8, creditRemaining: t.i32 }), undefined, { id: 0x03, by: "server", replyFrame: 0x09 }),
    publishTopUpLog: method(0x105, t.structure({ cmdIndex: t.u8, totalCmds: t.u8, entries: t.repeated(t.structure({ code: t.octets(0, 254), amount: t.i32, time: t.timestamp }), 255, "rest") }), undefined, { id: 0x05, by: "server", replyFrame: 0x19 }),
    publishDebtLog: method(0x106, t.structure({ cmdIndex: t.u8, totalCmds: t.u8, entries: t.repeated(t.structure({ time: t.timestamp, collected: t.u32, type: t.u8, outstanding: t.u32 }), 255, "rest") }), undefined, { id: 0x06, by: "server", replyFrame: 0x19 }),
  },
});
/** Calendars. */
export const calendar = zclCluster(1006, "calendar", 0x0707, {
  attributes: {},
  methods: {
    getDayProfiles: method(1, t.structure({ provider: t.u32, calendar: t.u32, startDay: t.u8, numDays: t.u8 }), undefined, { id: 0x01, by: "client", frame: 0x01, reply: "publishDayProfile" }),
    getWeekProfiles: method(2, t.structure({ provider: t.u32, calendar: t.u32, startWeek: t.u8, numWeeks: t.u8 }), undefined, { id: 0x02, by: "client", frame: 0x01, reply: "publishWeekProfile" }),
    getSeasons: method(3, t.structure({ provider: t.u32, calendar: t.u32 }), undefined, { id: 0x03, by: "client", frame: 0x01, reply: "publishSeasons" }),
    getSpecialDays: method(4, t.structure({ start: t.timestamp, numEvents: t.u8, calendarType: t.u8, provider: t.u32, calendar: t.u32 }), undefined, { id: 0x04, by: "client", frame: 0x01, reply: "publishSpecialDays" }),
    publishCalendar: method(0x100, t.structure({ provider: t.u32, issuerEvent: t.u32, calendar: t.u32, start: t.timestamp, type: t.u8, timeRef: t.u8, name: t.octets(0, 254), seasons: t.u8, weeks: t.u8, days: t.u8 }), undefined, { id: 0x00, by: "server", frame: 0x09 }),
    publishDayProfile: method(0x101, t.structure({ provider: t.u32, issuerEvent: t.u32, calendar: t.u32, dayId: t.u8, totalEntries: t.u8, cmdIndex: t.u8, totalCmds: t.u8, type: t.u8, entries: t.repeated(t.structure({ startMin: t.u16, tierOrFlag: t.u8 }), 255, "rest") }), undefined, { id: 0x01, by: "server", frame: 0x09, replyFrame: 0x19 }),
    publishWeekProfile: method(0x102, t.structure({ provider: t.u32, issuerEvent: t.u32, calendar: t.u32, weekId: t.u8, mon: t.u8, tue: t.u8, wed: t.u8, thu: t.u8, fri: t.u8, sat: t.u8, sun: t.u8 }), undefined, { id: 0x02, by: "server", frame: 0x09, replyFrame: 0x19 }),
    publishSeasons: method(0x103, t.structure({ provider: t.u32, issuerEvent: t.u32, calendar: t.u32, cmdIndex: t.u8, totalCmds: t.u8, entries: t.repeated(t.structure({ date: t.calendar("date"), week: t.u8 }), 255, "rest") }), undefined, { id: 0x03, by: "server", frame: 0x09, replyFrame: 0x19 }),
    publishSpecialDays: method(0x104, t.structure({ provider: t.u32, issuerEvent: t.u32, calendar: t.u32, start: t.timestamp, type: t.u8, total: t.u8, cmdIndex: t.u8, totalCmds: t.u8, entries: t.repeated(t.structure({ date: t.calendar("date"), day: t.u8 }), 255, "rest") }), undefined, { id: 0x04, by: "server", frame: 0x09, replyFrame: 0x19 }),
  },
});
/** Tenancy, supplier, events. */
export const deviceManagement = zclCluster(1007, "deviceManagement", 0x0708, {
  attributes: {},
  methods: {
    reportEventConfiguration: method(4, t.structure({ cmdIndex: t.u8, totalCmds: t.u8, entries: t.repeated(t.structure({ event: t.u16, config: t.map8 }), 255, "rest") }), undefined, { id: 0x04, by: "client", replyFrame: 0x01 }),
    publishChangeOfTenancy: method(0x100, t.structure({ provider: t.u32, issuerEvent: t.u32, tariffType: t.map8, implementation: t.timestamp, control: t.map32 }), undefined, { id: 0x00, by: "server", frame: 0x09 }),
    publishChangeOfSupplier: method(0x101, t.structure({ provider: t.u32, issuerEvent: t.u32, tariffType: t.map8, proposedProvider: t.u32, implementation: t.timestamp, control: t.map32, name: t.octets(0, 254), contact: t.octets(0, 254) }), undefined, { id: 0x01, by: "server", frame: 0x09 }),
    requestNewPasswordResponse: method(0x102, t.structure({ issuerEvent: t.u32, implementation: t.timestamp, durationMin: t.u16, type: t.u8, password: t.octets(0, 254) }), undefined, { id: 0x02, by: "server", frame: 0x09 }),
    updateSiteId: method(0x103, t.structure({ issuerEvent: t.u32, siteIdTime: t.timestamp, provider: t.u32, siteId: t.octets(0, 254) }), undefined, { id: 0x03, by: "server", frame: 0x09 }),
    setEventConfiguration: method(0x104, t.structure({ issuerEvent: t.u32, start: t.timestamp, config: t.map8, control: t.u8, n: t.u8, items: t.repeated(t.u16, 512, { field: "n" }) }), undefined, { id: 0x04, by: "server", frame: 0x09 }),
    getEventConfiguration: method(0x105, t.structure({ event: t.u16 }), undefined, { id: 0x05, by: "server", frame: 0x09, reply: "reportEventConfiguration" }),
    updateCin: method(0x106, t.structure({ issuerEvent: t.u32, implementation: t.timestamp, provider: t.u32, cin: t.octets(0, 254) }), undefined, { id: 0x06, by: "server", frame: 0x09 }),
  },
});
/** Event logs. */
export const events = zclCluster(1008, "events", 0x0709, {
  attributes: {},
  methods: {
    getEventLog: method(0, t.structure({ controlLogId: t.map8, event: t.u16, start: t.timestamp, end: t.timestamp, numEvents: t.u8, offset: t.u16 }), undefined, { id: 0x00, by: "client", frame: 0x01, reply: "publishEventLog" }),
    clearEventLogRequest: method(1, t.structure({ logId: t.map8 }), undefined, { id: 0x01, by: "client", frame: 0x01, reply: "clearEventLogResponse" }),
    publishEventLog: method(0x101, t.structure({ total: t.u16, cmdIndex: t.u8, totalCmds: t.u8, control: t.map8, entries: t.repeated(t.structure({ logId: t.map8, event: t.u16, time: t.timestamp, data: t.octets(0, 254) }), 255, "rest") }), undefined, { id: 0x01, by: "server", replyFrame: 0x19 }),
    clearEventLogResponse: method(0x102, t.structure({ cleared: t.map8 }), undefined, { id: 0x02, by: "server", replyFrame: 0x09 }),
  },
});
