// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import * as t from "../make-types.ts";

/** Power of ten, and unit. */
export const scalerUnit = t.structure({ scaler: t.i8, unit: t.names("enum", { watt: 27, wattHour: 30, varHour: 32, currency: 254, count: 255 }) });
/** Both ends inclusive; the least and the greatest value are everything. */
export const range = t.structure({ from: t.timestamp, to: t.timestamp });
/** A log entry of one value. */
export const timedValue = t.structure({ time: t.timestamp, value: t.u32 });
/** A log entry of two values. */
export const timedPair = t.structure({ time: t.timestamp, value: t.u32, second: t.u32 });
/** Other information is empty for most codes. */
export const eventLogEntry = t.structure({ time: t.timestamp, code: t.u16, other: t.octets(0, 8) });
/** An entry of a security log. */
export const securityLogEntry = t.structure({ time: t.timestamp, code: t.u16 });
/** An entry of the power event log. */
export const powerLogEntry = t.structure({ time: t.timestamp, code: t.u16, value: t.u32 });
/** Which controller did what. */
export const auxiliaryLogEntry = t.structure({ time: t.timestamp, controller: t.u16, outcome: t.names("enum", { unknown: 0, success: 1, failure: 2 }), hanCommand: t.u32 });
/** One use of the boost button. */
export const boostLogEntry = t.structure({ start: t.timestamp, end: t.timestamp });
/** The channel taken from then on. */
export const channelLogEntry = t.structure({ time: t.timestamp, code: t.u16, channel: t.octets(7) });
/** Registers at one moment, Wh. */
export const registerLogEntry = t.structure({ time: t.timestamp, import: t.u32, secondaryImport: t.twin(t.u32), tou: t.array(t.u32, 48, 48), secondaryTou: t.twin(t.array(t.u32, 4, 4)), block1: t.array(t.u32, 8, 8), block2: t.array(t.u32, 8, 8), block3: t.array(t.u32, 8, 8), block4: t.array(t.u32, 8, 8) });
/** Balances and debts at one moment. */
export const prepaymentLogEntry = t.structure({ time: t.timestamp, emergencyCredit: t.i32, balance: t.i32, paymentDebt: t.i32, timeDebt1: t.i32, timeDebt2: t.i32, accumulatedDebt: t.i32 });
/** Registers and balances when mode or tariff changed. */
export const changeLogEntry = t.structure({ time: t.timestamp, import: t.u32, secondaryImport: t.twin(t.u32), tou: t.array(t.u32, 48, 48), secondaryTou: t.twin(t.array(t.u32, 4, 4)), block1: t.array(t.u32, 8, 8), block2: t.array(t.u32, 8, 8), block3: t.array(t.u32, 8, 8), block4: t.array(t.u32, 8, 8), emergencyCredit: t.i32, balance: t.i32, paymentDebt: t.i32, timeDebt1: t.i32, timeDebt2: t.i32, accumulatedDebt: t.i32 });
/** Wh in the half hour that ends at time. */
export const profileEntry = t.structure({ time: t.timestamp, import: t.u32, secondaryImport: t.twin(t.u32) });
/** Active and reactive import. */
export const importRegisters = t.structure({ import: t.u32, importUnit: scalerUnit, reactive: t.u32, reactiveUnit: scalerUnit, secondaryImport: t.twin(t.u32) });
/** Wh, by time of use. */
export const touRegisters = t.structure({ tou: t.array(t.u32, 48, 48), secondaryTou: t.twin(t.array(t.u32, 4, 4)) });
/** For each block 8 registers, then 8 counters. */
export const blockRegisters = t.structure({ values: t.array(t.u32, 64, 64) });
/** W, of all elements and of the primary one. */
export const powerImport = t.structure({ power: t.u32, unit: scalerUnit, primary: t.u32 });
/** Balances and debts. */
export const prepaymentBalances = t.structure({ balance: t.i32, emergencyCredit: t.i32, accumulatedDebt: t.i32, timeDebt1: t.i32, timeDebt2: t.i32, paymentDebt: t.i32 });
/** A season ends where the next begins. */
export const season = t.structure({ name: t.octets(0, 8), start: t.calendar("dateTime"), week: t.octets(0, 4) });
/** A day profile for each weekday. */
export const week = t.structure({ name: t.octets(0, 4), monday: t.u8, tuesday: t.u8, wednesday: t.u8, thursday: t.u8, friday: t.u8, saturday: t.u8, sunday: t.u8 });
/** What begins at a time of day. */
export const daySwitch = t.structure({ start: t.calendar("time"), script: t.octets(6), selector: t.u16 });
/** A day profile. */
export const day = t.structure({ day: t.u8, switches: t.array(daySwitch, 0, 48) });
/** A date with a day profile of its own. */
export const specialDay = t.structure({ index: t.u16, date: t.calendar("date"), day: t.u8 });
/** Weekdays from Monday; a bit for each special day of the table. */
export const scheduleEntry = t.structure({ index: t.u16, enabled: t.boolean, script: t.octets(6), selector: t.u16, start: t.calendar("time"), window: t.u16, weekdays: t.bits(7), specialDays: t.bits(0, 50), from: t.calendar("date"), to: t.calendar("date") });
/** A moment that may recur. */
export const execution = t.structure({ time: t.calendar("time"), date: t.calendar("date") });
/** Powers of ten. */
export const chargeScale = t.structure({ commodity: t.i8, price: t.i8 });
/** The register that is charged. */
export const commodity = t.structure({ class: t.u16, name: t.octets(6), attribute: t.i8 });
/** One charge. */
export const unitCharge = t.structure({ scale: chargeScale, commodity: commodity, charges: t.array(t.structure({ index: t.octets(0), charge: t.i16 }), 1, 1) });
/** A charge for each register. */
export const touCharge = t.structure({ scale: chargeScale, commodity: commodity, charges: t.array(t.structure({ index: t.octets(1), charge: t.i16 }), 1, 80) });
/** Payment mode and the account's state. */
export const accountMode = t.structure({ mode: t.names("enum", { credit: 1, prepayment: 2 }), status: t.names("enum", { passive: 1, active: 2, closed: 3 }) });
/** Which charge a credit may pay. */
export const creditCharge = t.structure({ credit: t.octets(6), charge: t.octets(6), collect: t.bits(3) });
/** LinkQuality is sub-GHz quality, or a mark that the device is at 2.4 GHz. */
export const activeDevice = t.structure({ device: t.octets(8), status: t.map8, rssiMax: t.i8, linkQuality: t.i8, rssiMin: t.i8, lqiMax: t.u8, lqiMean: t.u8, lqiMin: t.u8, lastHeard: t.weekdayTime, hops: t.u8, failures: t.u8, successes: t.u8, application: t.u8, stack: t.u8 });
/** The hash is empty where no key was ever agreed. */
export const devicesBackup = t.structure({ time: t.dateTime, panId: t.octets(8), devices: t.array(t.structure({ device: t.octets(8), keyHash: t.octets(0, 16) }), 0, 16) });
/** A device log to go back to. */
export const devicesRestore = t.structure({ panId: t.octets(8), devices: t.array(t.structure({ device: t.octets(8), keyHash: t.octets(0, 16) }), 1, 16) });
/** An install code has no CRC here. */
export const registration = t.structure({ device: t.octets(8), keyType: t.names("enum", { installCode: 1 }), key: t.octets(0, 16), deviceType: t.names("enum", { ESME: 0, GSME: 1, HCALCS: 13, IHD: 128, CAD: 130, PPMID: 132, GPF: 254 }) });
/** Channel masks, duty cycle in hundredths of a per cent, limits. */
export const subGhzConfiguration = t.structure({ page28: t.bits(32), page29: t.bits(32), page30: t.bits(32), page31: t.bits(32), limitedThreshold: t.u16, criticalThreshold: t.u16, changesPerWeek: t.u8, gsmeCurfew: t.u16, quieterDb: t.u8, noisierDb: t.u8, poorShare: t.u16, poorPeriods: t.u8, noisePeriod: t.u16, failureShare: t.u16, retryShare: t.u16 });
/** The hub's time is taken over when it lies between from and to. */
export const clockWindow = t.structure({ preset: t.dateTime, from: t.dateTime, to: t.dateTime });
/** State of the supply. */
export const supplyState = t.names("enum", { disabled: 0, enabled: 1, armed: 2 });
/** Where a clock takes its time from. */
export const clockBase = t.names("enum", { none: 0, crystal: 1, mains50: 2, mains60: 3, gps: 4, radio: 5 });
/** How far a clock can be believed. */
export const clockStatus = t.names("u8", { reliable: 0, invalid: 1, unreliable: 2 });
/** Who a party is. */
export const partyRole = t.names("u8", { root: 0, recovery: 1, supplier: 2, networkOperator: 3, accessControlBroker: 4, transitionalCoS: 5, wanProvider: 6, issuingAuthority: 7, loadController: 8, other: 127 });
/** What a key is for. */
export const keyUsage = t.names("keyUsage", { sign: 1, agree: 2, certify: 3 });
/** What a cell is for. */
export const cellUsage = t.names("u8", { management: 0, topUp: 1 });
/** The name of a trust anchor cell. */
export const cell = t.structure({ role: partyRole, usage: keyUsage, cellUsage: t.defaulted(cellUsage, "management") });
/** X.509 on the GBCS wire, CWT on the COSE wire. */
export const certificate = t.item(1200);
/** Who replaces whose anchors; 0 and 1 named from memory. */
export const replacementMode = t.names("u8", { rootBySupplier: 0, rootByWanProvider: 1, supplierBySupplier: 2, networkOperatorByNetworkOperator: 3, accessControlBrokerByItself: 4, wanProviderByWanProvider: 5, transitionalCoSByItself: 6, supplierByTransitionalCoS: 7, anyByRecovery: 8, anyByContingency: 9, loadControllerByItself: 10, loadControllerBySupplier: 11 });
/** A floor for the counters of tokens. */
export const topUpFloor = t.structure({ usage: t.names("u8", { topUp: 0 }), floor: t.u64 });
/** The least counter to be accepted of a role from then on is above it. */
export const floor = t.structure({ role: partyRole, floor: t.u64, topUp: t.optional(t.array(topUpFloor, 0, 1)) });
/** What authorises a replacement, and the counters it sets. */
export const replacementControl = t.structure({ mode: replacementMode, symmetricKey: t.optional(t.tagged(0, t.octets(0, 64))), skipTimeChecks: t.optional(t.tagged(1, t.names("u8", { yes: 1 }))), authorisingCell: t.optional(t.tagged(2, cell)), authoriserCounter: t.tagged(3, t.u64), authoriserFloor: t.optional(t.tagged(4, t.u64)), topUpFloors: t.optional(t.tagged(5, t.array(topUpFloor, 0, 1))), floors: t.optional(t.tagged(6, t.array(floor, 0, 9))) });
/** Certificates, each for a cell. */
export const replacement = t.structure({ control: replacementControl, replacements: t.array(t.structure({ certificate: certificate, cell: cell }), 0, 16), path: t.array(certificate, 0, 4), executionTime: t.optional(t.dateTime) });
/** Outcome of a cell. */
export const cellStatus = t.names("enum", { success: 0, badCertificate: 5, noTrustAnchor: 10, noMemory: 17, anchorNotFound: 25, busy: 30, other: 127 });
/** A cell that failed repeats the old names as new. */
export const cellOutcome = t.structure({ cell: cell, status: cellStatus, oldHolder: t.octets(0, 8), oldKey: t.octets(0, 8), newHolder: t.octets(0, 8), newKey: t.octets(0, 8) });
/** What a replacement has done, cell by cell. */
export const replacementOutcome = t.structure({ authoriserCounter: t.u64, mode: replacementMode, floors: t.array(floor, 0, 9), cells: t.array(cellOutcome, 0, 16) });
/** Without outcome while a future-dated one waits. */
export const replacementReply = t.structure({ accepted: t.nothing, outcome: t.optional(replacementOutcome) });
/** Whose anchors are asked for, by whom. */
export const anchorsRequest = t.structure({ asker: cell, roles: t.array(partyRole, 0, 9) });
/** Who is believed. */
export const anchorsReply = t.array(t.structure({ role: partyRole, status: cellStatus, counter: t.optional(t.u64), anchors: t.optional(t.array(t.structure({ usage: keyUsage, cellUsage: t.defaulted(cellUsage, "management"), holder: t.octets(8), key: t.octets(8) }), 0, 4)) }), 0, 9);
/** Outcome of installing a device certificate; names beyond 3 in an order assumed. */
export const certificateFault = t.names("u8", { success: 0, invalidCertificate: 1, wrongIdentity: 2, invalidUsage: 3, noKeyPair: 4, wrongKey: 5, storageFailed: 6, keyChangeFailed: 7 });
/** Why there is no certificate request; order assumed. */
export const requestFault = t.names("u8", { invalidUsage: 1, keyPairFailed: 2, requestFailed: 3 });
/** Why there is no certificate; order assumed. */
export const retrievalFault = t.names("u8", { invalidUsage: 1, noneHeld: 2, retrievalFailed: 3 });
/** How two devices join. */
export const joinMethod = t.names("u8", { aInitiator: 0, aResponder: 1, b: 2, c: 3 });
/** Device types of joins. */
export const joinDevice = t.names("u8", { GSME: 0, ESME: 1, CHF: 2, GPF: 3, HCALCS: 4, PPMID: 5, type2: 6 });
/** The other device. */
export const joinRequest = t.structure({ method: joinMethod, device: t.octets(8), type: joinDevice, certificate: t.optional(certificate) });
/** 3 and 11 measured, the order of the others assumed. */
export const joinOutcome = t.names("u8", { success: 0, wrongMessageCode: 1, wrongMethod: 2, otherTypeListed: 3, logFull: 4, writeFailed: 5, noResources: 6, unknownIssuer: 7, unsupportedSuite: 8, badMessage: 9, badConfirm: 10, noCertificate: 11, noLinkKey: 12, noAnswer: 13 });
/** Outcome of undoing a join. */
export const unjoinOutcome = t.names("u8", { success: 0, notListed: 1, other: 2 });
/** An entry of a device's own log. */
export const joinedDevice = t.structure({ device: t.octets(8), type: joinDevice });
/** The image by its hash; the command's counter again. */
export const activationRequest = t.structure({ hash: t.octets(32), counter: t.u64, executionTime: t.optional(t.dateTime) });
/** The version that runs now. */
export const activationOutcome = t.structure({ code: t.names("u8", { success: 0, noImage: 1, hashMismatch: 2, failed: 3 }), version: t.octets(4) });
/** Waiting while a future-dated one waits. */
export const activationReply = t.choice({ waiting: t.nothing, outcome: activationOutcome });
/** Bit n from the right is event 80n or 81n. */
export const eventBehaviours = t.bits(256);
/** Mask, then the behaviour of each event. */
export const eventBehaviourChange = t.bits(512);
/** A moment, or in the older form minutes. */
export const auxiliaryMoment = t.choice({ moment: t.dateTime, minutes: t.u16 });
