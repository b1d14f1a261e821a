/** Compares a message of a device with the reference: the same bytes, the same shape, or the first field that differs. */
import type { Plain } from "../../firmware/model/index.ts";
import { sameBytes } from "../../hal/base/bytes.ts";
import { shownBytes } from "../decode/index.ts";
import type { Leaf } from "./leaves.ts";
import type { Envelope } from "./reading.ts";

/** `why`: of `differs` the first field that does; of `sameShape` the first that another state has otherwise. */
export interface Comparison {
  readonly result: "identical" | "sameShape" | "differs";
  readonly why?: string;
}

/** All but the values of signature and MAC: both verify, or the message would not be compared. */
export const identical = (reference: Envelope, own: Envelope): boolean =>
  reference.protection === own.protection && sameBytes(reference.plain, own.plain);

/** `reference` and `own`: all that each says, in order. */
export function compareLeaves(reference: readonly Leaf[], own: readonly Leaf[]): Comparison {
  let state: string | undefined;
  for (const [at, expected] of reference.entries()) {
    const got = own[at];
    if (got?.path !== expected.path)
      return {
        result: "differs",
        why: `${expected.path}: expected ${shown(expected.value)}, got ${got?.path ?? "the end"}`,
      };
    if (same(expected.value, got.value)) continue;
    const why = `${expected.path}: expected ${shown(expected.value)}, got ${shown(got.value)}`;
    if (expected.kind === "shape" || kindOf(expected.value) !== kindOf(got.value))
      return { result: "differs", why };
    state ??= why;
  }
  const more = own[reference.length];
  if (more !== undefined)
    return { result: "differs", why: `${more.path}: expected the end, got ${shown(more.value)}` };
  return { result: "sameShape", why: state ?? "encoding: the same values in other bytes" };
}

const same = (a: Plain, b: Plain): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? sameBytes(a, b) : a === b;

const kindOf = (value: Plain): string => (value === null ? "null" : typeof value);

const shown = (value: Plain): string => (value instanceof Uint8Array ? shownBytes(value) : String(value));
