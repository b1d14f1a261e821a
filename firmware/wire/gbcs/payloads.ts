/**
 * Payloads in typed form, by the row of their message code: DLMS or ASN.1. GBZ payloads are none that a device of
 * this model has: they are refused, as are codes without a row.
 */
import { CodedError } from "../../../hal/base/coded-error.ts";
import { type UseCase, useCaseByCode, type ValueType } from "../../model/index.ts";
import {
  type Alert,
  type Command,
  type Header,
  Kind,
  type Message,
  type Operation,
  type OperationResult,
  type Response,
  Status,
  UNSET_TIME,
  type Value,
} from "../message.ts";
import type { Hiding } from "../suite.ts";
import * as asn1 from "./asn1/payload.ts";
import type { Lengths } from "./bytes.ts";
import {
  type Answer,
  type Asked,
  byResultRule,
  decodeHidden,
  decodeNotice,
  decodeRequest,
  decodeResponse,
  encodeHidden,
  encodeNotice,
  encodeRequest,
  encodeResponse,
  hiddenTypes,
  noticeTypes,
} from "./dlms/index.ts";
import type { ValuesCodec } from "./hidden-values.ts";

const success = Status.success;

/** How ASN.1 of a sender has its lengths: parties write DER, devices a form of their own. */
const lengthsOf = (kind: Kind): Lengths => (kind === Kind.command ? "shortest" : "device");

/** Throws `wire/malformed`, `wire/format` with the byte. `asked`: what a response answers, when the row does not tell. */
export function readPayload(header: Header, payload: Uint8Array, asked?: readonly Operation[]): Message {
  const row = rowOf(header);
  const isAsn1 = row.payload === "asn1";
  if (header.kind === Kind.command)
    return {
      header,
      operations: isAsn1 ? asn1.readCommand(row, payload) : decodeRequest(header, payload),
    };
  if (header.kind === Kind.alert) return readAlert(row, header, payload);
  if (isAsn1) return { header, results: asn1.readResponse(row, payload) };
  const answer = decodeResponse(header, asked ?? stepsOf(row), payload);
  return { header, results: "sealed" in answer ? sealedResult(answer.sealed) : inOne(row, answer.results) };
}

/** Throws `wire/format`, `wire/no-form` for what has no form on this wire. */
export function writePayload(message: Message): Uint8Array {
  const { header } = message;
  const row = rowOf(header);
  if ("operations" in message) return writeCommand(row, message);
  if ("results" in message) return writeResponse(row, message);
  return writeAlert(row, message);
}

function rowOf({ code }: Pick<Header, "code">): UseCase {
  const row = useCaseByCode(code);
  if (row?.payload === "dlms" || row?.payload === "asn1") return row;
  const what = code.toString(16).toUpperCase().padStart(4, "0");
  throw new CodedError(
    "wire/format",
    `GBCS message code ${what}: expected one with a DLMS or ASN.1 payload, got ${row ? `a ${row.payload} one (${row.id})` : "one that no row has"}`,
    { code },
  );
}

/** Values of rows that hide them: what the steps give, or what an alert tells after code and time. */
export const hiddenPayload: ValuesCodec = {
  write(header, results) {
    if (results.some(({ status }) => status !== success)) return undefined;
    const values = results.map(({ value }) => value ?? null);
    return encodeHidden(typesOf(header), values);
  },
  read: (header, plain) =>
    decodeHidden(typesOf(header), plain).map((value) => ({ status: success, value: value as Value })),
};

function typesOf(header: Hiding): readonly ValueType[] {
  const row = rowOf(header);
  return header.kind === Kind.alert ? noticeTypes(header) : hiddenTypes(stepsOf(row));
}

/** The operations of a row's steps, when each of them stands there once. */
const stepsOf = ({ steps }: UseCase): readonly Asked[] =>
  steps.map(({ kind, target, no }) => ({ kind, object: target.id, member: no }));

function writeCommand(row: UseCase, { header, operations }: Command): Uint8Array {
  if (row.payload === "dlms") return encodeRequest(header, operations);
  return asn1.writeCommand(row, operations, lengthsOf(header.kind));
}

function writeResponse(row: UseCase, { header, results, asked }: Response): Uint8Array {
  if (row.payload === "asn1") return asn1.writeResponse(row, results, lengthsOf(header.kind));
  const operations = asked ?? stepsOf(row);
  return encodeResponse(header, operations, answerOf(row, results, operations.length));
}

/** Hidden values are the one value of their message; where they are not to be had, its one failure. */
function answerOf(row: UseCase, results: readonly OperationResult[], count: number): Answer {
  const [first] = results;
  if (row.protector === undefined || first === undefined) return { results: byResultRule(results) };
  if (results.length === 1 && first.status === success && first.value instanceof Uint8Array)
    return { sealed: first.value };
  const all = Array.from({ length: count }, (_, i) => results[i] ?? { status: Status.otherReason });
  return { results: byResultRule(all) };
}

const sealedResult = (value: Uint8Array): readonly OperationResult[] => [{ status: success, value }];

/** What failed as a whole is one result, as on every wire. */
const inOne = ({ protector }: UseCase, results: readonly OperationResult[]): readonly OperationResult[] =>
  protector === undefined ? results : results.slice(0, 1);

function readAlert(row: UseCase, given: Header, payload: Uint8Array): Alert {
  const told = row.payload === "asn1" ? asn1.readAlert(row, payload) : decodeNotice(given, payload);
  const { alertCode, timeS } = told;
  const values = "sealed" in told ? [told.sealed] : told.values;
  return { header: timeS === UNSET_TIME ? given : { ...given, timeS }, alertCode, values };
}

function writeAlert(row: UseCase, { header, alertCode, values }: Alert): Uint8Array {
  const { timeS = UNSET_TIME } = header;
  if (row.payload === "asn1")
    return asn1.writeAlert(row, { alertCode, timeS, values }, lengthsOf(header.kind));
  const [first] = values;
  const told = row.sensitive && first instanceof Uint8Array ? { sealed: first } : { values };
  return encodeNotice(header, { alertCode, timeS, ...told });
}
