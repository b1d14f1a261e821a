/**
 * Reads one value of DLMS data by its type in the model, for correlation: not with the wire's own codec, so that a fault there
 * cannot hide here too. Of each value there is one form: its type's tag, and nothing in the octets that says nothing.
 */
import { type IntegerForm, NEVER, type ValueType } from "../../firmware/model/index.ts";
import { toHex } from "../../hal/base/hex.ts";
import type { Cbor } from "./cbor-walk.ts";
import type { OctetWalk } from "./octet-walk.ts";

const tags = { null: 0, array: 1, structure: 2, boolean: 3, bits: 4, octets: 9, number: 0x11, enum: 0x16 };
const texts = { octets: tags.octets, visible: 0x0a, utf8: 0x0c } as const;
const integers: Partial<Record<IntegerForm, readonly [tag: number, octets: number]>> = {
  i8: [0x0f, 1],
  i16: [0x10, 2],
  i32: [0x05, 4],
  i64: [0x14, 8],
  u8: [tags.number, 1],
  u16: [0x12, 2],
  u32: [0x06, 4],
  u64: [0x15, 8],
};
const timestampTag = 0x06;

/** As `cbor-walk.ts` gives it. `place`: what it is, for errors. Throws `headend/not-gbcs`. */
export function dlmsValue(walk: OctetWalk, type: ValueType, place: string): Cbor {
  switch (type.kind) {
    case "twin":
    case "tagged":
    case "default":
      return dlmsValue(walk, type.of, place);
    case "optional":
      return walk.next === tags.null ? nothing(walk, place) : dlmsValue(walk, type.of, place);
    case "choice": {
      const options = Object.values(type.options);
      const index = options.findIndex((option) => tagOf(option) === walk.next);
      if (index < 0) throw walk.fault(place, "data of one of its forms", `tag ${walk.next}`);
      return [index, dlmsValue(walk, options[index]!, place)];
    }
    case "array": {
      tagged(walk, tags.array, place);
      const count = walk.length(place);
      if (count > type.max) throw walk.fault(place, `at most ${type.max} items`, `${count}`);
      return Array.from({ length: count }, (_, i) => dlmsValue(walk, type.item, `${place}[${i}]`));
    }
    case "structure": {
      tagged(walk, tags.structure, place);
      const count = walk.length(place);
      const all = Object.entries(type.fields);
      const present = count < all.length ? all.filter(([, { kind }]) => kind !== "twin") : all;
      if (present.length !== count) throw walk.fault(place, `${all.length} members`, `${count}`);
      return present.map(([name, of]) => dlmsValue(walk, of, `${place}.${name}`));
    }
    default:
      return leaf(walk, type, place);
  }
}

/** Undefined for what has no one tag. */
function tagOf(type: ValueType): number | undefined {
  switch (type.kind) {
    case "integer":
      return integers[type.form]?.[0] ?? tags.bits;
    case "names":
      return type.form === "enum" ? tags.enum : tags.number;
    case "text":
      return texts[type.form];
    case "moment":
      return type.form === "timestamp" ? timestampTag : tags.octets;
    case "null":
    case "boolean":
    case "bits":
    case "octets":
    case "array":
    case "structure":
      return tags[type.kind];
    case "calendar":
      return tags.octets;
    default:
      return undefined;
  }
}

function tagged(walk: OctetWalk, tag: number, place: string): void {
  const got = walk.number(1, place);
  if (got !== tag) throw walk.fault(place, `data of tag ${tag}`, `${got}`);
}

function nothing(walk: OctetWalk, place: string): null {
  tagged(walk, tags.null, place);
  return null;
}

function leaf(walk: OctetWalk, type: ValueType, place: string): Cbor {
  tagged(walk, tagOf(type)!, place);
  switch (type.kind) {
    case "null":
      return null;
    case "boolean": {
      const octet = walk.number(1, place);
      if (octet !== 0 && octet !== 0xff) throw walk.fault(place, "00 or FF", octet.toString(16));
      return octet === 0xff;
    }
    case "integer":
      return integerOf(walk, type.form, place);
    case "names":
      return walk.number(1, place);
    case "text":
      return textOf(walk, place);
    case "bits":
      return bitsOf(walk, place);
    case "moment":
      return type.form === "timestamp"
        ? timestampOf(walk, place)
        : momentOf(walk, type.form === "weekdayTime", place);
    case "octets":
    case "calendar":
      return walk.copy(walk.length(place), place);
    default:
      throw walk.fault(place, "a value that DLMS has", type.kind);
  }
}

function integerOf(walk: OctetWalk, form: IntegerForm, place: string): number | bigint {
  const [, octets] = integers[form] ?? [];
  if (octets === undefined) {
    const bits = bitsOf(walk, place);
    if (`map${bits.length}` !== form) throw walk.fault(place, form, `${bits.length} bits`);
    return Number.parseInt(bits, 2);
  }
  const taken = walk.take(octets, place);
  const signed = form.startsWith("i");
  if (octets === 8) return signed ? taken.readBigInt64BE() : taken.readBigUInt64BE();
  return signed ? taken.readIntBE(0, octets) : taken.readUIntBE(0, octets);
}

function textOf(walk: OctetWalk, place: string): string {
  const octets = walk.take(walk.length(place), place);
  const text = octets.toString("utf8");
  if (!octets.equals(Buffer.from(text))) throw walk.fault(place, "UTF-8", toHex(octets));
  return text;
}

/** First bit first; the length counts bits. */
function bitsOf(walk: OctetWalk, place: string): string {
  const count = walk.length(place);
  const octets = [...walk.take(Math.ceil(count / 8), place)];
  const bits = octets.map((octet) => octet.toString(2).padStart(8, "0")).join("");
  if (bits.includes("1", count)) throw walk.fault(place, "unused bits of 0", bits);
  return bits.slice(0, count);
}

const since2000S = Date.UTC(2000, 0, 1) / 1000;

/** UTC seconds; the ends of 32 bits are "now" and "never", open ends of a range. */
function timestampOf(walk: OctetWalk, place: string): number {
  const seconds = walk.number(4, place);
  if (seconds === 0 || seconds === NEVER) return seconds;
  if (seconds + since2000S >= NEVER) throw walk.fault(place, "a time before 2106", `${seconds}`);
  return seconds + since2000S;
}

/** UTC seconds of an octet string of 12 (Green Book, date-time). */
export function momentOf(walk: OctetWalk, hasWeekday: boolean, place: string): number {
  walk.expect("0C", place);
  const octets = walk.take(12, place);
  const hex = toHex(octets);
  if (hex === `${"00".repeat(9)}8000FF`) return 0;
  if (hex === `${"FF".repeat(9)}8000FF`) return NEVER;
  const [, , month = 0, day = 0, weekday, hour = 0, minute = 0, second = 0] = octets;
  const date = new Date(Date.UTC(octets.readUInt16BE(), month - 1, day, hour, minute, second));
  const timeS = date.getTime() / 1000;
  const expected = hasWeekday ? date.getUTCDay() || 7 : 0xff;
  const parts = [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes()];
  const isDate = [month, day, hour, minute].every((part, i) => part === parts[i]) && second < 60;
  if (!isDate || weekday !== expected || !hex.endsWith("008000FF") || !(timeS > 0 && timeS < NEVER))
    throw walk.fault(place, "a time in UTC, to the second", hex);
  return timeS;
}
