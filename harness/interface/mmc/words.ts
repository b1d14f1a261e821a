/** Values in the words of the MMC output format. Undefined: the format has no word for it. */
import { alertByCode } from "../../../firmware/model/index.ts";
import { UNSET_TIME } from "../../../firmware/wire/message.ts";
import { toHex } from "../../../hal/base/hex.ts";

export type Word = (value: unknown) => string | undefined;

/** What XML 1.0 cannot carry, and what steers a terminal: control and format characters, lone surrogates. */
const unwritable = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]/u;

/** Numbers, booleans and text as they are; octets as hex. */
export const plain: Word = (value) => {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === "string") return unwritable.test(value) ? undefined : value;
  return ["number", "bigint", "boolean"].includes(typeof value) ? String(value) : undefined;
};

/** Text of at most so many characters. */
export const text =
  (most: number): Word =>
  (value) =>
    typeof value === "string" && value.length <= most ? plain(value) : undefined;

/** Whole numbers from `least` to `most`. */
export const between =
  (least: number, most: number): Word =>
  (value) =>
    typeof value === "number" && value >= least && value <= most ? String(value) : undefined;

/** The model's names and the format's words. */
export const oneOf =
  (words: Readonly<Record<string, string>>): Word =>
  (value) =>
    Object.hasOwn(words, String(value)) ? words[String(value)] : undefined;

/** xs:dateTime of UTC seconds; a clock that was never set has none. */
export const dateTime: Word = (value) =>
  typeof value !== "number" || value === UNSET_TIME
    ? undefined
    : new Date(value * 1000).toISOString().replace(".000Z", "Z");

/** Of so many hundredths the number: 1234 is 12.34. */
export const hundredths: Word = (value) => (typeof value === "number" ? String(value / 100) : undefined);

const isOctets = (value: unknown, ...lengths: readonly number[]): value is Uint8Array =>
  value instanceof Uint8Array && (lengths.length === 0 || lengths.includes(value.length));

/** "00-DB-12-34-56-78-90-A0" */
export const eui: Word = (value) => (isOctets(value, 8) ? euiWord(toHex(value)) : undefined);
export const euiWord = (digits: string): string => (digits.match(/../g) ?? []).join("-");

export const base64: Word = (value) =>
  isOctets(value) && value.length > 0 ? Buffer.from(value).toString("base64") : undefined;

/** Hex digits of octets; none of none. */
export const hexBinary: Word = (value) => (isOctets(value) && value.length > 0 ? toHex(value) : undefined);
/** Eight digits. */
export const firmwareVersion: Word = (value) => (isOctets(value, 4) ? toHex(value) : undefined);

const hexOf =
  (digits: number): Word =>
  (value) =>
    typeof value === "number" ? value.toString(16).toUpperCase().padStart(digits, "0") : undefined;
/** Of event and message codes. */
export const code = hexOf(4);
/** Of 32 bits that a log carries. */
export const longHex = hexOf(8);

/** What an event or alert code means. */
export const meaning = (value: unknown): string | undefined =>
  typeof value === "number" ? alertByCode(value)?.words : undefined;

/** Big-endian. */
export const numberIn = (octets: Uint8Array): bigint => BigInt(`0x${toHex(octets) || "0"}`);
