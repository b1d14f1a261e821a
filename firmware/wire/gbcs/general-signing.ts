/** The layer that every GBCS message has: header, content, and room for a signature. */
import type { Kind } from "../message.ts";
import { lengthBytes, MAX_LENGTH, malformed, Reader, Writer } from "./bytes.ts";
import { DATE_TIME_BYTES } from "./date-time.ts";

export const GENERAL_SIGNING = 0xdf;
export const SIGNATURE_BYTES = 64;

const NOTHING = new Uint8Array(0);

/** Views into the message; nothing is copied. */
export interface GeneralSigning {
  readonly kind: Kind;
  readonly counter: bigint;
  readonly originator: Uint8Array;
  readonly target: Uint8Array;
  /** 12 bytes, or none. */
  readonly dateTime: Uint8Array;
  readonly otherInformation: Uint8Array;
  /** Where other-information starts, for errors. */
  readonly otherInformationAt: number;
  readonly content: Uint8Array;
  /** From the tag to the end of the content: the bytes of a pre-command. */
  readonly plain: Uint8Array;
  /** 64 bytes; empty when the signature length is 0; undefined when there is not even a length. */
  readonly signature: Uint8Array | undefined;
}

/** Reads `bytes[at, end)` exactly. `wire/malformed` says which field is wrong, and where. */
export function readGeneralSigning(bytes: Uint8Array, at = 0, end = bytes.length): GeneralSigning {
  const reader = new Reader(bytes, at, end);
  reader.expect("general-signing tag", GENERAL_SIGNING);
  reader.expect("transaction id length", 9);
  const kind = readKind(reader);
  const counter = reader.u64("originator counter");
  reader.expect("originator length", 8);
  const originator = reader.take("originator", 8);
  reader.expect("recipient length", 8);
  const target = reader.take("recipient", 8);
  const dateTime = readOptional(reader, optional.dateTime);
  const informationBytes = reader.length("other-information length");
  const otherInformationAt = reader.at;
  const otherInformation = reader.take("other-information", informationBytes);
  const content = reader.take("content", reader.length("content length"));
  const contentEnd = reader.at;
  const signature = reader.left === 0 ? undefined : readOptional(reader, optional.signature);
  if (reader.left > 0) throw malformed("end", reader.at, "nothing more", `${reader.left} bytes`);
  const plain = bytes.subarray(at, contentEnd);
  return {
    kind,
    counter,
    originator,
    target,
    dateTime,
    otherInformation,
    otherInformationAt,
    content,
    plain,
    signature,
  };
}

function readKind(reader: Reader): Kind {
  const kind = reader.u8("CRA flag");
  if (kind === 1 || kind === 2 || kind === 3) return kind;
  throw malformed("CRA flag", reader.at - 1, "1 (command), 2 (response) or 3 (alert)", kind);
}

/** Names are whole: a text joined for each field of each message costs more than to read it. */
const optional = {
  dateTime: { name: "date-time", length: "date-time length", size: DATE_TIME_BYTES },
  signature: { name: "signature", length: "signature length", size: SIGNATURE_BYTES },
} as const;

/** A field that is empty or exactly of its size. */
function readOptional(reader: Reader, field: (typeof optional)[keyof typeof optional]): Uint8Array {
  const { size } = field;
  const length = reader.u8(field.length);
  if (length !== 0 && length !== size) throw malformed(field.length, reader.at - 1, `0 or ${size}`, length);
  return length === 0 ? NOTHING : reader.take(field.name, length);
}

export type GeneralSigningFields = Pick<
  GeneralSigning,
  "kind" | "counter" | "originator" | "target" | "dateTime" | "otherInformation" | "content"
>;

/** The tag to the end of the content. Lengths up to 65,535 (`wire/malformed` beyond). */
export function writeGeneralSigning(fields: GeneralSigningFields): Uint8Array {
  const { dateTime, otherInformation, content } = fields;
  if (content.length > MAX_LENGTH)
    throw malformed("content length", 0, `at most ${MAX_LENGTH}`, content.length);
  const variable = dateTime.length + otherInformation.length + content.length;
  const writer = new Writer(
    30 + lengthBytes(otherInformation.length) + lengthBytes(content.length) + variable,
  );
  writer.u8(GENERAL_SIGNING).u8(9).u8(fields.kind).u64(fields.counter);
  writer.u8(8).put(fields.originator).u8(8).put(fields.target);
  writer.u8(dateTime.length).put(dateTime);
  writer.length(otherInformation.length).put(otherInformation).length(content.length).put(content);
  return writer.bytes;
}

/** The bytes that are signed: all but the tag in front. */
export const signedPart = (plain: Uint8Array): Uint8Array => plain.subarray(1);

/** Appends a signature, or the empty one. */
export function appendSignature(plain: Uint8Array, signature: Uint8Array): Uint8Array {
  return new Writer(plain.length + 1 + signature.length).put(plain).u8(signature.length).put(signature).bytes;
}
