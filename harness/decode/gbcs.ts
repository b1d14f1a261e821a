/** GBCS messages: MAC wrapper, general-signing, other information, payload, signature, MAC. */
import { useCaseByCode } from "../../firmware/model/index.ts";
import { ClockStatus, dateTimeFields } from "../../firmware/wire/gbcs/date-time.ts";
import { decodeRequest } from "../../firmware/wire/gbcs/dlms/index.ts";
import { type GbcsEnvelope, gbcsWire, readPreCommand } from "../../firmware/wire/gbcs/wire.ts";
import {
  type Header,
  type Kind,
  Kind as Kinds,
  type Operation,
  type OperationResult,
} from "../../firmware/wire/message.ts";
import { CodedError, messageOf } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";
import { decodeGbcsPayload } from "./gbcs-payload.ts";
import { Annotator, type DecodedNode, hexNumber, noFit, numberOf } from "./node.ts";

const kinds: Readonly<Record<number, string>> = { 1: "command", 2: "response", 3: "alert" };
const MAC_BYTES = 12;

/** What else helps to read a message: the command that it answers, and the keys of who it is for. */
export interface DecodeOptions {
  /** Its bytes. */
  readonly command?: Uint8Array;
  /** What a message hides; undefined when no key opens it. */
  readonly open?: (envelope: GbcsEnvelope, sealed: Uint8Array) => readonly OperationResult[] | undefined;
}

export function decodeGbcs(bytes: Uint8Array, options: DecodeOptions = {}): DecodedNode {
  const a = new Annotator(bytes);
  if (bytes[0] === 0xdd) return decodeMacWrapped(a, options);
  if (bytes[0] !== 0xdf)
    throw noFit(0, `begins with ${hexNumber(bytes[0] ?? 0, 2)}; GBCS begins with 0xDD or 0xDF`);
  const { what, children, signed } = decodeSigning(a, bytes.length, options);
  return a.node(`GBCS ${what}, ${signed ? "signed" : "pre-command (unprotected)"}`, children);
}

function decodeMacWrapped(a: Annotator, options: DecodeOptions): DecodedNode {
  a.expect("general-ciphering", "DD", "MAC wrapper");
  a.expect("empty fields", "000000000000", "transaction, originator, recipient, time, other, key");
  const length = takeLength(a, "length");
  if (length !== a.left) throw noFit(a.place, `length says ${length}, but ${a.left} bytes follow`);
  a.expect("security control", "11", "authenticated, suite 1");
  a.expect("invocation counter", "00000000");
  const { what, children, signed } = decodeSigning(a, a.bytes.length - MAC_BYTES, options);
  a.take("MAC", MAC_BYTES, (b) => ({ value: toHex(b), note: "AES-128-GMAC; not checked here, see verify" }));
  a.end();
  return a.node(`GBCS ${what}, ${signed ? "signed and MACed" : "MACed"}`, children);
}

/** General-signing, up to offset `end`. */
function decodeSigning(a: Annotator, end: number, options: DecodeOptions) {
  a.expect("general-signing", "DF");
  a.expect("transaction id length", "09");
  const flag = a.unsigned("CRA flag", 1, (v) => kinds[v]) as Kind;
  const kind = kinds[flag];
  if (kind === undefined) throw noFit(a.place - 1, "CRA flag: 1, 2 or 3 expected");
  a.take("originator counter", 8, (b) => BigInt(`0x${toHex(b)}`).toString());
  takeParty(a, "originator");
  takeParty(a, "recipient");
  takeDateTime(a);
  const code = takeOtherInformation(a);
  const children = [takeContent(a, code, flag, options)];
  const signed = takeSignature(a, end);
  return { what: `${kind} ${nameOf(code)}`, children, signed };
}

function takeParty(a: Annotator, name: string): void {
  a.expect(`${name} length`, "08");
  a.take(name, 8, toHex);
}

/** COSEM date-time, or none. */
function takeDateTime(a: Annotator): void {
  const length = a.unsigned("date-time length", 1);
  if (length === 0) return;
  if (length !== 12) throw noFit(a.place - 1, `date-time length: 0 or 12 expected, got ${length}`);
  const at = a.place;
  try {
    a.take("date-time", 12, (b) => ({ value: toHex(b), note: cosemTime(b, at) }));
  } catch (error) {
    throw noFit(at, (error as Error).message, error);
  }
}

const statusNames: readonly (readonly [number, string])[] = [
  [ClockStatus.invalid, "invalid"],
  [ClockStatus.doubtful, "doubtful"],
  [ClockStatus.otherBase, "of another clock"],
  [ClockStatus.invalidStatus, "status itself invalid"],
];

