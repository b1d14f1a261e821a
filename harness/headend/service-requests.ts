/**
 * Service requests by their DUIS reference: who may ask, what a user fills in, and the use case and values
 * that become of it. Requests that no device ever sees (inventory, pre-notification) are in `inventory.ts`.
 */

import { z } from "zod";
import type { ModelledDevice } from "../../firmware/devices/boot.ts";
import { maxLimitS } from "../../firmware/features/randomised-offset/feature.ts";
import { type Role, roles, toPlain, valueTypes } from "../../firmware/model/index.ts";
import type { Value } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { euiBytes } from "../../hal/base/eui64.ts";
import { credentialParameters, credentialsUseCase, credentialValues } from "./credentials.ts";
import { activation, eui, nothing, octets, range, rangeSelector, u32, utc } from "./parameters.ts";
import type { PartyName } from "./parties.ts";
import { priceParameters, priceValues, tariffParameters, tariffValues } from "./tariff.ts";

/** Device types that there is firmware for. */
export type DeviceType = ModelledDevice;

/** What the values of a request may depend on besides its parameters. */
export interface RequestContext {
  readonly role: Role;
  readonly device: DeviceType;
  /** The originator counter of the command. */
  readonly counter: bigint;
}

/** A request's values, by "object.member" of the use case's operations. Gets without a selector are left out. */
export type Values = Readonly<Record<string, Value>>;

export interface ServiceRequestDefinition<S extends z.ZodType = z.ZodType> {
  /** DUIS service reference variant, e.g. "7.2". */
  readonly reference: string;
  readonly title: string;
  /** Critical: the user correlates and signs. */
  readonly critical: boolean;
  /** Roles whose users may ask. */
  readonly roles: readonly Role[];
  /** The party of the DCC that originates and signs the command, when the user that asks may not. */
  readonly actsAs?: PartyName;
  readonly devices: readonly DeviceType[];
  readonly parameters: S;
  /** The GBCS use case, which may depend on the device and on who asks. */
  useCase(parameters: z.output<S>, context: RequestContext): string;
  values(parameters: z.output<S>, context: RequestContext): Values;
}

const supplier: readonly Role[] = ["supplier"];
const operator: readonly Role[] = ["networkOperator"];
const both: readonly Role[] = ["supplier", "networkOperator"];

const definitions: ServiceRequestDefinition[] = [];
function define<S extends z.ZodType>(
  reference: string,
  title: string,
  roles: readonly Role[],
  devices: readonly DeviceType[],
  rest: Pick<ServiceRequestDefinition<S>, "parameters"> & {
    readonly critical?: boolean;
    readonly actsAs?: PartyName;
    readonly useCase: string | ServiceRequestDefinition<S>["useCase"];
    readonly values?: ServiceRequestDefinition<S>["values"];
  },
): void {
  const { useCase, values = () => ({}), critical = false, actsAs, parameters } = rest;
  definitions.push({
    reference,
    title,
    roles,
    devices,
    critical,
    ...(actsAs === undefined ? {} : { actsAs }),
    parameters,
    useCase: typeof useCase === "string" ? () => useCase : useCase,
    values,
  } as unknown as ServiceRequestDefinition);
}

define("1.1.1", "update import tariff", supplier, ["ESME"], {
  critical: true,
  parameters: tariffParameters,
  useCase: "ECS01a",
  values: tariffValues,
});
define("1.2.1", "update price", supplier, ["ESME"], {
  critical: true,
  parameters: priceParameters,
  useCase: "ECS01b",
  values: priceValues,
});
define("4.1.1", "read import registers", both, ["ESME"], { parameters: nothing, useCase: "ECS17b" });
define("4.1.2", "read time-of-use registers", both, ["ESME"], { parameters: nothing, useCase: "ECS17d" });
define("4.8.1", "read half-hourly import profile", both, ["ESME"], {
  parameters: range,
  useCase: "ECS22b",
  values: (p) => ({ "importProfile.2": rangeSelector(p) }),
});
define("4.10", "read voltage counters and averages", both, ["ESME"], {
  parameters: range,
  useCase: "ECS23",
  values: (p) => ({ "averageVoltageLog.2": rangeSelector(p) }),
});
define("4.15", "read load limit", both, ["ESME"], { parameters: nothing, useCase: "ECS27" });

