/** DUIS's Request, from XML and to it: header, and the body as the typed form of its variant. Its signature is `signature.ts`'s. */
import { z } from "zod";
import { type RequestReference, requests } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { type FormRequest, requestIdOf } from "../headend/dcc/messages.ts";
import { certificate, executionDateTime } from "../headend/requests/duis.ts";
import type { RequestDefinition } from "../headend/requests/request.ts";
import { definitionOf, elementOf } from "./bodies.ts";
import { FormReader, writeForm } from "./form.ts";
import { signatureNamespace } from "./signature-form.ts";
import { readXml, type XmlElement } from "./xml-reader.ts";
import { type Written, writeXml } from "./xml-writer.ts";

const duisNamespace = "http://www.dccinterface.co.uk/ServiceUserGateway";
const schemaVersion = "5.4";

/** A service request as its user sent it. */
export type DuisRequest = FormRequest;

const duis = new FormReader(duisNamespace);
const requestId = /^(?:[0-9a-f]{2}-){7}[0-9a-f]{2}:(?:[0-9a-f]{2}-){7}[0-9a-f]{2}:(?:0|[1-9]\d{0,19})$/i;

/**
 * `content`: UTF-8; or the document that a signature covers, so that nothing else is read than what was verified. Throws
 * `interface/xml`, `interface/element` and `interface/variant`, each naming the element and its line.
 */
export function readDuisRequest(content: Uint8Array | string | XmlElement): DuisRequest {
  const root = typeof content === "string" || content instanceof Uint8Array ? readXml(content) : content;
  const [header, body, signature, more] = root.children;
  expectElement(root, "Request", root);
  const version = root.attributes.get("schemaVersion") ?? "none";
  if (!/^5\.\d{1,2}$/.test(version)) throw unexpected(root, "schemaVersion 5.x", version, "schemaVersion");
  const told = readHeader(expectElement(root, "Header", header));
  const bodyElement = expectElement(root, "Body", body);
  if (more !== undefined) throw unexpected(more, "nothing behind the signature", more.name);
  const isSignature = signature?.namespace === signatureNamespace && signature.name === "Signature";
  if (signature !== undefined && !isSignature) throw unexpected(signature, "ds:Signature", signature.name);
  return { ...told, ...readBody(bodyElement, told) };
}

function expectElement(parent: XmlElement, name: string, element: XmlElement | undefined): XmlElement {
  if (element?.name === name && element.namespace === duisNamespace) return element;
  const got = element === undefined ? "none" : `${element.name} of namespace ${element.namespace || "none"}`;
  throw unexpected(element ?? parent, `${name} of namespace ${duisNamespace}`, got, name);
}

function unexpected(at: XmlElement, expected: string, got: string, element = at.name): CodedError {
  const shown = got.length > 100 ? `${got.slice(0, 100)}...` : got;
  return new CodedError(
    "interface/element",
    `line ${at.line}: ${element}: expected ${expected}, got ${shown}`,
    {
      element,
      line: at.line,
    },
  );
}

const headerForm = z.strictObject({
  RequestID: z.string(),
  FirstInSequence: z.boolean().optional(),
  PrecedingServiceRequestID: z.string().optional(),
  CommandVariant: z.number(),
  ServiceReference: z.string(),
  ServiceReferenceVariant: z.string(),
});

type Header = Omit<DuisRequest, "parameters" | "heldUntilS" | "agreementCertificate">;

function readHeader(header: XmlElement): Header {
  const form = duis.read(headerForm, header) as Partial<z.output<typeof headerForm>>;
  const required = (name: keyof typeof form): string => {
    if (form[name] === undefined) throw unexpected(header, `element ${name}`, "none", `Header.${name}`);
    return String(form[name]);
  };
  const id = idOf(header, "RequestID", required("RequestID"));
  const commandVariant = Number(required("CommandVariant"));
  if (!Number.isInteger(commandVariant) || commandVariant < 1 || commandVariant > 8)
    throw unexpected(header, "1 to 8", String(commandVariant), "Header.CommandVariant");
  const [reference, variant] = [required("ServiceReference"), required("ServiceReferenceVariant")];
  if (elementOf(variant) === undefined) definitionOf(variant);
  const major = variant.split(".").slice(0, 2).join(".");
  if (reference !== major)
    throw unexpected(header, `${major} of variant ${variant}`, reference, "Header.ServiceReference");
  const { FirstInSequence: firstInSequence, PrecedingServiceRequestID: preceding } = form;
  if (preceding !== undefined) idOf(header, "PrecedingServiceRequestID", preceding);
  return {
    ...id,
    ...(firstInSequence !== undefined && { firstInSequence }),
    ...(preceding !== undefined && { preceding }),
    commandVariant,
    reference: variant,
  };
}

function idOf(header: XmlElement, name: string, text: string) {
  const [originator = "", target = "", counter = ""] = text.split(":");
  if (!requestId.test(text) || BigInt(counter) >= 1n << 64n)
    throw unexpected(header, "ORIGINATOR:TARGET:COUNTER, EUIs of 8 hex pairs", text, `Header.${name}`);
  const digits = (id: string): Eui64 => id.replaceAll("-", "").toUpperCase();
  return { originator: digits(originator), target: digits(target), counter: BigInt(counter) };
}

