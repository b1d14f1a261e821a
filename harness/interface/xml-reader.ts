/**
 * XML from strangers, as a tree of elements. No document type, no entities but the five of XML, no processing instructions;
 * bounds on size, depth and counts; every prefix declared. The tokens are saxes's: it takes well-formed XML 1.0 alone.
 */
import { SaxesParser } from "saxes";
import { CodedError } from "../../hal/base/coded-error.ts";

/** Many times what a request that becomes a command needs; those that carry an image are longer. */
export const MAX_XML_BYTES = 400_000;
export const MAX_DEPTH = 24;
export const MAX_ELEMENTS = 10_000;
const MAX_ATTRIBUTES = 16;
const MAX_ALL_ATTRIBUTES = 10_000;
const MAX_NAME_CHARS = 128;

export interface XmlElement {
  readonly namespace: string;
  /** Without prefix. */
  readonly name: string;
  /** By name; those with a prefix, and declarations of namespaces, are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Of an element without elements, as it stands; of others "". */
  readonly text: string;
  readonly children: readonly XmlElement[];
  readonly line: number;
  /** What its canonical form (`signature-canonical.ts`) needs besides. */
  readonly written: AsWritten;
}

/** An element as it was written, but for comments, which are no part of what is signed. */
interface AsWritten {
  readonly prefix: string;
  /** All of them: those with a prefix, and declarations of namespaces, too. */
  readonly attributes: readonly XmlAttribute[];
  /** Text, white space among elements too, and elements, in their order. */
  readonly content: readonly (string | XmlElement)[];
}

export interface XmlAttribute {
  readonly prefix: string;
  /** Without prefix. */
  readonly local: string;
  /** Namespace; "" without prefix. */
  readonly uri: string;
  readonly value: string;
}

interface Open extends XmlElement {
  text: string;
  readonly children: XmlElement[];
  readonly written: AsWritten & { readonly content: (string | XmlElement)[] };
}

/** What costs a parser most, looked for before it begins: each in one pass, and more than any request needs. */
const bounds: readonly (readonly [what: string, found: RegExp, most: number])[] = [
  ["document type (DTD)", /<!D/gi, 0],
  ["processing instruction", /(?<!^)<\?/g, 0],
  ["CDATA section", /<!\[/g, 0],
  ["tag or comment of 4,096 characters", /<[^<>]{4096}/g, 0],
  ["entity or character reference of 16 characters", /&[^;]{16}/g, 0],
  ["tag or comment", /</g, 3 * MAX_ELEMENTS],
  ["entity or character reference", /&/g, 10_000],
  ["line", /\n|\r/g, 30_000],
];

function expectBounded(text: string): void {
  for (const [what, found, most] of bounds) {
    let count = 0;
    found.lastIndex = 0;
    for (let match = found.exec(text); match !== null; match = found.exec(text)) {
      count += 1;
      if (count > most) {
        const line = text.slice(0, match.index).split("\n").length;
        throw fault(
          line,
          most === 0 ? `expected no ${what}: take it out` : `expected at most ${most} of ${what}`,
        );
      }
    }
  }
}

/** The root element of `content` (UTF-8). Throws `interface/xml`, with the line. */
export function readXml(content: Uint8Array | string): XmlElement {
  const size = typeof content === "string" ? Buffer.byteLength(content) : content.length;
  if (size > MAX_XML_BYTES) throw fault(1, `expected at most ${MAX_XML_BYTES} bytes, got ${size}`);
  const text = (typeof content === "string" ? content : utf8(content)).replace(/^\uFEFF/, "");
  // Half a character swallows what stands behind it.
  if (/\p{Cs}/u.test(text)) throw fault(1, "expected Unicode, got half a surrogate pair");
  expectBounded(text);
  return new Reader().read(text);
}

/** Of what may have been read already. */
export const rootOf = (content: Uint8Array | string | XmlElement): XmlElement =>
  typeof content === "string" || content instanceof Uint8Array ? readXml(content) : content;

function utf8(content: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    throw fault(1, "expected UTF-8, got other bytes");
  }
}

