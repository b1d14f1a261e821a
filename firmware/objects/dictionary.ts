/**
 * The objects that devices show to the wires. Each has a short number (the COSE wire's name for it), its
 * COSEM class and OBIS code (the GBCS wire's name), and typed members numbered as in COSEM.
 * Numbers are for ever: add at the end, never renumber.
 */
import type { MemberRef } from "../wire/message.ts";
import type { Type } from "./types.ts";

export interface MemberDefinition {
  readonly name: string;
  /** Type of the attribute, or of the method's argument. */
  readonly type: Type;
  /** Type of the selector that a get may carry (log ranges). */
  readonly selector?: Type;
  /** Type of what a method returns. */
  readonly returns?: Type;
}

export interface ObjectDefinition {
  /** Short number. */
  readonly id: number;
  readonly name: string;
  /** COSEM interface class; 0 for the services that GBCS carries in ASN.1. */
  readonly classId: number;
  /** Logical name, e.g. "0-0:1.0.0.255"; "" for services. */
  readonly obis: string;
  readonly attributes: Readonly<Record<number, MemberDefinition>>;
  readonly methods: Readonly<Record<number, MemberDefinition>>;
}

const u8 = "unsigned";
const u16 = "long-unsigned";
const u32 = "double-long-unsigned";
const octets = (n: number): Type => ({ octets: [n, n] });
const octetsUpTo = (max: number): Type => ({ octets: [0, max] });
const array = (item: Type, max: number): Type => ({ array: item, max });
const structure = (...fields: Type[]): Type => ({ structure: fields });
const optional = (type: Type): Type => ({ optional: type });

const scalerUnit = structure("integer", "enum");
/** UTC seconds, both ends inclusive; [0, 0xFFFFFFFF] is everything. */
const range = structure(u32, u32);
const eventLog = array(structure(u32, u16, octetsUpTo(8)), 100);
const securityLog = array(structure(u32, u16), 100);

/** {commodity_scale, price_scale}, {class, logical name, attribute}, table of {index, charge per unit}. */
const unitCharge = (indexBytes: number, entries: number): Type =>
  structure(
    structure("integer", "integer"),
    structure(u16, octets(6), "integer"),
    array(structure(octets(indexBytes), "long"), entries),
  );
const seasons = array(structure(octetsUpTo(8), octets(12), octetsUpTo(4)), 4);
const weeks = array(structure(octetsUpTo(4), u8, u8, u8, u8, u8, u8, u8), 4);
const days = array(structure(u8, array(structure(octets(4), octets(6), u16), 48)), 16);

let nextId = 1;
function object(
  name: string,
  classId: number,
  obis: string,
  attributes: Record<number, readonly [name: string, type: Type, selector?: Type]>,
  methods: Record<number, readonly [name: string, argument: Type, returns?: Type]> = {},
): ObjectDefinition {
  const attributeEntries = Object.entries(attributes).map(([n, [member, type, selector]]) => [
    n,
    selector === undefined ? { name: member, type } : { name: member, type, selector },
  ]);
  const methodEntries = Object.entries(methods).map(([n, [member, type, returns]]) => [
    n,
    returns === undefined ? { name: member, type } : { name: member, type, returns },
  ]);
  return {
    id: nextId++,
    name,
    classId,
    obis,
    attributes: Object.fromEntries(attributeEntries),
    methods: Object.fromEntries(methodEntries),
  };
}

/** Attributes 2 active, 4 passive, 6 activation time (class 9000). */
const settable = (name: string, obis: string, type: Type) =>
  object(name, 9000, obis, {
    2: ["value_active", type],
    4: ["value_passive", type],
    6: ["activate_passive_value_time", "date-time"],
  });
const limiter = (name: string, obis: string) =>
  object(name, 71, obis, {
    4: ["threshold_normal", u32],
    6: ["min_over_threshold_duration", u32],
    7: ["min_under_threshold_duration", u32],
  });
const counter = (name: string, obis: string) =>
  object(name, 3, obis, { 2: ["value", u32], 3: ["scaler_unit", scalerUnit] }, { 1: ["reset", "integer"] });
const blockThresholds = (tou: number) =>
  object(`blockThresholdsTou${tou}`, 21, `0-0:16.1.${10 + tou}.255`, { 2: ["thresholds", array(u32, 3)] });
const charge = (name: string, obis: string, indexBytes: number, entries: number) =>
  object(name, 113, obis, {
    5: ["unit_charge_active", unitCharge(indexBytes, entries)],
    6: ["unit_charge_passive", unitCharge(indexBytes, entries)],
    7: ["unit_charge_activation_time", "date-time"],
  });

