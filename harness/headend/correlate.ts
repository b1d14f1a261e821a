/**
 * Correlation: before a user signs a pre-command it reads the bytes with a decoder of its own, and compares
 * what they would do with what it asked for, field by field.
 */

import { objectById, type Step, type UseCase, useCaseByCode } from "../../firmware/model/index.ts";
import { sameBytes } from "../../hal/base/bytes.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { euiBytes } from "../../hal/base/eui64.ts";
import { toHex } from "../../hal/base/hex.ts";
import { type Cbor, walk } from "./cbor-walk.ts";
import { walkGbcs } from "./gbcs-walk.ts";
import { isFields, readBack } from "./read-back.ts";
import { checkForm } from "./requests/check-form.ts";
import type { Fields } from "./requests/derive.ts";
import { serviceRequest } from "./requests/index.ts";
import { useCaseOf } from "./requests/request.ts";
import { contextOf, type ServiceRequest } from "./transform.ts";

const kinds = ["", "get", "set", "call"];

/**
 * Refuses a pre-command that is not exactly what `request` asks for. Throws `headend/not-correlated` with
 * `data.field`, e.g. "target" or "parameters.LoadLimitPeriod", and `headend/not-cbor`.
 */
export function correlate(preCommand: Uint8Array, request: ServiceRequest): void {
  const decoded = preCommand[0] === 0xdf ? walkGbcs(preCommand) : walk(preCommand);
  if (!Array.isArray(decoded) || decoded.length !== 8) throw differs(request, "message", "8 fields", decoded);
  const [kind, code, originator, target, counter, timeS, supplementary, operations] =
    decoded as readonly Cbor[];
  const definition = serviceRequest(request.reference);
  const asked = checkForm(definition, request.parameters);
  const context = contextOf(request);
  const useCase = useCaseByCode(Number(code));
  const compare = (field: string, expected: unknown, got: unknown) =>
    compareFields(request, field, expected, got);
  compare("kind", 1, kind);
  const expected = useCaseOf(definition, asked, context);
  // Another use case of the same request is told by the parameter that asks for it.
  if (!definition.useCases.some((id) => id === useCase?.id)) compare("use case", expected, useCase?.id);
  compare("originator", request.originator, hexOf(originator));
  compare("target", request.target.eui, hexOf(target));
  compare("counter", request.counter, counter);
  compare("time", null, timeS);
  compare("supplementary", supplementaryOf(request), partsOf(supplementary));
  const row = useCase as UseCase;
  const found = Array.isArray(operations) ? (operations as readonly Cbor[]) : [];
  const names = found.map(nameOfOperation);
  // What may be left out is missed where it is asked for: among the parameters.
  const steps = row.steps.filter((step) => step.times[0] > 0 || names.includes(nameOfStep(step)));
  compare("operations", steps.map(nameOfStep), names);
  compare("operations' values", steps.map(valuesOfStep), found.map(valueCount));
  const walked = found.map((operation) => (operation as readonly Cbor[])[3]);
  const carried = definition.byHand.carried?.(asked as never) ?? asked;
  compare("parameters", carried, readBack(definition, { ...row, steps }, walked, context));
  compare("use case", expected, row.id);
}

/** Sets and calls have one value, gets none but those of logs, which have a range. Nothing else may ride along. */
const valuesOfStep = ({ kind, carries }: Step): number => (kind === "get" && carries.kind === "null" ? 0 : 1);
const valueCount = (operation: Cbor): number => (operation as readonly Cbor[]).length - 3;

/** "set loadLimitPeriod 4", by number, as the bytes have it. */
const nameOfStep = ({ kind, object, no }: Step): string => `${kind} ${object} ${no}`;
function nameOfOperation(operation: Cbor): string {
  const [kind, object, member] = Array.isArray(operation) ? (operation as readonly Cbor[]) : [];
  return `${kinds[Number(kind)] ?? kind} ${objectById(Number(object))?.name ?? object} ${member}`;
}

function supplementaryOf({ supplementary }: ServiceRequest): unknown {
  if (supplementary === undefined) return null;
  const { party, counter, certificate } = supplementary;
  return { party: euiBytes(party), counter, ...(certificate && { certificate }) };
}

/** What is no list of party, counter and, where it is there, certificate stays as it is. */
function partsOf(walked: Cbor | undefined): unknown {
  if (!Array.isArray(walked) || walked.length < 2 || walked.length > 3) return walked;
  const [party, counter, certificate] = walked as readonly Cbor[];
  return { party, counter, ...(walked.length > 2 && { certificate }) };
}

const hexOf = (value: Cbor | undefined): unknown => (value instanceof Uint8Array ? toHex(value) : value);

/** Descends into lists and records so that the error names the innermost field. */
function compareFields(request: ServiceRequest, field: string, expected: unknown, got: unknown): void {
  if (expected instanceof Uint8Array && got instanceof Uint8Array) {
    if (!sameBytes(expected, got)) throw differs(request, field, toHex(expected), toHex(got));
  } else if (Array.isArray(expected) && Array.isArray(got)) {
    // Where both have an item, what differs there says more than their number.
    for (const [i, item] of expected.slice(0, got.length).entries())
      compareFields(request, `${field}[${i}]`, item, got[i]);
    if (expected.length !== got.length)
      throw differs(
        request,
        fieldOfSurplus(field, expected, got),
        `${expected.length} items`,
        `${got.length}`,
      );
  } else if (isFields(expected) && isFields(got)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(got)]))
      compareFields(request, `${field}.${name}`, expected[name], got[name]);
  } else if (!same(expected, got)) {
    const [missing, more] = [expected === undefined, got === undefined];
    const path = missing !== more ? onlyLeaf(missing ? got : expected) : "";
    throw differs(request, `${field}${path}`, expected, got);
  }
}

/** The item that only one of them has. */
function fieldOfSurplus(field: string, a: readonly unknown[], b: readonly unknown[]): string {
  const at = Math.min(a.length, b.length);
  return `${field}[${at}]${onlyLeaf(a[at] ?? b[at])}`;
}

/** The way down to the leaf of what only one of them has, as far as there is but one. */
function onlyLeaf(value: unknown): string {
  const [name, ...more] = isFields(value) ? Object.keys(value) : [];
  return name === undefined || more.length > 0 ? "" : `.${name}${onlyLeaf((value as Fields)[name])}`;
}

/** A whole number is the same, whether it came as a number or as a bigint. */
function same(a: unknown, b: unknown): boolean {
  const whole = (v: unknown): v is number | bigint => Number.isInteger(v) || typeof v === "bigint";
  return a === b || (whole(a) && whole(b) && BigInt(a) === BigInt(b));
}

function differs(request: ServiceRequest, field: string, expected: unknown, got: unknown): CodedError {
  return new CodedError(
    "headend/not-correlated",
    `service request ${request.reference}: the pre-command's ${field} is ${shown(got)}, ` +
      `but the request says ${shown(expected)}: do not sign it`,
    { field, reference: request.reference },
  );
}

const shown = (value: unknown): string => {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value, (_, each) =>
    typeof each === "bigint" ? String(each) : each instanceof Uint8Array ? toHex(each) : each,
  );
};
