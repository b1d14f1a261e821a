/** The format check: whether operations are exactly the steps of a use case, their values typed, its constants kept. */
import { CodedError } from "../../hal/base/coded-error.ts";
import type { Step, UseCase } from "./look-up.ts";
import { mismatch } from "./pattern.ts";
import { fromPlain, type Plain } from "./plain.ts";

/** An operation as a wire gives it: kind, short number of the object, number of the member, value without names. */
export interface PlainOperation {
  readonly kind: "get" | "set" | "call";
  readonly object: number;
  readonly member: number;
  readonly value?: Plain;
}

/** An operation as the step that it is, and its value with its names; undefined for a get without a selector. */
export interface Matched {
  readonly step: Step;
  readonly value: unknown;
}

/** What each operation is, in order; or a sentence that says which is wrong, what was expected, what came. */
export function matchSteps(
  { steps, id }: UseCase,
  operations: readonly PlainOperation[],
): readonly Matched[] | string {
  const matched: Matched[] = [];
  for (const step of steps) {
    let count = 0;
    while (count < step.times[1] && isStep(step, operations[matched.length])) {
      const at = matched.length;
      const value = named(step, operations[at]!.value);
      if (value instanceof Fault) return `operation ${at + 1} of ${id}, ${value.words}`;
      matched.push({ step, value });
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

class Fault {
  readonly words: string;
  constructor(words: string) {
    this.words = words;
  }
}

/** The value with its names, once it is known to have its type and to keep the step's constant. */
function named(step: Step, plain: Plain | undefined): unknown {
  // A get of a log may ask for all of it: a selector is never demanded.
  if (step.kind === "get" && (plain === undefined || plain === null)) return undefined;
  try {
    const value = fromPlain(step.carries, plain, step.path);
    const fault = step.constant === undefined ? undefined : mismatch(step.constant, value, step.path);
    return fault === undefined ? value : new Fault(fault);
  } catch (error) {
    if (error instanceof CodedError) return new Fault(error.message);
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
