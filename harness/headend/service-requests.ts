/**
 * Service requests by their DUIS reference: who may ask, what a user fills in, and the use case and values
 * that become of it. Requests that no device ever sees (inventory, pre-notification) are in `inventory.ts`.
 */
import { z } from "zod";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { SupplyScript } from "../../firmware/objects/use-cases.ts";
import type { Role } from "../../firmware/security/access.ts";
import { cellToValue } from "../../firmware/security/cells.ts";
import type { Value } from "../../firmware/wire/message.ts";
import {
  cellName,
  cellParameters,
  credentialParameters,
  credentialsUseCase,
  credentialValues,
} from "./credentials.ts";
import { activation, eui, nothing, octets, range, rangeSelector, u32, utc } from "./parameters.ts";
import { priceParameters, priceValues, tariffParameters, tariffValues } from "./tariff.ts";

export type DeviceType = "ESME" | "CHF";

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
    readonly useCase: string | ServiceRequestDefinition<S>["useCase"];
    readonly values?: ServiceRequestDefinition<S>["values"];
  },
): void {
  const { useCase, values = () => ({}), critical = false, parameters } = rest;
  definitions.push({
    reference,
    title,
    roles,
    devices,
    critical,
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
define("6.5", "set voltage thresholds and reset voltage counters", operator, ["ESME"], {
  parameters: z.strictObject({
    averagingPeriodS: u32.min(1),
    extremeOver: watch,
    extremeUnder: watch,
    sag: watch,
    swell: watch,
    averageOverV: u32,
    averageUnderV: u32,
  }),
  useCase: "ECS29a",
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
    "averageUnderVoltageCounter.m1": 0,
    "averageOverVoltageCounter.m1": 0,
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

const logUseCases = {
  ESME: { event: "ECS35a", security: "ECS35b" },
  CHF: { event: "ECS35c", security: "ECS35d" },
} as const;
define("6.13", "read event or security log", both, ["ESME", "CHF"], {
  parameters: range.extend({ log: z.enum(["event", "security"]) }),
  useCase: (p, { device }) => logUseCases[device][p.log],
  values: (p) => ({ [p.log === "event" ? "eventLog.2" : "securityLog.2"]: rangeSelector(p) }),
});

const replaceCredentials = {
  critical: true,
  parameters: credentialParameters,
  useCase: credentialsUseCase,
  values: credentialValues,
};
define("6.15.1", "update security credentials", both, ["ESME"], replaceCredentials);
define(
  "6.23",
  "update security credentials on change of supplier",
  ["transitionalCoS"],
  ["ESME"],
  replaceCredentials,
);
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
define("6.24.1", "retrieve device security credentials", both, ["ESME", "CHF"], {
  parameters: z.strictObject({ cells: z.array(cellParameters).min(1).max(16) }),
  useCase: "CS02a",
  values: (p) => ({ "credentials.m2": p.cells.map((cell) => cellToValue(cellName(cell))) }),
});

const script = (script: number) => ({
  critical: true,
  parameters: nothing,
  values: () => ({ "supplyControl.m1": script }),
});
define("7.1", "enable supply", supplier, ["ESME"], { ...script(SupplyScript.enable), useCase: "ECS42" });
define("7.2", "disable supply", supplier, ["ESME"], { ...script(SupplyScript.disable), useCase: "ECS43" });
define("7.3", "arm supply", supplier, ["ESME"], { ...script(SupplyScript.arm), useCase: "ECS44" });
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
  throw new MeterbenchError(
    "headend/unknown-request",
    `no service request ${reference}: expected one of ${[...byReference.keys()].join(", ")}`,
    { reference },
  );
}

export const euiBytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
