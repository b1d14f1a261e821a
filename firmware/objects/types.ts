/**
 * The types that object members have: DLMS names, so that both wires can encode a value from its member's
 * type alone. A type is data; {@link checkValue} says whether a value has it, before any feature sees it.
 */
import type { Value } from "../wire/message.ts";

export type IntegerType =
  | "integer"
  | "long"
  | "double-long"
  | "unsigned"
  | "long-unsigned"
  | "double-long-unsigned"
  | "long64-unsigned"
  | "enum";

export type Type =
  | "null"
  | "boolean"
  | IntegerType
  /** UTC seconds since 1970 (COSEM: octet-string(12)), or NOW, or NEVER. */
  | "date-time"
  | { readonly octets: readonly [min: number, max: number] }
  /** Null where it is left out (ASN.1 OPTIONAL). */
  | { readonly optional: Type }
  | { readonly array: Type; readonly max: number }
  | { readonly structure: readonly Type[] };

const integerRanges: Readonly<Record<IntegerType, readonly [number | bigint, number | bigint]>> = {
  integer: [-0x80, 0x7f],
  long: [-0x8000, 0x7fff],
  "double-long": [-0x8000_0000, 0x7fff_ffff],
  unsigned: [0, 0xff],
  "long-unsigned": [0, 0xffff],
  "double-long-unsigned": [0, 0xffff_ffff],
  "long64-unsigned": [0, 0xffff_ffff_ffff_ffffn],
  enum: [0, 0xff],
};

/** Undefined when `value` has `type`; otherwise where it has not, e.g. "[2][0]: expected unsigned, got 300". */
export function checkValue(type: Type, value: Value | undefined, path = ""): string | undefined {
  if (typeof type === "string") return checkPlain(type, value, path);
  if ("optional" in type) return value === null ? undefined : checkValue(type.optional, value, path);
  if ("octets" in type) {
    const [min, max] = type.octets;
    if (value instanceof Uint8Array && value.length >= min && value.length <= max) return undefined;
    return wrong(path, min === max ? `${min} octets` : `${min} to ${max} octets`, value);
  }
  if (!Array.isArray(value)) return wrong(path, "array" in type ? "an array" : "a structure", value);
  if ("array" in type) {
    if (value.length > type.max)
      return `${path || "value"}: expected at most ${type.max} items, got ${value.length}`;
    return firstFault(value, (item, i) => checkValue(type.array, item, `${path}[${i}]`));
  }
  if (value.length !== type.structure.length)
    return `${path || "value"}: expected ${type.structure.length} fields, got ${value.length}`;
  return firstFault(type.structure, (field, i) => checkValue(field, value[i] as Value, `${path}[${i}]`));
}

function checkPlain(type: Extract<Type, string>, value: Value | undefined, path: string): string | undefined {
  if (type === "null") return value === null || value === undefined ? undefined : wrong(path, "null", value);
  if (type === "boolean") return typeof value === "boolean" ? undefined : wrong(path, "a boolean", value);
  const [min, max] = type === "date-time" ? [0, 0xffff_ffff] : integerRanges[type];
  const integer = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
  return integer && (value as number) >= min && (value as number) <= max
    ? undefined
    : wrong(path, type, value);
}

function firstFault<T>(items: readonly T[], check: (item: T, i: number) => string | undefined) {
  for (let i = 0; i < items.length; i++) {
    const fault = check(items[i] as T, i);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function wrong(path: string, expected: string, value: Value | undefined): string {
  const got =
    value instanceof Uint8Array ? `${value.length} octets` : Array.isArray(value) ? "a list" : String(value);
  return `${path || "value"}: expected ${expected}, got ${got}`;
}
