/** What alerts tell after code and time, by the use case that carries them; the values of others have no element. */
import type { MessageId } from "../../../firmware/model/index.ts";
import { toHex } from "../../../hal/base/hex.ts";
import type { Written } from "../xml-writer.ts";
import { stateOf } from "./auxiliary.ts";
import { activation, outcome } from "./credentials.ts";
import type { Found } from "./found.ts";
import { billingEntry } from "./logs.ts";
import { each, followed, full, group, leaf, type Part, some, whole, within } from "./parts.ts";
import { between, dateTime, hexBinary, numberIn } from "./words.ts";

/** Octets of a value that is several, one behind the other. */
const octetsIn = (from: Found, path: string, length: number): Uint8Array | undefined => {
  const found = from.at(path);
  const octets = found?.look();
  if (!(octets instanceof Uint8Array) || octets.length !== length) return undefined;
  found?.take();
  return octets;
};
const hexOf = (name: string, octets: Uint8Array): Written => ({ name, content: toHex(octets) });
const numberOf = (name: string, octets: Uint8Array): Written => ({ name, content: String(numberIn(octets)) });

/** Message code 2, originator counter 8, class 2, instance 6, attribute 1. */
const tookEffect: Part = (from) => {
  const octets = octetsIn(from, "activation", 19);
  if (octets === undefined) return [];
  const instruction = [
    hexOf("ClassId", octets.subarray(10, 12)),
    hexOf("InstanceId", octets.subarray(12, 18)),
    hexOf("AttributeId", octets.subarray(18)),
  ];
  return [
    hexOf("FutureDatedCommandMessageCode", octets.subarray(0, 2)),
    numberOf("FutureDatedCommandOriginatorCounter", octets.subarray(2, 10)),
    { name: "DLMSCOSEMFDInstructionIdentification", content: instruction },
  ];
};

/** Message code 2, originator counter 8. */
const refused: Part = (from) => {
  const octets = octetsIn(from, "command", 10);
  if (octets === undefined) return [];
  return [
    hexOf("MessageCodeofCommandReceived", octets.subarray(0, 2)),
    numberOf("OriginatorCounterfromCommandReceived", octets.subarray(2)),
  ];
};

/** By the number that the alert carries: in the order of the schema; 5 measured, the others assumed. */
const warnings = [
  "Other",
  "Error Non Volatile Memory",
  "Error Program Execution",
  "Error Program Storage",
  "Error RAM",
  "Error Unexpected Hardware Reset",
  "Error Watchdog",
  "Error Metrology Firmware Verification Failure",
  "Error Measurement Fault",
  "Unspecified Smart Meter Operational Integrity Error",
];
const warning = leaf("Warning", "reason", (value) =>
  value instanceof Uint8Array ? warnings[Number(numberIn(value))] : undefined,
);

/** An octet: high half 1 output, 2 input; low half 1 to 5. */
const controller = (value: unknown) => (isChannel(value) ? between(1, 5)(value & 15) : undefined);
const input = (value: unknown) => (isChannel(value) && value >> 4 === 2 ? "" : undefined);
const isChannel = (value: unknown): value is number =>
  typeof value === "number" && [1, 2].includes(value >> 4);
const limited = whole(
  leaf("AuxiliaryControllerN", "controller", controller),
  leaf("ResultingLevel", "level", between(0, 100)),
);
const isInput = leaf("InputFromControlledLoad", "controller", input);

const replacedAnchors = full(
  "FutureDatedCommandOutcomeDeviceAlert",
  full(
    "UpdateSecurityCredentialsDeviceAlert",
    within("outcome", group("UpdateSecurityCredentialsExecutionOutcome", ...outcome)),
  ),
);

/** When something took effect is the time of the alert itself. */
export const alertPayloads: Readonly<Partial<Record<MessageId, Part>>> = {
  FDRA: full("FirmwareVerificationDeviceAlert", leaf("ManufacturerImageHash", "hash", hexBinary)),
  FDOD: full("FutureDatedCommandOutcomeDeviceAlert", full("COSEMFutureDatedAlert", tookEffect)),
  FDOC: replacedAnchors,
  FDOL: replacedAnchors,
  FDOA: full(
    "FutureDatedCommandOutcomeDeviceAlert",
    full(
      "FirmwareActivationDeviceAlert",
      leaf("OriginatorCounterFromCommand", "counter"),
      within("outcome", ...activation),
    ),
  ),
  ECS68: full("BillingDataLogDeviceAlert", each("log", 1, group("ESMEBillingDataLogEntry", ...billingEntry))),
  ECS80: full(
    "SupplyOutageRestoreAlert",
    leaf("interruptionValue", "interrupted", dateTime),
    leaf("restorationValue", "restored", dateTime),
  ),
  MIIWA: full("SmartMeterIntegrityIssueWarningDeviceAlert", warning),
  ECS100: full("CommandNotSupportedbyDevice", refused),
  ECS101: some(
    "LimitAPCLevelCommandProcessedDeviceAlert",
    followed(
      whole(
        leaf("APCLimitPeriodStart", "start", dateTime),
        leaf("APCLimitPeriodEnd", "end", dateTime),
        limited,
      ),
      isInput,
    ),
  ),
  ECS102: some("LimitAPCLevelEndedDeviceAlert", followed(limited, isInput)),
  ECS200: full("OperationalUpdateDeviceAlert", stateOf("state", 1200)),
};
