/**
 * What a service request is here: a form in DUIS's words, and what of it the rows of the tables cannot say. Who may
 * ask, whether it is critical, for which devices and use cases, and who keeps it for later, are the row's.
 */
import { z } from "zod";
import type { ModelledDevice } from "../../../firmware/devices/boot.ts";
import {
  type DeviceName,
  grantsOn,
  type MessageId,
  messages,
  type RequestReference,
  type RequestRow,
  type Role,
  requests,
  useCase,
  userRoles,
  type ValueOf,
  type valueTypes,
} from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { PartyName } from "../parties.ts";
import { executionDateTime, heldByDcc } from "./duis.ts";

/** What the values of a request may depend on besides its form. */
export interface RequestContext {
  readonly role: Role;
  readonly device: ModelledDevice;
  /** Of a meter: 1 or 3. */
  readonly phases: number;
  /** The device is a meter that counts a second circuit apart. */
  readonly isTwin: boolean;
  /** The device has an older form of what its requests become. */
  readonly isOlder?: boolean;
  /** The number that a customer is to read out (9.1), when the DCC has drawn it. */
  readonly customerNumber?: string | undefined;
  /** The originator counter of the command. */
  readonly counter: bigint;
  /** The type of a device in the inventory. Throws `inventory/unknown`. */
  typeOf(eui: Eui64): DeviceName;
  /** What each hub has last told of its device log (CS14). */
  readonly backups?: ReadonlyMap<Eui64, DeviceBackup> | undefined;
}

export type DeviceBackup = ValueOf<typeof valueTypes.devicesRestore>;

/** What reading back a command may depend on besides its values. */
export interface ReadContext extends RequestContext {
  /** As the command's message code says. */
  readonly useCase: MessageId;
}

/** Values with the names of the model's types, by "object.member". */
export type NamedValues = Readonly<Record<string, unknown>>;
/** The named value of the step "object.member", as correlation has read it. */
export type Lookup = (path: string) => unknown;
/** An element of the form, "Outer.Inner"; or one whose words stand for values. */
export type Element = string | readonly [element: string, words: Readonly<Record<string, unknown>>];

type Row<R extends RequestReference> = (typeof requests)[R];
type NotGas<U> = U extends MessageId ? ((typeof messages)[U]["payload"] extends "gbz" ? never : U) : never;
/** The use cases of a reference for devices that are no gas devices. */
type UseCasesOf<R extends RequestReference> = NotGas<Row<R>["useCases"][number]>;

type Later<R extends RequestReference> = "device" extends Row<R>["futureDated"][number]
  ? { readonly ExecutionDateTime: typeof executionDateTime }
  : "dcc" extends Row<R>["futureDated"][number]
    ? { readonly ExecutionDateTime: typeof heldByDcc }
    : unknown;
type Form<S> = z.ZodObject<{ -readonly [K in keyof S]: S[K] & z.ZodType }, z.core.$strict>;

/** What is written by hand, where the row does not say it. */
interface ByHand<F extends z.ZodType, U extends MessageId> {
  /** Which of the row's use cases it becomes, when there are several. */
  readonly useCase?: U | ((parameters: z.output<F>, context: RequestContext) => U);
  /** Steps whose value is an element of another name than the object's. */
  readonly elements?: Readonly<Record<string, Element>>;
  /** Values that have a shape of their own; constants of the row need not be in them. */
  readonly values?: (parameters: z.output<F>, context: RequestContext) => NamedValues;
  /** The way back from those values, written apart from `values`. */
  readonly readBack?: (value: Lookup, context: ReadContext) => Readonly<Record<string, unknown>>;
  /** The form as its command carries it, when that is not what the user wrote: filled up, or less. */
  readonly carried?: (parameters: z.output<F>) => Readonly<Record<string, unknown>>;
  /** The party of the DCC that originates and signs, when the user that asks may not. */
  readonly actsAs?: PartyName;
}

