/** From a user's Request to what the head end transforms: who originates, for which device, with whose counter. */
import { isModelled } from "../../firmware/devices/boot.ts";
import { type DeviceName, grantsOn, type Role } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { Wire } from "../../firmware/wire/wire.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { partyIdentities } from "../headend/parties.ts";
import type { RequestContext, RequestDefinition } from "../headend/requests/request.ts";
import { type PreCommand, type ServiceRequest, transform } from "../headend/transform.ts";
import { definitionOf } from "./bodies.ts";
import type { DuisRequest } from "./duis-request.ts";
import { type Listed, type ListedDevice, roleOfParty } from "./home-devices.ts";

/** What the DCC knows besides the request. */
export interface Inventory {
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
 * The pre-command, or the command before its MAC, that `request` becomes on `wire`. Throws what {@link transform} throws, and
 * `interface/device` for a target that is no device of a home here, or may be of several types.
 */
export function transformRequest(request: DuisRequest, inventory: Inventory, wire: Wire): PreCommand {
  const definition = definitionOf(request.reference);
  const listed = inventory.devices.get(request.target);
  if (listed !== undefined) return routed(request, definition, listed, inventory, wire);
  const tried = candidates(definition).map((device) => attempt(request, definition, device, inventory, wire));
  const fits = tried.filter((each): each is PreCommand => !(each instanceof CodedError));
  const [first] = fits;
  if (first === undefined) throw tried[0] ?? noDevice(request, definition);
  if (fits.some(({ useCase }) => useCase.id !== first.useCase.id)) throw several(request, fits);
  return first;
}

function attempt(...[request, definition, device, inventory, wire]: Parameters<typeof routed>) {
  try {
    return routed(request, definition, device, inventory, wire);
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

/** A plain meter first. */
const candidates = ({ devices }: RequestDefinition): readonly ListedDevice[] =>
  devices.filter(isModelled).map((type) => ({ type }));

function several({ target, reference }: DuisRequest, fits: readonly PreCommand[]): CodedError {
  const each = fits.map(({ request, useCase }) => `a ${request.target.type}'s ${useCase.id}`).join(", or ");
  return new CodedError(
    "interface/device",
    `service request ${reference} to ${target} is ${each}: say what it is, --device ${target}=TYPE`,
    { target },
  );
}

function noDevice({ target, reference }: DuisRequest, { devices }: RequestDefinition, type?: DeviceName) {
  const what = type === undefined ? "no device of a home here" : `a ${type}: no such device here`;
  return new CodedError(
    "interface/device",
    `service request ${reference}: ${target} is ${what}; expected ${devices.join(" or ")}`,
    { target, ...(type && { type }) },
  );
}

function routed(
  request: DuisRequest,
  definition: RequestDefinition,
  { type, ...variant }: ListedDevice,
  inventory: Inventory,
  wire: Wire,
): PreCommand {
  if (!isModelled(type)) throw noDevice(request, definition, type);
  const target = { eui: request.target, type, ...variant };
  const { originator, counter, reference, parameters } = request;
  const known = roleOfParty(originator) ?? inventory.users?.get(originator);
  const role = known ?? (definition.roles[0] as Role);
  const { backups, customerNumber } = inventory;
  const typeOf = typeIn(inventory.devices, parameters);
  const more = { ...(backups && { backups }), ...(customerNumber !== undefined && { customerNumber }) };
  const base = { reference, parameters, target, typeOf, ...more };
  const own: ServiceRequest = { ...base, role, originator, counter };
  const { actsAs } = definition.byHand;
  if (actsAs !== undefined) {
    const party = partyIdentities[actsAs];
    const acting = { role: party.role, originator: party.eui, counter: inventory.counter ?? counter };
    return transform({ ...base, ...acting }, wire);
  }
  if (definition.critical) return transform(own, wire);
  return transform(byBroker(request, own, known, inventory, wire) ?? own, wire);
}

/** For a user that the device does not know, or does not let do this, the ACB speaks. */
function byBroker(
  { agreementCertificate: certificate }: DuisRequest,
  own: ServiceRequest,
  known: Role | undefined,
  { counter, strangers }: Inventory,
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
  (devices: Listed, parameters: DuisRequest["parameters"]) =>
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
