/**
 * The shapes of the EDHOC messages (RFC 9528 §5, §6): reading refuses whatever departs from them,
 * writing gives the one deterministic form.
 */
import { concat } from "../../../../hal/base/bytes.ts";
import { Major } from "../../../../hal/base/cbor-head.ts";
import { CodedError } from "../../../../hal/base/coded-error.ts";
import {
  encodeIdCredField,
  encodeIdentifier,
  type IdCred,
  readIdCredField,
  readIdentifier,
} from "./credentials.ts";
import {
  encodeBytes,
  encodeInteger,
  encodeText,
  type Item,
  integerOf,
  malformed,
  readSequence,
  textOf,
} from "./sequence.ts";

export const METHOD_SIGN_SIGN = 0;
export const SUITE_0 = 0;
/** What a HAN tunnel carries in one piece; longer messages are refused unread. */
export const MAX_MESSAGE_BYTES = 1500;
const EPHEMERAL_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const MAX_CONNECTION_ID_BYTES = 8;
const MAX_SUITES = 8;
const MAX_EAD_ITEMS = 8;
const MAX_ERROR_TEXT_BYTES = 128;

/** External authorization data (RFC 9528 §3.8). A negative label is critical; 0 is padding. */
export interface EadItem {
  readonly label: number;
  readonly value?: Uint8Array;
}

export interface Message1 {
  readonly ephemeralKey: Uint8Array;
  readonly connectionId: Uint8Array;
}

export interface Plaintext {
  readonly idCred: IdCred;
  readonly signature: Uint8Array;
  /** EAD as it came, for the MAC. */
  readonly ead: Uint8Array;
}

export function encodeMessage1(m: Message1, ead: Uint8Array): Uint8Array {
  return concat(
    encodeInteger(METHOD_SIGN_SIGN),
    encodeInteger(SUITE_0),
    encodeBytes(m.ephemeralKey),
    encodeIdentifier(m.connectionId),
    ead,
  );
}

/** Reads message_1. Throws `edhoc/encoding`, `edhoc/method`, `edhoc/suite` or `edhoc/critical-ead`. */
export function readMessage1(bytes: Uint8Array): Message1 {
  const what = "message_1";
  bounded(bytes, what);
  const [method, suites, key, id, ...ead] = readSequence(bytes, 4 + 2 * MAX_EAD_ITEMS, what);
  if (method === undefined || suites === undefined || key === undefined || id === undefined)
    throw malformed(what, bytes.length, "fewer than the 4 items METHOD, SUITES_I, G_X, C_I");
  const methodNumber = integerOf(method);
  if (methodNumber === undefined) throw malformed(what, 0, "METHOD is no integer");
  const offered = readSuites(suites, `${what}: SUITES_I`);
  if (key.major !== Major.bytes) throw malformed(what, 0, "G_X is no byte string");
  const connectionId = readIdentifier(id, `${what}: C_I`, MAX_CONNECTION_ID_BYTES);
  checkMethodAndSuite(methodNumber, offered);
  if (key.argument !== EPHEMERAL_KEY_BYTES)
    throw malformed(what, 0, `G_X has ${key.argument} bytes, an X25519 key has ${EPHEMERAL_KEY_BYTES}`);
  refuseCritical(ead, what);
  return { ephemeralKey: key.content, connectionId };
}

/** SUITES_I or SUITES_R: one integer, or an array of at least two (RFC 9528 §5.2.1). */
function readSuites(item: Item, what: string): number[] {
  const single = integerOf(item);
  if (single !== undefined) return [single];
  if (item.major !== Major.array || item.argument < 2 || item.argument > MAX_SUITES)
    throw malformed(what, 0, `neither an integer nor an array of 2 to ${MAX_SUITES} integers`);
  return readSequence(item.content, item.argument, what).map((suite) => {
    const number = integerOf(suite);
    if (number === undefined) throw malformed(what, 0, "a cipher suite that is no integer");
    return number;
  });
}

function checkMethodAndSuite(method: number, offered: readonly number[]): void {
  if (method !== METHOD_SIGN_SIGN)
    throw new CodedError("edhoc/method", `message_1: method ${method}, only 0 (both sign) is spoken here`, {
      method,
    });
  if (offered.at(-1) !== SUITE_0 || offered.indexOf(SUITE_0) !== offered.length - 1)
    throw new CodedError(
      "edhoc/suite",
      `message_1: cipher suite ${offered.at(-1)} selected of [${offered}], only 0 is spoken here`,
      { offered, supported: [SUITE_0] },
    );
}

export function encodeMessage2(ephemeralKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return encodeBytes(concat(ephemeralKey, ciphertext));
}

/** Reads message_2 = one byte string G_Y ‖ CIPHERTEXT_2. */
export function readMessage2(bytes: Uint8Array): { ephemeralKey: Uint8Array; ciphertext: Uint8Array } {
  const content = readSingleBytes(bytes, "message_2");
  if (content.length <= EPHEMERAL_KEY_BYTES)
    throw malformed("message_2", 0, `${content.length} bytes, too short for G_Y and a ciphertext`);
  return {
    ephemeralKey: content.subarray(0, EPHEMERAL_KEY_BYTES),
    ciphertext: content.subarray(EPHEMERAL_KEY_BYTES),
  };
}

/** Reads message_2, message_3 or message_4: one byte string. */
export function readSingleBytes(bytes: Uint8Array, what: string): Uint8Array {
  bounded(bytes, what);
  const [item, ...more] = readSequence(bytes, 8, what);
  if (item === undefined || more.length > 0 || item.major !== Major.bytes)
    throw malformed(what, 0, `expected one byte string, got ${more.length + (item ? 1 : 0)} item(s)`);
  return item.content;
}

