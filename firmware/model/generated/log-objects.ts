// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { attribute, cosem, method } from "../define.ts";
import * as t from "../make-types.ts";
import * as v from "./value-types.ts";

/** Events. */
export const eventLog = cosem(3, "eventLog", 7, "0-0:99.98.0.255", {
  attributes: {
    buffer: attribute(2, "get", t.table(v.eventLogEntry, 100), v.range),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Security events; never cleared remotely. */
export const securityLog = cosem(4, "securityLog", 7, "0-0:99.98.1.255", { attributes: { buffer: attribute(2, "get", t.table(v.securityLogEntry, 100), v.range) }, methods: {} });
/** Half-hourly active import. */
export const importProfile = cosem(9, "importProfile", 7, "0-0:99.1.0.255", { attributes: { buffer: attribute(2, "get", t.table(v.profileEntry, 19056), v.range) }, methods: {} });
/** Averages, V, with the end of their period. */
export const averageVoltageLog = cosem(20, "averageVoltageLog", 7, "1-0:32.24.0.255", {
  attributes: {
    buffer: attribute(2, "get", t.table(v.timedValue, 4320), v.range),
    capturePeriod: attribute(4, "both", t.u32),
  },
  methods: {},
});
/** Changes of channel. */
export const subGhzChannelLog = cosem(133, "subGhzChannelLog", 7, "0-0:94.44.10.3", { attributes: { buffer: attribute(2, "get", t.table(v.channelLogEntry, 100), v.range) }, methods: {} });
/** Registers at the ends of billing periods. */
export const billingRegisterLog = cosem(134, "billingRegisterLog", 7, "0-0:98.1.0.255", { attributes: { buffer: attribute(2, "get", t.table(v.registerLogEntry, 12), v.range) }, methods: {} });
/** Balances at the ends of billing periods. */
export const billingPrepaymentLog = cosem(135, "billingPrepaymentLog", 7, "0-0:98.1.1.255", { attributes: { buffer: attribute(2, "get", t.table(v.prepaymentLogEntry, 12), v.range) }, methods: {} });
/** Active export at midnight UTC. */
export const dailyExportLog = cosem(136, "dailyExportLog", 7, "0-0:98.1.10.255", { attributes: { buffer: attribute(2, "get", t.table(v.timedValue, 31), v.range) }, methods: {} });
/** Registers and balances when mode or tariff changed. */
export const changeLog = cosem(137, "changeLog", 7, "0-0:98.1.2.255", { attributes: { buffer: attribute(2, "get", t.table(v.changeLogEntry, 12), v.range) }, methods: {} });
/** Debt recovered from payments. */
export const debtPaymentLog = cosem(138, "debtPaymentLog", 7, "0-0:98.1.4.255", { attributes: { buffer: attribute(2, "get", t.table(v.timedValue, 10), v.range) }, methods: {} });
/** Credits. */
export const creditLog = cosem(139, "creditLog", 7, "0-0:98.1.5.255", { attributes: { buffer: attribute(2, "get", t.table(v.timedValue, 5), v.range) }, methods: {} });
/** Balances at midnight UTC. */
export const dailyPrepaymentLog = cosem(140, "dailyPrepaymentLog", 7, "0-0:98.1.8.255", { attributes: { buffer: attribute(2, "get", t.table(v.prepaymentLogEntry, 31), v.range) }, methods: {} });
/** Registers at midnight UTC. */
export const dailyRegisterLog = cosem(141, "dailyRegisterLog", 7, "0-0:98.1.9.255", { attributes: { buffer: attribute(2, "get", t.table(v.registerLogEntry, 31), v.range) }, methods: {} });
/** Half-hourly active and reactive export. */
export const exportProfile = cosem(142, "exportProfile", 7, "0-0:99.1.1.255", { attributes: { buffer: attribute(2, "get", t.table(v.timedPair, 4464), v.range) }, methods: {} });
/** Half-hourly reactive import. */
export const reactiveProfile = cosem(143, "reactiveProfile", 7, "0-0:99.1.2.255", { attributes: { buffer: attribute(2, "get", t.table(v.timedValue, 4464), v.range) }, methods: {} });
/** Consumption of each day. */
export const dailyConsumptionLog = cosem(144, "dailyConsumptionLog", 7, "0-0:99.1.3.255", { attributes: { buffer: attribute(2, "get", t.table(v.timedValue, 731), v.range) }, methods: {} });
/** Uses of the boost button. */
export const boostLog = cosem(145, "boostLog", 7, "0-0:99.98.20.255", { attributes: { buffer: attribute(2, "get", t.table(v.boostLogEntry, 25), v.range) }, methods: {} });
/** Events of the supply. */
export const powerEventLog = cosem(146, "powerEventLog", 7, "0-0:99.98.4.255", { attributes: { buffer: attribute(2, "get", t.table(v.powerLogEntry, 100), v.range) }, methods: {} });
/** What auxiliary controllers did. */
export const auxiliaryLog = cosem(147, "auxiliaryLog", 7, "0-17:99.98.2.255", {
  attributes: {
    buffer: attribute(2, "get", t.table(v.auxiliaryLogEntry, 100), v.range),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Averages, V, of phase 2. */
export const averageVoltageLogPhase2 = cosem(148, "averageVoltageLogPhase2", 7, "1-0:52.24.0.255", {
  attributes: {
    buffer: attribute(2, "get", t.table(v.timedValue, 4320), v.range),
    capturePeriod: attribute(4, "both", t.u32),
  },
  methods: {},
});
/** Averages, V, of phase 3. */
export const averageVoltageLogPhase3 = cosem(149, "averageVoltageLogPhase3", 7, "1-0:72.24.0.255", {
  attributes: {
    buffer: attribute(2, "get", t.table(v.timedValue, 4320), v.range),
    capturePeriod: attribute(4, "both", t.u32),
  },
  methods: {},
});