const fault = (line: number, message: string): CodedError =>
  new CodedError("interface/xml", `line ${line}: ${message}`, { line });

class Reader {
  readonly #parser = new SaxesParser({ xmlns: true, defaultXMLVersion: "1.0", forceXMLVersion: true });
  readonly #open: Open[] = [];
  #root: XmlElement | undefined;
  #elements = 0;
  #attributes = 0;
  #allAttributes = 0;

  read(text: string): XmlElement {
    const parser = this.#parser;
    parser.on("error", ({ message }) => {
      const what = message
        .replace(/^\d+:\d+: /, "")
        .replace(/\.$/, "")
        .slice(0, 200);
      throw this.#fault(`${what}: expected well-formed XML, such as a service request's`);
    });
    this.#listen();
    parser.write(text);
    this.#expectDeclared();
    parser.close();
    if (this.#root === undefined) throw this.#fault("expected an element, got none");
    return this.#root;
  }

  #expectDeclared(): void {
    const { version = "1.0", encoding = "UTF-8" } = this.#parser.xmlDecl;
    if (version !== "1.0") throw fault(1, `expected XML 1.0, got ${version}`);
    if (!/^utf-8$/i.test(encoding)) throw fault(1, `expected encoding UTF-8, got ${encoding}`);
  }

  /** Five handlers at most: with a sixth V8 keeps the parser as a dictionary, and it takes ten times as long. */
  #listen(): void {
    const parser = this.#parser;
    parser.on("attribute", ({ name }) => {
      this.#attributes += 1;
      this.#allAttributes += 1;
      if (this.#allAttributes > MAX_ALL_ATTRIBUTES)
        throw this.#fault(`expected at most ${MAX_ALL_ATTRIBUTES} attributes in all`);
      if (this.#attributes > MAX_ATTRIBUTES)
        throw this.#fault(`expected at most ${MAX_ATTRIBUTES} attributes, got more`);
      if (name.length > MAX_NAME_CHARS) throw this.#fault("expected a shorter name of an attribute");
    });
    parser.on("opentag", ({ name: whole, prefix, uri, local, attributes }) => {
      this.#count(whole);
      const all = Object.values(attributes);
      const own = all.filter(({ prefix, name }) => prefix === "" && name !== "xmlns");
      this.#open.push({
        namespace: uri,
        name: local,
        attributes: new Map(own.map(({ name, value }) => [name, value])),
        text: "",
        children: [],
        line: parser.line,
        written: { prefix, attributes: all, content: [] },
      });
    });
    parser.on("text", (text) => this.#text(text));
    parser.on("closetag", () => this.#close());
  }

  #count(name: string): void {
    this.#elements += 1;
    this.#attributes = 0;
    if (name.length > MAX_NAME_CHARS) throw this.#fault("expected a shorter name of an element");
    if (this.#elements > MAX_ELEMENTS) throw this.#fault(`expected at most ${MAX_ELEMENTS} elements`);
    if (this.#open.length >= MAX_DEPTH) throw this.#fault(`expected elements at most ${MAX_DEPTH} deep`);
  }

  #text(text: string): void {
    const top = this.#open.at(-1);
    if (top === undefined) return;
    top.text += text;
    top.written.content.push(text);
  }

  #close(): void {
    const closed = this.#open.pop() as Open;
    if (closed.children.length > 0) {
      if (closed.text.trim() !== "")
        throw this.#fault(
          `${closed.name}: expected elements alone, got text: ${JSON.stringify(closed.text.trim().slice(0, 40))}`,
        );
      closed.text = "";
    }
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = closed;
    else {
      parent.children.push(closed);
      parent.written.content.push(closed);
    }
  }

  #fault(message: string): CodedError {
    return fault(this.#parser.line, message);
  }
}