export interface RequestDefinition<F extends z.ZodType = z.ZodType, U extends MessageId = MessageId> {
  /** DUIS service reference variant, e.g. "7.2". */
  readonly reference: string;
  /** The element of DUIS's body; undefined for what DUIS does not know. */
  readonly element: string | undefined;
  readonly title: string;
  /** Critical: the user correlates and signs. */
  readonly critical: boolean;
  /** Roles whose users may ask. */
  readonly roles: readonly Role[];
  readonly devices: readonly DeviceName[];
  readonly useCases: readonly MessageId[];
  readonly form: F;
  readonly byHand: ByHand<F, U>;
}

interface Fields<F extends z.ZodType, S> {
  /** Elements, in DUIS's order. */
  readonly fields?: S;
  /** What elements have to do with each other. */
  readonly check?: (parameters: z.output<F>, context: z.core.$RefinementCtx) => void;
}

/** A request of DUIS; `fields` are the elements of its body, but for the time that the row says it may have. */
export function request<
  const R extends RequestReference,
  S extends Readonly<Record<string, z.ZodType>> = Record<never, never>,
  const U extends MessageId = UseCasesOf<R>,
>(
  reference: R,
  element: string,
  { fields, check, ...byHand }: Fields<Form<Later<R> & S>, S> & ByHand<Form<Later<R> & S>, U> = {},
): RequestDefinition<Form<Later<R> & S>, U> {
  const row: RequestRow = requests[reference];
  const later = row.futureDated.includes("device")
    ? { ExecutionDateTime: executionDateTime }
    : row.futureDated.length > 0
      ? { ExecutionDateTime: heldByDcc }
      : {};
  const form = z.strictObject({ ...later, ...fields }) as unknown as Form<Later<R> & S>;
  return define(reference, element, row, check ? form.superRefine(check) : form, byHand);
}

/** A request that DUIS has no number for: the DCC's own business, in the words of its neighbours. */
export function unlisted<S extends z.ZodType, const U extends MessageId>(
  reference: string,
  title: string,
  useCases: readonly U[],
  form: S,
  byHand: ByHand<S, U>,
  askedBy?: Role,
): RequestDefinition<S, U> {
  const row = { title, critical: true, userRoles: [], useCases };
  return define(reference, undefined, row, form, byHand, askedBy);
}

function define<F extends z.ZodType, U extends MessageId>(
  reference: string,
  element: string | undefined,
  row: Pick<RequestRow, "title" | "critical" | "userRoles" | "useCases">,
  form: F,
  byHand: ByHand<F, U>,
  askedBy?: Role,
): RequestDefinition<F, U> {
  const named =
    typeof byHand.useCase === "string" ? [byHand.useCase] : (row.useCases as readonly MessageId[]);
  const useCases = named.filter((id) => messages[id].payload !== "gbz");
  const rows = useCases.map(useCase);
  const devices = [...new Set(rows.flatMap((one) => one.devices))];
  const roles = askedBy === undefined ? askers(row.userRoles, useCases) : [askedBy];
  const { title, critical } = row;
  return { reference, element, title, critical, roles, devices, useCases, form, byHand };
}

/**
 * As whom the DCC's users act; where the row has none, who may send the command itself. Users that no device knows
 * (export suppliers, others) are played by suppliers, for whom the ACB then speaks.
 */
function askers(users: RequestRow["userRoles"], useCases: readonly MessageId[]): readonly Role[] {
  const granted = useCases.flatMap((id) => useCase(id).grants.map(({ role }) => role));
  const known = users.map((user) => userRoles[user].role).filter((role) => role !== "accessControlBroker");
  if (users.length === 0) return [...new Set(granted)];
  return known.length === 0 ? ["supplier"] : [...new Set(known)];
}

/** The use case that `parameters` ask for. */
export function useCaseOf(
  { byHand, useCases, reference }: RequestDefinition,
  parameters: unknown,
  context: RequestContext,
): MessageId {
  if (typeof byHand.useCase === "function") return byHand.useCase(parameters, context);
  const [only, ...others] = useCases.filter((id) => useCases.length === 1 || suits(id, context.device));
  if (only === undefined || others.length > 0)
    throw new Error(`service request ${reference} becomes ${useCases.join(" or ")}: say which`);
  return only;
}

const suits = (id: MessageId, device: DeviceName): boolean => grantsOn(useCase(id), device).length > 0;
