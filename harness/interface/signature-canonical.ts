/**
 * Canonical XML without comments, from the one tree that requests are read from: inclusive 1.0 of a whole document, and
 * exclusive 1.0 of one element. The reader has refused what would make more of it: document types, CDATA, instructions.
 */
import { CodedError } from "../../hal/base/coded-error.ts";
import type { XmlAttribute, XmlElement } from "./xml-reader.ts";

/** Namespaces that an element may declare, by prefix ("" the default one): those that are not in force are declared. */
type Declares = (element: XmlElement) => readonly (readonly [prefix: string, uri: string])[];

/** https://www.w3.org/TR/xml-c14n of the document with this root, as if `without`, one of its elements, were not there. */
export const inclusive = (root: XmlElement, without?: XmlElement): string =>
  new Output(declarations, without).of(root);

/** https://www.w3.org/TR/xml-exc-c14n of `element` and what is in it, with no list of further prefixes. */
export const exclusive = (element: XmlElement): string => new Output(used).of(element);

class Output {
  readonly #declares: Declares;
  readonly #without: XmlElement | undefined;
  /** In force where the output stands: set on the way into an element, and put back on the way out. */
  readonly #inForce = new Map<string, string | undefined>([["", ""]]);
  readonly #parts: string[] = [];

  constructor(declares: Declares, without?: XmlElement) {
    this.#declares = declares;
    this.#without = without;
  }

  of(element: XmlElement): string {
    this.#write(element);
    return this.#parts.join("");
  }

  #write(element: XmlElement): void {
    const own = this.#declares(element).filter(
      ([prefix, uri]) => prefix !== "xml" && this.#inForce.get(prefix) !== uri,
    );
    const before = own.map(([prefix]) => [prefix, this.#inForce.get(prefix)] as const);
    for (const [prefix, uri] of own) this.#inForce.set(prefix, uri);
    const { prefix, content } = element.written;
    const name = qualified(prefix, element.name);
    this.#parts.push(`<${name}${namespaces(own)}${attributes(element)}>`);
    for (const each of content) {
      if (typeof each === "string") this.#parts.push(inText(each));
      else if (each !== this.#without) this.#write(each);
    }
    this.#parts.push(`</${name}>`);
    for (const [prefix, uri] of before) this.#inForce.set(prefix, uri);
  }
}

/** Those that it declares itself: what all above it declared is in the output already. */
const declarations: Declares = (element) =>
  element.written.attributes
    .filter(isDeclaration)
    .map(({ prefix, local, value }) => [prefix === "" ? "" : local, absolute(value, element)] as const);

/** Those of its name and of its attributes' names. */
const used: Declares = (element) => {
  const prefixed = element.written.attributes.filter((each) => each.prefix !== "" && !isDeclaration(each));
  const pairs = prefixed.map(({ prefix, uri }) => [prefix, absolute(uri, element)] as const);
  return [...new Map([...pairs, [element.written.prefix, absolute(element.namespace, element)] as const])];
};

const isDeclaration = ({ prefix, local }: XmlAttribute): boolean =>
  prefix === "xmlns" || (prefix === "" && local === "xmlns");

/** Both recommendations refuse a relative URI; the reader does not see white space around one. */
function absolute(uri: string, { line, name }: XmlElement): string {
  if (uri === "" || /^[a-z][a-z\d+.-]*:[!-~]*$/i.test(uri)) return uri;
  throw new CodedError(
    "interface/signature",
    `line ${line}: ${name}: expected absolute URIs of namespaces, got ${JSON.stringify(uri.slice(0, 40))}: no signature covers it`,
    { reason: "namespace", element: name, line },
  );
}

const qualified = (prefix: string, local: string): string => (prefix === "" ? local : `${prefix}:${local}`);

const namespaces = (pairs: readonly (readonly [string, string])[]): string =>
  [...pairs]
    .sort(([a], [b]) => inOrder(a, b))
    .map(
      ([prefix, uri]) => ` ${qualified(prefix === "" ? "" : "xmlns", prefix || "xmlns")}="${inValue(uri)}"`,
    )
    .join("");

const attributes = ({ written }: XmlElement): string =>
  written.attributes
    .filter((attribute) => !isDeclaration(attribute))
    .sort((a, b) => inOrder(a.uri, b.uri) || inOrder(a.local, b.local))
    .map(({ prefix, local, value }) => ` ${qualified(prefix, local)}="${inValue(value)}"`)
    .join("");

/** By code points, as UTF-8 is sorted; strings are by halves of surrogate pairs. */
function inOrder(a: string, b: string): number {
  if (a === b) return 0;
  if (/[\ud800-\udfff]/.test(a + b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};
const inText = (text: string): string => text.replace(/[&<>\r]/g, (char) => references[char] as string);
const inValue = (text: string): string => text.replace(/[&<"\t\n\r]/g, (char) => references[char] as string);
