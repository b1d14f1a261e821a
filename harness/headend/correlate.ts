/**
 * Correlation: before a user signs a pre-command it reads the bytes with a decoder of its own, and compares
 * what they would do with what it asked for, field by field.
 */
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { type ObjectName, objects, useCaseByCode } from "../../firmware/model/index.ts";
import { toHex } from "../../hal/base/hex.ts";
import { type Cbor, walk } from "./cbor-walk.ts";
import { checkParameters } from "./parameters.ts";
import { type Lookup, readBack, readBackAtHub } from "./read-back.ts";
import { serviceRequest } from "./service-requests.ts";
import { noFurtherBlock, type TariffParameters } from "./tariff.ts";
import { type OperationTemplate, type ServiceRequest, templateOf } from "./transform.ts";

const objectNames = new Map<number, string>(
  (Object.keys(objects) as ObjectName[]).map((name) => [objects[name].id, name]),
);
const kinds = ["", "get", "set", "call"];

/**
 * Refuses a pre-command that is not exactly what `request` asks for. Throws `headend/not-correlated` with
 * `data.field`, e.g. "target" or "parameters.days[0].switches[1].rate", and `headend/not-cbor`.
 */
export function correlate(preCommand: Uint8Array, request: ServiceRequest): void {
  const decoded = walk(preCommand);
  if (!Array.isArray(decoded) || decoded.length !== 8) throw differs(request, "message", "8 fields", decoded);
  const [kind, code, originator, target, counter, timeS, supplementary, operations] =
    decoded as readonly Cbor[];
  const definition = serviceRequest(request.reference);
  const asked = checkParameters(request.reference, definition.parameters, request.parameters);
  const context = { role: request.role, device: request.target.type, counter: request.counter };
  const useCase = useCaseByCode(Number(code));
  const compare = (field: string, expected: unknown, got: unknown) =>
    compareFields(request, field, expected, got);
  compare("kind", 1, kind);
  compare("use case", definition.useCase(asked, context), useCase?.id);
  compare("originator", request.originator, hexOf(originator));
  compare("target", request.target.eui, hexOf(target));
  compare("counter", request.counter, counter);
  compare("time", null, timeS);
  compare("supplementary", supplementaryOf(request), supplementary);
  const decodedOperations = Array.isArray(operations) ? (operations as readonly Cbor[]) : [];
  compare(
    "operations",
    useCase?.steps.map((step) => nameOf(templateOf(step))),
    decodedOperations.map(operationName),
  );
  const readings = request.target.type === "CHF" ? { ...readBack, ...readBackAtHub } : readBack;
  const meaning = readings[useCase?.id ?? ""]?.(lookup(decodedOperations));
  compare("parameters", withDefaults(asked as Fields, useCase?.id), meaning);
  compare(
    "operations' values",
    useCase?.steps.map((step) => expectedValues(templateOf(step))),
    decodedOperations.map(valueCount),
  );
  compareCredentialsCounter(request, decodedOperations);
}

type Fields = Readonly<Record<string, unknown>>;

function lookup(operations: readonly Cbor[]): Lookup {
  const values = new Map(
    operations.map((operation) => [
      operationName(operation).split(" ")[1],
      (operation as readonly Cbor[])[3],
    ]),
  );
  return (key) => values.get(key);
}

/** Sets and calls have one value, gets none but those of logs, which have a range. Nothing else may ride along. */
const logReads = new Set([
  "importProfile.2",
  "averageVoltageLog.2",
  "eventLog.2",
  "securityLog.2",
  "powerEventLog.2",
]);
const expectedValues = (o: OperationTemplate): number =>
  o.kind !== "get" || logReads.has(nameOf(o).split(" ")[1] ?? "") ? 1 : 0;
const valueCount = (operation: Cbor): number => (operation as readonly Cbor[]).length - 3;

/** "set loadLimitPeriod.4", "call supplyControl.m1". */
function operationName(operation: Cbor): string {
  const [kind, object, member] = Array.isArray(operation) ? (operation as readonly Cbor[]) : [];
  return nameOf({
    kind: kinds[Number(kind)] ?? String(kind),
    object: Number(object),
    member: Number(member),
  });
}

