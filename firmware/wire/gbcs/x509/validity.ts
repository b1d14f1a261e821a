/** Validity (RFC 5280 §4.1.2.5): UTCTime through 2049, GeneralizedTime from 2050; the end of 9999 is "never". */
import { malformed } from "../bytes.ts";
import { type DerReader, der, Tag, textOctets } from "../der.ts";
import { END_OF_TIME_S, readTimeText, timeText } from "../der-time.ts";

export interface Validity {
  /** UTC seconds. */
  readonly notBeforeS: number;
  /** Undefined: never expires. */
  readonly notAfterS: number | undefined;
}

/** 2050-01-01 00:00:00. */
const Y2050_S = 2_524_608_000;

export function readValidity(reader: DerReader): Validity {
  const validity = reader.into("validity", Tag.sequence);
  const [notBeforeS, end] = [readTime(validity, "not before"), readTime(validity, "not after")];
  validity.finish("validity");
  return { notBeforeS, notAfterS: end === END_OF_TIME_S ? undefined : end };
}

function readTime(reader: DerReader, field: string): number {
  const { at } = reader;
  const long = reader.tag === Tag.generalizedTime;
  const octets = reader.content(field, long ? Tag.generalizedTime : Tag.utcTime);
  const century = (octets[0] ?? 0) < 0x35 ? "20" : "19"; // 50 to 99 are of the last one
  const timeS = readTimeText(octets, long ? "" : century);
  if (typeof timeS === "string") throw malformed(field, at, "a UTC time", timeS);
  if (timeS < (long ? Y2050_S : 0))
    throw malformed(field, at, "a time from 1970, in the form for its year", "another year");
  return timeS;
}

export const writeValidity = ({ notBeforeS, notAfterS }: Validity): Uint8Array =>
  der(Tag.sequence, writeTime(notBeforeS), writeTime(notAfterS ?? END_OF_TIME_S));

function writeTime(timeS: number): Uint8Array {
  const text = textOctets(timeText(timeS));
  return timeS < Y2050_S ? der(Tag.utcTime, text.subarray(2)) : der(Tag.generalizedTime, text);
}
