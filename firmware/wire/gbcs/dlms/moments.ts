/**
 * Moments as DLMS data. A date-time is 12 octets: UTC, the weekday only where its form says so, no hundredths, deviation 8000, status FF; "now"
 * is nine zero octets before deviation and status, "never" nine times FF. A timestamp is 32 bits of seconds since
 * 2000, its least and greatest value the open ends of a range (`NOW`, `NEVER`). No other forms are read, so that
 * every moment has one form.
 */
import { sameBytes } from "../../../../hal/base/bytes.ts";
import { toHex } from "../../../../hal/base/hex.ts";
import { type MomentType, NEVER, NOW } from "../../../model/index.ts";
import { malformed, type Reader } from "../bytes.ts";
import { DATE_TIME_BYTES, DAY_S, readDateTime, weekdayOf, writeDateTime } from "../date-time.ts";
import { type Sink, unwritable } from "./sink.ts";

/** UTC seconds at 2000-01-01 00:00:00. */
const Y2000_S = 946_684_800;
const NO_ZONE = [0x80, 0x00, 0xff] as const;
const nine = (octet: number) => Uint8Array.of(...new Array<number>(9).fill(octet), ...NO_ZONE);
const nowBytes = nine(0);
const neverBytes = nine(0xff);

const WEEKDAY_AT = 4;

export type DateTimeForm = Exclude<MomentType["form"], "timestamp">;

function octetsOf(moment: number, form: DateTimeForm): Uint8Array {
  const octets = writeDateTime(moment);
  if (form === "weekdayTime") octets[WEEKDAY_AT] = weekdayOf(Math.floor(moment / DAY_S));
  return octets;
}

/** The 12 octets of a moment. Throws `wire/format` for what is no moment. */
export function dateTimeOctets(moment: unknown, form: DateTimeForm = "dateTime"): Uint8Array {
  if (moment === NOW) return nowBytes;
  if (moment === NEVER) return neverBytes;
  if (!Number.isInteger(moment) || (moment as number) < 0 || (moment as number) > NEVER)
    throw unwritable("UTC seconds", moment);
  return octetsOf(moment as number, form);
}

/** The moment that 12 octets are; `at` for errors. Throws `wire/malformed`. */
export function momentOf(octets: Uint8Array, at: number, form: DateTimeForm = "dateTime"): number {
  if (octets.length !== DATE_TIME_BYTES)
    throw malformed("date-time", at, `${DATE_TIME_BYTES} octets`, octets.length);
  if (sameBytes(octets, nowBytes)) return NOW;
  if (sameBytes(octets, neverBytes)) return NEVER;
  const moment = readDateTime(octets, at);
  const known = moment !== undefined && moment > NOW && moment < NEVER;
  if (!known || !sameBytes(octets, octetsOf(moment, form)))
    throw malformed(
      "date-time",
      at,
      `a moment in UTC, weekday ${form === "dateTime" ? "FF" : "1 to 7"}, hundredths 00, then 8000FF`,
      toHex(octets),
    );
  return moment;
}

export function readTimestamp(reader: Reader): number {
  const at = reader.at;
  const seconds = reader.u32("timestamp");
  if (seconds === 0) return NOW;
  if (seconds === 0xffff_ffff) return NEVER;
  if (seconds + Y2000_S < NEVER) return seconds + Y2000_S;
  throw malformed("timestamp", at, "seconds since 2000, before 2106", seconds);
}

export function writeTimestamp(sink: Sink, moment: unknown): Sink {
  if (moment === NOW || moment === NEVER) return sink.u32(moment as number);
  const since = (moment as number) - Y2000_S;
  if (!Number.isInteger(moment) || since < 0 || (moment as number) > NEVER)
    throw unwritable("UTC seconds from 2000 to 2106", moment);
  return sink.u32(since);
}
