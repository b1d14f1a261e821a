/**
 * The COSE wire (`message.cddl`). Critical commands are COSE_Mac0 around COSE_Sign1 around the message,
 * non-critical ones COSE_Mac0 around the message; critical responses and alerts are COSE_Sign1.
 */
import { sameBytes } from "../../../hal/base/bytes.ts";
import type { Mac, Verifier } from "../../../hal/board.ts";
import type { Message, Protection } from "../message.ts";
import type { Envelope, Wire } from "../wire.ts";
import { bodyItems, readBody } from "./body.ts";
import { encodeView } from "./cbor.ts";
import { MAX_MESSAGE_BYTES } from "./gate.ts";
import { readHeader, writeMessage } from "./header.ts";
import { mac0 } from "./mac0.ts";
import { malformed, Reader } from "./reader.ts";
import { sign1 } from "./sign1.ts";
import { Algorithm, authenticated, keyIdIn, NO_BYTES, Tag } from "./structure.ts";

export interface CoseEnvelope extends Envelope {
  /** Where the body begins in `plain`. */
  readonly bodyAt: number;
}

const SIGNATURE_BYTES = 64;
const MAC_BYTES = 32;

export const coseWire: Wire<CoseEnvelope> = {
  name: "cose",
  peek,
  macValid: ({ macInput, macTag }, mac: Mac) =>
    macInput !== undefined && macTag !== undefined && sameBytes(mac(macInput), macTag),
  signatureValid: ({ signedInput, signature }, verify: Verifier) =>
    signedInput !== undefined && signature !== undefined && verify(signedInput, signature),
  decode: ({ header, plain, bodyAt }) => readBody(header, plain.subarray(bodyAt)),
  encode: encodeMessage,
  sign: sign1,
  protect: mac0,
};

function peek(bytes: Uint8Array): CoseEnvelope {
  if (bytes.length > MAX_MESSAGE_BYTES)
    throw malformed(MAX_MESSAGE_BYTES, `at most ${MAX_MESSAGE_BYTES} bytes`, `${bytes.length}`);
  const mac = readLayer(bytes, Tag.mac0, Algorithm.hmac256, MAC_BYTES);
  const signed = readLayer(mac?.payload ?? bytes, Tag.sign1, Algorithm.eddsa, SIGNATURE_BYTES);
  const plain = signed?.payload ?? mac?.payload;
  if (plain === undefined) throw malformed(0, "a COSE_Mac0 or COSE_Sign1", "neither");
  const { header, bodyAt } = readHeader(plain);
  const envelope: Mutable<CoseEnvelope> = { header, bodyAt, plain, protection: protectionOf(mac, signed) };
  if (mac !== undefined) {
    envelope.macInput = authenticated("MAC0", mac.headers, NO_BYTES, mac.payload);
    envelope.macTag = mac.authenticator;
    envelope.macKeyId = mac.keyId;
  }
  if (signed !== undefined) {
    envelope.signedInput = authenticated("Signature1", signed.headers, NO_BYTES, signed.payload);
    envelope.signature = signed.authenticator;
    envelope.signingKeyId = signed.keyId;
  }
  return envelope;
}

/** Reads a plain message (a pre-command), as no-one has protected it yet. Throws `wire/malformed`, `wire/format`. */
export function decodePlain(plain: Uint8Array): Message {
  const { header, bodyAt } = readHeader(plain);
  return readBody(header, plain.subarray(bodyAt));
}

interface Layer {
  readonly headers: Uint8Array;
  readonly keyId: Uint8Array;
  readonly payload: Uint8Array;
  readonly authenticator: Uint8Array;
}

/** One layer of protection; undefined when `bytes` have another tag. Only the one form that we make is read. */
function readLayer(bytes: Uint8Array, tag: number, algorithm: number, length: number): Layer | undefined {
  const reader = new Reader(bytes);
  if (reader.peekByte() !== (0xc0 | tag)) return undefined;
  reader.at++;
  reader.array("COSE structure", 4);
  const headers = reader.byteString("protected headers");
  const keyId = readProtected(headers, algorithm);
  reader.literal("no unprotected headers", 0xa0);
  const payload = reader.byteString("payload");
  const authenticator = reader.byteString("signature or tag", length);
  reader.finish();
  return { headers, keyId, payload, authenticator };
}

/** The kid of {1: algorithm, 4: kid}: the one form of protected headers that is read. */
function readProtected(headers: Uint8Array, algorithm: number): Uint8Array {
  const keyId = keyIdIn(headers, algorithm);
  if (keyId === undefined)
    throw malformed(0, `protected headers {1: ${algorithm}, 4: kid of 8 bytes}`, "others");
  return keyId;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function protectionOf(mac: Layer | undefined, signed: Layer | undefined): Protection {
  if (mac === undefined) return "signature";
  return signed === undefined ? "mac" : "signature+mac";
}

/** The message as its CDDL has it. */
function encodeMessage(message: Message): Uint8Array {
  return writeMessage(message.header, encodeView(bodyItems(message)));
}