define("6.2.2", "read randomised offset", both, ["ESME"], { parameters: nothing, useCase: "ECS26c" });
define("7.12", "set limit of randomised offset", supplier, ["ESME"], {
  critical: true,
  parameters: z.strictObject({ limitS: z.int().min(0).max(maxLimitS) }),
  useCase: "ECS38",
  values: (p) => ({ "randomisedOffsetLimit.2": p.limitS }),
});

define("6.4.1", "set load limit", supplier, ["ESME"], {
  critical: true,
  parameters: z.strictObject({
    thresholdW: u32,
    periodS: u32,
    restorationS: u32,
    onTrip: z.enum(["disable", "unchanged"]),
    activateAt: activation,
  }),
  useCase: "ECS28a",
  values: (p) => ({
    "loadLimitSupplyState.4": p.onTrip === "disable",
    "loadLimitPowerThreshold.4": p.thresholdW,
    "loadLimitPeriod.4": p.periodS,
    "loadLimitRestorationPeriod.4": p.restorationS,
    "loadLimitSupplyState.6": p.activateAt,
    "loadLimitPowerThreshold.6": p.activateAt,
    "loadLimitPeriod.6": p.activateAt,
    "loadLimitRestorationPeriod.6": p.activateAt,
  }),
});
define("6.4.2", "reset load limit counter", supplier, ["ESME"], {
  parameters: nothing,
  useCase: "ECS28b",
  values: () => ({ "loadLimitCounter.m1": 0 }),
});

const watch = z.strictObject({ thresholdV: u32, periodS: u32 });
define("6.5", "set voltage thresholds, with or without reset of the counters", operator, ["ESME"], {
  parameters: z.strictObject({
    /** 0: not monitored, as with the period of each limit. */
    averagingPeriodS: u32,
    extremeOver: watch,
    extremeUnder: watch,
    sag: watch,
    swell: watch,
    averageOverV: u32,
    averageUnderV: u32,
    resetCounters: z.boolean().default(true),
  }),
  useCase: (p) => (p.resetCounters ? "ECS29a" : "ECS29c"),
  values: (p) => ({
    "averageVoltageLog.4": p.averagingPeriodS,
    "extremeOverVoltage.4": p.extremeOver.thresholdV,
    "extremeOverVoltage.6": p.extremeOver.periodS,
    "extremeUnderVoltage.4": p.extremeUnder.thresholdV,
    "extremeUnderVoltage.6": p.extremeUnder.periodS,
    "voltageSag.4": p.sag.thresholdV,
    "voltageSag.6": p.sag.periodS,
    "voltageSwell.4": p.swell.thresholdV,
    "voltageSwell.6": p.swell.periodS,
    "averageOverVoltageThreshold.2": p.averageOverV,
    "averageUnderVoltageThreshold.2": p.averageUnderV,
    ...(p.resetCounters && { "averageUnderVoltageCounter.m1": 0, "averageOverVoltageCounter.m1": 0 }),
  }),
});

/** What a tolerance of a day makes of a time (DUIS): a day before it and a day behind it. */
const maxClockWindowS = 2 * 86_400;

/** The meter takes the hub's time if that lies in the window. */
const clockWindow = {
  critical: true,
  parameters: z
    .strictObject({ validFrom: utc, validUntil: utc })
    .refine((p) => p.validFrom < p.validUntil, "validFrom: expected a time before validUntil")
    .refine(
      (p) => p.validUntil - p.validFrom <= maxClockWindowS,
      `validUntil: expected at most ${maxClockWindowS} s after validFrom (a tolerance of 86400 s)`,
    ),
  useCase: "ECS70",
  values: (p: { validFrom: number; validUntil: number }) => ({
    "clock.9": 5,
    "clock.m5": [0xffff_ffff, p.validFrom, p.validUntil] as const,
    "clock.m4": 0,
  }),
};
define("6.11", "synchronise clock", supplier, ["ESME"], clockWindow);
define("8.1.1", "commission device", supplier, ["ESME"], clockWindow);

/** Only an ESME has a power event log: of a hub it is asked for as a meter's, and refused as not for it. */
const logUseCases = {
  ESME: { event: "ECS35a", security: "ECS35b", power: "ECS35e" },
  CHF: { event: "ECS35c", security: "ECS35d", power: "ECS35e" },
} as const;
const logObjects = { event: "eventLog", security: "securityLog", power: "powerEventLog" } as const;
define("6.13", "read event, security or power event log", both, ["ESME", "CHF"], {
  parameters: range.extend({ log: z.enum(["event", "security", "power"]) }),
  useCase: (p, { device }) => logUseCases[device][p.log],
  values: (p) => ({ [`${logObjects[p.log]}.2`]: rangeSelector(p) }),
});

