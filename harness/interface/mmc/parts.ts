/**
 * The parts that mappings are made of. A part takes values from what was found, and gives elements; none where there is
 * nothing for them. Parts stand in the order of the schema.
 */
import { type MessageId, mismatch, type Pattern, useCase } from "../../../firmware/model/index.ts";
import { mainMembers } from "../../headend/readings.ts";
import type { Written } from "../xml-writer.ts";
import type { Found } from "./found.ts";
import { plain, type Word } from "./words.ts";

export type Part = (from: Found) => readonly Written[];
type Attributes = Readonly<Record<string, string>>;

const all = (parts: readonly Part[], from: Found): Written[] => parts.flatMap((part) => part(from));
const decapital = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** The value at a path; of an object of a single purpose, its main member. */
function valueAt(from: Found, path: string): Found | undefined {
  const found = from.at(path);
  const main = found && mainMembers.map((member) => found.at(member)).find((each) => each !== undefined);
  return main ?? found;
}

/** An element with text. By default its name is the value's own. */
export function leaf(
  name: string,
  path: string = decapital(name),
  word: Word = plain,
  attributes: Attributes = {},
): Part {
  return (from) => {
    const found = valueAt(from, path);
    if (found === undefined) return [];
    const content = word(found.look());
    if (content === undefined) {
      found.hasNoWord();
      return [];
    }
    found.take();
    return [{ name, attributes, content }];
  };
}

/** An element that is always there. */
export const group =
  (name: string, ...parts: readonly Part[]): Part =>
  (from) => [{ name, content: all(parts, from) }];

/** An element that is there when something stands in it. */
export const some =
  (name: string, ...parts: readonly Part[]): Part =>
  (from) => {
    const content = all(parts, from);
    return content.length === 0 ? [] : [{ name, content }];
  };

/** All of the parts, or none: the schema wants each of them. */
export const whole =
  (...parts: readonly Part[]): Part =>
  (from) =>
    from.attempt(
      () => {
        const given = parts.map((part) => part(from));
        return given.some((each) => each.length === 0) ? [] : given.flat();
      },
      (result) => result.length > 0,
    );

/** An element with all of the parts; none where one is missing. */
export const full =
  (name: string, ...parts: readonly Part[]): Part =>
  (from) => {
    const content = whole(...parts)(from);
    return content.length === 0 ? [] : [{ name, content }];
  };

/** What `first` gives, and the others where that is something. */
export const followed =
  (first: Part, ...others: readonly Part[]): Part =>
  (from) => {
    const content = first(from);
    return content.length === 0 ? [] : [...content, ...all(others, from)];
  };

/** The parts, of what stands at `path`. */
export const within =
  (path: string, ...parts: readonly Part[]): Part =>
  (from) => {
    const inner = from.at(path);
    return inner === undefined ? [] : all(parts, inner);
  };

/** What the parts give for each item of a list, of the first `most`. */
export const each =
  (path: string, most: number, ...parts: readonly Part[]): Part =>
  (from) =>
    (from.at(path)?.items() ?? []).slice(0, most).flatMap((item) => all(parts, item));

/** An element for each value of a list, numbered from 1. */
export const numbered =
  (name: string, path: string, most: number): Part =>
  (from) =>
    (from.at(path)?.items() ?? []).slice(0, most).map((item, i) => ({
      name,
      attributes: { index: String(i + 1) },
      content: plain(item.take()) ?? "",
    }));

/** The element with attributes, whatever they are found to be; nothing where one is not. */
export const attributed =
  (part: Part, attributes: (from: Found) => Attributes | undefined): Part =>
  (from) =>
    from.attempt(
      () => {
        const more = attributes(from);
        return more === undefined
          ? []
          : part(from).map((one) => ({ ...one, attributes: { ...one.attributes, ...more } }));
      },
      (result) => result.length > 0,
    );

/** An element beside others, whose text no value decides. */
export const said =
  (name: string, content = "", attributes: Attributes = {}): Part =>
  () => [{ name, attributes, content }];

/** The part, where something stands at `path`. */
export const where =
  (path: string, ...parts: readonly Part[]): Part =>
  (from) =>
    from.at(path) === undefined ? [] : all(parts, from);

/** What the format says without an element, as long as it is `expected`; anything else is left out, and told by name. */
export const implied =
  (path: string, expected: unknown, why: string): Part =>
  (from) => {
    const found = from.at(path);
    if (found !== undefined && sameValue(found.look(), expected)) found.imply(why);
    return [];
  };

const sameValue = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b);
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, each) =>
    each instanceof Uint8Array
      ? Buffer.from(each).toString("hex")
      : typeof each === "bigint"
        ? `${each}`
        : each,
  );

/** What a use case always writes goes without saying where it is read: the constants of its row, of what it writes at `written`. */
export const fixedBy = (id: MessageId, written: string, path: string): Part => {
  const constant = useCase(id).steps.find((step) => step.path === written)?.constant;
  if (constant === undefined) throw new Error(`${id} fixes nothing of ${written}`);
  return (from) => {
    implyConstants(from.at(path), constant, `${id} writes nothing else`);
    return [];
  };
};

function implyConstants(found: Found | undefined, constant: Pattern, why: string): void {
  if (found === undefined) return;
  if (Array.isArray(constant))
    for (const item of found.items()) implyConstants(item, constant[0] as Pattern, why);
  else if (constant === null || typeof constant !== "object" || constant instanceof Uint8Array) {
    if (mismatch(constant, found.look()) === undefined) found.imply(why);
  } else
    for (const [name, fixed] of Object.entries(constant as Readonly<Record<string, Pattern>>))
      implyConstants(found.at(name), fixed, why);
}
