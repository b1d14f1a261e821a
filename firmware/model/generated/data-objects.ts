// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { attribute, cosem } from "../define.ts";
import * as t from "../make-types.ts";
import * as v from "./value-types.ts";

/** File version of the image that runs. */
export const firmwareVersion = cosem(2, "firmwareVersion", 1, "0-0:0.2.1.255", { attributes: { value: attribute(2, "get", t.octets(4)) }, methods: {} });
/** Import registers together. */
export const importRegisters = cosem(7, "importRegisters", 1, "0-0:94.44.34.10", { attributes: { value: attribute(2, "get", v.importRegisters) }, methods: {} });
/** Time-of-use registers together. */
export const touRegisters = cosem(8, "touRegisters", 1, "0-0:94.44.34.1", { attributes: { value: attribute(2, "get", v.touRegisters) }, methods: {} });
/** V. */
export const averageOverVoltageThreshold = cosem(21, "averageOverVoltageThreshold", 1, "1-0:32.35.0.4", { attributes: { value: attribute(2, "both", t.u32) }, methods: {} });
/** V. */
export const averageUnderVoltageThreshold = cosem(22, "averageUnderVoltageThreshold", 1, "1-0:32.31.0.4", { attributes: { value: attribute(2, "both", t.u32) }, methods: {} });
/** Seconds that this meter waits, number times limit. */
export const randomisedOffset = cosem(42, "randomisedOffset", 1, "0-0:94.44.0.0", { attributes: { value: attribute(2, "get", t.u16) }, methods: {} });
/** Most seconds of randomised offset. */
export const randomisedOffsetLimit = cosem(43, "randomisedOffsetLimit", 1, "0-0:94.44.0.1", { attributes: { value: attribute(2, "both", t.integer("u16", 0, 1799)) }, methods: {} });
/** Name of auxiliary controller 1. */
export const auxiliaryLabel1 = cosem(44, "auxiliaryLabel1", 1, "0-0:94.44.0.11", { attributes: { value: attribute(2, "both", t.text("visible", 0, 22)) }, methods: {} });
/** Name of auxiliary controller 2. */
export const auxiliaryLabel2 = cosem(45, "auxiliaryLabel2", 1, "0-0:94.44.0.12", { attributes: { value: attribute(2, "both", t.text("visible", 0, 22)) }, methods: {} });
/** Name of auxiliary controller 3. */
export const auxiliaryLabel3 = cosem(46, "auxiliaryLabel3", 1, "0-0:94.44.0.13", { attributes: { value: attribute(2, "both", t.text("visible", 0, 22)) }, methods: {} });
/** Name of auxiliary controller 4. */
export const auxiliaryLabel4 = cosem(47, "auxiliaryLabel4", 1, "0-0:94.44.0.14", { attributes: { value: attribute(2, "both", t.text("visible", 0, 22)) }, methods: {} });
/** Name of auxiliary controller 5. */
export const auxiliaryLabel5 = cosem(48, "auxiliaryLabel5", 1, "0-0:94.44.0.15", { attributes: { value: attribute(2, "both", t.text("visible", 0, 22)) }, methods: {} });
/** 1 to 10,000, fixed at manufacture. */
export const randomisedOffsetNumber = cosem(49, "randomisedOffsetNumber", 1, "0-0:94.44.0.2", { attributes: { value: attribute(2, "get", t.integer("u16", 0, 10000)) }, methods: {} });
/** Empty none, FF a proportional controller, zeros wired, else the switch's EUI-64. */
export const auxiliaryType1 = cosem(50, "auxiliaryType1", 1, "0-0:94.44.0.21", { attributes: { value: attribute(2, "both", t.octets(0, 8)) }, methods: {} });
/** Empty none, FF a proportional controller, zeros wired, else the switch's EUI-64. */
export const auxiliaryType2 = cosem(51, "auxiliaryType2", 1, "0-0:94.44.0.22", { attributes: { value: attribute(2, "both", t.octets(0, 8)) }, methods: {} });
/** Empty none, FF a proportional controller, zeros wired, else the switch's EUI-64. */
export const auxiliaryType3 = cosem(52, "auxiliaryType3", 1, "0-0:94.44.0.23", { attributes: { value: attribute(2, "both", t.octets(0, 8)) }, methods: {} });
/** Empty none, FF a proportional controller, zeros wired, else the switch's EUI-64. */
export const auxiliaryType4 = cosem(53, "auxiliaryType4", 1, "0-0:94.44.0.24", { attributes: { value: attribute(2, "both", t.octets(0, 8)) }, methods: {} });
/** Empty none, FF a proportional controller, zeros wired, else the switch's EUI-64. */
export const auxiliaryType5 = cosem(54, "auxiliaryType5", 1, "0-0:94.44.0.25", { attributes: { value: attribute(2, "both", t.octets(0, 8)) }, methods: {} });
/** JSON: outputState, inputState, other-data. */
export const auxiliaryState1 = cosem(55, "auxiliaryState1", 1, "0-0:94.44.0.31", { attributes: { value: attribute(2, "get", t.text("utf8", 0, 72000)) }, methods: {} });
/** JSON: outputState, inputState, other-data. */
export const auxiliaryState2 = cosem(56, "auxiliaryState2", 1, "0-0:94.44.0.32", { attributes: { value: attribute(2, "get", t.text("utf8", 0, 72000)) }, methods: {} });
/** JSON: outputState, inputState, other-data. */
export const auxiliaryState3 = cosem(57, "auxiliaryState3", 1, "0-0:94.44.0.33", { attributes: { value: attribute(2, "get", t.text("utf8", 0, 72000)) }, methods: {} });
/** JSON: outputState, inputState, other-data. */
export const auxiliaryState4 = cosem(58, "auxiliaryState4", 1, "0-0:94.44.0.34", { attributes: { value: attribute(2, "get", t.text("utf8", 0, 72000)) }, methods: {} });
/** JSON: outputState, inputState, other-data. */
export const auxiliaryState5 = cosem(59, "auxiliaryState5", 1, "0-0:94.44.0.35", { attributes: { value: attribute(2, "get", t.text("utf8", 0, 72000)) }, methods: {} });
/** True: tampering locks the supply. */
export const supplyTamperState = cosem(60, "supplyTamperState", 1, "0-0:94.44.0.4", { attributes: { value: attribute(2, "both", t.boolean) }, methods: {} });
/** The hub's sub-GHz settings. */
export const subGhzConfiguration = cosem(61, "subGhzConfiguration", 1, "0-0:94.44.10.0", { attributes: { value: attribute(2, "both", v.subGhzConfiguration) }, methods: {} });
/** Asks the hub for a channel scan. */
export const subGhzScan = cosem(62, "subGhzScan", 1, "0-0:94.44.10.1", { attributes: { value: attribute(2, "set", t.u8) }, methods: {} });
/** The channel in use. */
export const subGhzChannel = cosem(63, "subGhzChannel", 1, "0-0:94.44.10.2", { attributes: { value: attribute(2, "get", t.bits(32)) }, methods: {} });
/** When the state begins; older form: minutes on. */
export const auxiliaryStart1 = cosem(64, "auxiliaryStart1", 1, "0-0:94.44.117.1", { attributes: { value: attribute(2, "set", v.auxiliaryMoment) }, methods: {} });
/** When the state ends; older form: minutes off. */
export const auxiliaryEnd1 = cosem(65, "auxiliaryEnd1", 1, "0-0:94.44.117.2", { attributes: { value: attribute(2, "set", v.auxiliaryMoment) }, methods: {} });
/** When the limit begins. */
export const auxiliaryLimitStart1 = cosem(66, "auxiliaryLimitStart1", 1, "0-0:94.44.117.3", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** When the limit ends. */
export const auxiliaryLimitEnd1 = cosem(67, "auxiliaryLimitEnd1", 1, "0-0:94.44.117.4", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** When the state begins; older form: minutes on. */
export const auxiliaryStart2 = cosem(68, "auxiliaryStart2", 1, "0-0:94.44.118.1", { attributes: { value: attribute(2, "set", v.auxiliaryMoment) }, methods: {} });
/** When the state ends; older form: minutes off. */
export const auxiliaryEnd2 = cosem(69, "auxiliaryEnd2", 1, "0-0:94.44.118.2", { attributes: { value: attribute(2, "set", v.auxiliaryMoment) }, methods: {} });
/** When the limit begins. */
export const auxiliaryLimitStart2 = cosem(70, "auxiliaryLimitStart2", 1, "0-0:94.44.118.3", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** When the limit ends. */
export const auxiliaryLimitEnd2 = cosem(71, "auxiliaryLimitEnd2", 1, "0-0:94.44.118.4", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** When the state begins; older form: minutes on. */
export const auxiliaryStart3 = cosem(72, "auxiliaryStart3", 1, "0-0:94.44.119.1", { attributes: { value: attribute(2, "set", v.auxiliaryMoment) }, methods: {} });
/** When the state ends; older form: minutes off. */
export const auxiliaryEnd3 = cosem(73, "auxiliaryEnd3", 1, "0-0:94.44.119.2", { attributes: { value: attribute(2, "set", v.auxiliaryMoment) }, methods: {} });
/** When the limit begins. */
export const auxiliaryLimitStart3 = cosem(74, "auxiliaryLimitStart3", 1, "0-0:94.44.119.3", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** When the limit ends. */
export const auxiliaryLimitEnd3 = cosem(75, "auxiliaryLimitEnd3", 1, "0-0:94.44.119.4", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** When the state begins; older form: minutes on. */
export const auxiliaryStart4 = cosem(76, "auxiliaryStart4", 1, "0-0:94.44.120.1", { attributes: { value: attribute(2, "set", v.auxiliaryMoment) }, methods: {} });
/** When the state ends; older form: minutes off. */
export const auxiliaryEnd4 = cosem(77, "auxiliaryEnd4", 1, "0-0:94.44.120.2", { attributes: { value: attribute(2, "set", v.auxiliaryMoment) }, methods: {} });
/** When the limit begins. */
export const auxiliaryLimitStart4 = cosem(78, "auxiliaryLimitStart4", 1, "0-0:94.44.120.3", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** When the limit ends. */
export const auxiliaryLimitEnd4 = cosem(79, "auxiliaryLimitEnd4", 1, "0-0:94.44.120.4", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** When the state begins; older form: minutes on. */
export const auxiliaryStart5 = cosem(80, "auxiliaryStart5", 1, "0-0:94.44.121.1", { attributes: { value: attribute(2, "set", v.auxiliaryMoment) }, methods: {} });
/** When the state ends; older form: minutes off. */
export const auxiliaryEnd5 = cosem(81, "auxiliaryEnd5", 1, "0-0:94.44.121.2", { attributes: { value: attribute(2, "set", v.auxiliaryMoment) }, methods: {} });
/** When the limit begins. */
export const auxiliaryLimitStart5 = cosem(82, "auxiliaryLimitStart5", 1, "0-0:94.44.121.3", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** When the limit ends. */
export const auxiliaryLimitEnd5 = cosem(83, "auxiliaryLimitEnd5", 1, "0-0:94.44.121.4", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** Writing it lifts the consumer's PIN. */
export const privacyPin = cosem(84, "privacyPin", 1, "0-0:94.44.3.1", { attributes: { value: attribute(2, "set", t.octets(0)) }, methods: {} });
/** Data before it is hidden from the householder. */
export const restrictionTime = cosem(85, "restrictionTime", 1, "0-0:94.44.3.2", { attributes: { value: attribute(2, "set", t.dateTime) }, methods: {} });
/** MPANs of import, one or two together. */
export const importMpan = cosem(86, "importMpan", 1, "0-0:94.44.34.11", { attributes: { value: attribute(2, "both", t.text("octets", 0, 26)) }, methods: {} });
/** Registers and counters of the block tariff. */
export const blockTouRegisters = cosem(87, "blockTouRegisters", 1, "0-0:94.44.34.2", { attributes: { value: attribute(2, "get", v.blockRegisters) }, methods: {} });
/** Power drawn now. */
export const powerImport = cosem(88, "powerImport", 1, "0-0:94.44.34.20", { attributes: { value: attribute(2, "get", v.powerImport) }, methods: {} });
/** Balances and debts together. */
export const prepaymentBalances = cosem(89, "prepaymentBalances", 1, "0-0:94.44.34.30", { attributes: { value: attribute(2, "get", v.prepaymentBalances) }, methods: {} });
/** Last reset of demand in the window. */
export const configurableDemandReset = cosem(90, "configurableDemandReset", 1, "0-0:94.44.5.0", { attributes: { value: attribute(2, "get", t.dateTime) }, methods: {} });
/** Last reset of import demand. */
export const demandImportReset = cosem(91, "demandImportReset", 1, "0-0:94.44.5.1", { attributes: { value: attribute(2, "get", t.dateTime) }, methods: {} });
/** Last reset of export demand. */
export const demandExportReset = cosem(92, "demandExportReset", 1, "0-0:94.44.5.2", { attributes: { value: attribute(2, "get", t.dateTime) }, methods: {} });
/** Whether controller 1 obeys the boost button. */
export const boostControl1 = cosem(93, "boostControl1", 1, "0-0:94.44.6.1", { attributes: { value: attribute(2, "both", t.boolean) }, methods: {} });
/** Whether controller 2 obeys the boost button. */
export const boostControl2 = cosem(94, "boostControl2", 1, "0-0:94.44.6.2", { attributes: { value: attribute(2, "both", t.boolean) }, methods: {} });
/** Whether controller 3 obeys the boost button. */
export const boostControl3 = cosem(95, "boostControl3", 1, "0-0:94.44.6.3", { attributes: { value: attribute(2, "both", t.boolean) }, methods: {} });
/** Whether controller 4 obeys the boost button. */
export const boostControl4 = cosem(96, "boostControl4", 1, "0-0:94.44.6.4", { attributes: { value: attribute(2, "both", t.boolean) }, methods: {} });
/** Whether controller 5 obeys the boost button. */
export const boostControl5 = cosem(97, "boostControl5", 1, "0-0:94.44.6.5", { attributes: { value: attribute(2, "both", t.boolean) }, methods: {} });
/** Whether there is a boost button. */
export const boostAvailable = cosem(98, "boostAvailable", 1, "0-0:94.44.7.255", { attributes: { value: attribute(2, "get", t.boolean) }, methods: {} });
/** The device's own EUI-64. */
export const deviceIdentity = cosem(99, "deviceIdentity", 1, "0-0:96.1.1.255", { attributes: { value: attribute(2, "get", t.octets(8)) }, methods: {} });
/** Single, twin or polyphase. */
export const meterVariant = cosem(100, "meterVariant", 1, "0-0:96.1.2.255", { attributes: { value: attribute(2, "get", t.text("octets", 0, 16)) }, methods: {} });
/** Image type and hardware version. */
export const modelType = cosem(101, "modelType", 1, "0-0:96.1.4.255", { attributes: { value: attribute(2, "get", t.text("octets", 0, 16)) }, methods: {} });
/** Who made it. */
export const manufacturer = cosem(102, "manufacturer", 1, "0-0:96.1.6.255", { attributes: { value: attribute(2, "get", t.text("octets", 0, 16)) }, methods: {} });
/** Text shown to the consumer. */
export const supplierMessage = cosem(103, "supplierMessage", 1, "0-2:96.13.1.255", { attributes: { value: attribute(2, "set", t.text("octets", 0, 116)) }, methods: {} });
/** Events 81xx that alert the supplier. */
export const supplierAlertBehaviour = cosem(104, "supplierAlertBehaviour", 1, "0-30:97.98.11.255", { attributes: { value: attribute(2, "set", v.eventBehaviourChange) }, methods: {} });
/** Events 81xx that are shared on the home network. */
export const supplierHanBehaviour = cosem(105, "supplierHanBehaviour", 1, "0-30:97.98.12.255", { attributes: { value: attribute(2, "set", v.eventBehaviourChange) }, methods: {} });
/** Events 81xx that sound an alarm. */
export const supplierAudibleBehaviour = cosem(106, "supplierAudibleBehaviour", 1, "0-30:97.98.13.255", { attributes: { value: attribute(2, "set", v.eventBehaviourChange) }, methods: {} });
/** Events 81xx that are logged. */
export const supplierLogBehaviour = cosem(107, "supplierLogBehaviour", 1, "0-30:97.98.14.255", { attributes: { value: attribute(2, "set", v.eventBehaviourChange) }, methods: {} });
/** In force. */
export const supplierAlertBehaviourInForce = cosem(108, "supplierAlertBehaviourInForce", 1, "0-30:97.98.15.255", { attributes: { value: attribute(2, "get", v.eventBehaviours) }, methods: {} });
/** In force. */
export const supplierHanBehaviourInForce = cosem(109, "supplierHanBehaviourInForce", 1, "0-30:97.98.16.255", { attributes: { value: attribute(2, "get", v.eventBehaviours) }, methods: {} });
/** In force. */
export const supplierAudibleBehaviourInForce = cosem(110, "supplierAudibleBehaviourInForce", 1, "0-30:97.98.17.255", { attributes: { value: attribute(2, "get", v.eventBehaviours) }, methods: {} });
/** In force. */
export const supplierLogBehaviourInForce = cosem(111, "supplierLogBehaviourInForce", 1, "0-30:97.98.18.255", { attributes: { value: attribute(2, "get", v.eventBehaviours) }, methods: {} });
/** Events 80xx that alert the network operator. */
export const operatorAlertBehaviour = cosem(112, "operatorAlertBehaviour", 1, "0-33:97.98.11.255", { attributes: { value: attribute(2, "set", v.eventBehaviourChange) }, methods: {} });
/** Events 80xx that are logged. */
export const operatorLogBehaviour = cosem(113, "operatorLogBehaviour", 1, "0-33:97.98.14.255", { attributes: { value: attribute(2, "set", v.eventBehaviourChange) }, methods: {} });
/** In force. */
export const operatorAlertBehaviourInForce = cosem(114, "operatorAlertBehaviourInForce", 1, "0-33:97.98.15.255", { attributes: { value: attribute(2, "get", v.eventBehaviours) }, methods: {} });
/** In force. */
export const operatorLogBehaviourInForce = cosem(115, "operatorLogBehaviourInForce", 1, "0-33:97.98.18.255", { attributes: { value: attribute(2, "get", v.eventBehaviours) }, methods: {} });
/** Number shown to the consumer. */
export const customerIdentificationNumber = cosem(116, "customerIdentificationNumber", 1, "0-3:96.13.1.255", { attributes: { value: attribute(2, "set", t.text("octets", 0, 16)) }, methods: {} });
/** MPAN of export. */
export const exportMpan = cosem(117, "exportMpan", 1, "1-0:0.0.2.255", { attributes: { value: attribute(2, "both", t.text("octets", 0, 13)) }, methods: {} });
/** V, of phase 2. */
export const averageUnderVoltageThresholdPhase2 = cosem(118, "averageUnderVoltageThresholdPhase2", 1, "1-0:52.31.0.4", { attributes: { value: attribute(2, "both", t.u32) }, methods: {} });
/** V, of phase 2. */
export const averageOverVoltageThresholdPhase2 = cosem(119, "averageOverVoltageThresholdPhase2", 1, "1-0:52.35.0.4", { attributes: { value: attribute(2, "both", t.u32) }, methods: {} });
/** V, of phase 3. */
export const averageUnderVoltageThresholdPhase3 = cosem(120, "averageUnderVoltageThresholdPhase3", 1, "1-0:72.31.0.4", { attributes: { value: attribute(2, "both", t.u32) }, methods: {} });
/** V, of phase 3. */
export const averageOverVoltageThresholdPhase3 = cosem(121, "averageOverVoltageThresholdPhase3", 1, "1-0:72.35.0.4", { attributes: { value: attribute(2, "both", t.u32) }, methods: {} });
