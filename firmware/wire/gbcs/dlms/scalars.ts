/** Values that hold no others: what stands after their tag, or alone in a compact array. One form for each value. */
import {
  type CalendarType,
  calendarBytes,
  type IntegerType,
  makeType,
  type Plain,
  type TextType,
  type ValueType,
} from "../../../model/index.ts";
import { malformed, type Reader } from "../bytes.ts";
import { DATE_TIME_BYTES } from "../date-time.ts";
import { type DateTimeForm, dateTimeOctets, momentOf, readTimestamp, writeTimestamp } from "./moments.ts";
import { type Sink, unwritable } from "./sink.ts";

const TRUE = 0xff;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf8Bytes = new TextEncoder();
/** Most octets that one UTF-16 unit of a text takes. */
const UTF8_MAX = 3;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The value of a type that holds no others. Throws `wire/malformed`. */
export function readScalar(reader: Reader, type: ValueType): Plain {
  switch (type.kind) {
    case "null":
      return null;
    case "boolean":
      return readBoolean(reader);
    case "integer":
      return readInteger(reader, type);
    case "names":
      return reader.u8("number of a name");
    case "octets":
      return readOctets(reader, type).slice();
    case "text":
      return readText(reader, type);
    case "bits":
      return readBits(reader, type);
    case "moment":
      if (type.form === "timestamp") return readTimestamp(reader);
      return readDateTime(reader, type.form);
    case "calendar":
      return readOctets(reader, only(calendarBytes[type.form])).slice();
    default:
      throw unwritable("a value that holds no others", type.kind);
  }
}

/** The reverse of {@link readScalar}. Throws `wire/format` for a value that the type does not have. */
export function writeScalar(sink: Sink, type: ValueType, plain: Plain): Sink {
  switch (type.kind) {
    case "null":
      return sink;
    case "boolean":
      if (typeof plain !== "boolean") throw unwritable("a boolean", plain);
      return sink.u8(plain ? TRUE : 0);
    case "integer":
      return writeInteger(sink, type, plain);
    case "names":
      return sink.u8(whole(plain, 0, 0xff));
    case "octets":
      return writeOctets(sink, plain, type);
    case "text":
      return writeOctets(sink, textOctets(type, plain), { min: 0, max: type.max * UTF8_MAX });
    case "bits":
      return writeBits(sink, plain, type);
    case "moment":
      if (type.form === "timestamp") return writeTimestamp(sink, plain);
      return writeOctets(sink, dateTimeOctets(plain, type.form), only(DATE_TIME_BYTES));
    case "calendar":
      return writeOctets(sink, plain, only(calendarBytes[(type as CalendarType).form]));
    default:
      throw unwritable("a value that holds no others", type.kind);
  }
}

function readDateTime(reader: Reader, form: DateTimeForm): number {
  const octets = readOctets(reader, only(DATE_TIME_BYTES));
  return momentOf(octets, reader.at - DATE_TIME_BYTES, form);
}

const only = (length: number): Bounds => ({ min: length, max: length });
const within = ({ min, max }: Bounds, length: number) => length >= min && length <= max;
/** "3", or "0 to 8". */
export const span = ({ min, max }: Bounds): string => (min === max ? `${min}` : `${min} to ${max}`);

function readBoolean(reader: Reader): boolean {
  const octet = reader.u8("boolean");
  if (octet !== 0 && octet !== TRUE)
    throw malformed("boolean", reader.at - 1, "00 (false) or FF (true)", octet);
  return octet === TRUE;
}