/** PLAINTEXT_2 without its leading C_R, or PLAINTEXT_3. */
export function encodePlaintext(p: Plaintext): Uint8Array {
  return concat(encodeIdCredField(p.idCred), encodeBytes(p.signature), p.ead);
}

/** Reads PLAINTEXT_2 = (C_R, ID_CRED_R, Signature_2, ? EAD_2). */
export function readPlaintext2(bytes: Uint8Array): Plaintext & { readonly connectionId: Uint8Array } {
  const what = "PLAINTEXT_2";
  const [id, ...rest] = readSequence(bytes, 3 + 2 * MAX_EAD_ITEMS, what);
  if (id === undefined) throw malformed(what, 0, "empty");
  const connectionId = readIdentifier(id, `${what}: C_R`, MAX_CONNECTION_ID_BYTES);
  return { connectionId, ...readProofItems(rest, what) };
}

/** Reads PLAINTEXT_3 = (ID_CRED_I, Signature_3, ? EAD_3). */
export function readPlaintext3(bytes: Uint8Array): Plaintext {
  return readProofItems(readSequence(bytes, 2 + 2 * MAX_EAD_ITEMS, "PLAINTEXT_3"), "PLAINTEXT_3");
}

function readProofItems([id, signature, ...ead]: readonly Item[], what: string): Plaintext {
  if (id === undefined || signature === undefined)
    throw malformed(what, 0, "ID_CRED or the signature is missing");
  const idCred = readIdCredField(id, `${what}: ID_CRED`);
  if (signature.major !== Major.bytes || signature.argument !== SIGNATURE_BYTES)
    throw malformed(what, 0, `the signature is not a byte string of ${SIGNATURE_BYTES} bytes`);
  refuseCritical(ead, what);
  return { idCred, signature: signature.content, ead: concat(...ead.map((item) => item.raw)) };
}

export function encodeEad(items: readonly EadItem[]): Uint8Array {
  return concat(
    ...items.flatMap(({ label, value }) =>
      value === undefined ? [encodeInteger(label)] : [encodeInteger(label), encodeBytes(value)],
    ),
  );
}

/** Reads PLAINTEXT_4 = (? EAD_4). */
export function readPlaintext4(bytes: Uint8Array): void {
  refuseCritical(readSequence(bytes, 2 * MAX_EAD_ITEMS, "PLAINTEXT_4"), "PLAINTEXT_4");
}

/** No EAD label is known here, so a critical one ends the session (RFC 9528 §3.8); others are ignored. */
function refuseCritical(items: readonly Item[], what: string): void {
  let count = 0;
  for (let i = 0; i < items.length; i++) {
    const label = integerOf(items[i] as Item);
    if (label === undefined) throw malformed(what, 0, "EAD without its integer label");
    if (++count > MAX_EAD_ITEMS) throw malformed(what, 0, `more than ${MAX_EAD_ITEMS} EAD items`);
    if (label < 0)
      throw new CodedError("edhoc/critical-ead", `${what}: critical EAD ${-label} is not known here`, {
        label: -label,
      });
    if (items[i + 1]?.major === Major.bytes) i++;
  }
}

function bounded(bytes: Uint8Array, what: string): void {
  if (bytes.length === 0 || bytes.length > MAX_MESSAGE_BYTES)
    throw malformed(what, 0, `${bytes.length} bytes, expected 1 to ${MAX_MESSAGE_BYTES}`);
}

// --- error message (RFC 9528 §6) -----------------------------------------------------------------------

export const ErrorCode = { unspecified: 1, wrongSuite: 2, unknownCredential: 3 } as const;

/** The error message that tells the peer of `failure`: its code, never its details. */
export function encodeError(failure: CodedError): Uint8Array {
  if (failure.code === "edhoc/suite")
    return concat(encodeInteger(ErrorCode.wrongSuite), encodeInteger(SUITE_0));
  if (failure.code === "edhoc/credential")
    return concat(encodeInteger(ErrorCode.unknownCredential), Uint8Array.of(0xf5));
  return concat(encodeInteger(ErrorCode.unspecified), encodeText(failure.code));
}

/**
 * The failure a peer's error message reports, or undefined when `bytes` are no error message (messages 2 to
 * 4 are byte strings, errors begin with an integer). Throws `edhoc/encoding` for a malformed one.
 */
export function readError(bytes: Uint8Array): CodedError | undefined {
  const major = (bytes[0] ?? 0xff) >> 5;
  if (major !== Major.uint && major !== Major.negative) return undefined;
  bounded(bytes, "error message");
  const items = readSequence(bytes, 2, "error message");
  const [code, info] = items as [Item, Item?];
  return new CodedError(
    "edhoc/peer-error",
    `the peer ended the session: ${describe(integerOf(code) as number, info)}`,
    { errorCode: integerOf(code), ...suitesOf(code, info) },
  );
}

function describe(code: number, info: Item | undefined): string {
  if (code === ErrorCode.wrongSuite) return "it does not speak the selected cipher suite";
  if (code === ErrorCode.unknownCredential) return "it does not accept our credential";
  if (code !== ErrorCode.unspecified) return `error code ${code}`;
  if (info?.major !== Major.text || info.argument > MAX_ERROR_TEXT_BYTES) return "unspecified error";
  return `"${textOf(info).replace(/[^\x20-\x7e]/g, "?")}"`;
}

function suitesOf(code: Item, info: Item | undefined): { suites?: number[] } {
  if (integerOf(code) !== ErrorCode.wrongSuite || info === undefined) return {};
  return { suites: readSuites(info, "error message: SUITES_R") };
}
