/** From a form to the values of its use case's steps: constants, times, ranges and elements are the row's. */

import {
  fromPlain,
  mismatch,
  type Pattern,
  type Plain,
  plainFault,
  type Step,
  toPlain,
  type UseCase,
} from "../../../firmware/model/index.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { Element, NamedValues, RequestContext, RequestDefinition } from "./request.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** What decides a step's value. */
type Source =
  | { readonly by: "nothing" | "null" | "row" | "time" | "range" | "hand" }
  | { readonly by: "element"; readonly element: string; readonly words?: Fields };

/** A constant that leaves nothing open. */
const whole = (pattern: Pattern | undefined): boolean =>
  pattern !== undefined && (pattern === null || typeof pattern !== "object" || pattern instanceof Uint8Array);

/** Members that say of an object when what it keeps takes force. */
const activation = "activateAt";

/** `byHand`: the paths that the request gives values of its own. */
export function sourceOf(step: Step, byHand: boolean, elements: Readonly<Record<string, Element>>): Source {
  if (byHand) return { by: "hand" };
  if (step.kind === "get") return { by: step.carries.kind === "null" ? "nothing" : "range" };
  if (step.carries.kind === "null") return { by: "null" };
  if (whole(step.constant)) return { by: "row" };
  if (step.member === activation) return { by: "time" };
  const named = elements[step.path] ?? step.object.charAt(0).toUpperCase() + step.object.slice(1);
  return typeof named === "string"
    ? { by: "element", element: named }
    : { by: "element", element: named[0], words: named[1] };
}

/** A step and its plain value; undefined for a get that selects nothing. */
export interface FilledStep {
  readonly step: Step;
  readonly value: Plain | undefined;
}

/**
 * The steps that the parameters ask for: all but those that the row lets be left out and nothing says the value of. Throws
 * `headend/parameters` for what the form allows and a device has no value for.
 */
export function filledSteps(
  definition: RequestDefinition,
  useCase: UseCase,
  parameters: Fields,
  context: RequestContext,
): readonly FilledStep[] {
  const own = definition.byHand.values?.(parameters, context) ?? {};
  const plainValue = plainIn(definition);
  return useCase.steps.flatMap((step): FilledStep[] => {
    const named = namedValue(step, own, definition, parameters);
    if (named === undefined) return mayBeLeftOut(step) ? [] : [{ step, value: undefined }];
    return [{ step, value: plainValue(step, named) }];
  });
}

/** Sets and calls alone: a get without a selector has no value either. */
const mayBeLeftOut = ({ kind, times }: Step): boolean => kind !== "get" && times[0] === 0;

const plainIn =
  ({ reference }: RequestDefinition) =>
  (step: Step, named: unknown): Plain => {
    const plain = toPlain(step.carries, named);
    const fault = plainFault(step.carries, plain, step.path) ?? constantFault(step, plain);
    if (fault === undefined) return plain;
    throw new CodedError("headend/parameters", `service request ${reference}: ${fault}`, { reference });
  };

const constantFault = ({ constant, carries, path }: Step, plain: Plain): string | undefined =>
  constant === undefined ? undefined : mismatch(constant, fromPlain(carries, plain, path), path);

function namedValue(step: Step, own: NamedValues, { byHand, reference }: RequestDefinition, form: Fields) {
  const source = sourceOf(step, step.path in own, byHand.elements ?? {});
  const value = valueFrom(source, step, own, form);
  if (value === undefined && source.by !== "nothing" && !mayBeLeftOut(step))
    throw new Error(`service request ${reference}: nothing says what ${step.path} is`);
  return value;
}

function valueFrom(source: Source, step: Step, own: NamedValues, form: Fields): unknown {
  switch (source.by) {
    case "nothing":
      return undefined;
    case "null":
      return null;
    case "row":
      return mayBeLeftOut(step) ? undefined : step.constant;
    case "hand":
      return withConstants(step.constant, own[step.path]);
    case "time":
      return form.ExecutionDateTime;
    case "range": {
      const { StartDateTime, EndDateTime } = (form.ReadLogPeriod ?? {}) as Fields;
      return { from: StartDateTime, to: EndDateTime };
    }
    case "element": {
      const value = source.element.split(".").reduce<unknown>((at, name) => (at as Fields)?.[name], form);
      return source.words === undefined ? value : source.words[value as string];
    }
  }
}

/** What the row fixes of a value, put where it is missing. */
function withConstants(pattern: Pattern | undefined, value: unknown): unknown {
  if (pattern === undefined || whole(pattern)) return value ?? pattern;
  if (Array.isArray(pattern))
    return (value as readonly unknown[]).map((item) => withConstants(pattern[0] as Pattern, item));
  const members = Object.entries(pattern as Readonly<Record<string, Pattern>>);
  const given = value as Fields | undefined;
  return {
    ...given,
    ...Object.fromEntries(members.map(([name, fixed]) => [name, withConstants(fixed, given?.[name])])),
  };
}