const replaceCredentials = {
  critical: true,
  parameters: credentialParameters,
  useCase: credentialsUseCase,
  values: credentialValues,
};
define("6.15.1", "update security credentials", both, ["ESME"], replaceCredentials);
/** Asked by the incoming supplier, who is nobody to the meter yet: the transitional CoS party signs. */
define("6.23", "update security credentials on change of supplier", supplier, ["ESME"], {
  ...replaceCredentials,
  critical: false,
  actsAs: "transitionalCoS",
});
define("8.5", "update the access control broker's credentials", ["accessControlBroker"], ["ESME", "CHF"], {
  ...replaceCredentials,
  critical: false,
});
define(
  "NA-CS02b-TransCoS",
  "update the transitional CoS party's credentials",
  ["transitionalCoS"],
  ["ESME", "CHF"],
  {
    ...replaceCredentials,
    useCase: () => "CS02bTransCoSByTransCoS",
  },
);
define(
  "NA-CS02b-WP",
  "update the WAN provider's or the root's credentials",
  ["wanProvider"],
  ["CHF"],
  replaceCredentials,
);
define("NA-CS02b-Recovery", "recover any credentials", ["recovery"], ["ESME", "CHF"], replaceCredentials);
define("NA-CS02b-Contingency", "replace any credentials by the contingency key", ["root"], ["ESME", "CHF"], {
  ...replaceCredentials,
  parameters: credentialParameters.required({ contingencyKey: true }),
});
define("6.24.1", "retrieve device security credentials", both, ["ESME", "CHF"], {
  parameters: z.strictObject({
    roles: z
      .array(z.enum(Object.keys(roles) as Role[]))
      .min(1)
      .max(9),
  }),
  useCase: "CS02a",
  values: (p, { role }) => ({
    "credentials.m2": toPlain(valueTypes.anchorsRequest, {
      asker: { role, usage: "sign", cellUsage: "management" },
      roles: p.roles,
    }),
  }),
});

const script = (script: number) => ({
  critical: true,
  parameters: nothing,
  values: () => ({ "supplyControl.m1": script }),
});
define("7.1", "enable supply", supplier, ["ESME"], { ...script(0x33), useCase: "ECS42" });
define("7.2", "disable supply", supplier, ["ESME"], { ...script(0x34), useCase: "ECS43" });
define("7.3", "arm supply", supplier, ["ESME"], { ...script(0x36), useCase: "ECS44" });
define("7.4", "read supply status", both, ["ESME"], { parameters: nothing, useCase: "ECS45" });

define("8.9", "read device log", supplier, ["CHF"], { parameters: nothing, useCase: "CCS06" });
define("8.11", "update HAN device log", supplier, ["CHF"], {
  parameters: z.discriminatedUnion("action", [
    z.strictObject({
      action: z.literal("add"),
      device: eui,
      /** Without its CRC. */
      installCode: octets(6, 16),
      /** Blue Book class 104: 0 ESME, 1 GSME, 13 HCALCS, 128 IHD, 130 CAD, 132 PPMID, 254 GPF. */
      deviceType: z.union([0, 1, 13, 128, 130, 132, 254].map((type) => z.literal(type))).default(0),
      joinWindowS: z.int().min(0).max(3600).default(3600),
    }),
    z.strictObject({ action: z.literal("remove"), device: eui }),
  ]),
  useCase: (p) => (p.action === "add" ? "CCS01" : "CCS02"),
  values: (p): Values =>
    p.action === "remove"
      ? { "deviceLog.m2": euiBytes(p.device) }
      : {
          "deviceLog.m1": [euiBytes(p.device), 1, p.installCode, p.deviceType],
          "deviceLog.3": p.joinWindowS,
          "deviceLog.2": true,
        },
});
define("11.2", "read firmware version", both, ["ESME", "CHF"], { parameters: nothing, useCase: "ECS52" });

export const serviceRequests: readonly ServiceRequestDefinition[] = definitions;
const byReference = new Map(definitions.map((d) => [d.reference, d]));

/** The definition of `reference`. Throws `headend/unknown-request`. */
export function serviceRequest(reference: string): ServiceRequestDefinition {
  const found = byReference.get(reference);
  if (found !== undefined) return found;
  throw new CodedError(
    "headend/unknown-request",
    `no service request ${reference}: expected one of ${[...byReference.keys()].join(", ")}`,
    { reference },
  );
}
