/** Any value that a zod schema of DUIS takes, for properties: what a form's own checks refuse is left out. */
import fc from "fast-check";
import type { z } from "zod";
import { responseCode, responseCodes } from "../../../harness/headend/dcc/response-codes.ts";
import { date, messageId } from "../../../harness/headend/requests/dcc-types.ts";

interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly checks?: readonly { readonly _zod: { readonly def: Readonly<Record<string, unknown>> } }[];
}
const defOf = (schema: z.ZodType): Def => (schema as unknown as { _zod: { def: Def } })._zod.def;

/** The checks of a number, string or array, in one. */
function limitsOf({ checks = [] }: Def) {
  const all = Object.fromEntries(checks.map(({ _zod: { def } }) => [def.check, def]));
  const { greater_than: least, less_than: most, min_length: shortest, max_length: longest } = all;
  const { length_equals: exact, string_format: format } = all;
  return {
    least: least?.value as number | bigint,
    most: most?.value as number | bigint,
    shortest: Number(exact?.length ?? shortest?.minimum ?? 0),
    longest: Number(exact?.length ?? longest?.maximum ?? Infinity),
    pattern: format?.pattern as RegExp | undefined,
  };
}

const pair = fc.stringMatching(/^[0-9A-F]{2}$/);
const eui = fc.array(pair, { minLength: 8, maxLength: 8 }).map((pairs) => pairs.join("-"));
const known = new Map<z.ZodType, fc.Arbitrary<unknown>>([
  [
    messageId,
    fc
      .tuple(eui, eui, fc.bigInt(0n, (1n << 64n) - 1n))
      .map(([from, to, counter]) => `${from}:${to}:${counter}`),
  ],
  [responseCode, fc.constantFrom(...responseCodes)],
  [
    date,
    fc
      .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
      .map((day) => day.toISOString().slice(0, 10)),
  ],
]);

const takes = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

/** What a user may write of `schema`. */
export function anyOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const any = known.get(schema) ?? fresh(schema).filter((value) => takes(schema, value));
  known.set(schema, any);
  return any;
}

function fresh(schema: z.ZodType): fc.Arbitrary<unknown> {
  const def = defOf(schema);
  const inner = def.innerType ?? def.in;
  if (inner !== undefined) return anyOf(inner);
  const { least, most, shortest, longest, pattern } = limitsOf(def);
  switch (def.type) {
    case "object":
      return object(schema, def.shape!);
    case "array":
      return fc.array(anyOf(def.element!), {
        minLength: shortest,
        maxLength: Math.min(longest, shortest + 3),
      });
    case "union":
      return anyOf(def.options![0]!);
    case "enum":
      return fc.constantFrom(...Object.values(def.entries!));
    case "boolean":
      return fc.boolean();
    case "bigint":
      return fc.bigInt(least as bigint, most as bigint);
    case "number":
      return number(schema, Number(least), Number(most));
    case "custom":
      return fc
        .constantFrom(1, 2, 6, 16, 20, 32)
        .chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));
    case "string":
      return string(shortest, Math.min(longest, shortest + 20), pattern);
    default:
      throw new Error(`no values of ${def.type}`);
  }
}

/** A decimal has one digit behind its point. */
const number = (schema: z.ZodType, least: number, most: number): fc.Arbitrary<number> =>
  takes(schema, least + 0.5) || !Number.isInteger(least)
    ? fc.integer({ min: Math.ceil(least * 10), max: Math.floor(most * 10) }).map((tenths) => tenths / 10)
    : fc.integer({ min: least, max: most });

const string = (minLength: number, maxLength: number, pattern?: RegExp): fc.Arbitrary<string> =>
  pattern === undefined || pattern.source.includes("\\p")
    ? fc.string({ unit: fc.constantFrom(..."ab<>&\"' ]é+0"), minLength, maxLength })
    : fc.stringMatching(new RegExp(pattern.source), { size: "small" });

/** Members that may be left out: none, all, one or two of them, as far as the form's checks take that. */
function object(schema: z.ZodType, shape: Readonly<Record<string, z.ZodType>>): fc.Arbitrary<unknown> {
  const names = Object.keys(shape).filter((name) => defOf(bareOf(shape[name]!)).type !== "never");
  const any = Object.fromEntries(names.map((name) => [name, anyOf(shape[name]!)]));
  const required = names.filter((name) => !takes(shape[name]!, undefined));
  const record = (of: typeof any, requiredKeys: string[]) =>
    fc.record(of, { requiredKeys, noNullPrototype: true }).map(withReference);
  if (defOf(schema).checks === undefined) return record(any, required);
  const trials = fc.sample(record(any, names), { seed: 1, numRuns: 4 });
  const possible = patternsOf(names.filter((name) => !required.includes(name)))
    .map((pattern) => [...required, ...pattern])
    .filter((given) => trials.some((trial) => takes(schema, only(trial, given))));
  if (possible.length === 0) throw new Error(`nothing fits a form of ${names.join(", ")}`);
  return fc.oneof(...possible.map((given) => record(only(any, given), given)));
}

function patternsOf(optional: readonly string[]): readonly (readonly string[])[] {
  const few = optional.length > 64 ? [] : optional;
  const pairs =
    few.length > 12 ? [] : few.flatMap((one, i) => few.slice(i + 1, i + 4).map((two) => [one, two]));
  return [[], optional, ...few.map((name) => [name]), ...pairs];
}

const only = <T extends object>(form: T, names: readonly string[]): T =>
  Object.fromEntries(Object.entries(form).filter(([name]) => names.includes(name))) as T;

function bareOf(schema: z.ZodType): z.ZodType {
  const { innerType, in: from } = defOf(schema);
  const inner = innerType ?? from;
  return inner === undefined ? schema : bareOf(inner);
}

/** A variant and its reference belong together. */
function withReference(form: object): object {
  if (!("ServiceReference" in form && "ServiceReferenceVariant" in form)) return form;
  return { ...form, ServiceReference: String(form.ServiceReferenceVariant).split(".").slice(0, 2).join(".") };
}
