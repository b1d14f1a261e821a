/** What a pre-command would do, back in the words of its request's form: for the user's correlation. */
import { mismatch, type Step, type UseCase } from "../../firmware/model/index.ts";
import type { Cbor } from "./cbor-walk.ts";
import { named } from "./named-walk.ts";
import { type Fields, sourceOf } from "./requests/derive.ts";
import type { RequestContext, RequestDefinition } from "./requests/request.ts";

/**
 * The form that `walked`, the values of `useCase`'s steps, comes from. What no element decides and is not as the row
 * has it turns up under the path of its step, where the request has nothing.
 */
export function readBack(
  { byHand }: RequestDefinition,
  { id, steps }: UseCase,
  walked: readonly (Cbor | undefined)[],
  context: RequestContext,
): Fields {
  const values = new Map(steps.map((step, i) => [step.path, namedOf(step, walked[i])]));
  const byOwn = new Set<string>();
  const lookup = (path: string) => {
    byOwn.add(path);
    return values.get(path);
  };
  const own = byHand.readBack?.(lookup, { ...context, useCase: id }) ?? {};
  const form: Record<string, unknown> = {};
  const times: unknown[] = [];
  const ranges: unknown[] = [];
  for (const step of steps) {
    const value = values.get(step.path);
    const stray = step.constant !== undefined && mismatch(step.constant, value, step.path) !== undefined;
    if (stray) form[step.path] = value;
    const source = sourceOf(step, byOwn.has(step.path), byHand.elements ?? {});
    if (source.by === "nothing" && value !== undefined) form[step.path] = value;
    if (source.by === "null" && value !== null) form[step.path] = value;
    if (source.by === "time") times.push(value);
    if (source.by === "range") ranges.push(period(value));
    if (source.by === "element") put(form, source.element, wordOf(value, source.words));
  }
  if (ranges.length > 0) form.ReadLogPeriod = oneRange(ranges);
  if (times.length > 0) form.ExecutionDateTime = together(times);
  return merged(form, own);
}

const namedOf = ({ carries }: Step, value: Cbor | undefined): unknown =>
  value === undefined ? undefined : named(carries, value);

/** One time, which every object of the command must carry. */
const together = (times: readonly unknown[]): unknown =>
  times.every((time) => time === times[0]) ? times[0] : times;

/** One range, of which every log of the command must be read. */
const oneRange = (ranges: readonly unknown[]): unknown =>
  ranges.every((range) => shownRange(range) === shownRange(ranges[0])) ? ranges[0] : ranges;
const shownRange = (range: unknown): string =>
  JSON.stringify(range, (_, value) => (typeof value === "bigint" ? `${value}n` : value));

function period(range: unknown): unknown {
  if (typeof range !== "object" || range === null || range instanceof Uint8Array) return range;
  const { from, to, ...more } = range as Fields;
  return { StartDateTime: from, EndDateTime: to, ...more };
}

const wordOf = (value: unknown, words: Fields | undefined): unknown =>
  words === undefined ? value : (Object.keys(words).find((word) => words[word] === value) ?? value);

function put(form: Record<string, unknown>, element: string, value: unknown): void {
  const names = element.split(".");
  const last = names.pop() as string;
  let at = form;
  for (const name of names) {
    at[name] ??= {};
    at = at[name] as Record<string, unknown>;
  }
  at[last] = value;
}

/** Elements of one name that both have are one element. */
function merged(a: Fields, b: Fields): Fields {
  const both: Record<string, unknown> = { ...a };
  for (const [name, value] of Object.entries(b))
    both[name] =
      isFields(both[name]) && isFields(value) ? merged(both[name] as Fields, value as Fields) : value;
  return both;
}

export function isFields(value: unknown): value is Fields {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
