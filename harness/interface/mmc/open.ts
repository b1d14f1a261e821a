/** An authentic response or alert of the GBCS wire, with its values by name. What is hidden stays so without keys. */
import {
  fromPlain,
  type Plain,
  type Step,
  type UseCase,
  useCaseByCode,
} from "../../../firmware/model/index.ts";
import { readAlert, readResponse } from "../../../firmware/wire/gbcs/asn1/payload.ts";
import { type Asked, decodeNotice, decodeResponse } from "../../../firmware/wire/gbcs/dlms/index.ts";
import type { GbcsEnvelope } from "../../../firmware/wire/gbcs/wire.ts";
import { Kind, type OperationResult, Status } from "../../../firmware/wire/message.ts";
import { CodedError, hasCode } from "../../../hal/base/coded-error.ts";

/** Opens hidden values by the keys of their reader; undefined where none fits. */
export type OpenHidden = (
  envelope: GbcsEnvelope,
  sealed: Uint8Array,
) => readonly OperationResult[] | undefined;

/** One operation of a response: what it was, where the row tells, and how it went. */
export interface Outcome {
  readonly kind: Step["kind"];
  readonly status: number;
}

export interface OpenedMessage {
  readonly envelope: GbcsEnvelope;
  readonly row: UseCase;
  /** By name: of a response "object.member" as nested members; of an alert the members of its body. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Of a response with a DLMS payload. */
  readonly outcomes: readonly Outcome[];
  /** Of an alert. */
  readonly alert?: { readonly code: number; readonly timeS: number };
  /** What no key opened. */
  readonly sealed?: Uint8Array;
  /** What was hidden, in the clear: the results that it holds. */
  readonly unsealed?: readonly OperationResult[];
}

/** Throws `mmc/kind`, `mmc/use-case`, `mmc/unreadable`. Nothing is authenticated here. */
export function openMessage(envelope: GbcsEnvelope, open: OpenHidden): OpenedMessage {
  const row = rowOf(envelope);
  try {
    return envelope.header.kind === Kind.alert
      ? openAlert(envelope, row, open)
      : openResponse(envelope, row, open);
  } catch (error) {
    if (!(error instanceof CodedError) || hasCode(error, "hal")) throw error;
    throw new CodedError("mmc/unreadable", `${row.id}: ${error.message}`, { useCase: row.id }, error);
  }
}

/** What nobody parses: a command, or what becomes one. */
export function notFromDevice(kind: string, code: number): CodedError {
  const what = useCaseByCode(code)?.id ?? code.toString(16).toUpperCase().padStart(4, "0");
  const message = `expected a response or an alert, got a ${kind} (${what}): decode explains it`;
  return new CodedError("mmc/kind", message, { code });
}

function rowOf({ header: { kind, code }, payload }: GbcsEnvelope): UseCase {
  const row = useCaseByCode(code);
  if (kind === Kind.command) throw notFromDevice("command", code);
  const what = code.toString(16).toUpperCase().padStart(4, "0");
  const isGbz = payload[0] === 0x01 && payload[1] === 0x09;
  if (!isGbz && (row?.payload === "dlms" || row?.payload === "asn1")) return row;
  const got =
    row === undefined ? "one that no row has" : `${row.id} with a ${isGbz ? "gbz" : row.payload} payload`;
  throw new CodedError(
    "mmc/use-case",
    `message code ${what}: expected a use case with a DLMS or ASN.1 payload, got ${got}: no such device here`,
    { code },
  );
}

