/**
 * What COSE_Sign1, COSE_Mac0 and COSE_Encrypt0 have in common (RFC 9052 §3, §4.4, §5.3, §6.3): a tagged array
 * of protected headers, unprotected headers, content and what authenticates it; and the array, never sent,
 * over which that is computed.
 */
import { headBytes, Major, putHead } from "../../../hal/base/cbor-head.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { allocate } from "../../../hal/base/slab.ts";
import { MAX_MESSAGE_BYTES, passItem } from "./gate.ts";
import { malformed, Reader } from "./reader.ts";

/** CBOR tags (RFC 9052 table 1). */
export const Tag = { encrypt0: 16, mac0: 17, sign1: 18 } as const;

/** COSE algorithm numbers in use (RFC 9053). */
export const Algorithm = { a128gcm: 1, hmac256: 5, es256: -7, eddsa: -8, ecdhSsHkdf256: -27 } as const;

/** The header parameters understood (RFC 9052 §3.1). */
export interface Headers {
  /** Label 1: a number, or text. */
  readonly algorithm?: number | string;
  /** Label 4. */
  readonly keyId?: Uint8Array;
  /** Label 5. */
  readonly iv?: Uint8Array;
}

export interface Structure {
  /** The content of the protected bucket's byte string; empty for h'' and for h'a0'. */
  readonly protectedBytes: Uint8Array;
  readonly protectedHeaders: Headers;
  readonly unprotectedHeaders: Headers;
  /** Payload, or ciphertext. */
  readonly content: Uint8Array;
  /** Signature or tag; empty for an Encrypt0, whose ciphertext holds its tag. */
  readonly authenticator: Uint8Array;
}

/** Length of the key identifiers of this wire. */
export const KEY_ID_BYTES = 8;
export const NO_BYTES: Uint8Array = new Uint8Array(0);
const EMPTY_MAP = 0xa0;
/** The unprotected bucket of all we make. */
export const NO_HEADERS = Uint8Array.of(EMPTY_MAP);

/** Reads one structure with CBOR tag `tag`, or none (RFC 9052 §2 allows both). Throws `wire/malformed`. */
export function readStructure(bytes: Uint8Array, tag: number): Structure {
  const reader = new Reader(bytes);
  if (reader.peekByte() >> 5 === Major.tag) {
    reader.head();
    if (reader.argument !== tag) throw reader.wrong(`tag ${tag}`);
  }
  reader.array("COSE structure", tag === Tag.encrypt0 ? 3 : 4);
  const protectedBytes = readProtected(reader);
  const protectedHeaders = protectedBytes.length === 0 ? {} : readHeaders(new Reader(protectedBytes));
  const unprotectedHeaders = readHeaders(reader, false);
  const content = reader.byteString("content");
  const authenticator = tag === Tag.encrypt0 ? NO_BYTES : reader.byteString("signature or tag");
  reader.finish();
  if (protectedHeaders.algorithm !== undefined && unprotectedHeaders.algorithm !== undefined)
    throw malformed(0, "one algorithm", "one in each bucket");
  return { protectedBytes, protectedHeaders, unprotectedHeaders, content, authenticator };
}

/** An empty map may be sent as h'a0', but counts as h'' (RFC 9052 §3). */
function readProtected(reader: Reader): Uint8Array {
  const bytes = reader.byteString("protected headers");
  return bytes.length === 1 && bytes[0] === EMPTY_MAP ? NO_BYTES : bytes;
}

function readHeaders(reader: Reader, whole = true): Headers {
  const start = reader.at;
  reader.head();
  if (reader.major !== Major.map) throw reader.wrong("a header map");
  const count = reader.argument;
  const ahead = new Reader(reader.bytes, start);
  passItem(ahead); // keys ascend and none comes twice
  const headers: { -readonly [K in keyof Headers]: Headers[K] } = {};
  for (let i = 0; i < count; i++) readHeader(reader, headers);
  if (whole) reader.finish();
  return headers;
}

function readHeader(reader: Reader, headers: { -readonly [K in keyof Headers]: Headers[K] }): void {
  reader.head();
  const label = reader.major === Major.uint ? reader.argument : undefined;
  if (reader.major === Major.text || reader.major === Major.bytes) reader.take(reader.argument);
  if (label === 2) throw reader.wrong("no header marked critical (RFC 9052 §3.1)");
  if (label === 1) headers.algorithm = readAlgorithm(reader);
  else if (label === 4) headers.keyId = reader.byteString("kid");
  else if (label === 5) headers.iv = reader.byteString("IV");
  else passItem(reader);
}

function readAlgorithm(reader: Reader): number | string {
  reader.head();
  if (reader.major === Major.uint) return reader.argument;
  if (reader.major === Major.negative) return -1 - reader.argument;
  if (reader.major !== Major.text) throw reader.wrong("an algorithm, integer or text");
  return new TextDecoder().decode(reader.take(reader.argument));
}

