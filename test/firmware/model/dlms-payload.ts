/**
 * Reads the payload of a reference command, DLMS or GBZ, into operations without names, by the model's types. For tests of
 * the tables alone: it knows well-formed samples, and is no codec.
 */
import {
  attributeOf,
  clusterByNumber,
  cosemObject,
  methodOf,
  NEVER,
  NOW,
  type Plain,
  type PlainOperation,
  type ValueType,
} from "../../../firmware/model/index.ts";

/** Seconds from 1970 to 2000. */
const Y2000_S = 946_684_800;

class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  u8 = () => this.bytes[this.at++]!;
  number(length: number, little = false): number {
    const taken = [...this.take(length)];
    return (little ? taken.reverse() : taken).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new Error(`${length} bytes at ${this.at}`);
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }
  length(): number {
    const first = this.u8();
    return first < 0x80 ? first : this.number(first & 0x7f);
  }
}

/** Message code and payload of a GBCS message. */
export function contentOf(message: Uint8Array): { code: number; content: Uint8Array } {
  const cursor = new Cursor(message);
  if (message[0] === 0xdd) {
    cursor.take(7);
    cursor.length();
    cursor.take(5);
  }
  cursor.take(1 + 10 + 9 + 9);
  cursor.take(cursor.length());
  const code = new Cursor(cursor.take(cursor.length())).number(2);
  return { code, content: cursor.take(cursor.length()) };
}

// --- DLMS ----------------------------------------------------------------------------------------------------

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

// --- GBZ -----------------------------------------------------------------------------------------------------

/** Operations of the components; ZCL command bodies are read by their types, little-endian. */
export function gbzOperations(content: Uint8Array): PlainOperation[] {
  const cursor = new Cursor(content, 2);
  const operations: PlainOperation[] = [];
  for (let left = cursor.u8(); left > 0; left--) {
    const control = cursor.u8();
    const cluster = clusterByNumber(cursor.number(2))!;
    const body = new Cursor(cursor.take(cursor.number(2)));
    if (control & 0x10) body.take(4);
    const frame = body.u8();
    body.u8();
    const command = body.u8();
    if (frame === 0) {
      while (body.at < body.bytes.length)
        operations.push({ kind: "get", object: cluster.id, member: body.number(2, true) });
      continue;
    }
    const member = command + (frame & 8 ? 0x100 : 0);
    const type = methodOf(cluster, member)!.member.argument;
    const value = zcl(type, body, {});
    if (body.at !== body.bytes.length) throw new Error(`${cluster.name} ${member}: bytes after its fields`);
    operations.push({ kind: "call", object: cluster.id, member, value });
  }
  return operations;
}

/** The clusters' own commands among the components of a response that are not encrypted, read by their types. */
export function gbzReplies(content: Uint8Array): { type: ValueType; value: Plain }[] {
  const cursor = new Cursor(content, 2);
  const replies: { type: ValueType; value: Plain }[] = [];
  for (let left = cursor.u8(); left > 0; left--) {
    const control = cursor.u8();
    const cluster = clusterByNumber(cursor.number(2))!;
    const body = new Cursor(cursor.take(cursor.number(2)));
    if (control & 2) continue;
    const frame = body.u8();
    body.u8();
    const member = body.u8() + (frame & 8 ? 0x100 : 0);
    if ((frame & 3) === 0) continue;
    const found = methodOf(cluster, member);
    if (found === undefined) throw new Error(`${cluster.name} has no ${member.toString(16)}`);
    const type = found.member.argument;
    replies.push({ type, value: zcl(type, body, {}) });
    if (body.at !== body.bytes.length)
      throw new Error(`${found.name}: ${body.bytes.length - body.at} bytes left`);
  }
  return replies;
}

type Seen = Record<string, Plain>;

function zcl(type: ValueType, body: Cursor, seen: Seen): Plain {
  switch (type.kind) {
    case "null":
      return null;
    case "integer": {
      const size = Number(/\d+/.exec(type.form)![0]) / 8;
      const value = body.number(size, true);
      return type.form.startsWith("i") && value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value;
    }
    case "moment":
      return zclMoment(body.number(4, true));
    case "octets":
      return body.take(type.form === "rest" ? body.bytes.length - body.at : body.u8());
    case "calendar": {
      const [year, month, day, weekday] = body.take(4) as unknown as [number, number, number, number];
      const full = year === 0xff ? 0xffff : year + 1900;
      return Uint8Array.of(full >> 8, full & 0xff, month, day, weekday);
    }
    case "array": {
      const items: Plain[] = [];
      const more = () =>
        type.count === "rest" || type.count === "own"
          ? body.at < body.bytes.length
          : items.length < ((seen[type.count.field] as number) & (type.count.mask ?? 0xffff));
      while (more()) items.push(zcl(type.item, body, {}));
      return items;
    }
    case "structure": {
      const values: Seen = {};
      return Object.entries(type.fields).map(([name, field]) => {
        const value = zcl(field, body, values);
        values[name] = value;
        return value;
      });
    }
    case "optional":
      return body.at < body.bytes.length ? zcl(type.of, body, seen) : null;
    default:
      throw new Error(`no ${type.kind} in ZCL`);
  }
}

function zclMoment(seconds: number): number {
  if (seconds === 0) return NOW;
  return seconds >= 0xffff_fffe ? NEVER : Math.min(seconds + Y2000_S, NEVER);
}