function nameOf(o: { readonly kind: string; readonly object: number; readonly member: number }): string {
  return `${o.kind} ${objectNames.get(o.object) ?? o.object}.${o.kind === "call" ? "m" : ""}${o.member}`;
}

/** What a request leaves out stands in the command all the same: prices of unused rates, open thresholds. */
function withDefaults(asked: Fields, useCase: string | undefined): Fields {
  const filled: Record<string, unknown> = { ...asked };
  const { touPrices, blockPrices, blockThresholdsWh } = asked as Partial<TariffParameters>;
  if (touPrices !== undefined) filled.touPrices = fill(touPrices, 48, 0);
  if (blockPrices !== undefined) filled.blockPrices = fill(blockPrices, 4, []).map((row) => fill(row, 8, 0));
  if (blockThresholdsWh !== undefined)
    filled.blockThresholdsWh = fill(blockThresholdsWh, 8, []).map((row) =>
      [...row, noFurtherBlock].slice(0, 3),
    );
  return useCase === "CS02bSupplierByTransCoS" ? withSupplierFloors(filled) : filled;
}

/** On a change of supplier the floors of the supplier that asks are told as those of its role. */
function withSupplierFloors({ floor = 0n, topUpFloor, ...asked }: Fields): Fields {
  const told = (asked.partyFloors as readonly unknown[]).length > 0;
  return told ? asked : { ...asked, partyFloors: [{ role: "supplier", floor, topUpFloor }] };
}

const fill = <T>(items: readonly T[], length: number, empty: T): T[] =>
  Array.from({ length }, (_, i) => items[i] ?? empty);

function compareCredentialsCounter(request: ServiceRequest, operations: readonly Cbor[]): void {
  const argument = lookup(operations)("credentials.m1");
  if (argument !== undefined)
    compareFields(
      request,
      "authoriser's counter",
      request.counter,
      ((argument as readonly Cbor[])[0] as readonly Cbor[])[4],
    );
}

function supplementaryOf({ supplementary }: ServiceRequest): unknown {
  return supplementary === undefined
    ? null
    : [Buffer.from(supplementary.party, "hex"), supplementary.counter];
}

const hexOf = (value: Cbor | undefined): unknown => (value instanceof Uint8Array ? toHex(value) : value);

/** Descends into lists and records so that the error names the innermost field. */
function compareFields(request: ServiceRequest, field: string, expected: unknown, got: unknown): void {
  if (expected instanceof Uint8Array && got instanceof Uint8Array) {
    if (toHex(expected) !== toHex(got)) throw differs(request, field, toHex(expected), toHex(got));
  } else if (Array.isArray(expected) && Array.isArray(got)) {
    if (expected.length !== got.length)
      throw differs(request, field, `${expected.length} items`, `${got.length}`);
    for (const [i, item] of expected.entries()) compareFields(request, `${field}[${i}]`, item, got[i]);
  } else if (isRecord(expected) && isRecord(got)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(got)]))
      compareFields(request, `${field}.${name}`, expected[name], got[name]);
  } else if (!same(expected, got)) throw differs(request, field, expected, got);
}

function isRecord(value: unknown): value is Fields {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function same(a: unknown, b: unknown): boolean {
  const number = (v: unknown) => typeof v === "number" || typeof v === "bigint";
  return a === b || (number(a) && number(b) && BigInt(a as number) === BigInt(b as number));
}

function differs(request: ServiceRequest, field: string, expected: unknown, got: unknown): MeterbenchError {
  return new MeterbenchError(
    "headend/not-correlated",
    `service request ${request.reference}: the pre-command's ${field} is ${shown(got)}, ` +
      `but the request says ${shown(expected)}: do not sign it`,
    { field, reference: request.reference },
  );
}

const shown = (value: unknown): string => (value instanceof Uint8Array ? toHex(value) : String(value));