/** The algorithm a structure names must be the one its key is for (RFC 9052 §3.1). Throws `wire/algorithm`. */
export function requireAlgorithm(structure: Structure, expected: number): void {
  const got = structure.protectedHeaders.algorithm ?? structure.unprotectedHeaders.algorithm;
  if (got === expected) return;
  throw new CodedError("wire/algorithm", `expected COSE algorithm ${expected}, got ${got ?? "none"}`, {
    expected,
    got,
  });
}

/** Starts of Sig_structure, MAC_structure and Enc_structure: an array head and the context string. */
const contexts = {
  Signature1: Uint8Array.of(0x84, 0x6a, 0x53, 0x69, 0x67, 0x6e, 0x61, 0x74, 0x75, 0x72, 0x65, 0x31),
  MAC0: Uint8Array.of(0x84, 0x64, 0x4d, 0x41, 0x43, 0x30),
  Encrypt0: Uint8Array.of(0x83, 0x68, 0x45, 0x6e, 0x63, 0x72, 0x79, 0x70, 0x74, 0x30),
};

/**
 * The bytes a signature, MAC or AEAD covers: context, protected headers, external data and, but for
 * Encrypt0, the payload.
 */
export function authenticated(
  context: keyof typeof contexts,
  protectedBytes: Uint8Array,
  externalAad: Uint8Array,
  payload?: Uint8Array,
): Uint8Array {
  const start = contexts[context];
  const parts =
    payload === undefined ? [protectedBytes, externalAad] : [protectedBytes, externalAad, payload];
  return byteStrings(start, parts);
}

/** `start` followed by each of `parts` as a CBOR byte string. Throws `wire/too-long` beyond 65,535 bytes. */
export function byteStrings(start: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  let size = start.length;
  for (const part of parts) size += byteStringSize(part);
  const out = allocateMessage(size);
  out.set(start);
  let at = start.length;
  for (const part of parts) at = putByteString(out, at, part);
  return out;
}

function allocateMessage(size: number): Uint8Array {
  if (size > MAX_MESSAGE_BYTES) throw tooLong(size);
  return allocate(size);
}

function tooLong(size: number): CodedError {
  const limits = `expected at most ${MAX_MESSAGE_BYTES} bytes, got ${size}`;
  return new CodedError("wire/too-long", `message: ${limits}; ask for a shorter range`, { size });
}

const byteStringSize = ({ length }: Uint8Array): number => headBytes(length) + length;

function putByteString(out: Uint8Array, at: number, bytes: Uint8Array): number {
  const contentAt = putHead(out, at, Major.bytes, bytes.length);
  out.set(bytes, contentAt);
  return contentAt + bytes.length;
}

/** The bytes of a structure (tag below 24): what {@link readStructure} reads. `unprotected` is an encoded map. */
export function writeStructure(
  tag: number,
  protectedBytes: Uint8Array,
  unprotected: Uint8Array,
  content: Uint8Array,
  authenticator?: Uint8Array,
): Uint8Array {
  const size = 2 + byteStringSize(protectedBytes) + unprotected.length + byteStringSize(content);
  const out = allocateMessage(authenticator === undefined ? size : size + byteStringSize(authenticator));
  out[0] = 0xc0 | tag;
  out[1] = authenticator === undefined ? 0x83 : 0x84;
  let at = putByteString(out, 2, protectedBytes);
  out.set(unprotected, at);
  at = putByteString(out, at + unprotected.length, content);
  if (authenticator !== undefined) putByteString(out, at, authenticator);
  return out;
}

/** {1: algorithm, 4: kid} with an algorithm of one byte and a kid of eight: the protected headers of all we make. */
export function protectedHeaders(algorithm: number, keyId: Uint8Array): Uint8Array {
  if (keyId.length !== KEY_ID_BYTES)
    throw new CodedError("wire/key-id", `expected a key identifier of 8 bytes, got ${keyId.length}`);
  const bytes = allocate(PROTECTED_BYTES);
  bytes[0] = 0xa2;
  bytes[1] = 0x01;
  bytes[2] = algorithmByte(algorithm);
  bytes[3] = 0x04;
  bytes[4] = 0x48;
  bytes.set(keyId, 5);
  return bytes;
}

/** The kid in protected headers that are, byte for byte, what {@link protectedHeaders} makes; else undefined. */
export function keyIdIn(headers: Uint8Array, algorithm: number): Uint8Array | undefined {
  // By index: taking them apart as an array goes through an iterator.
  const ours = headers[0] === 0xa2 && headers[1] === 0x01 && headers[2] === algorithmByte(algorithm);
  const whole = headers.length === PROTECTED_BYTES && headers[3] === 0x04 && headers[4] === 0x48;
  return ours && whole ? headers.subarray(5) : undefined;
}

const PROTECTED_BYTES = 5 + KEY_ID_BYTES;
const algorithmByte = (algorithm: number) => (algorithm < 0 ? 0x20 | (-1 - algorithm) : algorithm);
