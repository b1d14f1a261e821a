/** Access control: who may ask what, of which device, now. Checks in the order of their response codes, cheapest first. */
import {
  NEVER,
  NOW,
  type RequestReference,
  type RequestRow,
  requests,
  type UserRole,
} from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { Verifier } from "../../../hal/board.ts";
import type { Inventory, InventoryEntry } from "../inventory.ts";
import { partyIdentities } from "../parties.ts";
import { executionDateTime } from "../requests/duis.ts";
import type { Right, Suspensions } from "../suspension.ts";
import { type FormRequest, type RequestHeader, requestIdOf, type UserRequest } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import type { Registrations } from "./registrations.ts";

/** Where a request came in: DUIS's three web services. */
export type Service = "send" | "transform" | "dcc";

/** A user of the DCC. */
export interface DccUser {
  readonly eui: Eui64;
  /** The roles in which it may act. */
  readonly roles: readonly UserRole[];
  /** What it signs GBCS commands with: public keys of its certificates in use. */
  readonly signingKeys: readonly Uint8Array[];
  /** What it signs its files with (thresholds, exits from quarantine). */
  readonly fileKey?: Verifier;
}

export interface AccessRules {
  readonly inventory: Inventory;
  readonly registrations: Registrations;
  user(eui: Eui64): DccUser | undefined;
  /** Whose rights are suspended. */
  readonly suspensions?: Suspensions | undefined;
}

export interface Granted {
  readonly user: DccUser;
  readonly role: UserRole;
  readonly row: RequestRow;
  /** Absent where the DCC itself is asked. */
  readonly device?: InventoryEntry;
}

/** Command variants by service; 3 and 7 do both, and are answered like what is sent. */
const variantsOfService: Readonly<Record<Service, readonly number[]>> = {
  send: [1, 3, 5, 7],
  transform: [4],
  dcc: [2, 6, 8],
};

/** Command variants that a request may have. */
export function variantsOf(reference: string): readonly number[] {
  const row: RequestRow = requests[reference as RequestReference];
  if (row.useCases.length === 0) return [8];
  if (reference === "8.1.1") return [4, 5];
  if (reference === "8.5") return [1];
  return row.critical ? [4, 5, 6, 7] : [1, 2, 3];
}

/** The user's role for a device that the DCC itself is asked about. Throws a {@link Refusal}: E19, E4. */
export function requireEntitled(
  { originator }: RequestHeader,
  { user, row }: Granted,
  target: Eui64,
  rules: AccessRules,
  nowS: number,
): { readonly device: InventoryEntry; readonly role: UserRole } {
  const device = rules.inventory.find(target);
  if (device === undefined) throw new Refusal("E19", `no device ${target} in the inventory`);
  const mayAsk = user.roles.filter((each) => row.userRoles.length === 0 || row.userRoles.includes(each));
  const announced = device.announcedBy === originator && device.status === "Pending" ? mayAsk[0] : undefined;
  const role = mayAsk.find((each) => rules.registrations.allows(originator, each, device, nowS)) ?? announced;
  if (role !== undefined) return { device, role };
  throw new Refusal(
    "E4",
    `${mayAsk.join(" or ")} ${originator} is not registered for ${device.type} ${target} now`,
  );
}

/** Throws a {@link Refusal} with the code of the first check that fails. */
export function requireAccess(
  request: UserRequest,
  service: Service,
  rules: AccessRules,
  nowS: number,
): Granted {
  const { commandVariant: variant, reference, target } = request;
  const isSigned = "signedPreCommand" in request;
  if (!variantsOfService[service].includes(variant))
    throw new Refusal("E13", `command variant ${variant} is not for the ${service} service`);
  if (!variantsOf(reference).includes(variant))
    throw new Refusal("E12", `${reference} has ${variantsOf(reference).join(" or ")}, got ${variant}`);
  if (isSigned !== (variant >= 5 && variant <= 7))
    throw new Refusal("E12", `command variant ${variant} with ${isSigned ? "a" : "no"} signed pre-command`);
  const user = rules.user(request.originator);
  if (user === undefined) throw new Refusal("E1", `${request.originator} is no user of the DCC here`);
  const row: RequestRow = requests[reference as RequestReference];
  const mayAsk = requireRole(user, row, reference, rules);
  if (row.useCases.length === 0) {
    requireBroker(request);
    return { user, role: mayAsk[0], row };
  }
  const device = rules.inventory.find(target);
  if (device === undefined) throw new Refusal("E19", `no device ${target} in the inventory`);
  const role = mayAsk.find((each) => isEntitled(request, each, device, rules.registrations, nowS));
  if (role === undefined)
    throw new Refusal(
      "E4",
      `${mayAsk.join(" or ")} ${user.eui} is not registered for ${device.type} ${target} now`,
    );
  requireStatus(device, reference);
  return { user, role, row, device };
}

/** The roles in which a user may ask, at least one: as the row has it, and as far as its rights are not suspended. */
function requireRole(
  { eui, roles }: DccUser,
  { userRoles }: RequestRow,
  reference: string,
  { suspensions }: AccessRules,
): readonly [UserRole, ...UserRole[]] {
  const suited = roles.filter((role) => userRoles.length === 0 || userRoles.includes(role));
  if (suited.length === 0)
    throw new Refusal("E2", `${reference} is for ${userRoles.join(", ")}; this user is ${roles.join(", ")}`);
  const rights = suited.map((role) => ({
    role,
    ...(suspensions?.allows(eui, role, { reference }) ?? allowed),
  }));
  const [first, ...others] = rights.filter((right) => right.allowed).map(({ role }) => role);
  if (first !== undefined) return [first, ...others];
  const [{ code, reason, ...suspended }] = rights as unknown as [Exclude<Right, { allowed: true }>];
  throw new Refusal(code, reason, { class: suspended.class });
}

const allowed: Right = { allowed: true };

/** An incoming supplier is to be registered when the change takes force; to cancel one, now or later. */
function isEntitled(
  request: RequestHeader,
  role: UserRole,
  device: InventoryEntry,
  registrations: Registrations,
  nowS: number,
): boolean {
  const atS = request.reference === "6.23" ? changeTimeS(request) : NOW;
  if (atS === NEVER) return registrations.expects(request.originator, role, device, nowS);
  return registrations.allows(request.originator, role, device, Math.max(atS, nowS));
}

/** When a device is to put in force what it is asked for: NOW, NEVER or UTC seconds. */
export function changeTimeS(request: RequestHeader): number {
  const { parameters = {} } = request as Partial<FormRequest>;
  const time = executionDateTime.safeParse(parameters.ExecutionDateTime);
  return time.success ? time.data : NOW;
}

/** What asks the DCC itself names its broker. */
function requireBroker(request: RequestHeader): void {
  const { eui } = partyIdentities.accessControlBroker;
  if (request.target !== eui)
    throw new Refusal(
      "E19",
      `${requestIdOf(request)}: ${request.reference} asks the DCC: expected target ${eui}`,
    );
}

/** Those out of service are sent nothing; the rest of the rules is from memory, unverified. */
function requireStatus({ type, eui, status }: InventoryEntry, reference: string): void {
  const outOfService = ["Decommissioned", "Withdrawn", "Suspended"].includes(status);
  const unborn = status === "Pending" && type !== "CHF";
  if (outOfService || unborn)
    throw new Refusal("E5", `${type} ${eui} is ${status}: ${reference} is not sent to it`);
}
