/**
 * ds:Signature as it stands in messages of the DCC and its users: one form, whole. Algorithms, reference, transforms and the way
 * its key is named are constants; whatever else XML signatures may say is refused, so that nothing is left to mean something.
 */
import { CodedError, withoutStack } from "../../hal/base/coded-error.ts";
import type { XmlElement } from "./xml-reader.ts";
import { type Written, writeElement } from "./xml-writer.ts";

export const signatureNamespace = "http://www.w3.org/2000/09/xmldsig#";

const algorithms = {
  CanonicalizationMethod: "http://www.w3.org/2001/10/xml-exc-c14n#",
  SignatureMethod: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
  Transform: `${signatureNamespace}enveloped-signature`,
  DigestMethod: "http://www.w3.org/2001/04/xmlenc#sha256",
} as const;

/** What is wrong with a signature: `data.reason` of `interface/signature`. */
export type SignatureReason =
  | "absent"
  | "more-than-one"
  | "wrong-place"
  | "form"
  | "algorithm"
  | "reference"
  | "transforms"
  | "encoding"
  | "unknown-serial"
  | "issuer"
  | "digest"
  | "value"
  | "namespace";

/** What a signature says. */
export interface SignatureForm {
  readonly signedInfo: XmlElement;
  /** 32 bytes. */
  readonly digest: Buffer;
  /** r ‖ s, 64 bytes. */
  readonly value: Buffer;
  /** As it stands, e.g. `CN=Z1,OU=07`. */
  readonly issuer: string;
  readonly serial: bigint;
}

/** The one signature of a message: last in its root, and nowhere else. Throws `interface/signature`. */
export function signatureOf(root: XmlElement): XmlElement {
  const [found, more] = signaturesIn(root);
  if (found === undefined) throw wrong("absent", root, "a ds:Signature as last element", "none: sign it");
  if (more !== undefined) throw wrong("more-than-one", more, "one ds:Signature", "another");
  if (root.children.at(-1) === found) return found;
  throw wrong("wrong-place", found, `it as last element of ${root.name}`, "it elsewhere");
}

/** Wherever they stand. */
export const signaturesIn = (element: XmlElement): XmlElement[] => [
  ...(isDs(element, "Signature") ? [element] : []),
  ...element.children.flatMap(signaturesIn),
];

const isDs = (element: XmlElement | undefined, name: string): boolean =>
  element?.namespace === signatureNamespace && element.name === name;

/** Throws `interface/signature`, with `data.reason`. */
export function readSignature(signature: XmlElement): SignatureForm {
  const [signedInfo, value, keyInfo] = childrenOf(signature, ["SignedInfo", "SignatureValue", "KeyInfo"]);
  const [canonical, method, reference] = childrenOf(signedInfo, [
    "CanonicalizationMethod",
    "SignatureMethod",
    "Reference",
  ]);
  expectAlgorithm(canonical, "CanonicalizationMethod");
  expectAlgorithm(method, "SignatureMethod");
  const [x509Data] = childrenOf(keyInfo, ["X509Data"]);
  const [issuerSerial] = childrenOf(x509Data, ["X509IssuerSerial"]);
  const [issuer, serial] = childrenOf(issuerSerial, ["X509IssuerName", "X509SerialNumber"]);
  return {
    signedInfo,
    digest: readReference(reference),
    value: base64(value, 64),
    issuer: textOf(issuer, /^[\s\S]{1,256}$/, "a name of at most 256 characters"),
    serial: BigInt(textOf(serial, /^(?:0|[1-9]\d{0,48})$/, "a decimal number")),
  };
}

/** Its digest, 32 bytes. */
function readReference(reference: XmlElement): Buffer {
  const uri = reference.attributes.get("URI");
  if (uri !== "") throw wrong("reference", reference, 'URI="", the document', quoted(uri));
  const [transforms, method, digest] = childrenOf(
    reference,
    ["Transforms", "DigestMethod", "DigestValue"],
    ["URI"],
  );
  if (transforms.children.length !== 1)
    throw wrong("transforms", transforms, "one Transform", `${transforms.children.length}`);
  const [transform] = childrenOf(transforms, ["Transform"]);
  expectAlgorithm(transform, "Transform", "transforms");
  expectAlgorithm(method, "DigestMethod");
  return base64(digest, 32);
}

