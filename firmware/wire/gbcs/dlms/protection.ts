/**
 * Protected reads (COSEM class 30): one call names all objects to be read and how the answer is hidden; the answer
 * is that protection and one octet string. What is hidden and how is not known here.
 */
import type { StructureType } from "../../../model/index.ts";
import { type Header, Kind, type Operation, type Value } from "../../message.ts";
import { euiBytes, malformed, type Reader } from "../bytes.ts";
import { type Asked, type Found, found, nameOctets, readName, typesToWrite } from "./addresses.ts";
import { dateTimeOctets, momentOf } from "./moments.ts";
import { Sink, unwritable } from "./sink.ts";

export const PROTECTION_CLASS = 30;
export const GET_PROTECTED = 1;
/** Objects of one protected read, and so values of its answer. */
const MAX_OBJECTS = 64;
/** Whole attributes, or entries from one moment to another. */
const Restriction = { none: 0, byDate: 1 } as const;

/**
 * One element: agreed key, authenticated encryption with the device's own key, and who speaks to whom. Parties are
 * named as the direction has it: a command's originator is the party that asks, though the ACB speaks for it.
 */
function protectionList(header: Header): Uint8Array {
  const counter = new Sink().u8(0x04).u64(header.counter).written;
  const asker = header.kind === Kind.command ? header.supplementary?.party : undefined;
  const sink = new Sink().put(Uint8Array.of(0x01, 0x01, 0x02, 0x02, 0x16, 0x02, 0x02, 0x05));
  octets(sink, counter);
  octets(sink, euiBytes(asker ?? header.originator));
  octets(sink, euiBytes(header.target));
  octets(sink, new Uint8Array(0));
  sink.put(Uint8Array.of(0x02, 0x02, 0x16, 0x02, 0x02, 0x02));
  octets(sink, Uint8Array.of(0x02));
  octets(sink, new Uint8Array(0));
  return sink.written;
}

const octets = (sink: Sink, bytes: Uint8Array) => sink.u8(0x09).length(bytes.length).put(bytes);

export const writeProtection = (sink: Sink, header: Header): Sink => sink.put(protectionList(header));

/** Reads the one protection that a message of `header` has. Throws `wire/malformed` at the first other byte. */
export const readProtection = (reader: Reader, header: Header): void =>
  fixed(reader, "protection", protectionList(header));

function fixed(reader: Reader, field: string, bytes: Uint8Array): void {
  for (const byte of bytes) reader.expect(field, byte);
}

/** The argument of the call: {objects, protection}. Throws `wire/format` unless every operation is a get. */
export function writeProtectedRead(sink: Sink, header: Header, operations: readonly Operation[]): void {
  sink.u8(0x02).u8(2).u8(0x01).length(operations.length);
  for (const operation of operations) writeElement(sink, operation);
  writeProtection(sink, header);
}

/** The reads that the argument names. Throws `wire/malformed`. */
export function readProtectedRead(reader: Reader, header: Header): Operation[] {
  fixed(reader, "argument of a protected read", Uint8Array.of(0x02, 2, 0x01));
  const at = reader.at;
  const count = reader.length("objects' count");
  if (count < 1 || count > MAX_OBJECTS) throw malformed("objects' count", at, `1 to ${MAX_OBJECTS}`, count);
  const operations: Operation[] = [];
  while (operations.length < count) operations.push(readElement(reader));
  readProtection(reader, header);
  return operations;
}

/** {class, logical name, attribute, data index 0, restriction}. */
function writeElement(sink: Sink, { value, ...asked }: Operation): Sink {
  const { object, carries } = typesToWrite(asked);
  if (asked.kind !== "get") throw unwritable("a get, as all of a protected read", asked.kind);
  sink.u8(0x02).u8(5).u8(0x12).u16(object.classId);
  octets(sink, nameOctets(object.obis)).u8(0x0f).u8(asked.member).u8(0x12).u16(0);
  sink.u8(0x02).u8(2).u8(0x16);
  if (value === undefined || value === null) return sink.u8(Restriction.none).u8(0x00);
  const moments = carries?.kind === "structure" && Array.isArray(value) ? value : [];
  if (moments.length !== 2) throw unwritable("[from, to] for an attribute that has a range", value);
  sink.u8(Restriction.byDate).u8(0x02).u8(2);
  for (const moment of moments) octets(sink, dateTimeOctets(moment));
  return sink;
}

function readElement(reader: Reader): Operation {
  fixed(reader, "object of a protected read", Uint8Array.of(0x02, 5, 0x12));
  const at = reader.at;
  const classId = reader.u16("class");
  fixed(reader, "logical name", Uint8Array.of(0x09, 6));
  const name = readName(reader);
  reader.expect("attribute's type", 0x0f);
  const { asked, types } = found("get", classId, name, reader.u8("attribute"), at);
  fixed(reader, "data index and restriction", Uint8Array.of(0x12, 0, 0, 0x02, 2, 0x16));
  return readRestriction(reader, asked, types);
}

function readRestriction(reader: Reader, asked: Asked, { carries }: Found["types"]): Operation {
  const at = reader.at;
  const restriction = reader.u8("restriction");
  if (restriction === Restriction.none) {
    reader.expect("restriction's value", 0x00);
    return asked;
  }
  const most = carries === undefined ? Restriction.none : Restriction.byDate;
  if (restriction > most) throw malformed("restriction", at, `0 to ${most}`, restriction);
  fixed(reader, "range", Uint8Array.of(0x02, 2));
  const names = Object.keys((carries as StructureType).fields);
  const value: Value[] = names.map(() => readMoment(reader));
  return { ...asked, value };
}

function readMoment(reader: Reader): number {
  fixed(reader, "end of a range", Uint8Array.of(0x09, 12));
  return momentOf(reader.take("end of a range", 12), reader.at - 12);
}

/** An octet string: what was hidden. Throws `wire/malformed`. */
export function readSealed(reader: Reader): Uint8Array {
  reader.expect("type of the hidden octets", 0x09);
  return reader.take("hidden octets", reader.length("hidden octets' length")).slice();
}

export const writeSealed = (sink: Sink, sealed: Uint8Array): Sink => octets(sink, sealed);