/** What 12 bytes say, "not specified" included. Throws `wire/malformed` for a time that cannot be. */
export function cosemTime(bytes: Uint8Array, at: number): string {
  const fields = dateTimeFields(bytes, at);
  const two = (n: number | undefined) => (n === undefined ? "--" : String(n).padStart(2, "0"));
  const date = `${fields.year ?? "----"}-${two(fields.month)}-${two(fields.day)}`;
  const time = `${two(fields.hour)}:${two(fields.minute)}:${two(fields.second)}`;
  const { deviationMin, status } = fields;
  const missing = (["year", "month", "day", "hour", "minute", "second"] as const).filter(
    (name) => fields[name] === undefined,
  );
  const clock = statusNames.filter(([bit]) => ((status ?? 0) & bit) !== 0).map(([, name]) => name);
  return [
    missing.length === 6 ? "no time: not specified" : `${date} ${time} UTC`,
    missing.length > 0 && missing.length < 6 ? `${missing.join(", ")} not specified` : "",
    `deviation ${deviationMin === undefined ? "not specified" : `${deviationMin} min`}`,
    `clock ${status === undefined ? "status not specified" : clock.join(", ") || "reliable"}`,
  ]
    .filter((part) => part !== "")
    .join("; ");
}

function takeOtherInformation(a: Annotator): number {
  const length = takeLength(a, "other information length");
  if (length < 2 || length > a.left || (length > 26 ? length < 100 : ![2, 10, 18, 26].includes(length)))
    throw noFit(
      a.place,
      `other information of ${length} bytes; 2, 10, 18, 26 or 18 and a certificate expected`,
    );
  const code = a.unsigned("message code", 2, (v) => `${hexNumber(v, 4)} ${nameOf(v)}`);
  if (length >= 10) a.take("supplementary party", 8, toHex);
  if (length >= 18) a.take("supplementary counter", 8, (b) => BigInt(`0x${toHex(b)}`).toString());
  if (length === 26) a.take("supplementary originator counter", 8, (b) => BigInt(`0x${toHex(b)}`).toString());
  if (length > 26) a.take("key-agreement certificate", length - 18);
  return code;
}

function takeContent(a: Annotator, code: number, kind: Kind, options: DecodeOptions): DecodedNode {
  const length = takeLength(a, "content length");
  const at = a.place;
  const envelope = envelopeOf(a.bytes);
  const header = envelope?.header ?? preCommandOf(a.bytes);
  const { open, command } = options;
  const more = {
    ...(open && envelope && { open: (sealed: Uint8Array) => open(envelope, sealed) }),
    ...(command && kind === Kinds.response && { asked: askedBy(command) }),
  };
  const carried = { base: at, row: useCaseByCode(code), kind, header, more };
  return decodeGbcsPayload(a.take("content", length), carried);
}

/** Undefined for a message whose envelope is right in parts only: what is wrong is told by whoever notes the fields. */
function envelopeOf(bytes: Uint8Array): GbcsEnvelope | undefined {
  try {
    return gbcsWire.peek(bytes);
  } catch {
    return undefined;
  }
}

function preCommandOf(bytes: Uint8Array): Header | undefined {
  try {
    return readPreCommand(bytes).message.header;
  } catch {
    return undefined;
  }
}

/** The operations of a command, or pre-command. Throws `decode/input` for anything else. */
function askedBy(command: Uint8Array): readonly Operation[] {
  try {
    const message = envelopeOf(command) ?? readPreCommand(command).message;
    return decodeRequest(message.header, message.payload);
  } catch (error) {
    throw new CodedError("decode/input", `the command: ${messageOf(error)}`, {}, error);
  }
}

/** False for a pre-command, which ends with its content. */
function takeSignature(a: Annotator, end: number): boolean {
  if (a.at === end) return false;
  const length = a.unsigned("signature length", 1, (v) => (v === 0 ? "not signed" : undefined));
  if (length !== 0 && length !== 64)
    throw noFit(a.place - 1, `signature length: 0 or 64 expected, got ${length}`);
  if (length === 64)
    a.take("signature", 64, (b) => ({ value: toHex(b), note: "ECDSA P-256; not checked here, see verify" }));
  if (a.at !== end) throw noFit(a.place, `${end - a.at} bytes between the signature and the end`);
  return length === 64;
}

/** A DLMS length: one byte, or 81 nn, or 82 nnnn. */
function takeLength(a: Annotator, name: string): number {
  const first = a.bytes[a.at] ?? 0;
  const extra = first === 0x81 ? 1 : first === 0x82 ? 2 : 0;
  if (first > 0x82 || first === 0x80) throw noFit(a.place, `${name}: begins with ${hexNumber(first, 2)}`);
  const read = (b: Uint8Array) => numberOf(extra === 0 ? b : b.subarray(1));
  return read(a.take(name, 1 + extra, (b) => String(read(b))));
}

/** "ECS43 disable supply" */
export function nameOf(code: number): string {
  const own = useCaseByCode(code);
  return own === undefined ? `with message code ${hexNumber(code, 4)}` : `${own.id} ${own.title}`;
}
