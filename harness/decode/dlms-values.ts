/** What a DLMS payload says, by the model's names: one field for each operation, result or alert, and for each value in it. */
import {
  type CalendarType,
  calendarValue,
  fromPlain,
  type Members,
  present,
  type UseCase,
  useCaseByCode,
  type ValueType,
  valueTypes,
} from "../../firmware/model/index.ts";
import {
  type Asked,
  decodeNotice,
  decodeRequest,
  decodeResponse,
  noticeTypes,
} from "../../firmware/wire/gbcs/dlms/index.ts";
import { type Header, Kind, type OperationResult, type Value } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { memberOf, statusText, timeText, typedValue } from "./cose-values.ts";
import { eventName } from "./event-names.ts";
import { type DecodedField, hexNumber, shownBytes } from "./node.ts";

/** A tariff has some hundreds of values, a profile tens of thousands. */
const MAX_FIELDS = 1000;

/** What else helps to read a message. */
export interface DlmsContext {
  /** What the command of a response asked. */
  readonly asked?: readonly Asked[];
  /** What is hidden, in the clear; undefined when no key opens it. */
  readonly open?: (sealed: Uint8Array) => readonly OperationResult[] | undefined;
}

/** The fields that follow from a payload. Throws `wire/…` for what a device would refuse. */
export function dlmsFields(
  header: Header,
  payload: Uint8Array,
  context: DlmsContext = {},
): readonly DecodedField[] {
  const read = { [Kind.command]: requestFields, [Kind.response]: responseFields, [Kind.alert]: alertFields };
  const fields = read[header.kind](header, payload, context);
  if (fields.length <= MAX_FIELDS) return fields;
  return [...fields.slice(0, MAX_FIELDS), { name: "…", value: `${fields.length - MAX_FIELDS} more values` }];
}

function requestFields(header: Header, payload: Uint8Array): DecodedField[] {
  return decodeRequest(header, payload).flatMap((operation, at) => {
    const { name, carries } = memberOf(operation.kind, operation);
    const first = { name: `operation ${at + 1}`, value: `${operation.kind} ${name}` };
    return operation.value === undefined ? [first] : [first, ...leaves(name, carries, operation.value)];
  });
}

function responseFields(header: Header, payload: Uint8Array, { asked, open }: DlmsContext): DecodedField[] {
  const { steps = [] } = useCaseByCode(header.code) ?? {};
  const given = asked === undefined ? [] : [stepsAsked(steps, asked)];
  for (const some of [...given, steps, steps.filter(({ times }) => times[0] > 0)]) {
    const answer = answerTo(header, some, payload);
    if (answer === undefined) continue;
    if (!("sealed" in answer)) return resultFields(some, answer.results);
    const opened = open?.(answer.sealed);
    return [hiddenField(answer.sealed, opened !== undefined), ...resultFields(some, opened ?? [])];
  }
  return namelessResults(steps, payload);
}

/** The row's step for each operation that was asked. */
const stepsAsked = (steps: UseCase["steps"], asked: readonly Asked[]): UseCase["steps"] =>
  asked.flatMap(
    ({ kind, object, member }) =>
      steps.find((step) => step.kind === kind && step.target.id === object && step.no === member) ?? [],
  );

function resultFields(steps: UseCase["steps"], results: readonly OperationResult[]): DecodedField[] {
  const units = unitsIn(steps, results);
  return results.flatMap(({ status, value }, at) => {
    const { path, gives, kind, object } = steps[at] as UseCase["steps"][number];
    const first = { name: `result ${at + 1}`, value: `${kind} ${path}: ${statusText(status)}` };
    if (value === undefined) return [first];
    const unit = gives.kind === "integer" ? units.get(object) : undefined;
    return [first, ...leaves(path, gives, value).map((each) => (unit ? { ...each, note: unit } : each))];
  });
}

const resultKinds: Readonly<Record<number, string>> = { 1: "get", 2: "set", 3: "call" };
/** APDU, invoke id, two empty lists. */
const RESULTS_AT = 7;

/**
 * Results of which neither the row nor the command tells what was asked, since the row's steps may be left out: their kinds
 * and outcomes stand at the end, without names.
 */
function namelessResults(steps: UseCase["steps"], payload: Uint8Array): DecodedField[] {
  const count = payload[RESULTS_AT] ?? 0;
  const results = payload.subarray(payload.length - 2 * count);
  if (count === 0 || count > 0x7f || payload[payload.length - 2 * count - 1] !== count)
    throw new CodedError("decode/no-fit", "values and results are not as many as each other");
  return Array.from({ length: count }, (_, at) => {
    const kind = resultKinds[results[2 * at] ?? 0] ?? "?";
    const some = [...new Set(steps.flatMap((step) => (step.kind === kind ? [step.path] : [])))];
    const among = some.length > 4 ? `${some.slice(0, 4).join(", ")} and others` : some.join(", ");
    const note = `of ${among}: --command says which`;
    return { name: `result ${at + 1}`, value: `${kind}: ${statusText(results[2 * at + 1] ?? 0)}`, note };
  });
}

