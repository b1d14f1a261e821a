/** DUIS's Response, to XML and from it. Its signature is not made or looked at here. */
import type { z } from "zod";
import { CodedError } from "../../hal/base/coded-error.ts";
import type { DccMessage, ResponseBody } from "../headend/dcc/messages.ts";
import { responseBody, responseHeader } from "../headend/dcc/responses.ts";
import { onlyChild, readEnvelope, readForm, unexpected, writeEnvelope } from "./duis-elements.ts";
import { writeForm } from "./form.ts";
import { rootOf, type XmlElement } from "./xml-reader.ts";

/**
 * `message` as XML, unsigned, without white space between elements, in schema version 5.4. Throws `interface/response`, naming
 * what no Response may say.
 */
export function writeResponse(message: DccMessage): string {
  const { requestId, responseId, code, timeMs, body } = message;
  const header = checked(responseHeader, {
    RequestID: requestId,
    ResponseID: responseId,
    ResponseCode: code,
    ResponseDateTime: new Date(timeMs).toISOString(),
  });
  checked(responseBody, body);
  const [written] = writeForm(responseBody, "Body", body).content;
  if (written === undefined || typeof written === "string") throw new Error("a body has one element");
  return writeEnvelope("Response", writeForm(responseHeader, "Header", header), written);
}

function checked<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const element = issue?.path.map(String).join(".") ?? "";
  const message = `${element || "Response"}: ${issue?.message}`;
  throw new CodedError("interface/response", message, { element });
}

/** Throws `interface/xml` and `interface/element`, each with its line. */
export function readResponse(content: Uint8Array | string | XmlElement): DccMessage {
  const { header, body } = readEnvelope(rootOf(content), "Response");
  const told = readForm(responseHeader, header).form;
  if (onlyChild(body) === undefined) throw unexpected(body, "an answer or an alert", "none");
  return {
    ...(told.RequestID !== undefined && { requestId: told.RequestID }),
    ...(told.ResponseID !== undefined && { responseId: told.ResponseID }),
    code: told.ResponseCode,
    timeMs: Date.parse(told.ResponseDateTime),
    body: readForm(responseBody, body).form as ResponseBody,
  };
}
