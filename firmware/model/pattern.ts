/**
 * Constants of an operation: what a use case fixes of a value, and no more. A pattern has the form of the value;
 * members it leaves out are free, and the one item of an array's pattern is what every item must have.
 */
import { sameBytes } from "../../hal/base/bytes.ts";
import { toHex } from "../../hal/base/hex.ts";
import type {
  ArrayType,
  CalendarDate,
  CalendarTime,
  CalendarType,
  StructureType,
  ValueOf,
  ValueType,
} from "./types.ts";

export type PatternOf<T extends ValueType> =
  T extends ArrayType<infer I>
    ? readonly [PatternOf<I>]
    : T extends StructureType<infer F>
      ? { readonly [K in keyof F]?: PatternOf<F[K]> }
      : T extends CalendarType
        ? CalendarDate & CalendarTime
        : ValueOf<T>;

/** A pattern whose type is not at hand. */
export type Pattern =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly [Pattern]
  | { readonly [member: string]: Pattern };

/** Undefined when the named `value` is as the pattern fixes it, else where it is not: "value.keyType: expected …". */
export function mismatch(pattern: Pattern, value: unknown, path = "value"): string | undefined {
  if (pattern instanceof Uint8Array)
    return value instanceof Uint8Array && sameBytes(pattern, value) ? undefined : told(path, pattern, value);
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value)) return told(path, "an array", value);
    return first(value, (item, i) => mismatch(pattern[0] as Pattern, item, `${path}[${i}]`));
  }
  if (pattern === null || typeof pattern !== "object")
    return Object.is(pattern, value) ? undefined : told(path, pattern, value);
  const members = value as Readonly<Record<string, unknown>> | null | undefined;
  return first(Object.entries(pattern), ([name, fixed]) =>
    mismatch(fixed as Pattern, members?.[name], `${path}.${name}`),
  );
}

function first<T>(items: readonly T[], check: (item: T, i: number) => string | undefined) {
  for (let i = 0; i < items.length; i++) {
    const fault = check(items[i] as T, i);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const told = (path: string, expected: unknown, got: unknown) =>
  `${path}: expected ${shown(expected)}, as the use case has it, got ${shown(got)}`;

function shown(value: unknown): string {
  if (value instanceof Uint8Array)
    return value.length > 16 ? `${value.length} octets` : toHex(value) || "no octets";
  return typeof value === "object" && value !== null ? "a structure" : String(value).slice(0, 40);
}
