/** Reads a reference service request into the form that its definition has. For tests: it knows well-formed samples. */
import type { z } from "zod";

export interface Element {
  readonly name: string;
  /** By name, without prefixes. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
}

/** The first element of `xml` with a name, without prefix. */
export function elementOf(xml: string, name: string): Element {
  const found = elements(xml).find((each) => each.name === name) ?? deep(elements(xml), name);
  if (found === undefined) throw new Error(`no element ${name}`);
  return found;
}

function deep(all: readonly Element[], name: string): Element | undefined {
  for (const each of all) {
    const found = each.name === name ? each : deep(each.children, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const tag = /<(\/?)(?:\w+:)?([\w.]+)((?:\s+[\w:]+="[^"]*")*)\s*(\/?)>/g;

function elements(xml: string): Element[] {
  const root: Element & { text: string; children: Element[] } = {
    name: "",
    attributes: {},
    text: "",
    children: [],
  };
  const open: { text: string; children: Element[] }[] = [root];
  let at = 0;
  for (const match of xml.matchAll(tag)) {
    const [all, closing, name, attributes, empty] = match;
    const top = open.at(-1)!;
    top.text += xml.slice(at, match.index).trim();
    at = match.index + all.length;
    if (closing) {
      open.pop();
      continue;
    }
    const pairs = [...attributes!.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]);
    const element = { name: name!, attributes: Object.fromEntries(pairs), text: "", children: [] };
    top.children.push(element);
    if (!empty) open.push(element);
  }
  return root.children;
}

interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
}

/**
 * The form of an element, by its schema: numbers, booleans and lists as the schema has them, all else text.
 * Throws when elements stand in another order than the members of the form.
 */
export function formOf(schema: z.ZodType, element: Element): unknown {
  const def = (schema as unknown as { _zod: { def: Def } })._zod.def;
  if (def.innerType) return formOf(def.innerType, element);
  if (def.in) return formOf(def.in, element);
  if (def.type === "number") return Number(element.text);
  if (def.type === "bigint") return BigInt(element.text);
  if (def.type === "boolean") return element.text === "true";
  if (def.type !== "object") return element.text;
  return membersOf(def.shape!, element);
}

function membersOf(shape: NonNullable<Def["shape"]>, element: Element): Record<string, unknown> {
  const form: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(element.attributes))
    if (name in shape) form[name] = formOf(shape[name]!, { name, attributes: {}, text, children: [] });
  if ("value" in shape) form.value = formOf(shape.value!, element);
  const order = element.children.map(({ name }) => Object.keys(shape).indexOf(name));
  if (order.some((place, i) => place >= 0 && place < Math.max(...order.slice(0, i))))
    throw new Error(`elements of ${element.name} in another order than the form's`);
  for (const child of element.children) {
    const member = shape[child.name];
    const item = member && itemOf(member);
    const value = formOf(item ?? member ?? ({ _zod: { def: { type: "string" } } } as z.ZodType), child);
    if (item === undefined) form[child.name] = value;
    else form[child.name] = [...((form[child.name] as unknown[]) ?? []), value];
  }
  return form;
}

/** What is repeated, where an element is. */
function itemOf(schema: z.ZodType): z.ZodType | undefined {
  const { element, innerType, in: inner } = (schema as unknown as { _zod: { def: Def } })._zod.def;
  return element ?? (innerType && itemOf(innerType)) ?? (inner && itemOf(inner));
}
