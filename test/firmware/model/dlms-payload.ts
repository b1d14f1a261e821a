/**
 * Reads DLMS payloads of reference messages into values without names, by the model's types. For tests of the tables alone:
 * it knows well-formed samples, and is no codec.
 */
import {
  attributeOf,
  cosemObject,
  methodOf,
  NEVER,
  NOW,
  type Plain,
  type PlainOperation,
  type ValueType,
} from "../../../firmware/model/index.ts";
import { Cursor, Y2000_S } from "./content.ts";

type Tagged = {
  readonly tag: number;
  readonly value: Uint8Array | number | readonly Tagged[];
  readonly bits?: number;
};
const integerBytes: Readonly<Record<number, number>> = { 5: 4, 6: 4, 15: 1, 16: 2, 17: 1, 18: 2, 22: 1 };
const signed = [5, 15, 16];

function data(cursor: Cursor): Tagged {
  const tag = cursor.u8();
  if (tag === 0) return { tag, value: 0 };
  if (tag === 1 || tag === 2) {
    const count = cursor.length();
    return { tag, value: Array.from({ length: count }, () => data(cursor)) };
  }
  if (tag === 3) return { tag, value: cursor.u8() };
  if (tag === 4) {
    const bits = cursor.length();
    return { tag, bits, value: cursor.take(Math.ceil(bits / 8)) };
  }
  if (tag === 19) return compact(cursor);
  if (tag === 9 || tag === 10 || tag === 12) return { tag, value: cursor.take(cursor.length()) };
  const size = integerBytes[tag];
  if (size === undefined) throw new Error(`tag ${tag}`);
  const value = cursor.number(size);
  return {
    tag,
    value: signed.includes(tag) && value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value,
  };
}

type Description = { readonly tag: number; readonly items: readonly Description[]; readonly count: number };

function description(cursor: Cursor): Description {
  const tag = cursor.u8();
  if (tag === 2) {
    const count = cursor.length();
    return { tag, count, items: Array.from({ length: count }, () => description(cursor)) };
  }
  if (tag !== 1) return { tag, count: 0, items: [] };
  const count = cursor.number(2);
  return { tag, count, items: [description(cursor)] };
}

/** A compact array: one description, then values without tags to the end of its length. */
function compact(cursor: Cursor): Tagged {
  const item = description(cursor);
  const end = cursor.length() + cursor.at;
  const value: Tagged[] = [];
  while (cursor.at < end) value.push(untagged(item, cursor));
  return { tag: 19, value };
}

function untagged({ tag, items, count }: Description, cursor: Cursor): Tagged {
  if (tag === 2) return { tag, value: items.map((each) => untagged(each, cursor)) };
  if (tag === 1) return { tag, value: Array.from({ length: count }, () => untagged(items[0]!, cursor)) };
  const rest = cursor.bytes.slice(cursor.at - 1);
  rest[0] = tag;
  const inner = new Cursor(rest);
  const value = data(inner);
  cursor.at += inner.at - 1;
  return value;
}

/** The DLMS tag that each integer form has. */
const integerTags: Readonly<Record<string, number>> = {
  i8: 15,
  i16: 16,
  i32: 5,
  u8: 17,
  u16: 18,
  u32: 6,
  map8: 4,
};

/** A tagged value without its tags; a tag that the type does not have gives a value that no type takes. */
function plain(type: ValueType, { tag, value, bits = 0 }: Tagged): Plain {
  const wrong = `tag ${tag}`;
  const bytes = value as Uint8Array;
  switch (type.kind) {
    case "null":
      return tag === 0 ? null : wrong;
    case "boolean":
      return tag === 3 ? value === 0xff : wrong;
    case "integer":
      if (type.form === "map8") return tag === 4 ? bytes[0]! : wrong;
      return tag === integerTags[type.form] ? (value as number) : wrong;
    case "names":
      return tag === (type.form === "enum" ? 22 : 17) ? (value as number) : wrong;
    case "octets":
      return tag === 9 ? bytes : wrong;
    case "text": {
      const tags = { octets: 9, visible: 10, utf8: 12 };
      return tag === tags[type.form] ? new TextDecoder().decode(bytes) : tag;
    }
    case "bits": {
      const all = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
      return tag === 4 ? all.slice(0, bits) : wrong;
    }
    case "moment":
      if (type.form === "timestamp") return tag === 6 ? (value as number) + Y2000_S : wrong;
      return tag === 9 && bytes.length === 12 ? moment(bytes) : wrong;
    case "calendar":
      return tag === 9 ? bytes : wrong;
    case "array":
      return tag === (type.compact ? 19 : 1)
        ? (value as Tagged[]).map((each) => plain(type.item, each))
        : wrong;
    case "structure": {
      const all = Object.values(type.fields);
      const count = (value as Tagged[]).length;
      const fields = count === all.length ? all : all.filter(({ kind }) => kind !== "twin");
      return tag === 2 && count === fields.length
        ? (value as Tagged[]).map((each, i) => plain(fields[i]!, each))
        : wrong;
    }
    case "choice":
      return tag === 9 ? [0, moment(bytes)] : [1, value as number];
    default:
      return plain(type.of, { tag, value, bits });
  }
}

