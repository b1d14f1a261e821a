/** The body elements of DUIS's service requests: those that have a form, and those that have none here, with the reason. */
import { type RequestReference, requests } from "../../firmware/model/index.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { references, serviceRequest } from "../headend/requests/index.ts";
import type { RequestDefinition } from "../headend/requests/request.ts";

/** Known by their element alone. */
const withoutForm: Readonly<Partial<Record<RequestReference, string>>> = {
  "4.1.4": "ReadInstantaneousImportBlockCounters",
  "5.1": "CreateSchedule",
  "5.2": "ReadSchedule",
  "5.3": "DeleteSchedule",
  "6.2.8": "ReadDeviceConfigurationGas",
  "6.6": "UpdateDeviceConfigurationGasConversion",
  "6.7": "UpdateDeviceConfigurationGasFlow",
  "6.21": "RequestHandoverOfDCCControlledDevice",
  "8.2": "ReadInventory",
  "8.3": "DecommissionDevice",
  "8.4": "UpdateInventory",
  "8.6": "ServiceOptIn",
  "8.12.2": "RestoreGPFDeviceLog",
  "8.13": "ReturnLocalCommandResponse",
  "8.14.1": "CHFInstallSuccessSMWAN",
  "8.14.2": "CHFInstallSuccessNoSMWAN",
  "8.14.3": "CHFFaultReturn",
  "8.14.4": "CHFNoFaultReturn",
  "11.1": "UpdateFirmware",
  "11.4": "UpdatePPMIDFirmware",
  "12.1": "RequestWANMatrix",
  "12.2": "DevicePrenotification",
  "14.1": "RecordNetworkDataGAS",
};

const known: readonly string[] = references;

/** The body element of a variant; undefined for what is no variant of DUIS. */
export function elementOf(variant: string): string | undefined {
  if (known.includes(variant)) return serviceRequest(variant).element;
  return Object.hasOwn(withoutForm, variant) ? withoutForm[variant as RequestReference] : undefined;
}

/** Throws `interface/variant` for what is no variant of DUIS. */
export function expectReference(variant: string, line: number): void {
  if (elementOf(variant) === undefined) throw noVariant(variant, { line });
}

/** The definition of a variant of DUIS. Throws `interface/variant`, saying what there is in its stead. */
export function definitionOf(variant: string): RequestDefinition {
  if (known.includes(variant) && serviceRequest(variant).element !== undefined)
    return serviceRequest(variant);
  throw noVariant(variant);
}

function noVariant(variant: string, more: { readonly line?: number } = {}): CodedError {
  const where = more.line === undefined ? "" : `line ${more.line}: `;
  const message = `${where}ServiceReferenceVariant: ${reasonAgainst(variant)}`;
  return new CodedError("interface/variant", message, {
    element: "ServiceReferenceVariant",
    variant,
    ...more,
  });
}

function reasonAgainst(variant: string): string {
  const element = elementOf(variant);
  if (element === undefined) return `expected one of DUIS's 129, e.g. 7.4, got ${JSON.stringify(variant)}`;
  const useCases: readonly string[] = requests[variant as RequestReference].useCases;
  const named = `${variant} (${element})`;
  if (useCases.length === 0) return `${named} asks the DCC itself, and becomes no command`;
  if (useCases.every((id) => /^GCS/.test(id))) return `${named} is for gas devices: no such device here`;
  return `${named} hands over a gas proxy: no such device here`;
}
