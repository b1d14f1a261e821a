/** DUIS's Request, from XML and to it: header, and the body as the typed form of its variant. Its signature is `signature.ts`'s. */
import { z } from "zod";
import { type RequestReference, requests } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { variantsOf } from "../headend/dcc/access.ts";
import {
  type FormRequest,
  type RequestHeader,
  requestIdOf,
  type SignedRequest,
  type UserRequest,
} from "../headend/dcc/messages.ts";
import { base64Binary, certificate, laterTime } from "../headend/requests/duis.ts";
import { alternativeFor, alternativeOf } from "../headend/requests/gas-alternatives.ts";
import type { RequestDefinition } from "../headend/requests/request.ts";
import { type DuisDefinition, definitionOf } from "./bodies.ts";
import {
  expectElement,
  isDuis,
  onlyChild,
  readEnvelope,
  readForm,
  unexpected,
  writeEnvelope,
} from "./duis-elements.ts";
import { writeForm } from "./form.ts";
import { rootOf, type XmlElement } from "./xml-reader.ts";
import type { Written } from "./xml-writer.ts";

/** A service request as its user sent it. */
export type DuisRequest = FormRequest;

const requestId = /^(?:[0-9a-f]{2}-){7}[0-9a-f]{2}:(?:[0-9a-f]{2}-){7}[0-9a-f]{2}:(?:0|[1-9]\d{0,19})$/i;

/**
 * What a user asks, or has signed. `content`: UTF-8; or the document that a signature covers, so that nothing else is read than
 * what was verified. A body of SignedPreCommand is taken as that whatever the command variant: whether that fits
 * the request is for the DCC to answer (`access.ts`), as is who asks. Throws `interface/xml`, `interface/element`
 * and `interface/variant`, each with `data.element` and `data.line`.
 */
export function readUserRequest(content: Uint8Array | string | XmlElement): UserRequest {
  const { header, body } = readEnvelope(rootOf(content), "Request");
  const told = readHeader(header);
  const definition = definitionOf(told.reference, header.line);
  const element = onlyChild(body);
  if (element !== undefined && isDuis(element, signed)) return { ...told, ...readSigned(element) };
  return { ...told, ...readBody(expectElement(body, definition.element, element), definition) };
}

/** Of a request whose body {@link readUserRequest} refuses: who asks what. Throws what that throws. */
export const readRequestHeader = (content: Uint8Array | string | XmlElement): RequestHeader =>
  readHeader(readEnvelope(rootOf(content), "Request").header);

const isSigned = (request: UserRequest): request is SignedRequest => "signedPreCommand" in request;

/** A request that is to be transformed. Throws what {@link readUserRequest} throws, and for a command variant that does not fit. */
export function readDuisRequest(content: Uint8Array | string | XmlElement): DuisRequest {
  const request = readUserRequest(content);
  const { reference, commandVariant } = request;
  const wrong = (element: string, expected: string): CodedError => {
    const message = `${element}: expected ${expected}, got ${commandVariant}`;
    return new CodedError("interface/element", message, { element });
  };
  if (isSigned(request))
    throw wrong("SignedPreCommand", "a request, not yet signed, of command variant 1 to 4");
  const expected = variantsOf(reference).filter((each) => each < 5 || each > 7);
  if (!expected.includes(commandVariant))
    throw wrong("Header.CommandVariant", `${expected.join(" or ")} for ${reference}`);
  return request;
}

const headerForm = z.strictObject({
  RequestID: z.string(),
  FirstInSequence: z.boolean().optional(),
  PrecedingServiceRequestID: z.string().optional(),
  CommandVariant: z.int().min(1).max(9),
  ServiceReference: z.string(),
  ServiceReferenceVariant: z.string(),
});

function readHeader(header: XmlElement): RequestHeader {
  const { form } = readForm(headerForm, header);
  const { ServiceReference, ServiceReferenceVariant: reference } = form;
  const { FirstInSequence: firstInSequence, PrecedingServiceRequestID: preceding } = form;
  const major = majorOf(reference);
  if (ServiceReference !== major)
    throw unexpected(header, `${major} of variant ${reference}`, ServiceReference, "Header.ServiceReference");
  if (preceding !== undefined) idOf(header, "PrecedingServiceRequestID", preceding);
  return {
    ...idOf(header, "RequestID", form.RequestID),
    ...(firstInSequence !== undefined && { firstInSequence }),
    ...(preceding !== undefined && { preceding }),
    commandVariant: form.CommandVariant,
    reference,
  };
}

