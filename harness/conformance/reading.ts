/** What messages of a reference set say: operations, results and alerts in typed form, hidden values opened. */
import {
  type Matched,
  matchSteps,
  type Plain,
  type UseCase,
  useCaseByCode,
  type ValueType,
} from "../../firmware/model/index.ts";
import { readPayload } from "../../firmware/wire/gbcs/asn1/payload.ts";
import { type Alert, Kind, type Operation, type OperationResult } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { suites } from "../../firmware/wire/suites.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";
import { type Leaf, leavesOf, readOut, told } from "./leaves.ts";
import type { Reference } from "./reference-set.ts";

export type Envelope = Reference["envelope"];

const suite: Suite = suites.gbcs;

export interface ReadCommand {
  readonly row: UseCase;
  readonly operations: readonly Operation[];
  readonly matched: readonly Matched[];
}

/** Throws `wire/…`, and `conform/unreadable` for a command that is not its row's. */
export function readCommand(envelope: Envelope): ReadCommand {
  const { code } = envelope.header;
  const row = useCaseByCode(code);
  const message = suite.wire.decode(envelope);
  if (row === undefined || !("operations" in message)) throw unreadable("a command", code);
  const matched = matchSteps(row, message.operations);
  if (typeof matched === "string") throw new CodedError("conform/unreadable", matched, { code });
  return { row, operations: message.operations, matched };
}

const unreadable = (expected: string, code: number) =>
  new CodedError("conform/unreadable", `message code ${code.toString(16)}: expected ${expected}`, { code });

/** What an answer or alert hides; undefined when it cannot be opened. */
export type Open = (envelope: Envelope, sealed: Uint8Array) => readonly OperationResult[] | undefined;

/** Reads answers and alerts of devices, whose hidden values it opens. */
export class Reader {
  readonly #open: Open;

  constructor(open: Open) {
    this.#open = open;
  }

  /** One result for each operation. Throws `wire/…`, `conform/unreadable`. */
  results(envelope: Envelope, { row, operations }: ReadCommand): readonly OperationResult[] {
    const message = suite.wire.decode(envelope, operations);
    if (!("results" in message)) throw unreadable("a response", row.code);
    const [first] = message.results;
    if (row.protector !== undefined && first?.value instanceof Uint8Array)
      return this.#opened(envelope, first.value);
    // What failed as a whole has one result.
    return operations.map((_, at) => message.results[at] ?? { status: 250 });
  }

  /** Throws `wire/…`, `conform/unreadable`. */
  alert(envelope: Envelope): Alert {
    const message = suite.wire.decode(envelope);
    if (!("alertCode" in message)) throw unreadable("an alert", envelope.header.code);
    const [sealed] = message.values;
    if (useCaseByCode(envelope.header.code)?.sensitive !== true || !(sealed instanceof Uint8Array))
      return message;
    return { ...message, values: this.#opened(envelope, sealed).map(({ value }) => value ?? null) };
  }

  #opened(envelope: Envelope, sealed: Uint8Array): readonly OperationResult[] {
    const opened = this.#open(envelope, sealed);
    if (opened !== undefined) return opened;
    throw new CodedError("conform/unreadable", "hidden values: no key that is here opens them");
  }

  /** An answer to a command, whole. Throws as {@link results}. */
  answerLeaves(envelope: Envelope, command: ReadCommand): readonly Leaf[] {
    const isState = command.row.payload === "asn1" ? told : readOut;
    const body = this.results(envelope, command).flatMap(({ status, value }, at): Leaf[] => {
      const { step } = command.matched[at] as Matched;
      const path = `result ${at + 1}, ${step.kind} ${step.path}`;
      const leaves = value === undefined || value === null ? [] : leavesOf(step.gives, value, path, isState);
      return [{ path: `${path}: status`, value: status, kind: "shape" }, ...leaves];
    });
    return [...headerLeaves(envelope), ...body];
  }

  /** Throws as {@link alert}. */
  alertLeaves(envelope: Envelope): readonly Leaf[] {
    const { alertCode, header, values } = this.alert(envelope);
    const body = useCaseByCode(header.code)?.alert?.body;
    const fields: readonly (readonly [string, ValueType])[] =
      body?.kind === "structure" ? Object.entries(body.fields) : [];
    return [
      ...headerLeaves(envelope),
      { path: "alert code", value: alertCode, kind: "shape" },
      { path: "time", value: header.timeS ?? null, kind: "state" },
      ...fields.flatMap(([name, type], at) => leavesOf(type, (values[at] ?? null) as Plain, name, told)),
    ];
  }
}

/** The device's own counter, and its time; the rest of a header follows from what it answers, or from its row. */
function headerLeaves({ header, protection, dateTime, otherInformation }: Envelope): Leaf[] {
  const { kind, code, originator, target, counter } = header;
  const own = kind === 3 ? "state" : "shape";
  const { party, counter: of, originatorCounter } = otherInformation;
  return [
    { path: "header, protection", value: protection, kind: "shape" },
    { path: "header, message code", value: code, kind: "shape" },
    { path: "header, originator", value: originator, kind: "shape" },
    { path: "header, recipient", value: target, kind: "shape" },
    { path: "header, counter", value: counter, kind: own },
    { path: "header, time stamp's length", value: dateTime?.length ?? 0, kind: "shape" },
    { path: "header, time stamp", value: toHex(dateTime?.subarray(0, 9) ?? new Uint8Array()), kind: "state" },
    { path: "header, clock status", value: toHex(dateTime?.subarray(9) ?? new Uint8Array()), kind: "shape" },
    { path: "header, supplementary party", value: party ?? null, kind: "shape" },
    { path: "header, supplementary counter", value: of ?? null, kind: "shape" },
    { path: "header, supplementary originator counter", value: originatorCounter ?? null, kind: "state" },
  ];
}

/** Certificates that a command brings. */
export function certificatesIn({ header, payload }: Envelope): readonly Uint8Array[] {
  const row = useCaseByCode(header.code);
  if (row?.payload !== "asn1" || header.kind !== Kind.command) return [];
  const found: Uint8Array[] = [];
  try {
    readPayload(row, header.kind, payload, ({ type, value }) => {
      if (type.kind === "octets" && type.form === "item" && value instanceof Uint8Array) found.push(value);
    });
  } catch {
    // What it is worth is found out when it is sent.
  }
  return found;
}
