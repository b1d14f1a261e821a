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
import { memberOf, statusText, timeText, typedValue } from "./cose-values.ts";
import { eventName } from "./event-names.ts";
import { type DecodedField, hexNumber, shownBytes } from "./node.ts";

/** A tariff has some hundreds of values, a profile tens of thousands. */
const MAX_FIELDS = 1000;

/**
 * The fields that follow from a payload; undefined for a response of which the row's steps do not tell what was asked
 * (steps that may be left out). Throws `wire/…` for what a device would refuse.
 */
export function dlmsFields(header: Header, payload: Uint8Array): readonly DecodedField[] | undefined {
  const read = { [Kind.command]: requestFields, [Kind.response]: responseFields, [Kind.alert]: alertFields };
  const fields = read[header.kind](header, payload);
  if (fields === undefined || fields.length <= MAX_FIELDS) return fields;
  return [...fields.slice(0, MAX_FIELDS), { name: "…", value: `${fields.length - MAX_FIELDS} more values` }];
}

function requestFields(header: Header, payload: Uint8Array): DecodedField[] {
  return decodeRequest(header, payload).flatMap((operation, at) => {
    const { name, carries } = memberOf(operation.kind, operation);
    const first = { name: `operation ${at + 1}`, value: `${operation.kind} ${name}` };
    return operation.value === undefined ? [first] : [first, ...leaves(name, carries, operation.value)];
  });
}

function responseFields(header: Header, payload: Uint8Array): DecodedField[] | undefined {
  const { steps = [] } = useCaseByCode(header.code) ?? {};
  for (const some of [steps, steps.filter(({ times }) => times[0] > 0)]) {
    const answer = answerTo(header, some, payload);
    if (answer === undefined) continue;
    if ("sealed" in answer) return [hiddenField(answer.sealed)];
    const units = unitsIn(some, answer.results);
    return answer.results.flatMap(({ status, value }, at) => {
      const { path, gives, kind, object } = some[at] as UseCase["steps"][number];
      const first = { name: `result ${at + 1}`, value: `${kind} ${path}: ${statusText(status)}` };
      if (value === undefined) return [first];
      const unit = gives.kind === "integer" ? units.get(object) : undefined;
      return [first, ...leaves(path, gives, value).map((each) => (unit ? { ...each, note: unit } : each))];
    });
  }
  return undefined;
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

function alertFields(header: Header, payload: Uint8Array): DecodedField[] {
  const notice = decodeNotice(header, payload);
  const note = eventName(notice.alertCode);
  const code = { name: "alert code", value: hexNumber(notice.alertCode, 4), ...(note && { note }) };
  const head = [code, { name: "time", value: timeText(notice.timeS) }];
  if ("sealed" in notice) return [...head, hiddenField(notice.sealed)];
  const body = useCaseByCode(header.code)?.alert?.body;
  const names = body?.kind === "structure" ? Object.keys(body.fields) : [];
  const types = noticeTypes(header);
  return [...head, ...notice.values.flatMap((value, at) => leaves(names[at] ?? "value", types[at], value))];
}

const hiddenField = (sealed: Uint8Array): DecodedField => ({
  name: "hidden values",
  value: shownBytes(sealed),
  note: "encrypted for the recipient",
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
