/** The tag that each value type has in DLMS data (Green Book, `Data`). */
import type { IntegerForm, ValueType } from "../../../model/index.ts";
import { malformed, type Reader } from "../bytes.ts";
import { unwritable } from "./sink.ts";

export const Tag = {
  null: 0x00,
  array: 0x01,
  structure: 0x02,
  boolean: 0x03,
  bitString: 0x04,
  doubleLong: 0x05,
  doubleLongUnsigned: 0x06,
  octetString: 0x09,
  visibleString: 0x0a,
  utf8String: 0x0c,
  integer: 0x0f,
  long: 0x10,
  unsigned: 0x11,
  longUnsigned: 0x12,
  compactArray: 0x13,
  long64: 0x14,
  long64Unsigned: 0x15,
  enum: 0x16,
} as const;

const tagNames = new Map<number, string>(Object.entries(Tag).map(([name, tag]) => [tag, name]));

/** Of integers; three and six octets are ZCL's alone. Sets of bits are bit strings. */
const integerTags: Partial<Record<IntegerForm, number>> = {
  i8: Tag.integer,
  i16: Tag.long,
  i32: Tag.doubleLong,
  i64: Tag.long64,
  u8: Tag.unsigned,
  u16: Tag.longUnsigned,
  u32: Tag.doubleLongUnsigned,
  u64: Tag.long64Unsigned,
  map8: Tag.bitString,
  map16: Tag.bitString,
  map24: Tag.bitString,
  map32: Tag.bitString,
};
const textTags = { octets: Tag.octetString, visible: Tag.visibleString, utf8: Tag.utf8String } as const;

/** The tag of a type's values; undefined for a choice and for what may be left out, and for what DLMS has no form of. */
export function tagOf(type: ValueType): number | undefined {
  switch (type.kind) {
    case "null":
    case "boolean":
    case "structure":
      return Tag[type.kind];
    case "integer":
      return integerTags[type.form];
    case "names":
      return type.form === "enum" ? Tag.enum : type.form === "u8" ? Tag.unsigned : undefined;
    case "octets":
    case "calendar":
      return Tag.octetString;
    case "text":
      return textTags[type.form];
    case "bits":
      return Tag.bitString;
    case "moment":
      return type.form === "timestamp" ? Tag.doubleLongUnsigned : Tag.octetString;
    case "array":
      return type.compact ? Tag.compactArray : Tag.array;
    default:
      return undefined;
  }
}

/** {@link tagOf} of a type that must have one. Throws `wire/format`. */
export function ownTag(type: ValueType): number {
  const tag = tagOf(type);
  if (tag === undefined) throw unwritable("a type that DLMS has a form of", type.kind);
  return tag;
}

/** Reads one tag. Throws `wire/malformed` unless it is `tag`. */
export function expectTag(reader: Reader, tag: number): void {
  const got = reader.u8("data type");
  if (got !== tag) throw malformed("data type", reader.at - 1, tagText(tag), tagText(got));
}

export const tagText = (tag: number): string => `${tag} (${tagNames.get(tag) ?? "not used here"})`;

/** What a wrapper wraps: twins, context tags and usual values do not show in DLMS. */
export function unwrapped(type: ValueType): ValueType {
  return type.kind === "twin" || type.kind === "tagged" || type.kind === "default"
    ? unwrapped(type.of)
    : type;
}
