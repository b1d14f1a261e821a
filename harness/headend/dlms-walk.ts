/** Reads the DLMS payload of a command for correlation: what it reads, sets and calls, by the model's objects; values by `dlms-data-walk.ts`. */
import {
  attributeOf,
  cosemObject,
  type ModelObject,
  methodOf,
  type UseCase,
  type ValueType,
} from "../../firmware/model/index.ts";
import { toHex } from "../../hal/base/hex.ts";
import type { Cbor } from "./cbor-walk.ts";
import { dlmsValue, momentOf } from "./dlms-data-walk.ts";
import type { OctetWalk } from "./octet-walk.ts";

/** Whom the header says. */
export interface Parties {
  readonly counter: bigint;
  /** The user, also where the ACB speaks for it. */
  readonly asker: Uint8Array;
  readonly target: Uint8Array;
}

/** Of one command. */
const maxOperations = 64;
const nothing: ValueType = { kind: "null" };

/**
 * [kind, object, member] and, of what carries one, its value: as the operations of a COSE pre-command. What is read through
 * a protecting object is told as if it was read without. Throws `headend/not-gbcs`.
 */
export function walkDlms(walk: OctetWalk, { protector }: UseCase, parties: Parties): Cbor[] {
  walk.expect("D920", "access request");
  walk.expect(hexOf(parties.counter, 3), "invoke id");
  walk.expect("00", "date-time");
  const operations =
    protector === undefined ? openly(walk) : throughProtector(walk, nameOctets(protector), parties);
  walk.end("access request");
  return operations;
}

/** The last `octets` of a number. */
const hexOf = (value: bigint, octets: number): string =>
  value
    .toString(16)
    .padStart(16, "0")
    .slice(-2 * octets)
    .toUpperCase();
const nameOctets = (obis: string): string => toHex(Uint8Array.from(obis.split(/[-:.]/), Number));

function openly(walk: OctetWalk): Cbor[] {
  const asked = Array.from({ length: counted(walk, "operations") }, (_, i) =>
    specification(walk, `operations[${i}]`),
  );
  if (counted(walk, "values") !== asked.length)
    throw walk.fault("values", "as many values as operations", `not ${asked.length}`);
  return asked.map(({ head, carries, selector, place }): Cbor => {
    if (head[0] !== 1) return [...head, dlmsValue(walk, carries, place)];
    walk.expect("00", place);
    return selector === undefined ? head : [...head, selector];
  });
}

function counted(walk: OctetWalk, place: string): number {
  const count = walk.length(place);
  if (count > maxOperations) throw walk.fault(place, `at most ${maxOperations}`, `${count}`);
  return count;
}

const byNumber: Readonly<Record<number, "get" | "set" | "call">> = {
  1: "get",
  2: "set",
  3: "call",
  4: "get",
};
const numbers = { get: 1, set: 2, call: 3 } as const;

function specification(walk: OctetWalk, at: string) {
  const choice = walk.number(1, at);
  const kind = byNumber[choice];
  if (kind === undefined) throw walk.fault(at, "a get, set or call", `choice ${choice}`);
  const classId = walk.number(2, at);
  const object = objectOf(walk, classId, at);
  const { no, name, carries } = memberOf(walk, object, kind, at);
  const place = `${object.name}.${name}`;
  const selector = choice === 4 ? range(walk, carries, place) : undefined;
  return { head: [numbers[kind], object.id, no] as const, carries, selector, place };
}

function objectOf(walk: OctetWalk, classId: number, at: string): ModelObject {
  const [a, b, c, d, e, f] = walk.take(6, at);
  const name = `${a}-${b}:${c}.${d}.${e}.${f}`;
  const object = cosemObject(classId, name);
  if (object === undefined) throw walk.fault(at, "an object of the model", `class ${classId}, ${name}`);
  return object;
}

/** A member with what a step of this kind carries: a value, an argument, or a selector. */
function memberOf(walk: OctetWalk, object: ModelObject, kind: "get" | "set" | "call", at: string) {
  const no = walk.number(1, at);
  if (kind === "call") {
    const found = methodOf(object, no);
    if (found !== undefined) return { no, name: found.name, carries: found.member.argument ?? nothing };
  } else {
    const found = attributeOf(object, no);
    if (found !== undefined) {
      const { type, selector } = found.member;
      return { no, name: found.name, carries: kind === "set" ? type : (selector ?? nothing) };
    }
  }
  throw walk.fault(at, `a member of ${object.name} to ${kind}`, `${no}`);
}

/** Entries by the time in their first column, all columns. */
function range(walk: OctetWalk, type: ValueType, place: string): Cbor {
  walk.expect("01020402041200010906", place);
  walk.expect("00005E2C64FF", place);
  walk.expect("0F02120000", place);
  const ends = endsOf(walk, type, place).map(([name, of]) => dlmsValue(walk, of, `${place}.${name}`));
  walk.expect("0100", place);
  return ends;
}

function endsOf(walk: OctetWalk, type: ValueType, place: string): readonly (readonly [string, ValueType])[] {
  if (type.kind === "structure") return Object.entries(type.fields);
  throw walk.fault(place, "a read without a range", "one with a range");
}

/** One call of class 30 that names what is to be read, and for whom it is hidden (GBCS 8). */
function throughProtector(walk: OctetWalk, name: string, parties: Parties): Cbor[] {
  walk.expect(`0103001E${name}01`, "protecting object");
  walk.expect("01020201", "protected read");
  const operations = Array.from({ length: counted(walk, "operations") }, (_, i) =>
    protectedOne(walk, `operations[${i}]`),
  );
  protection(walk, parties);
  return operations;
}

function protectedOne(walk: OctetWalk, at: string): Cbor {
  walk.expect("020512", at);
  const classId = walk.number(2, at);
  walk.expect("0906", at);
  const object = objectOf(walk, classId, at);
  walk.expect("0F", at);
  const { no, name, carries } = memberOf(walk, object, "get", at);
  const place = `${object.name}.${name}`;
  walk.expect("120000020216", place);
  const head = [1, object.id, no] as const;
  if (walk.next === 0) {
    walk.expect("0000", place);
    return head;
  }
  walk.expect("010202", place);
  const ends = endsOf(walk, carries, place).map(([end]) => {
    walk.expect("09", `${place}.${end}`);
    return momentOf(walk, false, `${place}.${end}`);
  });
  return [...head, ends];
}

/** One protection: agreed key, authenticated and encrypted by the device, with its own key. */
function protection(walk: OctetWalk, { counter, asker, target }: Parties): void {
  walk.expect("0101020216020205", "protection");
  walk.expect(`090904${hexOf(counter, 8)}`, "protection's counter");
  walk.expect(`0908${toHex(asker)}`, "protection's originator");
  walk.expect(`0908${toHex(target)}`, "protection's recipient");
  walk.expect("0900020216020202", "protection");
  walk.expect("0901020900", "protection");
}
