// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { attribute, cosem, method } from "../define.ts";
import * as t from "../make-types.ts";
import * as v from "./value-types.ts";

/** Load limit events. */
export const loadLimitCounter = cosem(14, "loadLimitCounter", 3, "0-0:94.44.42.255", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Crossings. */
export const averageOverVoltageCounter = cosem(23, "averageOverVoltageCounter", 3, "1-0:32.36.0.4", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Crossings. */
export const averageUnderVoltageCounter = cosem(24, "averageUnderVoltageCounter", 3, "1-0:32.32.0.4", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Price in force now. */
export const activeTariffPrice = cosem(122, "activeTariffPrice", 3, "0-0:94.44.1.7", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {},
});
/** Price in force now, secondary element. */
export const secondaryActiveTariffPrice = cosem(123, "secondaryActiveTariffPrice", 3, "0-0:94.44.1.8", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {},
});
/** Active export, Wh. */
export const activeExport = cosem(124, "activeExport", 3, "1-0:2.8.0.255", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {},
});
/** Reactive export, varh. */
export const reactiveExport = cosem(125, "reactiveExport", 3, "1-0:4.8.0.255", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {},
});
/** Crossings, of phase 2. */
export const averageUnderVoltageCounterPhase2 = cosem(126, "averageUnderVoltageCounterPhase2", 3, "1-0:52.32.0.4", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Crossings, of phase 2. */
export const averageOverVoltageCounterPhase2 = cosem(127, "averageOverVoltageCounterPhase2", 3, "1-0:52.36.0.4", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Crossings, of phase 3. */
export const averageUnderVoltageCounterPhase3 = cosem(128, "averageUnderVoltageCounterPhase3", 3, "1-0:72.32.0.4", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Crossings, of phase 3. */
export const averageOverVoltageCounterPhase3 = cosem(129, "averageOverVoltageCounterPhase3", 3, "1-0:72.36.0.4", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Maximum demand of import, W. */
export const demandImport = cosem(130, "demandImport", 4, "1-0:1.6.0.255", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
    captureTime: attribute(5, "get", t.dateTime),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Maximum demand of import in the window, W. */
export const configurableDemandImport = cosem(131, "configurableDemandImport", 4, "1-0:1.6.1.255", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
    captureTime: attribute(5, "get", t.dateTime),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
/** Maximum demand of export, W. */
export const demandExport = cosem(132, "demandExport", 4, "1-0:2.6.0.255", {
  attributes: {
    value: attribute(2, "get", t.u32),
    scalerUnit: attribute(3, "get", v.scalerUnit),
    captureTime: attribute(5, "get", t.dateTime),
  },
  methods: {
    reset: method(1, t.i8),
  },
});
