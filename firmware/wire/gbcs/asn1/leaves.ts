/** Content octets of values without parts: integers, key usages, times. Each has one form only, as DER demands. */
import { sameBytes } from "../../../../hal/base/bytes.ts";
import { toLowerHex } from "../../../../hal/base/hex.ts";
import { keyUsages, NEVER } from "../../../model/index.ts";
import { isInteger, oneBit, textOctets } from "../der.ts";
import { END_OF_TIME_S, readTimeText, timeText } from "../der-time.ts";
import { refused } from "./form.ts";

/** GBCS's integers reach to 2^63 − 1, which is what eight octets with a sign hold. */
const MAX_INTEGER_OCTETS = 8;
const BEYOND = 1n << 63n;

/** A safe number, or a bigint. `at`: where the octets stand. */
export function readInteger(octets: Uint8Array, at: number, field: string): number | bigint {
  const { length } = octets;
  if (length < 1 || length > MAX_INTEGER_OCTETS)
    throw refused(field, at, `an integer of 1 to ${MAX_INTEGER_OCTETS} octets`, `${length} octets`);
  if (!isInteger(octets))
    throw refused(field, at, "an integer in as few octets as it needs", `${length} octets`);
  const [first = 0] = octets;
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
export function integerOctets(value: number | bigint, field: string): Uint8Array {
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
  return new Uint8Array(octets);
}

/** One bit of X.509's key usage. */
const usageOctets = Object.values(keyUsages).map(({ number, bit }) => ({
  number,
  octets: oneBit(bit),
}));

/** The usage's number. */
export function readKeyUsage(octets: Uint8Array, at: number, field: string): number {
  const found = usageOctets.find((usage) => sameBytes(usage.octets, octets));
  if (found !== undefined) return found.number;
  const expected = usageOctets.map((usage) => toLowerHex(usage.octets)).join(", ");
  const got = `${toLowerHex(octets.subarray(0, 4))} (${octets.length} octets)`;
  throw refused(field, at, `a key usage, one of ${expected}`, got);
}

export const keyUsageOctets = (number: number): Uint8Array =>
  usageOctets.find((usage) => usage.number === number)!.octets;

/** UTC seconds, or `NEVER`. A time that cannot be, and one that 32 bits do not hold, is refused. */
export function readTime(octets: Uint8Array, at: number, field: string): number {
  const timeS = readTimeText(octets);
  if (typeof timeS === "string") throw refused(field, at, "a time YYYYMMDDHHMMSSZ", timeS);
  if (timeS === END_OF_TIME_S) return NEVER;
  if (timeS < 0 || timeS >= NEVER)
    throw refused(
      field,
      at,
      `a time from 1970 up to 2106, or ${timeText(END_OF_TIME_S)}`,
      String.fromCharCode(...octets),
    );
  return timeS;
}

/** `moment`: UTC seconds, or `NEVER`, which cancels (GBCS). */
export const timeOctets = (moment: number): Uint8Array =>
  textOctets(timeText(moment === NEVER ? END_OF_TIME_S : moment));
