/** Operations, results and values of typed messages, in the words of the object dictionary. */
import {
  attributeOf,
  type ModelObject,
  methodOf,
  objectById,
  useCaseByCode,
  type ValueType,
} from "../../firmware/model/index.ts";
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
const units: Readonly<Record<string, string>> = {
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
/** Numbers of these arguments that have a name. */
const scripts: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  supplyControl: { 51: "enable", 52: "disable", 54: "arm" },
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
  const { name, carries } = memberOf(kind, operation);
  const shown = value === undefined ? "" : ` = ${shownValue(objectName(operation), carries, value)}`;
  return { name: `operation ${i + 1}`, value: `${kind} ${name}${shown}` };
}

/** Results name no member: their order is that of the command's operations. */
function resultFields(code: number, results: readonly OperationResult[]): DecodedField[] {
  const { steps = [], sensitive } = useCaseByCode(code) ?? {};
  const sealed = sensitive === true && results.length === 1 && results[0]?.value instanceof Uint8Array;
  return results.map((result, i) => {
    const from = sealed ? undefined : steps[i];
    const value = resultValue(from?.target.name, from?.gives, result);
    const name = from?.path ?? `result ${i + 1}`;
    return { name, value, ...(sealed ? { note: "encrypted values" } : {}) };
  });
}

function resultValue(
  object: string | undefined,
  type: ValueType | undefined,
  { status: number, value }: OperationResult,
): string {
  const status = statusText(number);
  return value === undefined ? status : `${status}: ${shownValue(object, type, value)}`;
}

export const statusText = (number: number): string =>
  Object.entries(Status).find(([, each]) => each === number)?.[0] ?? String(number);

const objectName = (ref: MemberRef): string => objectById(ref.object)?.name ?? `object ${ref.object}`;

/** "clock.time", and the type of what an operation on it carries. */
export function memberOf(
  kind: OperationKind,
  ref: MemberRef,
): { name: string; carries: ValueType | undefined } {
  const object: ModelObject | undefined = objectById(ref.object);
  const method = object && kind === "call" ? methodOf(object, ref.member) : undefined;
  const attribute = object && kind !== "call" ? attributeOf(object, ref.member) : undefined;
  const name = `${objectName(ref)}.${method?.name ?? attribute?.name ?? `member ${ref.member}`}`;
  const carries = kind === "get" ? attribute?.member.selector : attribute?.member.type;
  return { name, carries: method?.member.argument ?? carries };
}

function shownValue(object: string | undefined, type: ValueType | undefined, value: Value): string {
  if (object !== undefined && logs.includes(object) && Array.isArray(value)) return logText(value, object);
  const name = object === undefined ? undefined : scripts[object]?.[value as number];
  const unit = object === undefined || type?.kind === "moment" ? "" : unitOf(object);
  return `${typedValue(type, value)}${name === undefined ? "" : ` (${name})`}${unit}`;
}

const unitOf = (object: string): string => (object in units ? ` ${units[object]}` : "");

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

/** A value in words: names with their numbers, moments as times. */
export function typedValue(type: ValueType | undefined, value: Value): string {
  switch (type?.kind) {
    case "optional":
      return value === null ? "(left out)" : typedValue(type.of, value);
    case "twin":
    case "tagged":
    case "default":
      return typedValue(type.of, value);
    case "moment":
      return typeof value === "number" ? timeText(value) : plainValue(value);
    case "names": {
      const name = Object.entries(type.names).find(([, number]) => number === value)?.[0];
      return name === undefined ? plainValue(value) : `${value} (${name})`;
    }
    case "array":
      return Array.isArray(value) ? listText(value, () => type.item) : plainValue(value);
    case "structure": {
      const fields = Object.values(type.fields);
      return Array.isArray(value) ? listText(value, (i) => fields[i]) : plainValue(value);
    }
    default:
      return plainValue(value);
  }
}

function listText(value: readonly Value[], typeOf: (i: number) => ValueType | undefined): string {
  const shown = value.slice(0, SHOWN_ROWS).map((item, i) => typedValue(typeOf(i), item));
  const more = value.length > SHOWN_ROWS ? [`… ${value.length} in all`] : [];
  return `[${[...shown, ...more].join(", ")}]`;
}

export function timeText(utcS: number): string {
  if (utcS === NOW) return "now or the beginning";
  return utcS === NEVER ? "never or the end" : shownTime(utcS);
}

function plainValue(value: Value): string {
  if (value instanceof Uint8Array) return value.length === 0 ? "(empty)" : shownBytes(value);
  if (Array.isArray(value)) return listText(value, () => undefined);
  return String(value);
}