type Found<Names extends readonly string[]> = { readonly [Index in keyof Names]: XmlElement };

/** Its elements: exactly those, and no attributes but those. */
function childrenOf<const Names extends readonly string[]>(
  element: XmlElement,
  names: Names,
  attributes: readonly string[] = [],
): Found<Names> {
  expectAttributes(element, attributes);
  const { children } = element;
  const at = names.findIndex((name, index) => !isDs(children[index], name));
  if (at >= 0) throw wrong("form", children[at] ?? element, `ds:${names[at]}`, nameOf(children[at]));
  const more = children[names.length];
  if (more !== undefined) throw wrong("form", more, `no more in ds:${element.name}`, nameOf(more));
  return children as unknown as Found<Names>;
}

const nameOf = (element: XmlElement | undefined): string =>
  element === undefined ? "none" : `${element.name} of namespace ${quoted(element.namespace)}`;

/** Declarations of namespaces may stand anywhere. */
function expectAttributes(element: XmlElement, expected: readonly string[]): void {
  const other = element.written.attributes.find(
    ({ prefix, local }) =>
      prefix !== "xmlns" && !(prefix === "" && (local === "xmlns" || expected.includes(local))),
  );
  if (other !== undefined)
    throw wrong("form", element, `attributes: ${expected.join(", ") || "none"}`, quoted(other.local));
}

function expectAlgorithm(
  element: XmlElement,
  name: keyof typeof algorithms,
  reason: SignatureReason = "algorithm",
): void {
  const got = element.attributes.get("Algorithm");
  if (got !== algorithms[name]) throw wrong(reason, element, algorithms[name], quoted(got));
  childrenOf(element, [], ["Algorithm"]);
  if (element.text.trim() !== "") throw wrong("form", element, "no text", quoted(element.text));
}

function textOf(element: XmlElement, form: RegExp, expected: string): string {
  childrenOf(element, []);
  const text = element.text.trim();
  if (!form.test(text)) throw wrong("form", element, expected, quoted(text));
  return text;
}

/** White space may stand anywhere, as Java's line breaks do; else the one way to write these bytes. */
function base64(element: XmlElement, bytes: number): Buffer {
  childrenOf(element, []);
  const text = element.text.replace(/[ \t\r\n]/g, "");
  const value = Buffer.from(text, "base64");
  if (value.length === bytes && value.toString("base64") === text) return value;
  throw wrong("encoding", element, `${bytes} bytes in base64`, quoted(text));
}

const quoted = (text: string | undefined): string =>
  text === undefined ? "none" : JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);

/** `interface/signature`, naming line, element, what was expected and got. */
export function wrong(
  reason: SignatureReason,
  { line, name }: XmlElement,
  expected: string,
  got: string,
): CodedError {
  const message = `line ${line}: ${name}: expected ${expected}, got ${got}`;
  return withoutStack(() => new CodedError("interface/signature", message, { reason, element: name, line }));
}

/** Its text, without white space. */
export function writeSignature(form: Omit<SignatureForm, "signedInfo">): string {
  const { digest, value, issuer, serial } = form;
  const of = (name: string, ...content: Written[]): Written => ({ name, content });
  const text = (name: string, content: string): Written => ({ name, content });
  const method = (name: keyof typeof algorithms): Written => ({
    name,
    attributes: { Algorithm: algorithms[name] },
    content: "",
  });
  const reference = of(
    "Reference",
    of("Transforms", method("Transform")),
    method("DigestMethod"),
    text("DigestValue", digest.toString("base64")),
  );
  const key = of("X509IssuerSerial", text("X509IssuerName", issuer), text("X509SerialNumber", `${serial}`));
  const signature = of(
    "Signature",
    of("SignedInfo", method("CanonicalizationMethod"), method("SignatureMethod"), {
      ...reference,
      attributes: { URI: "" },
    }),
    text("SignatureValue", value.toString("base64")),
    of("KeyInfo", of("X509Data", key)),
  );
  return writeElement({ ...signature, attributes: { "xmlns:ds": signatureNamespace } }, "ds");
}
