/** The body of a message, between CBOR items and the typed form. Layout: `message.cddl`. */
import { CodedError } from "../../../hal/base/coded-error.ts";
import {
  type Header,
  Kind,
  type Message,
  type Operation,
  type OperationKind,
  type OperationResult,
  Status,
  type Value,
} from "../message.ts";
import { decode, type Item } from "./cbor.ts";

/** Operations of one command, results of one response, values of one alert. */
export const MAX_OPERATIONS = 64;

const operationKinds: readonly (OperationKind | undefined)[] = [undefined, "get", "set", "call"];
const kindNumber: Readonly<Record<OperationKind, number>> = { get: 1, set: 2, call: 3 };
const statuses: ReadonlySet<unknown> = new Set(Object.values(Status));

/** The items of a message's body. */
export function bodyItems(message: Message): Item {
  if ("operations" in message) return message.operations.map(operationItem);
  if ("results" in message) return resultItems(message.results);
  return [message.alertCode, message.values];
}

export function resultItems(results: readonly OperationResult[]): Item {
  return results.map(({ status, value }) => (value === undefined ? [status] : [status, value]));
}

function operationItem({ kind, object, member, value }: Operation): Item {
  const item: Item[] = [kindNumber[kind], object, member];
  if (value !== undefined) item.push(value);
  return item;
}

/** The typed form of a message with `header` and encoded `body`. Throws `wire/format`. */
export function readBody(header: Header, body: Uint8Array): Message {
  const item = formatted(body);
  if (header.kind === Kind.command) return { header, operations: list(item, "operations").map(operation) };
  if (header.kind === Kind.response) return { header, results: list(item, "results").map(result) };
  const [alertCode, values] = fields(item, "alert", 2, 2);
  return {
    header,
    alertCode: small(alertCode, "alert code", 0xffff),
    values: list(values, "alert values").map((v) => plainValue(v)),
  };
}

/** Results, as they stand in a response and, sealed, in a sensitive one. Throws `wire/format`. */
export function readResults(bytes: Uint8Array): readonly OperationResult[] {
  return list(formatted(bytes), "results").map(result);
}

function formatted(bytes: Uint8Array): Item {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new CodedError("wire/format", `body: ${(cause as Error).message}`, {}, cause);
  }
}

function operation(item: Item): Operation {
  const [kindItem, object, member, value] = fields(item, "operation", 3, 4);
  const kind = operationKinds[small(kindItem, "operation kind", 3)];
  if (kind === undefined) throw format("an operation kind from 1 to 3", kindItem);
  const parsed: Mutable<Operation> = {
    kind,
    object: small(object, "object", 0xffff),
    member: small(member, "member", 0xff),
  };
  if (value !== undefined) parsed.value = plainValue(value);
  return parsed;
}

function result(item: Item): OperationResult {
  const [status, value] = fields(item, "result", 1, 2);
  if (!statuses.has(status)) throw format("a result status", status);
  const parsed: Mutable<OperationResult> = { status: status as Status };
  if (value !== undefined) parsed.value = plainValue(value);
  return parsed;
}

/** Fields are added one by one: object spread would take longer than all else here. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function list(item: Item | undefined, what: string): readonly Item[] {
  if (Array.isArray(item) && item.length <= MAX_OPERATIONS) return item;
  throw format(`at most ${MAX_OPERATIONS} ${what}`, Array.isArray(item) ? item.length : item);
}

function fields(item: Item, what: string, min: number, max: number): readonly Item[] {
  if (Array.isArray(item) && item.length >= min && item.length <= max) return item;
  throw format(`${what} of ${min} to ${max} fields`, Array.isArray(item) ? item.length : item);
}

function small(item: Item | undefined, what: string, max: number): number {
  if (typeof item === "number" && item >= 0 && item <= max) return item;
  throw format(`${what} from 0 to ${max}`, item);
}

/** Values have no maps: nothing in the dictionary is one. */
function plainValue(item: Item): Value {
  if (item instanceof Map) throw format("a value", item);
  if (Array.isArray(item)) for (const inner of item) plainValue(inner);
  return item as Value;
}

function format(expected: string, got: Item | undefined): CodedError {
  const text = typeof got === "object" && got !== null ? got.constructor.name : String(got);
  return new CodedError("wire/format", `body: expected ${expected}, got ${text}`, { expected });
}
