/** Answers: access-response with one value and one status for each operation of the command. */
import { useCaseByCode } from "../../../model/index.ts";
import { type Header, type OperationResult, Status, type Value } from "../../message.ts";
import { malformed, type Reader } from "../bytes.ts";
import { Choice, readCount } from "./access-request.ts";
import { type Asked, typesToWrite } from "./addresses.ts";
import { Apdu, beginApdu, closeApdu, openApdu } from "./apdu.ts";
import { readData, writeData } from "./data.ts";
import { readProtection, readSealed, writeProtection, writeSealed } from "./protection.ts";
import { Sink, unwritable } from "./sink.ts";
import { expectTag, Tag } from "./tags.ts";

/** Results in the order of the operations; or the values hidden (`31 00000000` ‖ ciphertext ‖ tag), all successful. */
export type Answer = { readonly results: readonly OperationResult[] } | { readonly sealed: Uint8Array };

const statuses: ReadonlySet<number> = new Set(Object.values(Status));

/**
 * What results are on this wire: the first failure is a hardware fault (1), and all after it are 250, not executed
 * and without values. The device must not have executed them.
 */
export function byResultRule(results: readonly OperationResult[]): readonly OperationResult[] {
  const first = results.findIndex(({ status }) => status !== Status.success);
  if (first < 0) return results;
  return results.map((result, at) => {
    if (at < first) return result;
    return { status: at === first ? Status.hardwareFault : Status.otherReason };
  });
}

/**
 * The payload of an answer to `asked`. `twin`: the device is a twin-element meter, which a table without entries
 * shows. Throws `wire/format`, also for values of a row with a protector that are not sealed.
 */
export function encodeResponse(
  header: Header,
  asked: readonly Asked[],
  answer: Answer,
  twin = false,
): Uint8Array {
  const sink = beginApdu(Apdu.accessResponse, header).u8(0);
  if (isProtected(header)) return writeProtectedAnswer(sink, header, asked, answer).written;
  const results = "results" in answer ? answer.results : [];
  if (results.length !== asked.length) throw unwritable(`${asked.length} results`, results.length);
  sink.length(results.length);
  for (const [at, each] of asked.entries()) writeValue(sink, each, results[at] as OperationResult, twin);
  sink.length(results.length);
  for (const [at, { kind }] of asked.entries())
    sink.u8(Choice[kind]).u8((results[at] as OperationResult).status);
  return sink.written;
}

/**
 * What a payload answers to `asked`, the operations of the command. A protected read that failed is its result rule:
 * all operations failed with it. Throws `wire/malformed` with the byte.
 */
export function decodeResponse(header: Header, asked: readonly Asked[], payload: Uint8Array): Answer {
  const reader = openApdu(Apdu.accessResponse, header, payload);
  reader.expect("repeated specifications", 0);
  const answer = isProtected(header)
    ? readProtectedAnswer(reader, header, asked)
    : { results: readResults(reader, asked) };
  closeApdu(reader);
  return answer;
}

const isProtected = ({ code }: Header): boolean => useCaseByCode(code)?.protector !== undefined;

/** Statuses stand behind the values, but tell which values are there: so they are looked at first, from the end. */
function readResults(reader: Reader, asked: readonly Asked[]): OperationResult[] {
  readCount(reader, "values' count", asked.length, asked.length);
  const listBytes = new Sink().length(asked.length).written.length;
  const ahead = reader.end - listBytes - 2 * asked.length;
  if (ahead < reader.at)
    throw malformed("values", reader.at, `values and ${asked.length} results`, `${reader.left} bytes`);
  const results = asked.map((each, at) => {
    const failed = reader.bytes[ahead + listBytes + 2 * at + 1] !== Status.success;
    return readValue(reader, each, failed);
  });
  readCount(reader, "results' count", asked.length, asked.length);
  return results.map((value, at) => {
    const status = readStatus(reader, (asked[at] as Asked).kind);
    return value === undefined ? { status } : { status, value };
  });
}

function readValue(reader: Reader, asked: Asked, failed: boolean): Value | undefined {
  const { gives } = typesToWrite(asked);
  if (!failed && gives !== undefined) return readData(reader, gives);
  expectTag(reader, Tag.null);
  return undefined;
}

function writeValue(sink: Sink, asked: Asked, { status, value }: OperationResult, twin: boolean): Sink {
  const { gives } = typesToWrite(asked);
  if (status === Status.success && gives !== undefined) return writeData(sink, gives, value ?? null, twin);
  if (value !== undefined && value !== null)
    throw unwritable(`no value for a ${asked.kind} with ${status}`, value);
  return sink.u8(Tag.null);
}

function readStatus(reader: Reader, kind: Asked["kind"]): Status {
  reader.expect("kind of result", Choice[kind]);
  const status = reader.u8("result");
  if (!statuses.has(status))
    throw malformed("result", reader.at - 1, `one of ${[...statuses].join(", ")}`, status);
  return status as Status;
}

function readProtectedAnswer(reader: Reader, header: Header, asked: readonly Asked[]): Answer {
  readCount(reader, "values' count", 1, 1);
  const sealed = reader.bytes[reader.at] === Tag.null ? undefined : readSealedValue(reader, header);
  if (sealed === undefined) expectTag(reader, Tag.null);
  readCount(reader, "results' count", 1, 1);
  const at = reader.at + 1;
  const status = readStatus(reader, "call");
  if ((status === Status.success) !== (sealed !== undefined))
    throw malformed("result", at, sealed ? "0, as there is a value" : "a failure, as there is none", status);
  if (sealed !== undefined) return { sealed };
  const failed = (n: number) => ({ status: n === 0 ? status : Status.otherReason });
  return { results: asked.map((_, n) => failed(n)) };
}

function readSealedValue(reader: Reader, header: Header): Uint8Array {
  reader.expect("data type", Tag.structure);
  reader.expect("structure's count", 2);
  readProtection(reader, header);
  return readSealed(reader);
}

function writeProtectedAnswer(sink: Sink, header: Header, asked: readonly Asked[], answer: Answer): Sink {
  if ("sealed" in answer) {
    writeProtection(sink.u8(1).u8(Tag.structure).u8(2), header);
    return writeSealed(sink, answer.sealed).u8(1).u8(Choice.call).u8(Status.success);
  }
  const failure = answer.results.find(({ status }) => status !== Status.success);
  if (failure === undefined || answer.results.length !== asked.length)
    throw unwritable("sealed values, or a failure", "values in the clear");
  return sink.u8(1).u8(Tag.null).u8(1).u8(Choice.call).u8(failure.status);
}
