/** The argument of `credentials.replace`, there from a change of trust anchors, and back apart from that. */
import {
  type CellUsage,
  grantsOn,
  type KeyUsage,
  NOW,
  type Role,
  useCase,
} from "../../../firmware/model/index.ts";
import { list, sameNumber } from "./read.ts";
import type { NamedValues, ReadContext, RequestContext } from "./request.ts";

/** DUIS's words for roles, and one for a party it has none for. */
export const partyRoles = {
  ACB: "accessControlBroker",
  NetworkOperator: "networkOperator",
  Recovery: "recovery",
  Root: "root",
  Supplier: "supplier",
  TransCoS: "transitionalCoS",
  LoadController: "loadController",
  WanProvider: "wanProvider",
} as const satisfies Readonly<Record<string, Role>>;
export type RoleWord = keyof typeof partyRoles;

export const wordOfRole = (role: unknown): unknown =>
  Object.entries(partyRoles).find(([, own]) => own === role)?.[0] ?? role;

interface Cell {
  readonly role: Role;
  readonly usage: KeyUsage;
  readonly cellUsage: CellUsage;
}
export interface Replaced {
  readonly cell: Cell | undefined;
  readonly certificate: Uint8Array;
}
interface Floor {
  readonly role: Role;
  readonly floor: bigint;
  readonly topUp?: bigint | undefined;
}

export interface Change {
  /** NOW where the DCC keeps the time. */
  readonly executionTime?: number;
  readonly authoriserFloor?: bigint | undefined;
  readonly authoriserTopUpFloor?: bigint | undefined;
  readonly floors?: readonly Floor[];
  readonly replaced: readonly Replaced[];
  readonly path: readonly Uint8Array[];
  readonly timeChecks: boolean;
  readonly contingencyKey?: Uint8Array | undefined;
}

const topUps = (floor: bigint | undefined) => (floor === undefined ? undefined : [{ usage: "topUp", floor }]);

/** No list at all where it has no item. */
const floorsOf = (floors: readonly Floor[] = []) =>
  floors.length === 0
    ? undefined
    : floors.map(({ role, floor, topUp }) => ({ role, floor, topUp: topUps(topUp) }));

/** The cell whose key signs the command: none for what is only MACed, nor for a key that is in no cell. */
function authorisingCell({ role, device }: RequestContext, changed: readonly Replaced[]): Cell | undefined {
  if (role === "root") return undefined;
  const broker =
    changed.every(({ cell }) => cell?.role === "accessControlBroker") && role === "accessControlBroker";
  const grant = broker
    ? grantsOn(useCase("CS02bACBByACB"), device).find((one) => one.role === role)
    : undefined;
  return grant?.protection === "mac" ? undefined : signingCell(role);
}

/** The mode is the use case's own. */
export function changeValues(change: Change, context: RequestContext): NamedValues {
  const { executionTime = NOW, replaced } = change;
  const control = {
    symmetricKey: change.contingencyKey,
    skipTimeChecks: change.timeChecks ? undefined : "yes",
    authorisingCell: authorisingCell(context, replaced),
    authoriserCounter: context.counter,
    authoriserFloor: change.authoriserFloor,
    topUpFloors: topUps(change.authoriserTopUpFloor),
    floors: floorsOf(change.floors),
  };
  return {
    "credentials.replace": {
      control,
      replacements: replaced,
      path: change.path,
      executionTime: executionTime === NOW ? undefined : executionTime,
    },
  };
}

interface Read extends Omit<Change, "timeChecks" | "floors"> {
  readonly floors: readonly Floor[];
  readonly timeChecks: unknown;
  readonly strays: Readonly<Record<string, unknown>>;
}
type Members = Readonly<Record<string, unknown>>;
const members = (value: unknown): Members =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : { is: value };

function readTopUp(value: unknown): unknown {
  if (value === undefined) return undefined;
  const [only, ...more] = list(value);
  const { usage, floor, ...rest } = members(only);
  const fits = usage === "topUp" && more.length === 0 && Object.keys(rest).length === 0;
  return fits ? floor : value;
}

/** What stands in a command though no change asks for it is among the strays, under its own name. */
export function readChange(argument: unknown, context: ReadContext): Read {
  const { control, replacements, path, executionTime, ...more } = members(argument);
  const {
    mode: _,
    symmetricKey,
    skipTimeChecks,
    authorisingCell: cell,
    authoriserCounter,
    authoriserFloor,
    topUpFloors,
    floors,
    ...others
  } = members(control);
  const strays: Record<string, unknown> = { ...more, ...others };
  if (!sameNumber(authoriserCounter, context.counter)) strays.authoriserCounter = authoriserCounter;
  if (!sameCell(cell, signer(context))) strays.authorisingCell = cell ?? "none";
  // Where there is nothing to say these are left out.
  if (executionTime === NOW) strays.executionTime = executionTime;
  if (Array.isArray(floors) && floors.length === 0) strays.floors = floors;
  return {
    executionTime: (executionTime ?? NOW) as number,
    authoriserFloor: authoriserFloor as bigint | undefined,
    authoriserTopUpFloor: readTopUp(topUpFloors) as bigint | undefined,
    floors: list(floors).map((each) => {
      const { topUp, ...floor } = members(each);
      return { ...floor, topUp: readTopUp(topUp) } as Floor;
    }),
    replaced: list(replacements).map((each) => members(each) as unknown as Replaced),
    path: list(path) as readonly Uint8Array[],
    timeChecks: skipTimeChecks === undefined ? true : skipTimeChecks === "yes" ? false : skipTimeChecks,
    contingencyKey: symmetricKey as Uint8Array | undefined,
    strays,
  };
}

type Part = "executionTime" | "authoriserFloor" | "authoriserTopUpFloor" | "floors" | "contingencyKey";
const parts: readonly Part[] = [
  "executionTime",
  "authoriserFloor",
  "authoriserTopUpFloor",
  "floors",
  "contingencyKey",
];

/** What a form that knows only `told` parts of a change has no element for, and yet is there. */
export function straysOf(change: Read, ...told: readonly Part[]): Readonly<Record<string, unknown>> {
  const empty = (part: Part) =>
    part === "executionTime"
      ? change.executionTime === NOW
      : part === "floors"
        ? change.floors.length === 0
        : change[part] === undefined;
  const untold = parts.filter((part) => !told.includes(part) && !empty(part));
  return { ...change.strays, ...Object.fromEntries(untold.map((part) => [part, change[part]])) };
}

/** Is what was read back the cell `b`? */
export function sameCell(a: unknown, b: Cell | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const own = Object.entries(members(a));
  return own.length === 3 && own.every(([name, value]) => value === b[name as keyof Cell]);
}

export const signingCell = (role: Role): Cell => ({ role, usage: "sign", cellUsage: "management" });

/** The originator's signing cell; the ACB's command to change its own key is signed at a hub alone. */
function signer({ role, device, useCase: id }: ReadContext): Cell | undefined {
  const unsigned = role === "root" || (id === "CS02bACBByACB" && device !== "CHF");
  return unsigned ? undefined : signingCell(role);
}

/** Whose key protects the question who is believed: the ACB's is MACed. */
export const askingCell = (role: Role): Cell =>
  role === "accessControlBroker" ? { ...signingCell(role), usage: "agree" } : signingCell(role);
