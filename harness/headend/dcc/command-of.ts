/** From a user's Request to what the head end transforms: who originates, for which device, with whose counter. */
import { isModelled } from "../../../firmware/devices/boot.ts";
import { type DeviceName, grantsOn, type Role } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { Wire } from "../../../firmware/wire/wire.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { partyIdentities } from "../parties.ts";
import { gasRequests } from "../requests/gas.ts";
import { alternativeOf } from "../requests/gas-alternatives.ts";
import { dccRequests } from "../requests/index.ts";
import type { RequestContext, RequestDefinition } from "../requests/request.ts";
import { type PreCommand, type ServiceRequest, transform } from "../transform.ts";
import { type Listed, type ListedDevice, roleOfParty } from "./listed-devices.ts";
import type { FormRequest } from "./messages.ts";

/** What the DCC knows besides the request. */
export interface Directory {
  readonly devices: Listed;
  /** Roles of users that are none of the reference messages' parties. */
  readonly users?: ReadonlyMap<Eui64, Role>;
  /** The counter of a command that the DCC originates; default: the request's. */
  readonly counter?: bigint;
  readonly backups?: RequestContext["backups"];
  /** Users whose credentials the devices do not hold, besides those that are none of the messages' parties. */
  readonly strangers?: ReadonlySet<Eui64>;
  /** Of 9.1: four digits, drawn by the DCC. */
  readonly customerNumber?: string;
}

/**
 * The pre-command, or the command before its MAC, that `request` becomes on `wire`. Throws what {@link transform} throws,
 * `interface/device` for a target that is no device of a home here, or may be of several types, and `interface/variant` for
 * what asks the DCC itself.
 */
export function transformRequest(
  request: FormRequest,
  definition: RequestDefinition,
  directory: Directory,
  wire: Wire,
): PreCommand {
  requireCommand(request, definition);
  const listed = directory.devices.get(request.target);
  if (listed !== undefined) return routed(request, definition, listed, directory, wire);
  const tried = candidates(definition).map((device) => attempt(request, definition, device, directory, wire));
  const fits = tried.filter((each): each is PreCommand => !(each instanceof CodedError));
  const [first] = fits;
  if (first === undefined) throw tried[0] ?? noDevice(request, definition);
  if (fits.some(({ useCase }) => useCase.id !== first.useCase.id)) throw several(request, fits);
  return first;
}

/** What asks the DCC, or is for gas devices, becomes no command here. */
function requireCommand({ parameters }: FormRequest, { reference, element }: RequestDefinition): void {
  const named = `service request ${reference} (${element})`;
  if (Object.hasOwn(dccRequests, reference))
    throw new CodedError("interface/variant", `${named} asks the DCC itself, and becomes no command`, {
      element,
    });
  if (Object.hasOwn(gasRequests, reference) || alternativeOf(reference, parameters) !== undefined)
    throw new CodedError("interface/device", `${named} is for a gas device: no such device here`, {
      element,
    });
}

function attempt(...[request, definition, device, directory, wire]: Parameters<typeof routed>) {
  try {
    return routed(request, definition, device, directory, wire);
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

/** A plain meter first. */
const candidates = ({ devices }: RequestDefinition): readonly ListedDevice[] =>
  devices.filter(isModelled).map((type) => ({ type }));

function several({ target, reference }: FormRequest, fits: readonly PreCommand[]): CodedError {
  const each = fits.map(({ request, useCase }) => `a ${request.target.type}'s ${useCase.id}`).join(", or ");
  return new CodedError(
    "interface/device",
    `service request ${reference} to ${target} is ${each}: say what it is, --device ${target}=TYPE`,
    { target },
  );
}

function noDevice({ target, reference }: FormRequest, { devices }: RequestDefinition, type?: DeviceName) {
  const what = type === undefined ? "no device of a home here" : `a ${type}: no such device here`;
  const here = devices.filter(isModelled);
  return new CodedError(
    "interface/device",
    `service request ${reference}: ${target} is ${what}; expected ${(here.length > 0 ? here : devices).join(" or ")}`,
    { target, ...(type && { type }) },
  );
}

function routed(
  request: FormRequest,
  definition: RequestDefinition,
  { type, ...variant }: ListedDevice,
  directory: Directory,
  wire: Wire,
): PreCommand {
  if (!isModelled(type)) throw noDevice(request, definition, type);
  const target = { eui: request.target, type, ...variant };
  const { originator, counter, reference, parameters } = request;
  const known = roleOfParty(originator) ?? directory.users?.get(originator);
  const role = known ?? (definition.roles[0] as Role);
  const { backups, customerNumber } = directory;
  const typeOf = typeIn(directory.devices, parameters);
  const more = { ...(backups && { backups }), ...(customerNumber !== undefined && { customerNumber }) };
  const base = { reference, parameters, target, typeOf, ...more };
  const own: ServiceRequest = { ...base, role, originator, counter };
  const { actsAs } = definition.byHand;
  if (actsAs !== undefined) {
    const party = partyIdentities[actsAs];
    const acting = { role: party.role, originator: party.eui, counter: directory.counter ?? counter };
    return transform({ ...base, ...acting }, wire);
  }
  if (definition.critical) return transform(own, wire);
  return transform(byBroker(request, own, known, directory, wire) ?? own, wire);
}

/** For a user that the device does not know, or does not let do this, the ACB speaks. */
function byBroker(
  { agreementCertificate: certificate }: FormRequest,
  own: ServiceRequest,
  known: Role | undefined,
  { counter, strangers }: Directory,
  wire: Wire,
): ServiceRequest | undefined {
  const { eui } = partyIdentities.accessControlBroker;
  const { useCase } = transform(own, wire);
  const mayAsk = grantsOn(useCase, own.target.type).some(({ role }) => role === own.role);
  const isKnown = known !== undefined && certificate === undefined && strangers?.has(own.originator) !== true;
  if (own.originator === eui || (isKnown && mayAsk)) return undefined;
  const party = { party: own.originator, counter: own.counter, ...(certificate && { certificate }) };
  return { ...own, originator: eui, counter: counter ?? own.counter, supplementary: party };
}

const typeIn =
  (devices: Listed, parameters: FormRequest["parameters"]) =>
  (eui: Eui64): DeviceName => {
    const type = devices.get(eui)?.type;
    if (type !== undefined) return type;
    const digits = (value: unknown) => String(value).replaceAll("-", "").toUpperCase();
    const element = Object.keys(parameters).find((name) => digits(parameters[name]) === eui) ?? "request";
    throw new CodedError(
      "interface/device",
      `${element}: device ${eui} is of no known type: say which, --device ${eui}=TYPE`,
      { device: eui, element },
    );
  };