function moment(b: Uint8Array): number {
  if (b.subarray(0, 9).every((byte) => byte === 0)) return NOW;
  if (b.subarray(0, 9).every((byte) => byte === 0xff)) return NEVER;
  return Date.UTC(b[0]! * 256 + b[1]!, b[2]! - 1, b[3]!, b[5]!, b[6]!, b[7]!) / 1000;
}

const kinds = { 1: "get", 2: "set", 3: "call", 4: "get" } as const;

/** Operations of an access-request; of one that reads through a protector, those it names. */
export function dlmsOperations(content: Uint8Array): PlainOperation[] {
  const cursor = new Cursor(content, 6);
  const specs = Array.from({ length: cursor.length() }, () => {
    const choice = cursor.u8() as keyof typeof kinds;
    const found = address(cursor.number(2), cursor.take(6), cursor.u8());
    const selector = choice === 4 && cursor.u8() === 1 ? data(cursor) : undefined;
    return { kind: kinds[choice], ...found, selector };
  });
  const values = Array.from({ length: cursor.length() }, () => data(cursor));
  if (cursor.at !== content.length) throw new Error("bytes after the data");
  if (specs[0]?.classId === 30) return protectedReads(values[0]!);
  return specs.map(({ kind, classId, obis, member, selector }, i) => {
    const object = cosemObject(classId, obis);
    if (object === undefined) throw new Error(`no object ${classId} ${obis}`);
    const operation = { kind, object: object.id, member };
    if (selector !== undefined) {
      const [, from, to] = selector.value as Tagged[];
      return { ...operation, value: [from!, to!].map(({ value }) => (value as number) + Y2000_S) };
    }
    const type =
      kind === "call" ? methodOf(object, member)?.member.argument : attributeOf(object, member)?.member.type;
    if (type === undefined) throw new Error(`${object.name} has no ${member}`);
    return kind === "get" ? operation : { ...operation, value: plain(type, values[i]!) };
  });
}

/** The data of an access-response, and the result of each step; tags kept until a type is known. */
export function dlmsResults(content: Uint8Array): { read: (type: ValueType) => Plain; result: number }[] {
  const cursor = new Cursor(content, 7);
  const values = Array.from({ length: cursor.length() }, () => data(cursor));
  const results = Array.from({ length: cursor.length() }, () => cursor.number(2) & 0xff);
  if (cursor.at !== content.length) throw new Error("bytes after the results");
  return values.map((value, i) => ({ read: (type) => plain(type, value), result: results[i]! }));
}

/** The sealed octets of a protected read's answer; undefined when it failed. */
export function sealedAnswer(content: Uint8Array): Uint8Array | undefined {
  const cursor = new Cursor(content, 7);
  cursor.length();
  const { tag, value } = data(cursor);
  return tag === 2 ? ((value as Tagged[])[1]!.value as Uint8Array) : undefined;
}

/** The members of opened values, one for each object that was asked for. */
export function openedValues(plaintext: Uint8Array, types: readonly ValueType[]): Plain[] {
  const cursor = new Cursor(plaintext);
  const members = data(cursor).value as Tagged[];
  if (cursor.at !== plaintext.length || members.length !== types.length)
    throw new Error(
      `${members.length} values for ${types.length}, ${plaintext.length - cursor.at} bytes left`,
    );
  return members.map((each, i) => plain(types[i]!, each));
}

/** What follows code and time in an alert, as members of `fields`. */
export function dlmsAlertBody(content: Uint8Array, fields: Readonly<Record<string, ValueType>>): Plain[] {
  const cursor = new Cursor(content, 6);
  const [, , ...members] = data(cursor).value as Tagged[];
  if (cursor.at !== content.length) throw new Error("bytes after the body");
  const types = Object.values(fields);
  if (members.length !== types.length)
    throw new Error(`${members.length} members, ${types.length} in the row`);
  return members.map((each, i) => plain(types[i]!, each));
}

const address = (classId: number, name: Uint8Array, member: number) => {
  const [a, b, c, d, e, f] = name;
  return { classId, obis: `${a}-${b}:${c}.${d}.${e}.${f}`, member };
};

function protectedReads(argument: Tagged): PlainOperation[] {
  const [objects] = argument.value as Tagged[];
  return (objects!.value as Tagged[]).map((each) => {
    const [classId, name, member] = (each.value as Tagged[]).map(({ value }) => value);
    const found = address(classId as number, name as Uint8Array, member as number);
    return { kind: "get", object: cosemObject(found.classId, found.obis)!.id, member: found.member };
  });
}