/** What the numbers of an object count, where the same answer has its scaler and unit. */
function unitsIn(steps: UseCase["steps"], results: readonly OperationResult[]): Map<string, string> {
  const units = new Map<string, string>();
  for (const [at, { object, gives }] of steps.entries()) {
    const value = results[at]?.value;
    if (gives !== valueTypes.scalerUnit || value === undefined) continue;
    const { scaler, unit } = fromPlain(valueTypes.scalerUnit, value);
    units.set(object, scaler === 0 ? unit : `in 10^${scaler} ${unit}`);
  }
  return units;
}

function answerTo(header: Header, steps: UseCase["steps"], payload: Uint8Array) {
  const asked: Asked[] = steps.map(({ kind, target, no }) => ({ kind, object: target.id, member: no }));
  try {
    return decodeResponse(header, asked, payload);
  } catch {
    // Other steps were asked: what the caller tries next, or says that it cannot be told.
    return undefined;
  }
}

function alertFields(header: Header, payload: Uint8Array, { open }: DlmsContext): DecodedField[] {
  const notice = decodeNotice(header, payload);
  const note = eventName(notice.alertCode);
  const code = { name: "alert code", value: hexNumber(notice.alertCode, 4), ...(note && { note }) };
  const head = [code, { name: "time", value: timeText(notice.timeS) }];
  if (!("sealed" in notice)) return [...head, ...bodyFields(header, notice.values)];
  const opened = open?.(notice.sealed);
  const values = (opened ?? []).map(({ value }) => value ?? null);
  return [...head, hiddenField(notice.sealed, opened !== undefined), ...bodyFields(header, values)];
}

function bodyFields(header: Header, values: readonly Value[]): DecodedField[] {
  const body = useCaseByCode(header.code)?.alert?.body;
  const names = body?.kind === "structure" ? Object.keys(body.fields) : [];
  const types = noticeTypes(header);
  return values.flatMap((value, at) => leaves(names[at] ?? "value", types[at], value));
}

const hiddenField = (sealed: Uint8Array, opened: boolean): DecodedField => ({
  name: "hidden values",
  value: shownBytes(sealed),
  note: opened
    ? "encrypted for the recipient; opened by its keys"
    : "encrypted for the recipient: --keys opens them",
});

/** "tariffCalendar.seasonsPassive[0].name": one field for each value that holds no others. */
function leaves(path: string, type: ValueType | undefined, value: Value): DecodedField[] {
  if (type?.kind === "twin" || type?.kind === "tagged" || type?.kind === "default")
    return leaves(path, type.of, value);
  if (type?.kind === "optional" && value !== null) return leaves(path, type.of, value);
  if (type?.kind === "choice" && Array.isArray(value)) {
    const [name, of] = Object.entries(type.options)[value[0] as number] ?? [];
    return leaves(`${path}.${name}`, of, value[1] as Value);
  }
  if (type?.kind === "calendar" && value instanceof Uint8Array)
    return [{ name: path, value: calendarText(type, value) }];
  if (!Array.isArray(value) || (type?.kind !== "array" && type?.kind !== "structure"))
    return [{ name: path, value: typedValue(type, value) }];
  if (value.length === 0) return [{ name: path, value: "(empty)" }];
  if (type.kind === "array") return value.flatMap((each, at) => leaves(`${path}[${at}]`, type.item, each));
  const members: Members = present(type.fields, value.length);
  return members.flatMap(([name, of], at) => leaves(`${path}.${name}`, of, value[at] as Value));
}

/** "-----12-25" for every Christmas, "06:00:00" for a time of day; a part that is open is dashes. */
function calendarText({ form }: CalendarType, octets: Uint8Array): string {
  const parts = calendarValue(form, octets);
  if (typeof parts === "string") return `${shownBytes(octets)}: ${parts}`;
  const shown = (part: number | undefined, digits = 2) =>
    part === undefined ? "-".repeat(digits) : String(part).padStart(digits, "0");
  const { year, month, day, weekday, hour, minute, second } = parts;
  const on = weekday === undefined ? "" : ` weekday ${weekday}`;
  const date = `${shown(year, 4)}-${shown(month)}-${shown(day)}${on}`;
  const time = `${shown(hour)}:${shown(minute)}:${shown(second)}`;
  return { date, time, dateTime: `${date} ${time}` }[form];
}
