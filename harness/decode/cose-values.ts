/** Operations, results and values of typed messages, in the words of the object dictionary. */
import { memberOf, type ObjectName, objectById } from "../../firmware/objects/dictionary.ts";
import type { Type } from "../../firmware/objects/types.ts";
import { SupplyScript, SupplyState, useCaseByCode } from "../../firmware/objects/use-cases.ts";
import {
  type MemberRef,
  type Message,
  NEVER,
  NOW,
  type Operation,
  type OperationKind,
  type OperationResult,
  Status,
  UNSET_TIME,
  type Value,
} from "../../firmware/wire/message.ts";
import { eventName } from "./event-names.ts";
import { type DecodedField, hexNumber, shownBytes, shownTime } from "./node.ts";

/** What the numbers of these objects count. */
const units: Partial<Record<ObjectName, string>> = {
  touRegisters: "Wh",
  randomisedOffset: "s",
  randomisedOffsetLimit: "s",
  importProfile: "Wh",
  loadLimitPowerThreshold: "W",
  loadLimiter: "W, s",
  loadLimitPeriod: "s",
  loadLimitRestorationPeriod: "s",
};
/** Logs: each row, and each end of the range asked for, begins with UTC seconds. */
const logs: readonly string[] = [
  "eventLog",
  "securityLog",
  "powerEventLog",
  "importProfile",
  "averageVoltageLog",
];
/** Of these, rows go on with an event code. */
const eventLogs: readonly string[] = ["eventLog", "securityLog", "powerEventLog"];
const enumerations: Partial<Record<ObjectName, Readonly<Record<string, number>>>> = {
  supplyControl: SupplyScript,
  supplyState: SupplyState,
};
const SHOWN_ROWS = 12;

/** The body of a message as fields. */
export function bodyFields(message: Message): DecodedField[] {
  if ("operations" in message) return message.operations.map(operationField);
  if ("results" in message) return resultFields(message.header.code, message.results);
  const values = message.values.map((value, i) => ({ name: `value ${i + 1}`, value: plainValue(value) }));
  const note = eventName(message.alertCode);
  const code = { name: "alert code", value: hexNumber(message.alertCode, 4), ...(note && { note }) };
  return [code, ...values];
}

function operationField(operation: Operation, i: number): DecodedField {
  const { kind, value } = operation;
  const member = memberOf(kind, operation);
  const type = kind === "get" ? member?.selector : member?.type;
  const shown = value === undefined ? "" : ` = ${shownValue(objectName(operation), type, value)}`;
  return { name: `operation ${i + 1}`, value: `${kind} ${memberName(kind, operation)}${shown}` };
}

/** Results name no member: their order is that of the command's operations. */
function resultFields(code: number, results: readonly OperationResult[]): DecodedField[] {
  const { operations = [], sensitive } = useCaseByCode(code) ?? {};
  const sealed = sensitive === true && results.length === 1 && results[0]?.value instanceof Uint8Array;
  return results.map((result, i) => {
    const from = sealed ? undefined : operations[i];
    const name = from === undefined ? `result ${i + 1}` : memberName(from.kind, from);
    return { name, value: resultValue(from, result), ...(sealed ? { note: "encrypted values" } : {}) };
  });
}

function resultValue(
  from: (MemberRef & { kind: OperationKind }) | undefined,
  result: OperationResult,
): string {
  const status = Object.entries(Status).find(([, number]) => number === result.status)?.[0] ?? result.status;
  if (result.value === undefined) return String(status);
  const member = from === undefined ? undefined : memberOf(from.kind, from);
  const type = from?.kind === "call" ? member?.returns : member?.type;
  return `${status}: ${shownValue(from && objectName(from), type, result.value)}`;
}

const objectName = (ref: MemberRef): string => objectById(ref.object)?.name ?? `object ${ref.object}`;

function memberName(kind: OperationKind, ref: MemberRef): string {
  return `${objectName(ref)}.${memberOf(kind, ref)?.name ?? `member ${ref.member}`}`;
}

function shownValue(object: string | undefined, type: Type | undefined, value: Value): string {
  if (object !== undefined && logs.includes(object) && Array.isArray(value)) return logText(value, object);
  const name = object === undefined ? undefined : enumerationName(object as ObjectName, value);
  const unit = object === undefined || type === "date-time" ? "" : unitOf(object);
  return `${typedValue(type, value)}${name === undefined ? "" : ` (${name})`}${unit}`;
}

const unitOf = (object: string): string => (object in units ? ` ${units[object as ObjectName]}` : "");

function enumerationName(object: ObjectName, value: Value): string | undefined {
  return Object.entries(enumerations[object] ?? {}).find(([, number]) => number === value)?.[0];
}

function logText(rows: readonly Value[], object: string): string {
  const range = rows.length === 2 && rows.every((row) => typeof row === "number");
  if (range) return rows.map((end) => timeText(end as number)).join(" to ");
  const shown = rows.slice(0, SHOWN_ROWS).map((row) => rowText(row, object));
  const more = rows.length > SHOWN_ROWS ? [`… ${rows.length} rows in all`] : [];
  return `[${[...shown, ...more].join("; ")}]`;
}

function rowText(row: Value, object: string): string {
  if (!Array.isArray(row) || typeof row[0] !== "number") return plainValue(row);
  const name = typeof row[1] === "number" && eventLogs.includes(object) ? eventName(row[1]) : undefined;
  const rest =
    name === undefined ? row.slice(1) : [`${hexNumber(row[1] as number, 4)} ${name}`, ...row.slice(2)];
  const at = row[0] === UNSET_TIME ? "clock not set" : timeText(row[0]);
  return `${at} ${rest.map(plainValue).join(" ")}${unitOf(object)}`;
}

function typedValue(type: Type | undefined, value: Value): string {
  if (typeof type === "object" && "optional" in type)
    return value === null ? "(left out)" : typedValue(type.optional, value);
  if (type === "date-time" && typeof value === "number") return timeText(value);
  if (!Array.isArray(value) || typeof type !== "object") return plainValue(value);
  const itemType = (i: number) =>
    "array" in type ? type.array : "structure" in type ? type.structure[i] : undefined;
  const shown = value.slice(0, SHOWN_ROWS).map((item, i) => typedValue(itemType(i), item));
  const more = value.length > SHOWN_ROWS ? [`… ${value.length} in all`] : [];
  return `[${[...shown, ...more].join(", ")}]`;
}

function timeText(utcS: number): string {
  if (utcS === NOW) return "now or the beginning";
  return utcS === NEVER ? "never or the end" : shownTime(utcS);
}

function plainValue(value: Value): string {
  if (value instanceof Uint8Array) return value.length === 0 ? "(empty)" : shownBytes(value);
  if (Array.isArray(value)) return typedValue({ array: "null", max: 0 }, value);
  return String(value);
}
