/**
 * A typed form and its XML, each from the other, by the form's zod schema: members are elements in the schema's order, a list
 * is an element that is repeated, members in lower case are attributes, and `value` is an element's text.
 */
import type { z } from "zod";
import { CodedError } from "../../hal/base/coded-error.ts";
import { inXml } from "../headend/requests/duis.ts";
import type { XmlElement } from "./xml-reader.ts";
import type { Written } from "./xml-writer.ts";

interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly checks?: readonly { readonly _zod: { readonly def: Readonly<Record<string, unknown>> } }[];
}
const defOf = (schema: z.ZodType): Def => (schema as unknown as { _zod: { def: Def } })._zod.def;

/** The schema, and those in it: without what may be left out, what has a default, and what is made of it. */
function* layers(schema: z.ZodType): Generator<z.ZodType> {
  yield schema;
  const { innerType, in: from } = defOf(schema);
  const inner = innerType ?? from;
  if (inner !== undefined) yield* layers(inner);
}

const innermost = new WeakMap<z.ZodType, Def>();

function bare(schema: z.ZodType): Def {
  const known = innermost.get(schema) ?? defOf([...layers(schema)].at(-1) as z.ZodType);
  innermost.set(schema, known);
  return known;
}

const isAttribute = (name: string): boolean => name !== "value" && /^[a-z](?![0-9A-F]{4})/.test(name);

/** Where a list has no limit of its own. */
const MAX_REPEATED = 1_000;

/** How often the element of a list may stand. */
function mostOf({ checks = [] }: Def): number {
  const limits = checks.map(({ _zod: { def } }) => def.maximum ?? def.length);
  return Number(limits.find((each) => each !== undefined) ?? MAX_REPEATED);
}

/** Reads the elements of one namespace; what is wrong is told of the element at `path`. */
export class FormReader {
  readonly #namespace: string;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** What `schema` is to check. Throws `interface/element` for what it has no place for, or not there. */
  read(schema: z.ZodType, element: XmlElement, path: string = element.name): unknown {
    const def = bare(schema);
    if (def.type === "object") return this.#members(def.shape ?? {}, element, path);
    const [child] = element.children;
    if (child !== undefined) throw wrong(child, path, `no element ${child.name} in it`, "one");
    const [attribute] = element.attributes.keys();
    if (attribute !== undefined) throw wrong(element, path, `no attribute ${attribute}`, "one");
    return scalar(def, element.text, path, element);
  }

  #members(shape: NonNullable<Def["shape"]>, element: XmlElement, path: string): Record<string, unknown> {
    const form: Record<string, unknown> = {};
    for (const [name, text] of element.attributes) {
      const member = isAttribute(name) ? shape[name] : undefined;
      if (member === undefined) throw wrong(element, path, `no attribute ${name}`, "one");
      form[name] = scalar(bare(member), text, `${path}.${name}`, element);
    }
    if (shape.value !== undefined)
      form.value = scalar(bare(shape.value), element.text, `${path}.value`, element);
    else if (element.text.trim() !== "" && element.children.length === 0)
      throw wrong(element, path, "elements alone", JSON.stringify(element.text.trim().slice(0, 40)));
    this.#children(shape, element, path, form);
    return form;
  }

  #children(
    shape: NonNullable<Def["shape"]>,
    element: XmlElement,
    path: string,
    form: Record<string, unknown>,
  ): void {
    const names = Object.keys(shape).filter((name) => name !== "value" && !isAttribute(name));
    let place = 0;
    for (const child of element.children) {
      const { name } = child;
      const at = names.indexOf(name);
      if (child.namespace !== this.#namespace || at < 0)
        throw wrong(child, path, names.length === 0 ? "nothing in it" : among(names.slice(place)), name);
      if (at < place)
        throw wrong(child, path, `${name} before ${names[place]}: elements have an order`, name);
      place = at;
      const def = bare(shape[name] as z.ZodType);
      const before = form[name] as unknown[] | undefined;
      if (def.type !== "array") {
        if (before !== undefined) throw wrong(child, path, `one ${name}`, "another");
        form[name] = this.read(shape[name] as z.ZodType, child, `${path}.${name}`);
        continue;
      }
      const list = before ?? [];
      if (list.length >= mostOf(def)) throw wrong(child, path, `at most ${mostOf(def)} ${name}`, "another");
      list.push(this.read(def.element as z.ZodType, child, `${path}.${name}[${list.length}]`));
      form[name] = list;
    }
  }
}

const among = (names: readonly string[]): string =>
  names.length > 6 ? `${names.slice(0, 6).join(", ")} or ${names.length - 6} others` : names.join(", ");

function wrong(element: XmlElement, path: string, expected: string, got: string): CodedError {
  return new CodedError(
    "interface/element",
    `line ${element.line}: ${path}: expected ${expected}, got ${got}`,
    { element: path, line: element.line },
  );
}

const number = /^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})$/;

function scalar({ type }: Def, text: string, path: string, element: XmlElement): unknown {
  const value = type === "string" || type === "enum" ? text : text.trim();
  const shown = JSON.stringify(value.slice(0, 40));
  switch (type) {
    case "number":
      if (!number.test(value)) throw wrong(element, path, "a number", shown);
      return Number(value);
    case "bigint":
      if (!/^-?\d{1,50}$/.test(value)) throw wrong(element, path, "a whole number", shown);
      return BigInt(value);
    case "boolean":
      if (!["true", "false", "1", "0"].includes(value)) throw wrong(element, path, "true or false", shown);
      return value === "true" || value === "1";
    default:
      // xs:base64Binary and xs:hexBinary may be broken into lines.
      return type === "union" ? value.replace(/\s+/g, "") : value;
  }
}

/** The element `name` for what the schema takes, as a user writes it. */
export function writeForm(schema: z.ZodType, name: string, value: unknown): Written {
  const { type, shape } = bare(schema);
  if (type !== "object") return { name, content: textOf(schema, value) };
  const form = value as Readonly<Record<string, unknown>>;
  const given = Object.entries(shape ?? {}).filter(([member]) => form[member] !== undefined);
  const attributes = given.filter(([member]) => isAttribute(member));
  const elements = given.filter(([member]) => !isAttribute(member) && member !== "value");
  const children = elements.flatMap(([member, inner]) => {
    const { type: kind, element } = bare(inner);
    if (kind !== "array") return [writeForm(inner, member, form[member])];
    return (form[member] as readonly unknown[]).map((each) => writeForm(element as z.ZodType, member, each));
  });
  return {
    name,
    attributes: Object.fromEntries(
      attributes.map(([member, inner]) => [member, textOf(inner, form[member])]),
    ),
    content: shape?.value === undefined ? children : textOf(shape.value, form.value),
  };
}

function textOf(schema: z.ZodType, value: unknown): string {
  for (const layer of layers(schema)) {
    const kind = inXml.get(layer);
    if (kind !== undefined) return kind.text(value);
  }
  return String(value);
}
