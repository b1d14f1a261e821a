/**
 * An acting command whose sender is known: COSE_Sign1 (RFC 9052 §4.2) with EdDSA over [counter, group, command,
 * payload]. One form only, so that a small board can check it byte by byte: tag 18 or none, protected headers
 * h'a10127' (alg EdDSA), no unprotected ones, shortest heads. The external data is the board's id as it describes
 * itself, UTF-8: it is signed and not sent, so a command for one board of a rig is none for another with the same key.
 */
import { concat, sameBytes } from "../../base/bytes.ts";
import { encodeHead, Major, readHead } from "../../base/cbor-head.ts";
import type { Verifier } from "../../board.ts";

export interface SignedCommand {
  /** Greater than that of the last accepted one. */
  readonly counter: number;
  readonly group: number;
  readonly command: number;
  /** The command's own payload, CBOR. */
  readonly payload: Uint8Array;
}

/** More than a command's payload grows by: COSE_Sign1, its signature and the command around that. */
export const signedBytes = 128;

/** bstr h'a10127': {1: -8}. */
const protectedHeaders = Uint8Array.of(0x43, 0xa1, 0x01, 0x27);
const encoder = new TextEncoder();
/** ["Signature1", h'a10127', …: what stands before the external data and the payload in the Sig_structure. */
const signatureContext = Uint8Array.from([0x84, 0x6a, ...encoder.encode("Signature1"), ...protectedHeaders]);
const signatureBytes = 64;
const sign1Tag = 0xd2;

/** The COSE_Sign1 of a command for the board called `boardId`. `sign` is Ed25519 by its control key. */
export function sealCommand(
  command: SignedCommand,
  boardId: string,
  sign: (input: Uint8Array) => Uint8Array,
): Uint8Array {
  const content = concat(
    encodeHead(Major.array, 4),
    encodeHead(Major.uint, command.counter),
    encodeHead(Major.uint, command.group),
    encodeHead(Major.uint, command.command),
    byteString(command.payload),
  );
  const body = concat(Uint8Array.of(sign1Tag, 0x84), protectedHeaders, Uint8Array.of(0xa0));
  return concat(body, byteString(content), byteString(sign(signedInput(content, boardId))));
}

/** The command in `cose` for the board called `boardId`; undefined when its form or its signature is wrong. */
export function unsealCommand(
  cose: Uint8Array,
  boardId: string,
  verify: Verifier,
): SignedCommand | undefined {
  const reader = new Reader(cose);
  reader.skip(sign1Tag);
  const framed = reader.argument(Major.array) === 4 && reader.expect(protectedHeaders);
  if (!framed || !reader.expect(Uint8Array.of(0xa0))) return undefined;
  const content = reader.byteString();
  const signature = reader.byteString();
  if (content === undefined || signature?.length !== signatureBytes || !reader.atEnd) return undefined;
  return verify(signedInput(content, boardId), signature) ? readContent(content) : undefined;
}

function readContent(content: Uint8Array): SignedCommand | undefined {
  const reader = new Reader(content);
  if (reader.argument(Major.array) !== 4) return undefined;
  const counter = reader.argument(Major.uint);
  const group = reader.argument(Major.uint);
  const command = reader.argument(Major.uint);
  const payload = reader.byteString();
  if (counter === undefined || group === undefined || command === undefined) return undefined;
  return payload === undefined || !reader.atEnd ? undefined : { counter, group, command, payload };
}

const signedInput = (content: Uint8Array, boardId: string): Uint8Array =>
  concat(signatureContext, byteString(encoder.encode(boardId)), byteString(content));

const byteString = (bytes: Uint8Array): Uint8Array => concat(encodeHead(Major.bytes, bytes.length), bytes);

/** Reads the few forms that occur here; undefined or false for all else. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Passes one byte if it is there. */
  skip(byte: number): void {
    if (this.#bytes[this.#at] === byte) this.#at++;
  }

  expect(bytes: Uint8Array): boolean {
    const there = sameBytes(this.#bytes.subarray(this.#at, this.#at + bytes.length), bytes);
    if (there) this.#at += bytes.length;
    return there;
  }

  /** The argument of a head of this major type, in its shortest form and below 2^53. */
  argument(major: number): number | undefined {
    const head = readHead(this.#bytes, this.#at);
    if (typeof head === "string" || head.major !== major || head.indefinite || !head.shortest)
      return undefined;
    if (typeof head.argument === "bigint") return undefined;
    this.#at = head.end;
    return head.argument;
  }

  byteString(): Uint8Array | undefined {
    const length = this.argument(Major.bytes);
    if (length === undefined || this.#at + length > this.#bytes.length) return undefined;
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }
}
