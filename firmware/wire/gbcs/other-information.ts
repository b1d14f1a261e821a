/**
 * The other-information field: the message code, and what the ACB adds when it speaks for a remote party
 * that the device does not know. Its length tells its form: 2, 10, 18, 26, or 18 and a certificate.
 */
import { euiText } from "../../../hal/base/eui64.ts";
import type { Eui64 } from "../message.ts";
import { euiBytes, malformed, Reader, Writer } from "./bytes.ts";

export interface OtherInformation {
  readonly code: number;
  /** The supplementary remote party (forms 10 and longer). */
  readonly party?: Eui64;
  /** That party's counter (forms 18 and longer). */
  readonly counter?: bigint;
  /** Form 26: the supplementary originator counter, under which encrypted attributes of a response stand. */
  readonly originatorCounter?: bigint;
  /** The party's X.509 key-agreement certificate (DER), to encrypt the answer for it. */
  readonly certificate?: Uint8Array;
}

const FORMS: readonly number[] = [2, 10, 18, 26];
const MIN_CERTIFICATE_BYTES = 128;

/** `at`: where the field stands in the message, for errors. Throws `wire/malformed`. */
export function readOtherInformation(field: Uint8Array, at: number): OtherInformation {
  const reader = new Reader(field);
  if (field.length < 18 + MIN_CERTIFICATE_BYTES && !FORMS.includes(field.length))
    throw malformed("other-information", at, "2, 10, 18, 26 bytes, or 18 and a certificate", field.length);
  const code = reader.u16("message code");
  if (field.length === 2) return { code };
  const party = euiText(reader.take("supplementary party", 8));
  if (field.length === 10) return { code, party };
  const counter = reader.u64("supplementary counter");
  if (field.length === 18) return { code, party, counter };
  if (field.length === 26)
    return { code, party, counter, originatorCounter: reader.u64("supplementary counter") };
  return { code, party, counter, certificate: readCertificate(reader, at) };
}

/** One DER SEQUENCE that fills the rest exactly. What it says is for the caller to check. */
function readCertificate(reader: Reader, at: number): Uint8Array {
  const start = reader.at;
  reader.expect("certificate tag", 0x30);
  const length = reader.length("certificate length");
  if (length !== reader.left) throw malformed("certificate length", at + start, `${reader.left}`, length);
  return reader.bytes.subarray(start);
}

export function writeOtherInformation(info: OtherInformation): Uint8Array {
  const size = 2 + (info.party ? 8 : 0) + (info.counter === undefined ? 0 : 8);
  const extra = (info.originatorCounter === undefined ? 0 : 8) + (info.certificate?.length ?? 0);
  const writer = new Writer(size + extra).u16(info.code);
  if (info.party !== undefined) writer.put(euiBytes(info.party));
  if (info.counter !== undefined) writer.u64(info.counter);
  if (info.originatorCounter !== undefined) writer.u64(info.originatorCounter);
  if (info.certificate !== undefined) writer.put(info.certificate);
  return writer.bytes;
}