function openAlert(envelope: GbcsEnvelope, row: UseCase, open: OpenHidden): OpenedMessage {
  const { header, payload } = envelope;
  const told = row.payload === "asn1" ? readAlert(row, payload) : decodeNotice(header, payload);
  const alert = { code: told.alertCode, timeS: told.timeS };
  const body = row.alert?.body;
  const named = (values: readonly unknown[]) =>
    body === undefined
      ? {}
      : (fromPlain(body, values as Plain[], row.id) as Readonly<Record<string, unknown>>);
  if (!("sealed" in told)) return { envelope, row, alert, outcomes: [], values: named(told.values) };
  const unsealed = open(envelope, told.sealed);
  if (unsealed === undefined) return { envelope, row, alert, outcomes: [], values: {}, sealed: told.sealed };
  const values = named(unsealed.map(({ value }) => value ?? null));
  return { envelope, row, alert, outcomes: [], values, unsealed };
}

function openResponse(envelope: GbcsEnvelope, row: UseCase, open: OpenHidden): OpenedMessage {
  const { header, payload } = envelope;
  if (row.payload === "asn1")
    return { envelope, row, outcomes: [], values: namedResults(row.steps, readResponse(row, payload)) };
  const steps = stepsAnswered(row, payload);
  const asked: Asked[] = steps.map(({ kind, target, no }) => ({ kind, object: target.id, member: no }));
  const answer = decodeResponse(header, asked, payload);
  if ("results" in answer) return { envelope, row, ...told(row, steps, answer.results) };
  const unsealed = open(envelope, answer.sealed);
  const outcomes: Outcome[] = [{ kind: "call", status: Status.success }];
  if (unsealed === undefined) return { envelope, row, outcomes, values: {}, sealed: answer.sealed };
  return { envelope, row, outcomes, values: namedResults(steps, unsealed), unsealed };
}

/** What was to be hidden, and failed as a whole, is one call that failed. */
const told = ({ protector }: UseCase, steps: readonly Step[], results: readonly OperationResult[]) => ({
  outcomes:
    protector === undefined
      ? results.map(({ status }, i) => ({ kind: (steps[i] as Step).kind, status }))
      : results.slice(0, 1).map(({ status }) => ({ kind: "call" as const, status })),
  values: namedResults(steps, results),
});

/** "object.member" as nested members; what is read twice is told twice where it differs. */
function namedResults(
  steps: readonly Step[],
  results: readonly OperationResult[],
): Readonly<Record<string, unknown>> {
  const values: Record<string, Record<string, unknown>> = {};
  for (const [i, { object, member, gives, path }] of steps.entries()) {
    const plain = results[i]?.value;
    if (plain === undefined || plain === null || gives.kind === "null") continue;
    const value = fromPlain(gives, plain, path);
    values[object] ??= {};
    const members = values[object];
    const isAgain = member in members && !isSame(members[member], value);
    members[isAgain ? `${member} (read again)` : member] = value;
  }
  return values;
}

const isSame = (a: unknown, b: unknown): boolean => shown(a) === shown(b);
const shown = (value: unknown): string =>
  JSON.stringify(value, (_, each) =>
    typeof each === "bigint"
      ? `${each}`
      : each instanceof Uint8Array
        ? Buffer.from(each).toString("hex")
        : each,
  );

const resultKinds: Readonly<Record<number, Step["kind"]>> = { 1: "get", 2: "set", 3: "call" };
/** APDU, invoke id, no repeated specifications; then the values' count. */
const countAt = 7;

/**
 * The steps that a response answers. Where the row lets some be left out, the kinds of the results, which stand at the
 * end, tell as much as they can: steps of those kinds in their order. None of them gives a value.
 */
function stepsAnswered({ steps, protector }: UseCase, payload: Uint8Array): readonly Step[] {
  const mayLack = steps.some(({ times }) => times[0] === 0);
  if (!mayLack || protector !== undefined) return steps;
  const count = payload[countAt] ?? 0;
  const results = payload.subarray(Math.max(0, payload.length - 2 * count));
  let next = 0;
  return Array.from({ length: Math.min(count, steps.length) }).flatMap((_, i) => {
    const kind = resultKinds[results[2 * i] ?? 0];
    const at = steps.findIndex((step, n) => n >= next && step.kind === kind);
    if (at < 0) return [];
    next = at + 1;
    return [steps[at] as Step];
  });
}
