/**
 * Canonical XML without comments, from the one tree that requests are read from: inclusive 1.0 of a whole document, and
 * exclusive 1.0 of one element. The reader has refused what would make more of it: document types, CDATA, instructions.
 */
import { CodedError } from "../../hal/base/coded-error.ts";
import type { XmlAttribute, XmlElement } from "./xml-reader.ts";

/** Namespaces by prefix ("" the default one), as the output has declared them so far. */
type Declared = ReadonlyMap<string, string>;
/** Which namespaces an element declares in the output. */
type Declares = (element: XmlElement, declared: Declared) => readonly (readonly [string, string])[];

const none: Declared = new Map([["", ""]]);

/** https://www.w3.org/TR/xml-c14n of the document with this root, as if `without`, one of its elements, were not there. */
export const inclusive = (root: XmlElement, without?: XmlElement): string =>
  written(root, none, declarations, without);

/** https://www.w3.org/TR/xml-exc-c14n of `element` and what is in it, with no list of further prefixes. */
export const exclusive = (element: XmlElement): string => written(element, none, used);

function written(element: XmlElement, above: Declared, declares: Declares, without?: XmlElement): string {
  const own = declares(element, above).filter(
    ([prefix, uri]) => prefix !== "xml" && above.get(prefix) !== uri,
  );
  const declared = own.length === 0 ? above : new Map([...above, ...own]);
  const { prefix, content } = element.written;
  const name = qualified(prefix, element.name);
  const inner = content.map((each) => {
    if (typeof each === "string") return inText(each);
    return each === without ? "" : written(each, declared, declares, without);
  });
  return `<${name}${namespaces(own)}${attributes(element)}>${inner.join("")}</${name}>`;
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

/** By code points, which strings of UTF-16 are not sorted by. */
const inOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

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
