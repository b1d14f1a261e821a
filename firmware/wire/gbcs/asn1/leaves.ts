/** Content octets of values without parts: integers, key usages, times. Each has one form only, as DER demands. */
import { readIsoTime } from "../../../../hal/base/iso-time.ts";
import { keyUsages, NEVER } from "../../../model/index.ts";
import { writeDateTime } from "../date-time.ts";
import { refused } from "./der.ts";

/** GBCS's integers reach to 2^63 − 1, which is what eight octets with a sign hold. */
const MAX_INTEGER_OCTETS = 8;
const BEYOND = 1n << 63n;

/** A safe number, or a bigint. `at`: where the octets stand. */
export function readInteger(octets: Uint8Array, at: number, field: string): number | bigint {
  const { length } = octets;
  if (length < 1 || length > MAX_INTEGER_OCTETS)
    throw refused(field, at, `an integer of 1 to ${MAX_INTEGER_OCTETS} octets`, `${length} octets`);
  const [first = 0, second = 0] = octets;
  if (length > 1 && (first === 0 ? second < 0x80 : first === 0xff && second >= 0x80))
    throw refused(field, at, "an integer in as few octets as it needs", `${length} octets`);
  let value = first >= 0x80 ? first - 0x100 : first;
  if (length <= 6) {
    for (let i = 1; i < length; i++) value = value * 256 + (octets[i] as number);
    return value;
  }
  let wide = BigInt(value);
  for (let i = 1; i < length; i++) wide = (wide << 8n) | BigInt(octets[i] as number);
  return wide;
}

/** Throws `wire/format` beyond 2^63 − 1, which has no form on this wire. */
export function integerOctets(value: number | bigint, field: string): number[] {
  let rest = BigInt(value);
  if (rest >= BEYOND || rest < -BEYOND)
    throw refused(field, 0, "an integer of -2^63 to 2^63 - 1 to write", String(value));
  const octets: number[] = [];
  do {
    octets.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (
    !(rest === 0n && (octets[0] as number) < 0x80) &&
    !(rest === -1n && (octets[0] as number) >= 0x80)
  );
  return octets;
}

/** A bit string in which one bit of X.509's key usage is set, and none follows it (X.690 §11.2.2). */
const usageOctets = Object.values(keyUsages).map(({ number, bit }) => ({
  number,
  octets: [7 - bit, 0x80 >>> bit] as const,
}));

/** The usage's number. */
export function readKeyUsage(octets: Uint8Array, at: number, field: string): number {
  const [unused, bits] = octets;
  const found = usageOctets.find(({ octets: own }) => own[0] === unused && own[1] === bits);
  if (found !== undefined && octets.length === 2) return found.number;
  const expected = usageOctets.map(({ octets: own }) =>
    own.map((n) => n.toString(16).padStart(2, "0")).join(""),
  );
  const got = [...octets.subarray(0, 4)].map((n) => n.toString(16).padStart(2, "0")).join("");
  throw refused(field, at, `a key usage, one of ${expected.join(", ")}`, `${got} (${octets.length} octets)`);
}

export const keyUsageOctets = (number: number): readonly number[] =>
  usageOctets.find((usage) => usage.number === number)!.octets;

/** GeneralizedTime that cancels (GBCS): "never". */
const NEVER_TEXT = "99991231235959Z";
const timeForm = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** UTC seconds, or `NEVER`. A time that cannot be, and one that 32 bits do not hold, is refused. */
export function readTime(octets: Uint8Array, at: number, field: string): number {
  // Fifteen characters at most are looked at: a foreign text is neither long nor shown.
  const text = String.fromCharCode(...octets.subarray(0, NEVER_TEXT.length + 1));
  if (text === NEVER_TEXT) return NEVER;
  const parts = timeForm.exec(text);
  const time =
    parts && readIsoTime(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`);
  if (typeof time !== "number")
    throw refused(field, at, "a time YYYYMMDDHHMMSSZ", time?.fault ?? `${octets.length} other octets`);
  if (time < 0 || time / 1000 >= NEVER)
    throw refused(field, at, `a time from 1970 up to 2106, or ${NEVER_TEXT}`, text);
  return time / 1000;
}

export function timeText(timeS: number): string {
  if (timeS === NEVER) return NEVER_TEXT;
  const [high = 0, low = 0, month, day, , hour, minute, second] = writeDateTime(timeS);
  const two = [month, day, hour, minute, second].map((part) => String(part).padStart(2, "0"));
  return `${String(high * 256 + low).padStart(4, "0")}${two.join("")}Z`;
}
