/** An opened message in the MMC output format (schema 5.4), and an account of its values. */
import { type RequestReference, requests, type UseCase } from "../../../firmware/model/index.ts";
import { hiddenPayload } from "../../../firmware/wire/gbcs/payloads.ts";
import { Kind } from "../../../firmware/wire/message.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { alertMeaning } from "../../headend/alert-codes.ts";
import { elementOf } from "../bodies.ts";
import { type Written, writeXml } from "../xml-writer.ts";
import { alertPayloads } from "./alerts.ts";
import { debugOf, isSuccess } from "./debug.ts";
import { Found, type LeftOut } from "./found.ts";
import { headerOf } from "./header.ts";
import type { OpenedMessage } from "./open.ts";
import { responseElement } from "./responses.ts";
import { code, dateTime, meaning } from "./words.ts";

const namespace = "http://www.dccinterface.co.uk/ResponseAndAlert";
const schemaVersion = "5.4";

/** What a message says in the MMC output format. */
export interface Parsed {
  readonly kind: "response" | "alert";
  /** E.g. "ECS45". */
  readonly useCase: string;
  /** Service reference variant of the request that a response answers, e.g. "7.4"; of several the first. */
  readonly reference?: string;
  /** Other requests that become the same use case: the message does not tell them apart. */
  readonly alternatives?: readonly string[];
  /** Of a response: every operation succeeded. */
  readonly success?: boolean;
  /** Hidden values that no key given opened: they stand in GBCSData. */
  readonly encrypted: boolean;
  /** How many single values stand in elements of their own. */
  readonly placed: number;
  /** Single values that the format says without an element, and how. */
  readonly implied: readonly LeftOut[];
  /** Single values that have no element: they stand in GBCSData, as octets. */
  readonly leftOut: readonly LeftOut[];
  readonly xml: string;
}

/** `reference`: which request a response answers, where that is known. Throws `mmc/reference`. */
export function render(message: OpenedMessage, reference?: string): Parsed {
  const isAlert = message.envelope.header.kind === Kind.alert;
  const found = new Found(message.values);
  const [first, ...alternatives] = isAlert ? [] : referencesOf(message, reference);
  if (reference !== undefined && first === undefined && !isAlert) throw wrongReference(message, reference);
  const body = isAlert ? alertOf(message, found) : responseOf(message, found, first);
  const account = found.account();
  const data = dataOf(message, account.leftOut);
  const content = [{ ...body, content: [...data, ...(body.content as readonly Written[])] }];
  const told = alternatives.length === 0 ? first : undefined;
  const root = {
    name: "GBCSResponse",
    attributes: { "xmlns:ra": namespace, schemaVersion },
    content: [headerOf(message.envelope, told), { name: "Body", content }],
  };
  return {
    kind: isAlert ? "alert" : "response",
    useCase: message.row.id,
    ...(first !== undefined && { reference: first }),
    ...(alternatives.length > 0 && { alternatives }),
    ...(!isAlert && { success: isSuccess(message) }),
    encrypted: message.sealed !== undefined,
    ...account,
    xml: writeXml(root, "ra"),
  };
}

function wrongReference(message: OpenedMessage, reference: string): CodedError {
  const expected = referencesOf(message, undefined).join(" or ") || "none";
  const text = `reference: expected ${expected}, which become ${message.row.id}; got ${reference}`;
  return new CodedError("mmc/reference", text, { reference });
}

/**
 * The requests that become a use case. Of several those count that are as critical as the answer is protected: answers to
 * critical requests are signed.
 */
function referencesOf({ row, envelope }: OpenedMessage, told: string | undefined): readonly string[] {
  const all: readonly RequestReference[] = known.filter((reference) =>
    (requests[reference].useCases as readonly string[]).includes(row.id),
  );
  if (told !== undefined) return all.filter((reference) => reference === told);
  const isSigned = envelope.protection !== "mac";
  const alike = all.filter((reference) => requests[reference].critical === isSigned);
  return alike.length > 0 ? alike : all;
}

const known = Object.keys(requests) as RequestReference[];

/** What no request of DUIS becomes, but an element has the values of: trust anchors, replaced by others than users. */
const unasked = (row: UseCase): string | undefined =>
  row.steps.some(({ path }) => path === "credentials.replace") ? "6.15.1" : undefined;

function responseOf(message: OpenedMessage, found: Found, reference: string | undefined): Written {
  const variant = reference ?? unasked(message.row);
  const debug = debugOf(message.outcomes);
  if (variant === undefined || elementOf(variant) === undefined)
    return { name: "ResponseMessage", content: debug };
  const { name, parts } = responseElement(variant, message.row.id);
  const content = parts.flatMap((part) => part(found));
  const answer = { name, attributes: { MessageSuccess: String(isSuccess(message)) }, content };
  return { name: "ResponseMessage", content: [{ name: "SMETSData", content: [answer] }, ...debug] };
}

/** Without a time there is no content: the schema wants one. */
function alertOf({ alert, row }: OpenedMessage, found: Found): Written {
  const { code: alertCode = 0, timeS = 0 } = alert ?? {};
  const timestamp = dateTime(timeS);
  if (timestamp === undefined) return { name: "DeviceAlertMessage", content: [] };
  const payload = alertPayloads[row.id]?.(found) ?? [];
  const content = [
    { name: "GBCSHexAlertCode", content: code(alertCode) as string },
    { name: "AlertDescription", content: meaning(alertCode) ?? alertMeaning(alertCode) },
    { name: "Timestamp", content: timestamp },
    ...(payload.length > 0 ? [{ name: "Payload", content: payload }] : []),
  ];
  return { name: "DeviceAlertMessage", content: [{ name: "DeviceAlertContent", content }] };
}

/** Hidden values as they are; values without an element, with all that stands beside them. */
function dataOf(message: OpenedMessage, leftOut: readonly LeftOut[]): Written[] {
  const { sealed, row, alert } = message;
  const name = row.steps.map(({ path }) => path).join(" ") || row.id;
  if (sealed !== undefined) return [gbcsData(name, sealed, "encrypted", "dlms")];
  const timeless = alert !== undefined && dateTime(alert.timeS) === undefined;
  if (leftOut.length === 0 && !timeless) return [];
  return [gbcsData(name, clear(message), "plain", row.payload === "dlms" ? "dlms" : "gbcs")];
}

/** The payload; where it hid values, they in its place. */
function clear({ envelope, unsealed }: OpenedMessage): Uint8Array {
  const opened = unsealed && hiddenPayload.write(envelope.header, unsealed);
  return opened ?? envelope.payload;
}

const gbcsData = (name: string, octets: Uint8Array, format: string, type: string): Written => ({
  name: "GBCSData",
  attributes: { format, sequence: "0", name, type },
  content: Buffer.from(octets).toString("base64"),
});
