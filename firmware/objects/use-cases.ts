/**
 * The use cases that devices here implement: message code, and the exact list of operations that a command
 * consists of. Who may send one, and whether it is critical or replay-protected, is in the access table
 * (`security/access.ts`), which covers the whole message set.
 */
import type { DeviceName } from "../model/define.ts";
import type { OperationKind } from "../wire/message.ts";
import { type ObjectName, objects } from "./dictionary.ts";

export interface OperationTemplate {
  readonly kind: OperationKind;
  readonly object: number;
  readonly member: number;
}

export interface UseCase {
  /** GBCS use case, e.g. "ECS43". */
  readonly id: string;
  readonly code: number;
  readonly title: string;
  readonly devices: readonly DeviceName[];
  readonly operations: readonly OperationTemplate[];
  /** The response carries the consumer's data: its values travel encrypted. */
  readonly sensitive?: boolean;
}

const op =
  (kind: OperationKind) =>
  (name: ObjectName, ...members: number[]): OperationTemplate[] =>
    members.map((member) => ({ kind, object: objects[name].id, member }));
const get = op("get");
const set = op("set");
const call = op("call");

const price = [...set("standingCharge", 6), ...set("tariffPrice", 6)];
const priceActivation = [...set("standingCharge", 7), ...set("tariffPrice", 7)];
const thresholds = ([1, 2, 3, 4, 5, 6, 7, 8] as const).flatMap((tou) => set(`blockThresholdsTou${tou}`, 2));
const loadLimitObjects = [
  "loadLimitSupplyState",
  "loadLimitPowerThreshold",
  "loadLimitPeriod",
  "loadLimitRestorationPeriod",
] as const;
const voltageLimits = [
  ...set("extremeOverVoltage", 4, 6),
  ...set("extremeUnderVoltage", 4, 6),
  ...set("voltageSag", 4, 6),
  ...set("voltageSwell", 4, 6),
];
const esme = ["ESME"] as const;
const chf = ["CHF"] as const;
const both = ["ESME", "CHF"] as const;

