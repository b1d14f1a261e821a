/**
 * Reads the ASN.1 payload of a command by its type in the model, for correlation: DER alone, as parties write it, and not with the
 * wire's own codec, so that a fault there cannot hide here too. It goes no deeper than the type, and each item stays within its own.
 */
import {
  type DefaultType,
  type Fields,
  keyUsages,
  NEVER,
  type UseCase,
  type ValueType,
} from "../../firmware/model/index.ts";
import { toHex } from "../../hal/base/hex.ts";
import type { Cbor } from "./cbor-walk.ts";
import type { OctetWalk } from "./octet-walk.ts";

const tags = { integer: 0x02, bits: 0x03, octets: 0x04, null: 0x05, enum: 0x0a, time: 0x18, sequence: 0x30 };
/** GBCS's integers reach to 2^63 − 1. */
const maxIntegerOctets = 8;

/** The one call that the payload is: [kind, object, member, value], as in a COSE pre-command. Throws `headend/not-gbcs`. */
export function walkAsn1(walk: OctetWalk, { id, steps }: UseCase): Cbor[] {
  const [step, ...more] = steps;
  if (step?.kind !== "call" || more.length > 0) throw walk.fault("payload", "one call in ASN.1", id);
  const value = itemOf(walk, step.carries, step.path);
  walk.end("payload");
  return [[3, step.target.id, step.no, value]];
}

/** The tag of a type's items; context tags take the place of their type's own. */
function tagOf(walk: OctetWalk, type: ValueType, place: string): number {
  switch (type.kind) {
    case "optional":
    case "default":
      return tagOf(walk, type.of, place);
    case "tagged":
      return 0x80 | (tagOf(walk, type.of, place) & 0x20) | type.tag;
    case "names":
      return { u8: tags.integer, enum: tags.enum, keyUsage: tags.bits }[type.form];
    case "octets":
      return type.form === "item" ? tags.sequence : tags.octets;
    case "moment":
      return tags.time;
    case "array":
    case "structure":
      return tags.sequence;
    case "null":
    case "integer":
      return tags[type.kind];
    default:
      throw walk.fault(place, "a value that ASN.1 has", type.kind);
  }
}

function itemOf(walk: OctetWalk, type: ValueType, place: string): Cbor {
  const tag = tagOf(walk, type, place);
  const got = walk.number(1, place);
  if (got !== tag) throw walk.fault(place, `an item of tag ${hex(tag)}`, hex(got));
  const length = walk.length(place);
  const of = bare(type);
  if (of.kind === "octets" && of.form === "item") return wholeItem(walk, tag, length, place);
  return contentOf(walk.within(length, place), of, place);
}

const hex = (octet: number): string => octet.toString(16).padStart(2, "0").toUpperCase();
const bare = (type: ValueType): ValueType =>
  type.kind === "optional" || type.kind === "default" || type.kind === "tagged" ? bare(type.of) : type;

/** Tag and length included: it stands by itself, as a certificate does. */
function wholeItem(walk: OctetWalk, tag: number, length: number, place: string): Uint8Array {
  const lengths = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length];
  return Uint8Array.from([tag, ...lengths, ...walk.take(length, place)]);
}

/** What stands in the one item that `walk` is over, to its end. */
function contentOf(walk: OctetWalk, type: ValueType, place: string): Cbor {
  switch (type.kind) {
    case "structure":
      return members(walk, type.fields, place);
    case "array": {
      const items: Cbor[] = [];
      while (walk.left > 0) {
        if (items.length === type.max) throw walk.fault(place, `at most ${type.max} items`, "more");
        items.push(itemOf(walk, type.item, `${place}[${items.length}]`));
      }
      return items;
    }
    case "null":
      walk.end(place);
      return null;
    case "integer":
      return integerOf(walk, place);
    case "names":
      return type.form === "keyUsage" ? usageOf(walk, place) : integerOf(walk, place);
    case "moment":
      return timeOf(walk, place);
    default:
      return walk.copy(walk.left, place);
  }
}

/** In their order; one whose tag is not the next item's is left out where it may be. */
function members(walk: OctetWalk, fields: Fields, place: string): Cbor[] {
  const values = Object.entries(fields).map(([name, type]): Cbor => {
    const own = `${place}.${name}`;
    const mayBeLeftOut = type.kind === "optional" || type.kind === "default";
    if (mayBeLeftOut && walk.next !== tagOf(walk, type, own))
      return type.kind === "default" ? usual(type) : null;
    const value = itemOf(walk, type, own);
    if (type.kind === "default" && value === usual(type))
      throw walk.fault(own, `${type.value} left out`, "it written out");
    return value;
  });
  walk.end(place);
  return values;
}

const usual = ({ of, value }: DefaultType): number =>
  (of.kind === "names" ? of.names[value] : undefined) as number;

/** Two's complement, in as few octets as it needs. */
function integerOf(walk: OctetWalk, place: string): number | bigint {
  const { left } = walk;
  if (left < 1 || left > maxIntegerOctets)
    throw walk.fault(place, `an integer of 1 to ${maxIntegerOctets} octets`, `${left}`);
  const octets = walk.take(left, place);
  const value = BigInt.asIntN(8 * left, BigInt(`0x${octets.toString("hex")}`));
  if (left > 1 && BigInt.asIntN(8 * (left - 1), value) === value)
    throw walk.fault(place, "an integer in as few octets as it needs", toHex(octets));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** The number of a key usage: one bit of X.509's, the zeros after it left out. */
function usageOf(walk: OctetWalk, place: string): number {
  const content = toHex(walk.take(walk.left, place));
  const found = Object.values(keyUsages).find(({ bit }) => content === hex(7 - bit) + hex(0x80 >> bit));
  if (found === undefined) throw walk.fault(place, "one key usage", content);
  return found.number;
}

const neverText = "99991231235959Z";

/** UTC seconds of a GeneralizedTime; its end of time is "never". */
function timeOf(walk: OctetWalk, place: string): number {
  const text = walk.take(walk.left, place).toString("latin1");
  if (text === neverText) return NEVER;
  const [, date, hour, minute, second] = /^(\d{8})(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const day = date?.replace(/^(....)(..)(..)$/, "$1-$2-$3");
  const iso = `${day}T${hour}:${minute}:${second}.000Z`;
  const time = new Date(iso);
  const timeS = time.getTime() / 1000;
  if (!(timeS >= 0 && timeS < NEVER) || time.toISOString() !== iso)
    throw walk.fault(place, "a time YYYYMMDDHHMMSSZ, 1970 to 2106", text.slice(0, 16));
  return timeS;
}
