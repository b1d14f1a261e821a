/** Validity (RFC 5280 §4.1.2.5): UTCTime through 2049, GeneralizedTime from 2050; the end of 9999 is "never". */
import { malformed } from "../bytes.ts";
import { readDateTime, writeDateTime } from "../date-time.ts";
import { type DerReader, der, derText, Tag } from "./der.ts";

export interface Validity {
  /** UTC seconds. */
  readonly notBeforeS: number;
  /** Undefined: never expires. */
  readonly notAfterS: number | undefined;
}

/** 9999-12-31 23:59:59. */
const neverS = 253_402_300_799;

export function readValidity(reader: DerReader): Validity {
  const validity = reader.into("validity", Tag.sequence);
  const [notBeforeS, end] = [readTime(validity, "not before"), readTime(validity, "not after")];
  validity.finish("validity");
  return { notBeforeS, notAfterS: end === neverS ? undefined : end };
}

function readTime(reader: DerReader, field: string): number {
  const { at } = reader;
  const long = reader.tag === Tag.generalizedTime;
  const text = String.fromCharCode(...reader.content(field, long ? Tag.generalizedTime : Tag.utcTime));
  const century = long ? "" : text < "50" ? "20" : "19";
  const [year = 0, ...rest] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
      .exec(century + text)
      ?.slice(1)
      .map(Number) ?? [];
  if (year === 0 || (long && year < 2050))
    throw malformed(field, at, "a UTC time, in the form for its year", `${text.length} other characters`);
  const [month = 0, day = 0, ...clock] = rest;
  const dateTime = Uint8Array.of(year >>> 8, year, month, day, 0xff, ...clock, 0, 0x80, 0, 0xff);
  return readDateTime(dateTime, at) as number; // every field is there
}

export const writeValidity = ({ notBeforeS, notAfterS }: Validity): Uint8Array =>
  der(Tag.sequence, writeTime(notBeforeS), writeTime(notAfterS ?? neverS));

function writeTime(seconds: number): Uint8Array {
  const [y1 = 0, y2 = 0, month = 0, day = 0, , ...clock] = writeDateTime(seconds);
  const year = y1 * 256 + y2;
  const digits = [month, day, ...clock.slice(0, 3)].map((part) => String(part).padStart(2, "0")).join("");
  if (year < 2050) return derText(Tag.utcTime, `${String(year % 100).padStart(2, "0")}${digits}Z`);
  return derText(Tag.generalizedTime, `${year}${digits}Z`);
}