export const useCases: readonly UseCase[] = [
  {
    id: "ECS01a",
    code: 0x0019,
    title: "set tariff and prices",
    devices: esme,
    operations: [
      ...set("tariffCalendar", 7, 8, 9),
      ...set("specialDays", 2),
      ...thresholds,
      ...set("currencyUnit", 4),
      ...price,
      ...set("tariffCalendar", 10),
      ...set("specialDaysActivation", 6),
      ...set("currencyUnit", 6),
      ...priceActivation,
      ...set("blockThresholdsActivation", 6),
    ],
  },
  {
    id: "ECS01b",
    code: 0x00a2,
    title: "set prices",
    devices: esme,
    operations: [...price, ...priceActivation],
  },
  {
    id: "ECS17b",
    code: 0x0027,
    title: "read import registers",
    devices: esme,
    sensitive: true,
    operations: get("importRegisters", 2),
  },
  {
    id: "ECS17d",
    code: 0x0029,
    title: "read time-of-use registers",
    devices: esme,
    sensitive: true,
    operations: get("touRegisters", 2),
  },
  {
    id: "ECS22b",
    code: 0x0037,
    title: "read half-hourly import profile",
    devices: esme,
    sensitive: true,
    operations: get("importProfile", 2),
  },
  {
    id: "ECS23",
    code: 0x0039,
    title: "read voltage counters and averages",
    devices: esme,
    operations: [
      ...get("averageUnderVoltageCounter", 2, 3),
      ...get("averageOverVoltageCounter", 2, 3),
      ...get("averageVoltageLog", 2, 4),
    ],
  },
  {
    id: "ECS27",
    code: 0x0042,
    title: "read load limit",
    devices: esme,
    operations: [
      ...get("loadLimitSupplyState", 2),
      ...get("loadLimitCounter", 2, 3),
      ...get("loadLimiter", 4, 6, 7),
    ],
  },
  {
    id: "ECS28a",
    code: 0x0043,
    title: "set load limit",
    devices: esme,
    operations: [
      ...loadLimitObjects.flatMap((o) => set(o, 4)),
      ...loadLimitObjects.flatMap((o) => set(o, 6)),
    ],
  },
  {
    id: "ECS28b",
    code: 0x0044,
    title: "reset load limit counter",
    devices: esme,
    operations: call("loadLimitCounter", 1),
  },
  {
    id: "ECS26c",
    code: 0x003d,
    title: "read randomised offset",
    devices: esme,
    operations: [
      ...get("randomisedOffset", 2),
      ...get("randomisedOffsetNumber", 2),
      ...get("randomisedOffsetLimit", 2),
    ],
  },
  {
    id: "ECS29a",
    code: 0x0045,
    title: "set voltage thresholds and reset counters",
    devices: esme,
    operations: [
      ...set("averageVoltageLog", 4),
      ...voltageLimits,
      ...set("averageOverVoltageThreshold", 2),
      ...set("averageUnderVoltageThreshold", 2),
      ...call("averageUnderVoltageCounter", 1),
      ...call("averageOverVoltageCounter", 1),
    ],
  },
  {
    id: "ECS29c",
    code: 0x00d1,
    title: "set voltage thresholds, keep counters",
    devices: esme,
    operations: [
      ...set("averageUnderVoltageThreshold", 2),
      ...set("averageOverVoltageThreshold", 2),
      ...set("averageVoltageLog", 4),
      ...voltageLimits,
    ],
  },
  {
    id: "ECS38",
    code: 0x004b,
    title: "set limit of randomised offset",
    devices: esme,
    operations: set("randomisedOffsetLimit", 2),
  },
  { id: "ECS35a", code: 0x0048, title: "read event log", devices: esme, operations: get("eventLog", 2) },
  {
    id: "ECS35b",
    code: 0x0049,
    title: "read security log",
    devices: esme,
    operations: get("securityLog", 2),
  },
  { id: "ECS35c", code: 0x0093, title: "read hub event log", devices: chf, operations: get("eventLog", 2) },
  {
    id: "ECS35d",
    code: 0x0094,
    title: "read hub security log",
    devices: chf,
    operations: get("securityLog", 2),
  },
  {
    id: "ECS35e",
    code: 0x00b9,
    title: "read power event log",
    devices: esme,
    operations: get("powerEventLog", 2),
  },
  { id: "ECS42", code: 0x004f, title: "enable supply", devices: esme, operations: call("supplyControl", 1) },
  { id: "ECS43", code: 0x0050, title: "disable supply", devices: esme, operations: call("supplyControl", 1) },
  { id: "ECS44", code: 0x0051, title: "arm supply", devices: esme, operations: call("supplyControl", 1) },
  { id: "ECS45", code: 0x0052, title: "read supply state", devices: esme, operations: get("supplyState", 3) },
  {
    id: "ECS52",
    code: 0x0059,
    title: "read firmware version",
    devices: ["ESME", "CHF"],
    operations: get("firmwareVersion", 2),
  },
  {
    id: "ECS70",
    code: 0x0062,
    title: "set clock",
    devices: esme,
    operations: [...set("clock", 9), ...call("clock", 5, 4), ...get("clock", 2, 4)],
  },
  {
    id: "CCS01",
    code: 0x0001,
    title: "add device to hub's log",
    devices: chf,
    operations: [...call("deviceLog", 1), ...set("deviceLog", 3, 2)],
  },
  {
    id: "CCS02",
    code: 0x0002,
    title: "remove device from hub's log",
    devices: chf,
    operations: call("deviceLog", 2),
  },
  {
    id: "CCS06",
    code: 0x010f,
    title: "read hub's device log",
    devices: chf,
    operations: get("deviceLog", 4),
  },
  {
    id: "CS02a",
    code: 0x0008,
    title: "read trust anchors",
    devices: ["ESME", "CHF"],
    operations: call("credentials", 2),
  },
  ...(
    [
      ["CS02bRootBySupplier", 0x0100, esme],
      ["CS02bRootByWP", 0x0101, chf],
      ["CS02bSupplierBySupplier", 0x0102, esme],
      ["CS02bNOByNO", 0x0103, esme],
      ["CS02bACBByACB", 0x0104, both],
      ["CS02bWPByWP", 0x0105, chf],
      ["CS02bTransCoSByTransCoS", 0x0106, both],
      ["CS02bSupplierByTransCoS", 0x0107, esme],
      ["CS02bAnyExceptAbnormalRootByRecovery", 0x0108, both],
      ["CS02bAnyByContingency", 0x0109, both],
    ] as const
  ).map(
    ([id, code, devices]): UseCase => ({
      id,
      code,
      title: "replace trust anchors",
      devices,
      operations: call("credentials", 1),
    }),
  ),
];

const byCode = new Map(useCases.map((u) => [u.code, u]));

export function useCaseByCode(code: number): UseCase | undefined {
  return byCode.get(code);
}

/** Script numbers of `supplyControl.execute`. */
export const SupplyScript = { enable: 0x33, disable: 0x34, arm: 0x36 } as const;
/** Values of `supplyState.control_state`: Blue Book class 70 (ready = armed). */
export const SupplyState = { disabled: 0, enabled: 1, armed: 2 } as const;

/** Message codes of alerts. */
export const AlertMessage = {
  deviceLogChanged: 0x0018,
  supplyOutageRestored: 0x0067,
  credentialsOutcome: 0x00cb,
  futureDatedOutcome: 0x00cc,
  /** 8F84: a message could not reach a device of the home. */
  undeliverable: 0x00d5,
  genericCritical: 0x1000,
  genericNonCritical: 0x1001,
  /** A hub's last gasp, body [time of the loss]. Ours: what a hub sends at an outage is in no source seen. */
  powerOutage: 0xf001,
} as const;

/** Alert code of {@link AlertMessage.powerOutage}: ours too, outside the families of the message set. */
export const powerOutageCode = 0xf001;
