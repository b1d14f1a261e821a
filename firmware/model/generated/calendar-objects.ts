// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { attribute, cosem, method } from "../define.ts";
import * as t from "../make-types.ts";
import * as v from "./value-types.ts";

/** Time of day, UTC. */
export const clock = cosem(1, "clock", 8, "0-0:1.0.0.255", {
  attributes: {
    time: attribute(2, "get", t.dateTime),
    status: attribute(4, "get", v.clockStatus),
    clockBase: attribute(9, "set", v.clockBase),
  },
  methods: {
    adjustToPreset: method(4, t.i8),
    presetAdjusting: method(5, v.clockWindow),
  },
});
/** Tariff calendar: seasons, weeks, days. */
export const tariffCalendar = cosem(25, "tariffCalendar", 20, "0-0:13.0.0.255", {
  attributes: {
    seasonsActive: attribute(3, "get", t.array(v.season, 1, 4)),
    weeksActive: attribute(4, "get", t.array(v.week, 1, 4)),
    daysActive: attribute(5, "get", t.array(v.day, 1, 16)),
    seasonsPassive: attribute(7, "set", t.array(v.season, 1, 4)),
    weeksPassive: attribute(8, "set", t.array(v.week, 1, 4)),
    daysPassive: attribute(9, "set", t.array(v.day, 1, 16)),
    activateAt: attribute(10, "set", t.dateTime),
  },
  methods: {},
});
/** Special days of the tariff to come. */
export const specialDays = cosem(26, "specialDays", 11, "0-1:11.0.0.255", { attributes: { entries: attribute(2, "set", t.array(v.specialDay, 0, 50)) }, methods: {} });
/** When configurable demand is measured: script 1 begins, 2 ends. */
export const demandWindow = cosem(153, "demandWindow", 10, "0-0:12.0.0.255", { attributes: { entries: attribute(2, "both", t.array(v.scheduleEntry, 1, 2)) }, methods: {} });
/** In force. */
export const nonDisablementScheduleInForce = cosem(154, "nonDisablementScheduleInForce", 10, "0-0:12.0.1.255", { attributes: { entries: attribute(2, "get", t.array(v.scheduleEntry, 0, 22)) }, methods: {} });
/** In force. */
export const auxiliaryScheduleInForce = cosem(155, "auxiliaryScheduleInForce", 10, "0-0:12.0.2.255", { attributes: { entries: attribute(2, "get", t.array(v.scheduleEntry, 0, 120)) }, methods: {} });
/** When no supply is cut for want of credit. */
export const nonDisablementSchedule = cosem(156, "nonDisablementSchedule", 10, "0-1:12.0.1.255", { attributes: { entries: attribute(2, "set", t.array(v.scheduleEntry, 1, 22)) }, methods: {} });
/** When auxiliary controllers switch. */
export const auxiliarySchedule = cosem(157, "auxiliarySchedule", 10, "0-1:12.0.2.255", { attributes: { entries: attribute(2, "set", t.array(v.scheduleEntry, 0, 120)) }, methods: {} });
/** In force. */
export const specialDaysInForce = cosem(158, "specialDaysInForce", 11, "0-0:11.0.0.255", { attributes: { entries: attribute(2, "get", t.array(v.specialDay, 0, 50)) }, methods: {} });
/** In force. */
export const secondarySpecialDaysInForce = cosem(159, "secondarySpecialDaysInForce", 11, "0-0:11.0.1.255", { attributes: { entries: attribute(2, "get", t.array(v.specialDay, 0, 50)) }, methods: {} });
/** In force. */
export const nonDisablementSpecialDaysInForce = cosem(160, "nonDisablementSpecialDaysInForce", 11, "0-0:11.0.2.255", { attributes: { entries: attribute(2, "get", t.array(v.specialDay, 0, 20)) }, methods: {} });
/** In force. */
export const auxiliarySpecialDaysInForce = cosem(161, "auxiliarySpecialDaysInForce", 11, "0-0:11.0.3.255", { attributes: { entries: attribute(2, "get", t.array(v.specialDay, 0, 20)) }, methods: {} });
/** Special days of the secondary element's tariff. */
export const secondarySpecialDays = cosem(162, "secondarySpecialDays", 11, "0-1:11.0.1.255", { attributes: { entries: attribute(2, "set", t.array(v.specialDay, 0, 50)) }, methods: {} });
/** Special days of the non-disablement schedule. */
export const nonDisablementSpecialDays = cosem(163, "nonDisablementSpecialDays", 11, "0-1:11.0.2.255", { attributes: { entries: attribute(2, "set", t.array(v.specialDay, 0, 20)) }, methods: {} });
/** Special days of the auxiliary schedule. */
export const auxiliarySpecialDays = cosem(164, "auxiliarySpecialDays", 11, "0-1:11.0.3.255", { attributes: { entries: attribute(2, "set", t.array(v.specialDay, 0, 20)) }, methods: {} });
/** Tariff calendar of the secondary element. */
export const secondaryCalendar = cosem(165, "secondaryCalendar", 20, "0-0:13.0.1.255", {
  attributes: {
    seasonsActive: attribute(3, "get", t.array(v.season, 1, 4)),
    weeksActive: attribute(4, "get", t.array(v.week, 1, 4)),
    daysActive: attribute(5, "get", t.array(v.day, 1, 16)),
    seasonsPassive: attribute(7, "set", t.array(v.season, 1, 4)),
    weeksPassive: attribute(8, "set", t.array(v.week, 1, 4)),
    daysPassive: attribute(9, "set", t.array(v.day, 1, 16)),
    activateAt: attribute(10, "set", t.dateTime),
  },
  methods: {},
});
/** When billing periods end. */
export const billingCalendar = cosem(176, "billingCalendar", 22, "0-0:15.0.0.255", { attributes: { executionTimes: attribute(4, "both", t.array(v.execution, 0, 4)) }, methods: {} });
/** When block counters are set to zero. */
export const blockCounterReset = cosem(177, "blockCounterReset", 22, "0-0:15.1.0.255", { attributes: { executionTimes: attribute(4, "set", t.array(v.execution, 0, 1)) }, methods: {} });