/** Certificates are CWTs on the COSE wire, X.509 on the GBCS wire. */
const certificate = octetsUpTo(1200);
/** {role, key usage (1 digital signature, 2 key agreement, 3 certificate signing), cell usage (0, 1)} */
const cell = structure("enum", "enum", "enum");
const u64 = "long64-unsigned";
/** {role, floor under its counter, floor under its counter of top-ups} */
const roleFloor = structure("enum", u64, optional(u64));
/** {cell, outcome, old holder, old key id, new holder, new key id}; octets are empty where there is none. */
const cellOutcome = structure(cell, "enum", octetsUpTo(8), octetsUpTo(8), octetsUpTo(8), octetsUpTo(8));

export const objects = {
  clock: object(
    "clock",
    8,
    "0-0:1.0.0.255",
    { 2: ["time", "date-time"], 4: ["status", u8], 9: ["clock_base", "enum"] },
    {
      4: ["adjust_to_preset_time", "integer"],
      5: ["preset_adjusting_time", structure("date-time", "date-time", "date-time")],
    },
  ),
  firmwareVersion: object("firmwareVersion", 1, "0-0:0.2.1.255", { 2: ["value", octets(4)] }),
  eventLog: object(
    "eventLog",
    7,
    "0-0:99.98.0.255",
    { 2: ["buffer", eventLog, range] },
    { 1: ["reset", "integer"] },
  ),
  securityLog: object("securityLog", 7, "0-0:99.98.1.255", { 2: ["buffer", securityLog, range] }),
  supplyControl: object("supplyControl", 9, "0-0:10.0.106.255", {}, { 1: ["execute", u16] }),
  supplyState: object("supplyState", 70, "0-0:96.3.10.255", { 3: ["control_state", "enum"] }),
  /** {active import, {scaler, unit}, reactive import, {scaler, unit}} */
  importRegisters: object("importRegisters", 1, "0-0:94.44.34.10", {
    2: ["value", structure(u32, scalerUnit, u32, scalerUnit)],
  }),
  /** 48 time-of-use registers, Wh. */
  touRegisters: object("touRegisters", 1, "0-0:94.44.34.1", { 2: ["value", array(u32, 48)] }),
  /** Half-hourly active import: {end of the half hour, Wh}. */
  importProfile: object("importProfile", 7, "0-0:99.1.0.255", {
    2: ["buffer", array(structure(u32, u32), 19_056), range],
  }),
  loadLimitSupplyState: settable("loadLimitSupplyState", "0-0:94.44.0.3", "boolean"),
  loadLimitPowerThreshold: settable("loadLimitPowerThreshold", "0-0:94.44.128.7", u32),
  loadLimitPeriod: settable("loadLimitPeriod", "0-0:94.44.128.6", u32),
  loadLimitRestorationPeriod: settable("loadLimitRestorationPeriod", "0-0:94.44.128.8", u32),
  loadLimitCounter: counter("loadLimitCounter", "0-0:94.44.42.255"),
  loadLimiter: limiter("loadLimiter", "0-0:17.0.0.255"),
  extremeOverVoltage: limiter("extremeOverVoltage", "0-0:17.0.1.255"),
  extremeUnderVoltage: limiter("extremeUnderVoltage", "0-0:17.0.2.255"),
  voltageSag: limiter("voltageSag", "0-0:17.0.3.255"),
  voltageSwell: limiter("voltageSwell", "0-0:17.0.4.255"),
  averageVoltageLog: object("averageVoltageLog", 7, "1-0:32.24.0.255", {
    2: ["buffer", array(structure(u32, u32), 4320), range],
    4: ["capture_period", u32],
  }),
  averageOverVoltageThreshold: object("averageOverVoltageThreshold", 1, "1-0:32.35.0.4", {
    2: ["value", u32],
  }),
  averageUnderVoltageThreshold: object("averageUnderVoltageThreshold", 1, "1-0:32.31.0.4", {
    2: ["value", u32],
  }),
  averageOverVoltageCounter: counter("averageOverVoltageCounter", "1-0:32.36.0.4"),
  averageUnderVoltageCounter: counter("averageUnderVoltageCounter", "1-0:32.32.0.4"),
  tariffCalendar: object("tariffCalendar", 20, "0-0:13.0.0.255", {
    3: ["season_profile_active", seasons],
    4: ["week_profile_table_active", weeks],
    5: ["day_profile_table_active", days],
    7: ["season_profile_passive", seasons],
    8: ["week_profile_table_passive", weeks],
    9: ["day_profile_table_passive", days],
    10: ["activate_passive_calendar_time", "date-time"],
  }),
  /** Passive special days: {index, date (5 octets), day id}. */
  specialDays: object("specialDays", 11, "0-1:11.0.0.255", {
    2: ["entries", array(structure(u16, octets(5), u8), 50)],
  }),
  specialDaysActivation: object("specialDaysActivation", 9000, "0-0:94.44.128.29", {
    6: ["activate_passive_value_time", "date-time"],
  }),
  blockThresholdsTou1: blockThresholds(1),
  blockThresholdsTou2: blockThresholds(2),
  blockThresholdsTou3: blockThresholds(3),
  blockThresholdsTou4: blockThresholds(4),
  blockThresholdsTou5: blockThresholds(5),
  blockThresholdsTou6: blockThresholds(6),
  blockThresholdsTou7: blockThresholds(7),
  blockThresholdsTou8: blockThresholds(8),
  blockThresholdsActivation: object("blockThresholdsActivation", 9000, "0-0:63.1.1.255", {
    6: ["activate_passive_value_time", "date-time"],
  }),
  /** True = pounds (GBP), false = euro. */
  currencyUnit: object("currencyUnit", 9000, "0-0:94.44.2.0", {
    2: ["value_active", "boolean"],
    4: ["value_passive", "boolean"],
    6: ["activate_passive_value_time", "date-time"],
  }),
  standingCharge: charge("standingCharge", "0-0:19.20.4.255", 0, 1),
  /** 48 TOU + 32 block prices; the index is one octet: 1..48 TOU, 0xA1.. blocks. */
  tariffPrice: charge("tariffPrice", "0-0:19.20.0.255", 1, 80),
  deviceLog: object(
    "deviceLog",
    104,
    "0-0:30.3.0.255",
    {
      2: ["enable_disable_joining", "boolean"],
      3: ["join_timeout", u16],
      /** 16 x {EUI, status bits, max/avg/min RSSI, max/avg/min LQI, last heard, hops, failures, successes, app, stack} */
      4: [
        "active_devices",
        array(
          structure(
            octets(8),
            u8,
            "integer",
            "integer",
            "integer",
            u8,
            u8,
            u8,
            "date-time",
            u8,
            u8,
            u8,
            u8,
            u8,
          ),
          16,
        ),
      ],
    },
    {
      /** {EUI, key type (1 = install code), install code without CRC, device type} */
      1: ["register_device", structure(octets(8), "enum", octets(16), "enum")],
      2: ["unregister_device", octets(8)],
      /** {time, extended PAN id, [{EUI, hash of its link key}]} */
      4: [
        "backup_PAN",
        "null",
        structure("date-time", octets(8), array(structure(octets(8), octetsUpTo(16)), 16)),
      ],
    },
  ),
  /** Trust anchor cells (CS02a, CS02b). Argument shapes: `security/credentials.ts`. */
  credentials: object(
    "credentials",
    0,
    "",
    {},
    {
      /**
       * CS02b: {mode, symmetric key (contingency alone), 1 to leave out time-based path checks, authorising
       * cell (none for the ACB's own by a MAC), authoriser's counter, its new floor, its new floor for
       * top-ups, [floors of other roles], [{certificate, cell}], [path certificates], execution time (NOW,
       * NEVER, UTC s)}. A floor left out leaves the counter as it is.
       *
       * Returns nothing when it was kept for later or cancelled what was kept, else {authoriser's counter,
       * mode, [floors put in force], [{cell, outcome, old holder, old key id, new holder, new key id}]}.
       */
      1: [
        "replace",
        structure(
          "enum",
          optional(octets(32)),
          optional("enum"),
          optional(cell),
          u64,
          optional(u64),
          optional(u64),
          array(roleFloor, 8),
          array(structure(certificate, cell), 12),
          array(certificate, 4),
          "date-time",
        ),
        optional(structure(u64, "enum", array(roleFloor, 8), array(cellOutcome, 12))),
      ],
      /** CS02a: the cells asked for; returns [{cell, holder, key id, highest counter}]. */
      2: [
        "provide",
        array(cell, 16),
        array(structure(cell, octetsUpTo(8), octetsUpTo(8), "long64-unsigned"), 16),
      ],
    },
  ),
  /** Of an ESME alone: voltage and outages. */
  powerEventLog: object("powerEventLog", 7, "0-0:99.98.4.255", { 2: ["buffer", eventLog, range] }),
  /** Seconds by which this meter's tariff switches are late: number x limit / 10,000, rounded. */
  randomisedOffset: object("randomisedOffset", 1, "0-0:94.44.0.0", { 2: ["value", u16] }),
  /** 1..10,000, fixed at manufacture. */
  randomisedOffsetNumber: object("randomisedOffsetNumber", 1, "0-0:94.44.0.2", { 2: ["value", u16] }),
  /** 0..1,799 s. */
  randomisedOffsetLimit: object("randomisedOffsetLimit", 1, "0-0:94.44.0.1", { 2: ["value", u16] }),
} as const satisfies Record<string, ObjectDefinition>;

export type ObjectName = keyof typeof objects;

const byId = new Map<number, ObjectDefinition>(Object.values(objects).map((o) => [o.id, o]));

/** The object with short number `id`, or undefined. */
export function objectById(id: number): ObjectDefinition | undefined {
  return byId.get(id);
}

/** The member that an operation of `kind` on `ref` addresses, or undefined. */
export function memberOf(kind: "get" | "set" | "call", ref: MemberRef): MemberDefinition | undefined {
  const definition = byId.get(ref.object);
  return kind === "call" ? definition?.methods[ref.member] : definition?.attributes[ref.member];
}
