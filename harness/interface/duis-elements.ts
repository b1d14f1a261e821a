/** What DUIS's Request and Response have in common: a root of one namespace with header, body and signature, read strictly. */
import type { z } from "zod";
import { CodedError } from "../../hal/base/coded-error.ts";
import { FormReader } from "./form.ts";
import { signatureNamespace } from "./signature-form.ts";
import type { XmlElement } from "./xml-reader.ts";
import { type Written, writeXml } from "./xml-writer.ts";

const duisNamespace = "http://www.dccinterface.co.uk/ServiceUserGateway";
const schemaVersion = "5.4";

const duis = new FormReader(duisNamespace);

/** Header and body of `root`, which is to be `name`, in any version 5.x. Its signature is not looked at. */
export function readEnvelope(root: XmlElement, name: "Request" | "Response") {
  const [header, body, signature, more] = root.children;
  expectElement(root, name, root);
  const version = root.attributes.get("schemaVersion") ?? "none";
  if (!/^5\.\d{1,2}$/.test(version)) throw unexpected(root, "schemaVersion 5.x", version, "schemaVersion");
  const parts = {
    header: expectElement(root, "Header", header),
    body: expectElement(root, "Body", body),
  };
  if (more !== undefined) throw unexpected(more, "nothing behind the signature", more.name);
  const isSignature = signature?.namespace === signatureNamespace && signature.name === "Signature";
  if (signature !== undefined && !isSignature) throw unexpected(signature, "ds:Signature", signature.name);
  return parts;
}

/** Unsigned, in the newest version of the schema. */
export function writeEnvelope(name: "Request" | "Response", header: Written, body: Written): string {
  const attributes = { "xmlns:sr": duisNamespace, schemaVersion };
  return writeXml({ name, attributes, content: [header, { name: "Body", content: [body] }] }, "sr");
}

/** Is `element` the one of DUIS with that name? */
export const isDuis = (element: XmlElement | undefined, name: string): boolean =>
  element?.name === name && element.namespace === duisNamespace;

export function expectElement(parent: XmlElement, name: string, element: XmlElement | undefined): XmlElement {
  if (element === undefined) throw unexpected(parent, `${name} of namespace ${duisNamespace}`, "none", name);
  if (isDuis(element, name)) return element;
  const got = `${element.name} of namespace ${element.namespace || "none"}`;
  throw unexpected(element, `${name} of namespace ${duisNamespace}`, got, name);
}

/** The body's one element. */
export function onlyChild(body: XmlElement): XmlElement | undefined {
  const [element, more] = body.children;
  if (more !== undefined) throw unexpected(more, "one element", `${more.name}, too`, "Body");
  return element;
}

/** `interface/element`: names the element and its line. */
export function unexpected(at: XmlElement, expected: string, got: string, element = at.name): CodedError {
  const shown = got.length > 100 ? `${got.slice(0, 100)}...` : got;
  return fault(at, element, `expected ${expected}, got ${shown}`);
}

function fault({ line }: XmlElement, element: string, what: string): CodedError {
  return new CodedError("interface/element", `line ${line}: ${element}: ${what}`, { element, line });
}

/** The form as it was written, and as its schema takes it. Throws `interface/element` for what has no place, or passes a limit. */
export function readForm<T extends z.ZodType>(schema: T, element: XmlElement) {
  const written = duis.read(schema, element);
  const result = schema.safeParse(written);
  if (result.success) return { written, form: result.data as z.output<T> };
  const [issue] = result.error.issues;
  const { at, path, missing } = place(element, issue?.path ?? []);
  const message = issue?.message ?? "expected other content";
  const expected = /\bexpected (.*?)(?:, received .*)?$/s.exec(message)?.[1];
  if (expected === undefined) throw fault(at, path, message);
  throw unexpected(at, expected, missing ? "none" : gotOf(at), path);
}

const gotOf = ({ children, text }: XmlElement): string =>
  children.length === 0 ? JSON.stringify(text.slice(0, 40)) : children.map(({ name }) => name).join(", ");

/** Where in the XML the member of a form stands; its parent where it does not stand at all, or is an attribute. */
function place(root: XmlElement, members: readonly PropertyKey[]) {
  let at = root;
  let path = root.name;
  for (const [i, member] of members.entries()) {
    if (typeof member === "number") continue;
    const index = typeof members[i + 1] === "number" ? (members[i + 1] as number) : 0;
    const child = at.children.filter(({ name }) => name === member)[index];
    path += `.${String(member)}`;
    if (child === undefined) return { at, path, missing: !/^[a-z]/.test(String(member)) };
    at = child;
  }
  return { at, path, missing: false };
}
