/** How DLMS names what is done to what: COSEM class, logical name, number of the attribute or method. */
import {
  attributeOf,
  type ModelObject,
  methodOf,
  objectById,
  objects,
  type ValueType,
} from "../../../model/index.ts";
import type { MemberRef, OperationKind } from "../../message.ts";
import { malformed, type Reader } from "../bytes.ts";
import { type Sink, unwritable } from "./sink.ts";

const LOGICAL_NAME_BYTES = 6;

/** What is asked of which member; its value apart. */
export interface Asked extends MemberRef {
  readonly kind: OperationKind;
}

/** What a member takes and gives. */
export interface MemberTypes {
  readonly object: ModelObject;
  /** A set's value, a call's argument, a get's selector; undefined for a get that takes none. */
  readonly carries: ValueType | undefined;
  /** Undefined where nothing is given back. */
  readonly gives: ValueType | undefined;
}

/** Undefined for what no row of the model has. */
export function typesOf({ kind, object, member }: Asked): MemberTypes | undefined {
  const found = objectById(object);
  return found?.kind === "cosem" ? typesIn(found, kind, member) : undefined;
}

function typesIn(object: ModelObject, kind: OperationKind, no: number): MemberTypes | undefined {
  if (kind === "call") {
    const method = methodOf(object, no)?.member;
    if (method === undefined) return undefined;
    const gives = method.returns.kind === "null" ? undefined : method.returns;
    return { object, carries: method.argument, gives };
  }
  const attribute = attributeOf(object, no)?.member;
  if (attribute === undefined) return undefined;
  if (kind === "set") return { object, carries: attribute.type, gives: undefined };
  return { object, carries: attribute.selector, gives: attribute.type };
}

/** {@link typesOf} what is to be written. Throws `wire/format`. */
export function typesToWrite(asked: Asked): MemberTypes {
  const types = typesOf(asked);
  if (types === undefined)
    throw unwritable(
      "a member of a COSEM object of the model",
      `${asked.kind} ${asked.object}.${asked.member}`,
    );
  return types;
}

export interface Found {
  readonly asked: Asked;
  readonly types: MemberTypes;
}

/** An object by class and logical name, and one of its members. Throws `wire/malformed` unless the model has both. */
export function found(
  kind: OperationKind,
  classId: number,
  name: Uint8Array,
  member: number,
  at: number,
): Found {
  const object = objectsOf.get(classId)?.get(nameNumber(name));
  const types = object && typesIn(object, kind, member);
  if (types === undefined)
    throw malformed(
      "object",
      at,
      "a member of an object of the model",
      `${kind} of class ${classId} ${nameText(name)}, member ${member}`,
    );
  return { asked: { kind, object: types.object.id, member }, types };
}

/** "0-0:96.3.10.255" */
export function nameText([a, b, c, d, e, f]: Uint8Array): string {
  return `${a}-${b}:${c}.${d}.${e}.${f}`;
}

/** The six octets of a logical name as the model writes it. */
export function nameOctets(text: string): Uint8Array {
  return Uint8Array.from(text.split(/[-:.]/), Number);
}

/** A logical name as one number: a text made for each look-up would be hashed anew each time. */
function nameNumber(name: Uint8Array): number {
  let number = 0;
  for (let i = 0; i < name.length; i++) number = number * 256 + name[i]!;
  return number;
}

/** Of each class, by name. */
const objectsOf = new Map<number, Map<number, ModelObject>>();
for (const object of Object.values<ModelObject>(objects)) {
  if (object.kind !== "cosem") continue;
  const named = objectsOf.get(object.classId) ?? new Map<number, ModelObject>();
  objectsOf.set(object.classId, named.set(nameNumber(nameOctets(object.obis)), object));
}

export const readName = (reader: Reader): Uint8Array => reader.take("logical name", LOGICAL_NAME_BYTES);

export const writeAddress = (sink: Sink, { classId, obis }: ModelObject, member: number): Sink =>
  sink.u16(classId).put(nameOctets(obis)).u8(member);
