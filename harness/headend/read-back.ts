/**
 * What a pre-command would do, read back into the user's terms from its operations alone. Written apart
 * from the way there (`service-requests.ts`, `tariff.ts`, `credentials.ts`), for the user's correlation.
 */
import { toHex } from "../../hal/base/hex.ts";
import type { Cbor } from "./cbor-walk.ts";

/** Looks up the value of "object.member" or "object.mMethod"; undefined when the operation has none. */
export type Lookup = (key: string) => Cbor | undefined;
type ReadBack = (value: Lookup) => Readonly<Record<string, unknown>>;

/** What is no list reads as a list of itself, so that it never passes for an empty one. */
const list = (value: Cbor | undefined): readonly Cbor[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const text = (value: Cbor | undefined): string => Buffer.from(bytes(value)).toString("latin1");
const bytes = (value: Cbor | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array();
const two = (n: number | undefined): string => String(n).padStart(2, "0");

/**
 * The parts of a value that no parameter decides. Each must be what it always is; one that is not turns up
 * in the reading under its own name, where the request has nothing.
 */
function fixed(parts: Readonly<Record<string, readonly [got: unknown, expected: unknown]>>) {
  const strays = Object.entries(parts).filter(
    ([, [got, expected]]) => JSON.stringify(plain(got)) !== JSON.stringify(expected),
  );
  return Object.fromEntries(strays.map(([name, [got]]) => [name, plain(got)]));
}
/** Bytes as hex, so that parts can be compared as text. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === "bigint") return String(value);
  return Array.isArray(value) ? value.map(plain) : value;
}

const flag = (value: Cbor | undefined, yes: string, no: string): unknown =>
  value === true ? yes : value === false ? no : value;

/** One activation time, which every object of the command must carry. */
function together(value: Lookup, keys: readonly string[]): unknown {
  const times = keys.map(value);
  return times.every((time) => time === times[0]) ? times[0] : times;
}

const within = (value: Cbor | undefined) => {
  const [from, until, ...more] = list(value);
  return {
    ...(from === 0 ? {} : { from: from ?? "missing" }),
    ...(until === 0xffff_ffff ? {} : { until: until ?? "missing" }),
    ...fixed({ more: [more, []] }),
  };
};

const rangeOf =
  (key: string): ReadBack =>
  (value) =>
    within(value(key));
const constant =
  (key: string, expected: Cbor, name: string): ReadBack =>
  (value) =>
    value(key) === expected ? {} : { [name]: value(key) };

function day(value: Cbor | undefined): string {
  const [high = 0, low = 0, month, date] = bytes(value);
  const year = high === 0xff && low === 0xff ? "" : `${high * 256 + low}-`;
  return `${year}${two(month)}-${two(date)}`;
}

const blockStarts = [0xa1, 0xb1, 0xc1, 0xd1];
const priceIndices = [
  ...Array.from({ length: 48 }, (_, i) => i + 1),
  ...blockStarts.flatMap((first) => Array.from({ length: 8 }, (_, i) => first + i)),
].map((index) => index.toString(16).toUpperCase().padStart(2, "0"));

const prices: ReadBack = (value) => {
  const [standingScale, standingUnit, standing, ...standingMore] = list(value("standingCharge.6"));
  const [scale, unit, table, ...more] = list(value("tariffPrice.6"));
  const rows = list(table).map((row) => [bytes(list(row)[0])[0] ?? 0, list(row)[1]] as const);
  const price = (index: number) => rows.find(([own]) => own === index)?.[1];
  return {
    ...fixed({
      standingChargeUnit: [
        [list(standingScale)[0], standingUnit, standingMore],
        [0, [0, "000000000000", 0], []],
      ],
      standingChargeIndex: [list(standing).map((row) => list(row)[0]), [""]],
      priceUnit: [
        [list(scale)[0], unit, more],
        [3, [3, "0100010800FF", 2], []],
      ],
      priceIndices: [list(table).map((row) => list(row)[0]), priceIndices],
    }),
    standingCharge: list(list(standing)[0])[1],
    standingChargeScale: list(standingScale)[1],
    touPrices: Array.from({ length: 48 }, (_, i) => price(i + 1)),
    blockPrices: blockStarts.map((first) => Array.from({ length: 8 }, (_, tou) => price(first + tou))),
    priceScale: list(scale)[1],
  };
};
const priceTimes = ["standingCharge.7", "tariffPrice.7"];
const tariffTimes = [
  "tariffCalendar.10",
  "specialDaysActivation.6",
  "currencyUnit.6",
  "blockThresholdsActivation.6",
  ...priceTimes,
];

/** Scripts 101 to 108 charge the block matrix. */
const rateOf = (script: Cbor | undefined) =>
  typeof script === "number" && script > 100 ? { blockRate: script - 100 } : { rate: script };

const tariff: ReadBack = (value) => ({
  seasons: list(value("tariffCalendar.7")).map((row) => {
    const [name, from, week] = list(row);
    const timeOfYear = [bytes(from).slice(4), "FF00000000" + "8000FF"] as const;
    return { name: text(name), from: day(from), week: text(week), ...fixed({ start: timeOfYear }) };
  }),
  weeks: list(value("tariffCalendar.8")).map((row) => {
    const [name, ...days] = list(row);
    return { name: text(name), days };
  }),
  days: list(value("tariffCalendar.9")).map((row) => {
    const [id, switches] = list(row);
    return {
      id,
      switches: list(switches).map((entry) => {
        const [time, script, rate] = list(entry);
        const [hour, minute, ...seconds] = bytes(time);
        const rest = { seconds: [seconds, [0, 0]], script: [script, "00000A0064FF"] } as const;
        return { at: `${two(hour)}:${two(minute)}`, ...rateOf(rate), ...fixed(rest) };
      }),
    };
  }),
  specialDays: list(value("specialDays.2")).map((row, i) => {
    const [index, date, type] = list(row);
    const rest = { index: [index, i + 1], dayOfWeek: [bytes(date).slice(4), "FF"] } as const;
    return { date: day(date), day: type, ...fixed(rest) };
  }),
  blockThresholdsWh: [1, 2, 3, 4, 5, 6, 7, 8].map((tou) => value(`blockThresholdsTou${tou}.2`)),
  currency: flag(value("currencyUnit.4"), "GBP", "EUR"),
  ...prices(value),
  activateAt: together(value, tariffTimes),
});

const roleNames = [
  "root",
  "recovery",
  "supplier",
  "networkOperator",
  "accessControlBroker",
  "transitionalCoS",
  "wanProvider",
];
const usageNames = ["", "sign", "agree", "certify"];
function cell(value: Cbor | undefined) {
  const [role, usage, cellUsage, ...more] = list(value);
  const nameOf = (names: readonly string[], number: Cbor | undefined) =>
    typeof number === "number" ? names[number] : number;
  const prepay = cellUsage === 1 || cellUsage === 0 ? cellUsage === 1 : cellUsage;
  const rest = fixed({ more: [more, []] });
  return { role: nameOf(roleNames, role), usage: nameOf(usageNames, usage), prepay, ...rest };
}

const leftOut = (value: Cbor | undefined): unknown => (value === null ? undefined : value);
/** [{usage 0, floor}], or null. */
const topUpOf = (value: Cbor | undefined): unknown => {
  if (value === null) return undefined;
  const [[usage, floor, ...more] = [], ...others] = list(value).map(list);
  return usage === 0 && more.length + others.length === 0 ? floor : value;
};

function floors(value: Cbor | undefined) {
  return list(value === null ? [] : value).map((row) => {
    const [role, floor, topUp, ...more] = list(row);
    const name = typeof role === "number" ? roleNames[role] : role;
    return { role: name, floor, topUpFloor: topUpOf(topUp), ...fixed({ more: [more, []] }) };
  });
}

/**
 * The authoriser's counter is compared by `correlate`. On a change of supplier the floors of the one that
 * asks stand among those of roles.
 */
const credentials =
  (mode: number, authorisedBy: readonly number[] | undefined): ReadBack =>
  (value) => {
    const [control, replacements, path, activateAt, ...rest] = list(value("credentials.m1"));
    const [gotMode, key, checks, by, , floor, topUp, others, ...more] = list(control);
    return {
      ...fixed({
        mode: [gotMode, mode],
        authorisedBy: [by, authorisedBy ?? null],
        more: [[...more, ...rest], []],
      }),
      floor: leftOut(floor),
      topUpFloor: topUpOf(topUp),
      partyFloors: floors(others),
      contingencyKey: leftOut(key),
      timeBasedChecks: checks === null ? true : checks === 1 ? false : checks,
      replacements: list(replacements).map((row) => ({
        cell: cell(list(row)[1]),
        certificate: list(row)[0],
      })),
      path,
      activateAt,
    };
  };

const watch = (value: Lookup, object: string) => ({
  thresholdV: value(`${object}.4`),
  periodS: value(`${object}.6`),
});
const voltageLimits: ReadBack = (value) => ({
  averagingPeriodS: value("averageVoltageLog.4"),
  extremeOver: watch(value, "extremeOverVoltage"),
  extremeUnder: watch(value, "extremeUnderVoltage"),
  sag: watch(value, "voltageSag"),
  swell: watch(value, "voltageSwell"),
  averageOverV: value("averageOverVoltageThreshold.2"),
  averageUnderV: value("averageUnderVoltageThreshold.2"),
});

const nothing: ReadBack = () => ({});
const log =
  (log: string, object = `${log}Log`): ReadBack =>
  (value) => ({ log, ...within(value(`${object}.2`)) });

/** By use case. A parameter that the pre-command cannot show is not here, and is compared as absent. */
export const readBack: Readonly<Record<string, ReadBack>> = {
  ECS01a: tariff,
  ECS01b: (value) => ({ ...prices(value), activateAt: together(value, priceTimes) }),
  ECS17b: nothing,
  ECS17d: nothing,
  ECS22b: rangeOf("importProfile.2"),
  ECS26c: nothing,
  ECS23: rangeOf("averageVoltageLog.2"),
  ECS27: nothing,
  ECS28a: (value) => ({
    thresholdW: value("loadLimitPowerThreshold.4"),
    periodS: value("loadLimitPeriod.4"),
    restorationS: value("loadLimitRestorationPeriod.4"),
    onTrip: flag(value("loadLimitSupplyState.4"), "disable", "unchanged"),
    activateAt: together(
      value,
      ["SupplyState", "PowerThreshold", "Period", "RestorationPeriod"].map((part) => `loadLimit${part}.6`),
    ),
  }),
  ECS28b: constant("loadLimitCounter.m1", 0, "reset"),
  ECS29a: (value) => ({
    ...fixed({
      underCounterReset: [value("averageUnderVoltageCounter.m1"), 0],
      overCounterReset: [value("averageOverVoltageCounter.m1"), 0],
    }),
    ...voltageLimits(value),
    resetCounters: true,
  }),
  ECS29c: (value) => ({ ...voltageLimits(value), resetCounters: false }),
  ECS35a: log("event"),
  ECS35b: log("security"),
  ECS35c: log("event"),
  ECS35d: log("security"),
  ECS35e: log("power", "powerEventLog"),
  ECS38: (value) => ({ limitS: value("randomisedOffsetLimit.2") }),
  ECS42: constant("supplyControl.m1", 0x33, "script"),
  ECS43: constant("supplyControl.m1", 0x34, "script"),
  ECS44: constant("supplyControl.m1", 0x36, "script"),
  ECS45: nothing,
  ECS52: nothing,
  ECS70: (value) => {
    const [preset, validFrom, validUntil] = list(value("clock.m5"));
    const rest = {
      preset: [preset, 0xffff_ffff],
      clockBase: [value("clock.9"), 5],
      adjust: [value("clock.m4"), 0],
    } as const;
    return { validFrom, validUntil, ...fixed(rest) };
  },
  CCS01: (value) => {
    const [device, keyType, installCode, deviceType] = list(value("deviceLog.m1"));
    return {
      action: "add",
      device: toHex(bytes(device)),
      installCode,
      deviceType,
      joinWindowS: value("deviceLog.3"),
      ...fixed({ keyType: [keyType, 1], joining: [value("deviceLog.2"), true] }),
    };
  },
  CCS02: (value) => ({ action: "remove", device: toHex(bytes(value("deviceLog.m2"))) }),
  CCS06: nothing,
  CS02a: (value) => {
    const [asker, roles, ...more] = list(value("credentials.m2"));
    const { role, ...rest } = cell(asker);
    return {
      roles: list(roles).map((number) => (typeof number === "number" ? roleNames[number] : number)),
      ...fixed({
        asker: [
          [rest, more],
          [{ usage: "sign", prepay: false }, []],
        ],
      }),
      ...(role === undefined ? { asker: role } : {}),
    };
  },
  CS02bRootBySupplier: credentials(0, [2, 1, 0]),
  CS02bRootByWanProvider: credentials(1, [6, 1, 0]),
  CS02bSupplierBySupplier: credentials(2, [2, 1, 0]),
  CS02bNOByNO: credentials(3, [3, 1, 0]),
  CS02bACBByACB: credentials(4, undefined),
  CS02bWPByWP: credentials(5, [6, 1, 0]),
  CS02bTransCoSByTransCoS: credentials(6, [5, 1, 0]),
  CS02bSupplierByTransCoS: credentials(7, [5, 1, 0]),
  CS02bAnyExceptAbnormalRootByRecovery: credentials(8, [1, 1, 0]),
  CS02bAnyByContingency: credentials(9, undefined),
};

/** What differs at a hub: there the ACB signs the change of its own credentials. */
export const readBackAtHub: Readonly<Record<string, ReadBack>> = {
  CS02bACBByACB: credentials(4, [4, 1, 0]),
};
