/** Commands: access-request with one specification and one value for each operation (Green Book, choices 1 to 4). */
import { type StructureType, useCaseByCode, type ValueType } from "../../../model/index.ts";
import type { Header, Operation, OperationKind, Value } from "../../message.ts";
import { malformed, type Reader } from "../bytes.ts";
import {
  type Asked,
  type Found,
  found,
  nameOctets,
  nameText,
  readName,
  typesToWrite,
  writeAddress,
} from "./addresses.ts";
import { Apdu, beginApdu, closeApdu, openApdu } from "./apdu.ts";
import { readData, writeData } from "./data.ts";
import { GET_PROTECTED, PROTECTION_CLASS, readProtectedRead, writeProtectedRead } from "./protection.ts";
import { type Sink, unwritable } from "./sink.ts";
import { expectTag, Tag } from "./tags.ts";

/** Operations of one command. */
export const MAX_OPERATIONS = 64;

export const Choice = { get: 1, set: 2, call: 3, getSelected: 4 } as const;
const kindOf: Readonly<Record<number, OperationKind>> = { 1: "get", 2: "set", 3: "call", 4: "get" };

/** The only selector: a range of the first column, all columns. */
const RANGE = 1;
/** {class 1, 0-0:94.44.100.255, attribute 2, data index 0}: by what entries are told apart. */
const restrictingObject = Uint8Array.of(
  2,
  4,
  0x12,
  0,
  1,
  0x09,
  6,
  0,
  0,
  94,
  44,
  100,
  255,
  0x0f,
  2,
  0x12,
  0,
  0,
);
const allColumns = Uint8Array.of(0x01, 0);

/**
 * The payload of a command. Rows with a protector are read through it. Throws `wire/format` for what the model has no
 * member of, or a value that its type does not have.
 */
export function encodeRequest(header: Header, operations: readonly Operation[]): Uint8Array {
  if (operations.length === 0 || operations.length > MAX_OPERATIONS)
    throw unwritable(`1 to ${MAX_OPERATIONS} operations`, operations.length);
  const sink = beginApdu(Apdu.accessRequest, header);
  const protector = useCaseByCode(header.code)?.protector;
  if (protector !== undefined) {
    writeProtector(sink.u8(1), protector);
    writeProtectedRead(sink.u8(1), header, operations);
    return sink.written;
  }
  sink.length(operations.length);
  for (const operation of operations) writeSpecification(sink, operation);
  sink.length(operations.length);
  for (const operation of operations) writeArgument(sink, operation);
  return sink.written;
}

/**
 * The operations of a command's payload. Throws `wire/malformed` with the byte, also for an object that the model
 * does not have, and where values of a row with a protector are to be read in the clear.
 */
export function decodeRequest(header: Header, payload: Uint8Array): readonly Operation[] {
  const reader = openApdu(Apdu.accessRequest, header, payload);
  const protector = useCaseByCode(header.code)?.protector;
  const operations =
    protector === undefined ? readOperations(reader) : readProtected(reader, header, protector);
  closeApdu(reader);
  return operations;
}

function readOperations(reader: Reader): Operation[] {
  const specifications: { of: Found; selector?: Value }[] = [];
  const count = readCount(reader, "specifications' count", 1, MAX_OPERATIONS);
  while (specifications.length < count) specifications.push(readSpecification(reader));
  readCount(reader, "values' count", count, count);
  return specifications.map(({ of, selector }) => {
    if (of.asked.kind !== "get") return withValue(of.asked, readCarried(reader, of));
    expectTag(reader, Tag.null);
    return withValue(of.asked, selector);
  });
}

/** A set's or call's value. What carries nothing has no value, though a null stands in its place. */
function readCarried(reader: Reader, { types: { carries } }: Found): Value | undefined {
  return readData(reader, carries as ValueType) ?? undefined;
}

const withValue = (asked: Asked, value: Value | undefined): Operation =>
  value === undefined ? asked : { kind: asked.kind, object: asked.object, member: asked.member, value };

/** A count from `min` to `max`. Throws `wire/malformed`. */
export function readCount(reader: Reader, field: string, min: number, max: number): number {
  const at = reader.at;
  const count = reader.length(field);
  if (count >= min && count <= max) return count;
  throw malformed(field, at, min === max ? `${min}` : `${min} to ${max}`, count);
}

function readSpecification(reader: Reader): { of: Found; selector?: Value } {
  const choice = reader.u8("kind of access");
  const kind = kindOf[choice];
  if (kind === undefined) throw malformed("kind of access", reader.at - 1, "1 to 4", choice);
  const at = reader.at;
  const classId = reader.u16("class");
  const of = found(kind, classId, readName(reader), reader.u8("member"), at);
  if (choice !== Choice.getSelected) return { of };
  return { of, selector: readSelector(reader, of) };
}

function writeSpecification(sink: Sink, operation: Operation): void {
  const { object, carries } = typesToWrite(operation);
  const selected = operation.kind === "get" && (operation.value ?? null) !== null;
  writeAddress(sink.u8(selected ? Choice.getSelected : Choice[operation.kind]), object, operation.member);
  if (selected) writeSelector(sink, carries, operation.value as Value);
}

function writeArgument(sink: Sink, operation: Operation): void {
  const { carries } = typesToWrite(operation);
  if (operation.kind === "get") sink.u8(Tag.null);
  else writeData(sink, carries as ValueType, operation.value ?? null);
}

function readSelector(reader: Reader, { types: { carries } }: Found): Value {
  if (carries?.kind !== "structure") throw malformed("kind of access", reader.at - 10, "1 (get)", "4");
  reader.expect("selector", RANGE);
  for (const byte of Uint8Array.of(2, 4, ...restrictingObject)) reader.expect("range selector", byte);
  const range = Object.values(carries.fields).map((type) => readData(reader, type));
  for (const byte of allColumns) reader.expect("selected columns", byte);
  return range;
}

function writeSelector(sink: Sink, carries: ValueType | undefined, value: Value): void {
  const types = Object.values((carries as StructureType | undefined)?.fields ?? {});
  if (!Array.isArray(value) || types.length === 0 || value.length !== types.length)
    throw unwritable("[from, to] for an attribute that has a range", value);
  sink.u8(RANGE).u8(2).u8(4).put(restrictingObject);
  for (const [at, type] of types.entries()) writeData(sink, type, value[at]);
  sink.put(allColumns);
}

function writeProtector(sink: Sink, name: string): Sink {
  return sink.u8(Choice.call).u16(PROTECTION_CLASS).put(nameOctets(name)).u8(GET_PROTECTED);
}

function readProtected(reader: Reader, header: Header, protector: string): Operation[] {
  readCount(reader, "specifications' count", 1, 1);
  reader.expect("kind of access", Choice.call);
  const at = reader.at;
  const classId = reader.u16("class");
  const name = nameText(readName(reader));
  const member = reader.u8("member");
  if (classId !== PROTECTION_CLASS || name !== protector || member !== GET_PROTECTED)
    throw malformed(
      "object",
      at,
      `class ${PROTECTION_CLASS} ${protector}, as what is hidden is read`,
      `class ${classId} ${name}, member ${member}`,
    );
  readCount(reader, "values' count", 1, 1);
  return readProtectedRead(reader, header);
}