const majorOf = (variant: string): string => variant.split(".").slice(0, 2).join(".");

function idOf(header: XmlElement, name: string, text: string) {
  const [originator = "", target = "", counter = ""] = text.split(":");
  if (!requestId.test(text) || BigInt(counter) >= 1n << 64n)
    throw unexpected(header, "ORIGINATOR:TARGET:COUNTER, EUIs of 8 hex pairs", text, `Header.${name}`);
  const digits = (id: string): Eui64 => id.replaceAll("-", "").toUpperCase();
  return { originator: digits(originator), target: digits(target), counter: BigInt(counter) };
}

const held = "ExecutionDateTime";
const shown = "KAPublicSecurityCredentials";
const signed = "SignedPreCommand";

const signedForm = z.strictObject({
  [held]: laterTime.optional(),
  GBCSPayload: base64Binary(1, 0xffff),
});

function readSigned(element: XmlElement): Omit<SignedRequest, keyof RequestHeader> {
  const { GBCSPayload: signedPreCommand, ExecutionDateTime: heldUntilS } = readForm(signedForm, element).form;
  return { signedPreCommand, ...(heldUntilS !== undefined && { heldUntilS }) };
}

function readBody(element: XmlElement, definition: DuisDefinition): Omit<FormRequest, keyof RequestHeader> {
  const { form } = alternativeFor(definition.reference, element) ?? definition;
  const { left, heldUntilS, agreementCertificate } = dccPart(element, definition);
  return {
    parameters: readForm(form, left).written as FormRequest["parameters"],
    ...(heldUntilS !== undefined && { heldUntilS }),
    ...(agreementCertificate && { agreementCertificate }),
  };
}

/** Of opting out the DCC is told when. */
const mustBeHeld = "8.5";

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
  const time = isHeld(definition) && isDuis(children[0], held) ? children.shift() : undefined;
  if (definition.reference === mustBeHeld && time === undefined)
    throw unexpected(element, `element ${held}`, "none", `${element.name}.${held}`);
  const last = isShown(definition) && isDuis(children.at(-1), shown) ? children.pop() : undefined;
  return {
    left: { ...element, children },
    heldUntilS: time && readForm(laterTime, time).form,
    agreementCertificate: last && readForm(certificate, last).form,
  };
}

/** `request` as XML, unsigned, in the newest version of the schema. */
export function writeUserRequest(request: UserRequest): string {
  const { reference } = request;
  const header = writeForm(headerForm, "Header", {
    RequestID: requestIdOf(request),
    FirstInSequence: request.firstInSequence,
    PrecedingServiceRequestID: request.preceding,
    CommandVariant: request.commandVariant,
    ServiceReference: majorOf(reference),
    ServiceReferenceVariant: reference,
  });
  const body = isSigned(request)
    ? { name: signed, content: [...timeOf(request), base64Of("GBCSPayload", request.signedPreCommand)] }
    : writeBody(request);
  return writeEnvelope("Request", header, body);
}

function writeBody(request: FormRequest): Written {
  const { reference, parameters, agreementCertificate: shownOne } = request;
  const { form: own, element } = definitionOf(reference);
  const form = writeForm(alternativeOf(reference, parameters)?.form ?? own, element, parameters);
  const credentials = shownOne === undefined ? [] : [base64Of(shown, shownOne)];
  const content = [...timeOf(request), ...(form.content as readonly Written[]), ...credentials];
  return { ...form, content };
}

const timeOf = ({ heldUntilS }: UserRequest): Written[] =>
  heldUntilS === undefined ? [] : [writeForm(laterTime, held, heldUntilS)];

const base64Of = (name: string, octets: Uint8Array): Written => ({
  name,
  content: Buffer.from(octets).toString("base64"),
});
