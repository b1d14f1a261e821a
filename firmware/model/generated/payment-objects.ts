// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { attribute, cosem, method } from "../define.ts";
import * as t from "../make-types.ts";
import * as v from "./value-types.ts";

/** Standing charge. */
export const standingCharge = cosem(38, "standingCharge", 113, "0-0:19.20.4.255", {
  attributes: {
    chargeActive: attribute(5, "get", v.unitCharge),
    chargePassive: attribute(6, "set", v.unitCharge),
    activateAt: attribute(7, "set", t.dateTime),
  },
  methods: {},
});
/** 48 time-of-use and 32 block prices. */
export const tariffPrice = cosem(39, "tariffPrice", 113, "0-0:19.20.0.255", {
  attributes: {
    chargeActive: attribute(5, "get", v.touCharge),
    chargePassive: attribute(6, "set", v.touCharge),
    activateAt: attribute(7, "set", t.dateTime),
  },
  methods: {},
});
/** The account in force: only read. */
export const account = cosem(184, "account", 111, "0-0:19.0.0.255", {
  attributes: {
    modeAndStatus: attribute(2, "get", v.accountMode),
    creditCharges: attribute(11, "get", t.array(v.creditCharge, 0, 16)),
    lowCreditThreshold: attribute(16, "get", t.i32),
    maxProvision: attribute(18, "get", t.u16),
    maxProvisionPeriod: attribute(19, "get", t.i32),
  },
  methods: {},
});
/** The account to come: only written. */
export const passiveAccount = cosem(185, "passiveAccount", 111, "0-1:19.0.0.255", {
  attributes: {
    modeAndStatus: attribute(2, "set", v.accountMode),
    creditCharges: attribute(11, "set", t.array(v.creditCharge, 0, 16)),
    activateAt: attribute(13, "set", t.dateTime),
  },
  methods: {},
});
/** Positive is credit. */
export const meterBalance = cosem(186, "meterBalance", 112, "0-0:19.10.0.255", {
  attributes: {
    amount: attribute(2, "get", t.i32),
  },
  methods: {
    update: method(1, t.i32),
    set: method(2, t.i32),
  },
});
/** What may be used beyond the balance. */
export const emergencyCredit = cosem(187, "emergencyCredit", 112, "0-0:19.10.1.255", {
  attributes: {
    preset: attribute(9, "get", t.i32),
    availableThreshold: attribute(10, "get", t.i32),
  },
  methods: {
    set: method(2, t.i32),
    invoke: method(3, t.i8),
  },
});
/** Charges that were not collected while emergency credit was in use. */
export const accumulatedDebt = cosem(188, "accumulatedDebt", 112, "0-0:19.10.2.255", { attributes: {}, methods: { set: method(2, t.i32) } });
/** First debt recovered by time. */
export const timeDebt1 = cosem(189, "timeDebt1", 113, "0-0:19.20.1.255", {
  attributes: {
    chargeActive: attribute(5, "get", v.unitCharge),
    chargePassive: attribute(6, "set", v.unitCharge),
    period: attribute(8, "both", t.u32),
  },
  methods: {
    activate: method(2, t.i8),
    updateRemaining: method(4, t.i32),
  },
});
/** Second debt recovered by time. */
export const timeDebt2 = cosem(190, "timeDebt2", 113, "0-0:19.20.2.255", {
  attributes: {
    chargeActive: attribute(5, "get", v.unitCharge),
    chargePassive: attribute(6, "set", v.unitCharge),
    period: attribute(8, "both", t.u32),
  },
  methods: {
    activate: method(2, t.i8),
    updateRemaining: method(4, t.i32),
  },
});
/** Debt recovered from payments. */
export const paymentDebt = cosem(191, "paymentDebt", 113, "0-0:19.20.3.255", {
  attributes: {
    proportion: attribute(13, "both", t.integer("u16", 0, 10000)),
  },
  methods: {
    updateRemaining: method(4, t.i32),
  },
});
/** Prices of the secondary element. */
export const secondaryPrice = cosem(192, "secondaryPrice", 113, "0-0:19.20.5.255", {
  attributes: {
    chargeActive: attribute(5, "get", v.touCharge),
    chargePassive: attribute(6, "set", v.touCharge),
    activateAt: attribute(7, "set", t.dateTime),
  },
  methods: {},
});
/** Takes the 20 digits of a top-up token. */
export const tokenGateway = cosem(193, "tokenGateway", 115, "0-0:19.40.0.255", { attributes: {}, methods: { enter: method(1, t.octets(20)) } });