function readInteger(reader: Reader, { form }: IntegerType): number | bigint {
  const { bits, signed } = makeType.integerForms[form];
  if (form.startsWith("map")) return Number.parseInt(readBits(reader, only(bits)), 2);
  if (bits === 64) return signed ? BigInt.asIntN(64, reader.u64("integer")) : reader.u64("integer");
  let value = 0;
  for (let n = 0; n < bits; n += 8) value = value * 256 + reader.u8("integer");
  return signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

function writeInteger(sink: Sink, { form }: IntegerType, plain: Plain): Sink {
  const { bits, signed } = makeType.integerForms[form];
  if (bits === 64) return sink.u64(BigInt.asUintN(64, wide(plain, signed)));
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const value = whole(plain, low, low + 2 ** bits - 1);
  if (form.startsWith("map")) return writeBits(sink, value.toString(2).padStart(bits, "0"), only(bits));
  for (let shift = bits - 8; shift >= 0; shift -= 8) sink.u8(value >>> shift);
  return sink;
}

function whole(plain: Plain, min: number, max: number): number {
  const value = typeof plain === "bigint" ? Number(plain) : plain;
  if (Number.isInteger(value) && within({ min, max }, value as number)) return value as number;
  throw unwritable(`a whole number ${min} to ${max}`, plain);
}

function wide(plain: Plain, signed: boolean): bigint {
  const value = Number.isSafeInteger(plain) ? BigInt(plain as number) : plain;
  if (typeof value === "bigint" && (signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)) === value)
    return value;
  throw unwritable("a whole number of 64 bits", plain);
}

function readOctets(reader: Reader, bounds: Bounds): Uint8Array {
  const at = reader.at;
  const length = reader.length("octets' length");
  if (!within(bounds, length)) throw malformed("octets' length", at, span(bounds), length);
  return reader.take("octets", length);
}

function writeOctets(sink: Sink, plain: Plain, bounds: Bounds): Sink {
  if (!(plain instanceof Uint8Array) || !within(bounds, plain.length))
    throw unwritable(`${span(bounds)} octets`, plain);
  return sink.length(plain.length).put(plain);
}

function readText(reader: Reader, type: TextType): string {
  const octets = readOctets(reader, { min: 0, max: type.max * UTF8_MAX });
  const at = reader.at - octets.length;
  const text = textOf(octets);
  if (text === undefined || !fits(type, text))
    throw malformed(
      "text",
      at,
      `${span(type)} characters of ${charactersOf(type)}`,
      `${octets.length} octets`,
    );
  return text;
}

function textOf(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets);
  } catch {
    return undefined;
  }
}

const charactersOf = ({ form }: TextType) => (form === "visible" ? "visible ASCII" : "UTF-8");

function fits(type: TextType, text: string): boolean {
  if (!within(type, text.length)) return false;
  return type.form === "visible" ? /^[ -~]*$/.test(text) : !/\p{Surrogate}/u.test(text);
}

function textOctets(type: TextType, plain: Plain): Uint8Array {
  if (typeof plain !== "string" || !fits(type, plain))
    throw unwritable(`${span(type)} characters of ${charactersOf(type)}`, `${typeof plain}`);
  return utf8Bytes.encode(plain);
}

/** The length counts bits; unused low bits of the last octet are zero. */
function readBits(reader: Reader, bounds: Bounds): string {
  const at = reader.at;
  const count = reader.length("bits' length");
  if (!within(bounds, count)) throw malformed("bits' length", at, `${span(bounds)} bits`, count);
  let text = "";
  for (const octet of reader.take("bits", (count + 7) >>> 3)) text += octet.toString(2).padStart(8, "0");
  if (text.includes("1", count)) throw malformed("bits", reader.at - 1, "unused bits 0", "1");
  return text.slice(0, count);
}

function writeBits(sink: Sink, plain: Plain, bounds: Bounds): Sink {
  if (typeof plain !== "string" || !/^[01]*$/.test(plain) || !within(bounds, plain.length))
    throw unwritable(`${span(bounds)} bits, as 0 and 1`, typeof plain);
  sink.length(plain.length);
  for (let at = 0; at < plain.length; at += 8)
    sink.u8(Number.parseInt(plain.slice(at, at + 8).padEnd(8, "0"), 2));
  return sink;
}
