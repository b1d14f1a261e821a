/**
 * Puts the names of the model's types on values that correlation has walked. It shares nothing with `toPlain` and
 * `fromPlain`, the way there. What does not have its type stays as it is, so that it never passes for what was asked.
 */
import type { CalendarForm, StructureType, ValueType } from "../../firmware/model/index.ts";
import type { Cbor } from "./cbor-walk.ts";

export function named(type: ValueType, value: Cbor | undefined): unknown {
  switch (type.kind) {
    case "names":
      return Object.keys(type.names).find((name) => type.names[name] === value) ?? value;
    case "calendar":
      return value instanceof Uint8Array ? calendarParts(type.form, value) : value;
    case "array":
      return Array.isArray(value) ? value.map((item) => named(type.item, item)) : value;
    case "structure":
      return Array.isArray(value) ? members(type, value) : value;
    case "choice": {
      const [index, of, ...more] = Array.isArray(value) ? (value as readonly Cbor[]) : [];
      const [name, option] = (typeof index === "number" && Object.entries(type.options)[index]) || [];
      return name === undefined || more.length > 0 ? value : { [name]: named(option!, of) };
    }
    case "optional":
      return value === null ? undefined : named(type.of, value);
    case "twin":
    case "tagged":
    case "default":
      return named(type.of, value);
    default:
      return value;
  }
}

/** Members that only twin-element meters have are all there, or none. Members too many stand under their number. */
function members({ fields }: StructureType, list: readonly Cbor[]): Readonly<Record<string, unknown>> {
  const all = Object.entries(fields);
  const present = list.length < all.length ? all.filter(([, type]) => type.kind !== "twin") : all;
  const found: Record<string, unknown> = {};
  for (const [i, item] of list.entries()) {
    const [name, type] = present[i] ?? [`${i}`, undefined];
    const value = type === undefined ? item : named(type, item);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

const partsOf: Readonly<Record<CalendarForm, readonly string[]>> = {
  date: ["year", "", "month", "day", "weekday"],
  time: ["hour", "minute", "second", "hundredth"],
  dateTime: [
    "year",
    "",
    "month",
    "day",
    "weekday",
    "hour",
    "minute",
    "second",
    "hundredth",
    "80",
    "00",
    "FF",
  ],
};

/** Octets FF (of the year FFFF) are open; what a date-time ends with says nothing. */
function calendarParts(form: CalendarForm, octets: Uint8Array): unknown {
  const parts = partsOf[form];
  if (octets.length !== parts.length) return octets;
  const found: Record<string, number> = {};
  for (const [i, name] of parts.entries()) {
    const octet = octets[i] as number;
    if (name === "year") {
      const year = octet * 256 + (octets[i + 1] as number);
      if (year !== 0xffff) found.year = year;
    } else if (/^[0-9A-F]/.test(name)) {
      if (octet !== Number.parseInt(name, 16)) found[`octet ${i}`] = octet;
    } else if (name !== "" && octet !== 0xff) found[name] = octet;
  }
  return found;
}
