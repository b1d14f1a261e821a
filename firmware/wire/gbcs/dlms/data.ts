/**
 * DLMS data by the model's types: a tag before each value, tables as compact arrays. Reading takes one form of
 * each value only, so that what was read is written again as the very same bytes.
 */
import {
  type ArrayType,
  type ChoiceType,
  type Fields,
  type Plain,
  present,
  type ValueType,
} from "../../../model/index.ts";
import { malformed, type Reader } from "../bytes.ts";
import { readTable, writeTable } from "./compact-array.ts";
import { countsOf, membersOf } from "./members.ts";
import { readScalar, span, writeScalar } from "./scalars.ts";
import { type Sink, unwritable } from "./sink.ts";
import { expectTag, ownTag, Tag, tagOf, tagText, unwrapped } from "./tags.ts";

/**
 * One value of `type`, with its tag. Sizes are checked as types bound them; ranges of integers, names and parts of
 * dates are the format check's (`fromPlain`). Throws `wire/malformed`, `wire/format` for a type DLMS has no form of.
 */
export function readData(reader: Reader, type: ValueType): Plain {
  const bare = unwrapped(type);
  if (bare.kind === "choice") return readChoice(reader, bare);
  if (bare.kind === "optional") {
    if (reader.bytes[reader.at] !== Tag.null) return readData(reader, bare.of);
    expectTag(reader, Tag.null);
    return null;
  }
  expectTag(reader, ownTag(bare));
  if (bare.kind === "structure") return readStructure(reader, bare.fields);
  if (bare.kind === "array") return bare.compact ? readTable(reader, bare) : readArray(reader, bare);
  return readScalar(reader, bare);
}

/**
 * The reverse of {@link readData}. `twin`: the columns of a table without entries are those of a twin-element meter
 * (a table with entries tells by itself). Throws `wire/format` for a value that the type does not have.
 */
export function writeData(sink: Sink, type: ValueType, plain: Plain, twin = false): Sink {
  const bare = unwrapped(type);
  if (bare.kind === "choice") return writeChoice(sink, bare, plain);
  if (bare.kind === "optional") {
    if (plain === null) return sink.u8(Tag.null);
    return writeData(sink, bare.of, plain, twin);
  }
  sink.u8(ownTag(bare));
  if (bare.kind === "structure") return writeStructure(sink, bare.fields, plain, twin);
  if (bare.kind !== "array") return writeScalar(sink, bare, plain);
  const items = itemsOf(bare, plain);
  if (bare.compact) return writeTable(sink, bare, items, twin);
  sink.length(items.length);
  for (const item of items) writeData(sink, bare.item, item, twin);
  return sink;
}

function readArray(reader: Reader, type: ArrayType): Plain[] {
  const at = reader.at;
  const count = reader.length("array's count");
  if (count < type.min || count > type.max) throw malformed("array's count", at, span(type), count);
  const items: Plain[] = [];
  while (items.length < count) items.push(readData(reader, type.item));
  return items;
}

/** The items of a value. Throws `wire/format` unless there are as many as the type allows. */
function itemsOf(type: ArrayType, plain: Plain): readonly Plain[] {
  if (!Array.isArray(plain) || plain.length < type.min || plain.length > type.max)
    throw unwritable(`a list of ${span(type)} items`, plain);
  return plain;
}

function readStructure(reader: Reader, fields: Fields): Plain[] {
  const at = reader.at;
  const count = reader.length("structure's count");
  const members = present(fields, count);
  if (members.length !== count) throw malformed("structure's count", at, countsOf(fields), count);
  return members.map(([, type]) => readData(reader, type));
}

function writeStructure(sink: Sink, fields: Fields, plain: Plain, twin: boolean): Sink {
  const members = membersOf(fields, plain);
  const values = plain as readonly Plain[];
  sink.length(members.length);
  for (const [at, [, type]] of members.entries()) writeData(sink, type, values[at] as Plain, twin);
  return sink;
}

function readChoice(reader: Reader, { options }: ChoiceType): Plain {
  const tag = reader.bytes[reader.at];
  const types = Object.values(options);
  const index = reader.left > 0 ? types.findIndex((type) => tagOf(unwrapped(type)) === tag) : -1;
  if (index < 0) {
    const expected = types.map((type) => tagText(ownTag(unwrapped(type)))).join(" or ");
    throw malformed("data type", reader.at, expected, reader.left > 0 ? tagText(tag as number) : "the end");
  }
  return [index, readData(reader, types[index] as ValueType)];
}

function writeChoice(sink: Sink, { options }: ChoiceType, plain: Plain): Sink {
  const [index, value] = Array.isArray(plain) && plain.length === 2 ? plain : [];
  const type = typeof index === "number" ? Object.values(options)[index] : undefined;
  if (type === undefined) throw unwritable("[number of an option, its value]", plain);
  return writeData(sink, type, value as Plain);
}
