/** The format check: whether operations are exactly the steps of a use case, their values typed, its constants kept. */
import { CodedError } from "../../hal/base/coded-error.ts";
import type { Step, UseCase } from "./look-up.ts";
import { mismatch } from "./pattern.ts";
import { fromPlain, type Plain, plainFault } from "./plain.ts";

/** An operation as a wire gives it: kind, short number of the object, number of the member, value without names. */
export interface PlainOperation {
  readonly kind: "get" | "set" | "call";
  readonly object: number;
  readonly member: number;
  readonly value?: Plain;
}

/** The step that each operation is, in order; or a sentence that says which is wrong, what was expected, what came. */
export function matchSteps(
  { steps, id }: UseCase,
  operations: readonly PlainOperation[],
): readonly Step[] | string {
  const matched: Step[] = [];
  for (const step of steps) {
    let count = 0;
    while (count < step.times[1] && isStep(step, operations[matched.length])) {
      const at = matched.length;
      const fault = valueFault(step, operations[at]!.value);
      if (fault !== undefined) return `operation ${at + 1} of ${id}, ${fault}`;
      matched.push(step);
      count++;
    }
    if (count < step.times[0]) return unexpected(id, matched.length, step, operations[matched.length]);
  }
  if (matched.length === operations.length) return matched;
  return unexpected(id, matched.length, undefined, operations[matched.length]);
}

const isStep = (step: Step, operation: PlainOperation | undefined): boolean =>
  operation !== undefined &&
  operation.kind === step.kind &&
  operation.object === step.target.id &&
  operation.member === step.no;

function valueFault(step: Step, value: Plain | undefined): string | undefined {
  // A get of a log may ask for all of it: a selector is never demanded.
  if (step.kind === "get" && (value === undefined || value === null)) return undefined;
  const what = step.path;
  if (step.constant === undefined) return plainFault(step.carries, value, what);
  try {
    return mismatch(step.constant, fromPlain(step.carries, value, what), what);
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}

function unexpected(
  id: string,
  at: number,
  step: Step | undefined,
  operation: PlainOperation | undefined,
): string {
  const expected = step ? `${step.kind} ${step.path}` : "the end";
  const got = operation ? `${operation.kind} ${operation.object}.${operation.member}` : "the end";
  return `operation ${at + 1} of ${id}: expected ${expected}, got ${got}`;
}
