/** What a message with an ASN.1 payload says, by its row: the one call of a command, the one result of a response, an alert. */
import { CodedError } from "../../../../hal/base/coded-error.ts";
import { makeType, type Plain, type Step, type UseCase, type ValueType } from "../../../model/index.ts";
import { type Kind, Kind as kinds, type Operation, type OperationResult, Status } from "../../message.ts";
import type { Lengths } from "../bytes.ts";
import { type Leaf, readAsn1 } from "./read.ts";
import { writeAsn1 } from "./write.ts";

/** An alert's code and time stand in its payload on this wire, before what else it says. */
export interface AlertBody {
  readonly alertCode: number;
  /** UTC seconds. */
  readonly timeS: number;
  /** Without names, in the order of the row's body. */
  readonly values: readonly Plain[];
}

/** The type of the whole payload of a kind of message of a row. */
export function payloadType(row: UseCase, kind: Kind): ValueType {
  if (kind !== kinds.alert) return kind === kinds.command ? callOf(row).carries : callOf(row).gives;
  const body = row.alert?.body;
  const members = body?.kind === "structure" ? body.fields : {};
  return makeType.structure({ alertCode: makeType.u16, alertTime: makeType.dateTime, ...members });
}

/** Throws `wire/format` with the byte; so do all readers here. */
export const readPayload = (
  row: UseCase,
  kind: Kind,
  payload: Uint8Array,
  see?: (leaf: Leaf) => void,
): Plain => readAsn1(payloadType(row, kind), payload, row.id, see);

const writePayload = (row: UseCase, kind: Kind, value: Plain, lengths: Lengths): Uint8Array =>
  writeAsn1(payloadType(row, kind), value, lengths, row.id);

export function readCommand(row: UseCase, payload: Uint8Array): readonly Operation[] {
  const value = readPayload(row, kinds.command, payload);
  const { target, no } = callOf(row);
  return [{ kind: "call", object: target.id, member: no, ...(value !== null && { value }) }];
}

export const writeCommand = (row: UseCase, [operation]: readonly Operation[], lengths: Lengths): Uint8Array =>
  writePayload(row, kinds.command, operation?.value ?? null, lengths);

export function readResponse(row: UseCase, payload: Uint8Array): readonly OperationResult[] {
  const value = readPayload(row, kinds.response, payload);
  return [{ status: Status.success, ...(value !== null && { value }) }];
}

/** Outcomes are values on this wire: a result that failed without one has no form. Throws `wire/no-form`. */
export function writeResponse(
  row: UseCase,
  [result]: readonly OperationResult[],
  lengths: Lengths,
): Uint8Array {
  if (result === undefined || result.status !== Status.success) {
    const message = `${row.id}: a result of status ${result?.status} has no form in ASN.1; answer with the outcome of the row's type`;
    throw new CodedError("wire/no-form", message, { status: result?.status });
  }
  return writePayload(row, kinds.response, result.value ?? null, lengths);
}

export function readAlert(row: UseCase, payload: Uint8Array): AlertBody {
  const value = readPayload(row, kinds.alert, payload) as readonly Plain[];
  const [alertCode, timeS, ...values] = value as readonly [number, number, ...Plain[]];
  return { alertCode, timeS, values };
}

export const writeAlert = (row: UseCase, { alertCode, timeS, values }: AlertBody, lengths: Lengths) =>
  writePayload(row, kinds.alert, [alertCode, timeS, ...values], lengths);

/** The one step of a row with this payload. */
function callOf(row: UseCase): Step {
  const [step, more] = row.steps;
  if (step?.kind === "call" && more === undefined) return step;
  throw new CodedError(
    "wire/no-form",
    `${row.id}: an ASN.1 payload is one call, its row has ${row.steps.length} steps`,
  );
}