type Body = Pick<DuisRequest, "parameters" | "heldUntilS" | "agreementCertificate">;

function readBody(body: XmlElement, { reference, commandVariant }: Header): Body {
  const [element, more] = body.children;
  if (more !== undefined) throw unexpected(more, "one element", `${more.name}, too`, "Body");
  const name = commandVariant >= 5 && commandVariant <= 7 ? "SignedPreCommand" : elementOf(reference);
  const found = expectElement(body, name as string, element);
  if (name === "SignedPreCommand")
    throw unexpected(found, "a request, not yet signed", `command variant ${commandVariant}`, name);
  const definition = definitionOf(reference);
  expectVariant(body, definition, commandVariant);
  refuseGas(found, definition);
  const { left, heldUntilS, agreementCertificate } = dccPart(found, definition);
  const parameters = duis.read(definition.form, left) as Body["parameters"];
  return {
    parameters,
    ...(heldUntilS !== undefined && { heldUntilS }),
    ...(agreementCertificate && { agreementCertificate }),
  };
}

/** Elements that stand for those of an electricity meter, where the target is a gas device. */
const forGas = /^(Gas[A-Z]|UpdatePrepayConfigGas$|ImportMPRN$)/;

function refuseGas(element: XmlElement, { reference }: RequestDefinition): void {
  const found = [...element.children, ...element.children.flatMap(({ children }) => children)].find(
    ({ name }) => forGas.test(name),
  );
  if (found === undefined) return;
  const { line, name } = found;
  throw new CodedError(
    "interface/device",
    `line ${line}: ${name}: service request ${reference} is for a gas device here: no such device here`,
    { element: name, line },
  );
}

/** Critical requests are transformed (4); others are sent, returned, or both (1 to 3). */
function expectVariant(body: XmlElement, { critical, reference }: RequestDefinition, variant: number): void {
  const expected = critical || reference === "8.1.1" ? [4] : reference === "8.5" ? [1] : [1, 2, 3];
  if (!expected.includes(variant))
    throw unexpected(
      body,
      `${expected.join(" or ")} for ${reference}`,
      String(variant),
      "Header.CommandVariant",
    );
}

const held = "ExecutionDateTime";
const shown = "KAPublicSecurityCredentials";

/** Does the DCC keep the request until its time? */
function isHeld({ reference }: RequestDefinition): boolean {
  const { futureDated } = requests[reference as RequestReference] as { futureDated: readonly string[] };
  return futureDated.includes("dcc") && !futureDated.includes("device");
}

/** Reads that users unknown to the device may ask for: of logs, and what they are answered is hidden. */
const isShown = ({ form }: RequestDefinition): boolean =>
  form instanceof z.ZodObject && "ReadLogPeriod" in form.shape;

/** What is for the DCC alone, and the rest. */
function dccPart(element: XmlElement, definition: RequestDefinition) {
  const children = [...element.children];
  const ours = (child: XmlElement | undefined, name: string): boolean =>
    child?.name === name && child.namespace === duisNamespace;
  const time = isHeld(definition) && ours(children[0], held) ? children.shift() : undefined;
  const last = isShown(definition) && ours(children.at(-1), shown) ? children.pop() : undefined;
  return {
    left: { ...element, children },
    heldUntilS: time && checked(executionDateTime, time),
    agreementCertificate: last && checked(certificate, last),
  };
}

function checked<T extends z.ZodType>(schema: T, element: XmlElement): z.output<T> {
  const result = schema.safeParse(duis.read(schema, element));
  if (result.success) return result.data;
  throw unexpected(
    element,
    result.error.issues[0]?.message ?? "another",
    JSON.stringify(element.text.slice(0, 40)),
  );
}

/** `request` as XML, unsigned, in the newest version of the schema. */
export function writeDuisRequest(request: DuisRequest): string {
  const { reference, parameters, heldUntilS, agreementCertificate } = request;
  const definition = definitionOf(reference);
  const header = writeForm(headerForm, "Header", {
    RequestID: requestIdOf(request),
    FirstInSequence: request.firstInSequence,
    PrecedingServiceRequestID: request.preceding,
    CommandVariant: request.commandVariant,
    ServiceReference: reference.split(".").slice(0, 2).join("."),
    ServiceReferenceVariant: reference,
  });
  const form = writeForm(definition.form, definition.element as string, parameters);
  const time = heldUntilS && { name: held, content: new Date(heldUntilS * 1000).toISOString() };
  const credentials = agreementCertificate && {
    name: shown,
    content: Buffer.from(agreementCertificate).toString("base64"),
  };
  const inner = [time, ...(form.content as readonly Written[]), credentials].filter((each) => !!each);
  const body = { name: "Body", content: [{ ...form, content: inner }] };
  const root = {
    name: "Request",
    attributes: { "xmlns:sr": duisNamespace, schemaVersion },
    content: [header, body],
  };
  return writeXml(root, "sr");
}
