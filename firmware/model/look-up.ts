/** Finds rows by the numbers and names that wires, requests and logs use; links each step of a use case to its member. */
import type {
  AlertRow,
  Attribute,
  DeviceName,
  GrantRow,
  MessageRow,
  Method,
  ModelObject,
  OperationRow,
} from "./define.ts";
import { type AlertName, alerts } from "./generated/alerts.ts";
import { type MessageId, messages } from "./generated/messages.ts";
import { type ObjectName, objects } from "./generated/objects.ts";
import { nothing } from "./make-types.ts";
import type { ValueType } from "./types.ts";

/** One step of a use case, with the object and member it is done to. */
export interface Step extends OperationRow {
  readonly kind: "get" | "set" | "call";
  /** "object.member" */
  readonly path: string;
  readonly target: ModelObject;
  /** Number of the attribute or method. */
  readonly no: number;
  /** Type of what the step carries: a set's value, a call's argument, a get's selector. */
  readonly carries: ValueType;
  /** Type of what it gives back. */
  readonly gives: ValueType;
}

export interface UseCase extends MessageRow {
  readonly id: MessageId;
  readonly steps: readonly Step[];
}

const allObjects: readonly ModelObject[] = Object.values(objects);
const byId = new Map(allObjects.map((object) => [object.id, object]));
const byAddress = new Map(allObjects.map((object) => [addressOf(object), object]));

function addressOf({ kind, classId, obis, cluster, id }: ModelObject): string {
  if (kind === "cosem") return `${classId} ${obis}`;
  return kind === "cluster" ? `cluster ${cluster}` : `service ${id}`;
}

/** The object with a short number (the COSE wire's name for it). */
export const objectById = (id: number): ModelObject | undefined => byId.get(id);
/** The object with a COSEM class and logical name, e.g. (9, "0-0:10.0.106.255"). */
export const cosemObject = (classId: number, obis: string): ModelObject | undefined =>
  byAddress.get(`${classId} ${obis}`);
export const clusterByNumber = (cluster: number): ModelObject | undefined =>
  byAddress.get(`cluster ${cluster}`);

export interface FoundMember<M> {
  readonly name: string;
  readonly member: M;
}

/** Attribute `no` of an object, with its name. */
export const attributeOf = (object: ModelObject, no: number): FoundMember<Attribute> | undefined =>
  found(object.attributes, no);
/** Method `no` of an object, with its name. */
export const methodOf = (object: ModelObject, no: number): FoundMember<Method> | undefined =>
  found(object.methods, no);

function found<M extends { readonly no: number }>(members: Readonly<Record<string, M>>, no: number) {
  for (const name in members) if (members[name]!.no === no) return { name, member: members[name]! };
  return undefined;
}

/** Every row of the message set, its steps linked. */
export const useCases: readonly UseCase[] = (Object.keys(messages) as MessageId[]).map((id) => {
  const row: MessageRow = messages[id];
  return { ...row, id, steps: row.does.map(stepOf) };
});
const useCaseByCodes = new Map(useCases.map((useCase) => [useCase.code, useCase]));
const useCaseById = new Map(useCases.map((useCase) => [useCase.id, useCase]));

/** The row with a message code. */
export const useCaseByCode = (code: number): UseCase | undefined => useCaseByCodes.get(code);
export const useCase = (id: MessageId): UseCase => useCaseById.get(id)!;

/** The grants of a use case on one type of device. */
export const grantsOn = ({ grants }: MessageRow, device: DeviceName): readonly GrantRow[] =>
  grants.filter((grant) => grant.devices === undefined || grant.devices.includes(device));

function stepOf(row: OperationRow): Step {
  const target: ModelObject = objects[row.object as ObjectName];
  const { verb } = row;
  const step = { ...row, target, path: `${row.object}.${row.member}` };
  if (verb === "call" || verb === "send") {
    const { no, argument, returns } = target.methods[row.member]!;
    return { ...step, kind: "call", no, carries: argument, gives: returns };
  }
  const { no, type, selector } = target.attributes[row.member]!;
  if (verb === "set") return { ...step, kind: "set", no, carries: type, gives: nothing };
  return { ...step, kind: "get", no, carries: selector ?? nothing, gives: type };
}

/** The message that carries an event of this code on a type of device; undefined when none leaves. */
export function carrierOf(code: number, device: DeviceName): UseCase | undefined {
  const ids: readonly string[] = alertByCode(code)?.messages ?? [];
  return useCases.find(({ id, devices }) => ids.includes(id) && devices.includes(device));
}

const alertNames = new Map<number, AlertName>(
  (Object.keys(alerts) as AlertName[]).map((name) => [alerts[name].code, name] as const),
);

/** The event code's row, with its name. */
export function alertByCode(code: number): (AlertRow & { readonly name: AlertName }) | undefined {
  const name = alertNames.get(code);
  return name === undefined ? undefined : { ...alerts[name], name };
}
