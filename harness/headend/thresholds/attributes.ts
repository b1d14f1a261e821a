/** Values inside a request, by the path of their element. */
import { readIsoTime } from "../../../hal/base/iso-time.ts";

/**
 * The values at `path`, of lists those of every item. A time is its UTC seconds; what is no number at all is undefined:
 * nobody can say whether it passes a limit.
 */
export function valuesAt(parameters: unknown, path: string): (number | bigint | undefined)[] {
  const found = path
    .split(".")
    .reduce<readonly unknown[]>(
      (forms, name) => forms.flatMap((form) => itemsOf(memberOf(form, name))),
      [parameters],
    );
  return found.map(numberOf);
}

const memberOf = (form: unknown, name: string): unknown =>
  typeof form === "object" && form !== null && Object.hasOwn(form, name)
    ? (form as Readonly<Record<string, unknown>>)[name]
    : undefined;

const itemsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isNaN(value))) return value;
  if (typeof value !== "string") return undefined;
  if (/^[+-]?\d{1,30}(\.\d{1,30})?$/.test(value)) return Number(value);
  const time = readIsoTime(value);
  return typeof time === "number" ? time / 1000 : undefined;
}
