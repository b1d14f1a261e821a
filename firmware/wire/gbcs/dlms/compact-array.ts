/**
 * Compact arrays: the items' shape once, the length of all content, then values without tags. A shape is a type
 * with what its values share: whether twin-element members are there, and how many items an inner array has.
 */
import {
  type ArrayType,
  type Plain,
  present,
  type StructureType,
  type ValueType,
} from "../../../model/index.ts";
import { malformed, Reader } from "../bytes.ts";
import { countsOf, membersOf } from "./members.ts";
import { readScalar, span, writeScalar } from "./scalars.ts";
import { Sink, unwritable } from "./sink.ts";
import { expectTag, ownTag, Tag, unwrapped } from "./tags.ts";

/** `parts`: of a structure its members, of an array its item, `count` times. */
interface Shape {
  readonly type: ValueType;
  readonly parts: readonly Shape[];
  readonly count: number;
}

/** What stands after the tag of a compact array. Throws `wire/malformed`. */
export function readTable(reader: Reader, type: ArrayType): Plain[] {
  const describedAt = reader.at;
  const shape = readShape(reader, type.item);
  const length = reader.length("compact array's length");
  const at = reader.at;
  reader.take("compact array's content", length);
  const content = new Reader(reader.bytes, at, reader.at);
  const items: Plain[] = [];
  while (content.left > 0) {
    const before = content.at;
    if (items.length === type.max)
      throw malformed("compact array's content", before, `${span(type)} items`, "more");
    items.push(readBare(content, shape));
    if (content.at === before)
      throw malformed("compact array's item", before, "an item of some bytes", "none");
  }
  if (items.length < type.min)
    throw malformed("compact array's content", at, `${span(type)} items`, items.length);
  if (items.length === 0) checkEmpty(shape, describedAt);
  return items;
}

/** The reverse of {@link readTable}, but for the tag; `twin` as `writeData` has it. Throws `wire/format`. */
export function writeTable(sink: Sink, { item }: ArrayType, items: readonly Plain[], twin: boolean): Sink {
  const shape = shapeOf(item, items[0], twin);
  writeShape(sink, shape);
  const content = new Sink();
  for (const each of items) writeBare(content, shape, each);
  return sink.length(content.written.length).put(content.written);
}

const scalar = (type: ValueType): Shape => ({ type, parts: [], count: 0 });

function readShape(reader: Reader, type: ValueType): Shape {
  const bare = unwrapped(type);
  expectTag(reader, tagInTable(bare));
  const at = reader.at;
  if (bare.kind === "structure") {
    const count = reader.length("structure's count");
    const members = present(bare.fields, count);
    if (members.length !== count) throw malformed("structure's count", at, countsOf(bare.fields), count);
    return { type: bare, parts: members.map(([, member]) => readShape(reader, member)), count };
  }
  if (bare.kind !== "array") return scalar(bare);
  const count = reader.u16("array's count");
  if (count < bare.min || count > bare.max) throw malformed("array's count", at, span(bare), count);
  return { type: bare, parts: [readShape(reader, bare.item)], count };
}

/** The shape of a value that has the type; without a value the one of an empty table. */
function shapeOf(type: ValueType, plain: Plain | undefined, twin: boolean): Shape {
  const bare = unwrapped(type);
  if (bare.kind === "structure") return shapeOfStructure(bare, plain, twin);
  if (bare.kind !== "array") return scalar(bare);
  const count = plain === undefined ? bare.max : Array.isArray(plain) ? plain.length : -1;
  if (count < bare.min || count > bare.max) throw unwritable(`a list of ${span(bare)} items`, plain);
  const first = plain === undefined ? undefined : (plain as readonly Plain[])[0];
  return { type: bare, parts: [shapeOf(bare.item, first, twin)], count };
}

function shapeOfStructure(
  { fields, ...type }: StructureType,
  plain: Plain | undefined,
  twin: boolean,
): Shape {
  const all = Object.keys(fields).length;
  const members = plain === undefined ? present(fields, twin ? all : -1) : membersOf(fields, plain);
  const values = plain as readonly Plain[] | undefined;
  const parts = members.map(([, member], at) => shapeOf(member, values?.[at], twin));
  return { type: { ...type, fields }, parts, count: members.length };
}

function writeShape(sink: Sink, { type, parts, count }: Shape): void {
  sink.u8(tagInTable(type));
  if (type.kind === "structure") sink.length(count);
  if (type.kind === "array") sink.u16(count);
  for (const part of parts) writeShape(sink, part);
}

/** An array within a table has its items without tags, as all of the table. */
const tagInTable = (type: ValueType): number => (type.kind === "array" ? Tag.array : ownTag(type));

function readBare(reader: Reader, { type, parts, count }: Shape): Plain {
  if (type.kind === "structure") return parts.map((part) => readBare(reader, part));
  if (type.kind !== "array") return readScalar(reader, type);
  const items: Plain[] = [];
  while (items.length < count) items.push(readBare(reader, parts[0] as Shape));
  return items;
}

function writeBare(sink: Sink, { type, parts, count }: Shape, plain: Plain): Sink {
  if (parts.length === 0 && type.kind !== "structure") return writeScalar(sink, type, plain);
  if (!Array.isArray(plain) || plain.length !== count)
    throw unwritable(`a list of ${count}, as the first item of the table has`, plain);
  plain.forEach((each, at) => {
    writeBare(sink, parts[type.kind === "array" ? 0 : at] as Shape, each);
  });
  return sink;
}

/** An empty table has one description, so that its bytes can be given again: inner arrays as long as they can be. */
function checkEmpty({ type, parts, count }: Shape, at: number): void {
  if (type.kind === "array" && count !== type.max)
    throw malformed("array's count in an empty table", at, `${type.max}`, count);
  for (const part of parts) checkEmpty(part, at);
}
