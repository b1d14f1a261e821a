/** Values of model types for property tests, as DLMS can carry them. */
import fc from "fast-check";
import {
  type ArrayType,
  type CalendarType,
  calendarOctets,
  makeType,
  NEVER,
  NOW,
  type Plain,
  present,
  type TextType,
  type ValueType,
} from "../../../../../firmware/model/index.ts";

const Y2000_S = 946_684_800;

/** Any value of `type`, without names. `twin`: with the members that twin-element meters have. */
export function plains(type: ValueType, twin: boolean): fc.Arbitrary<Plain> {
  switch (type.kind) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer": {
      const { bits } = makeType.integerForms[type.form];
      const any = fc.bigInt(BigInt(type.min), BigInt(type.max));
      return bits === 64 ? any : any.map(Number);
    }
    case "names":
      return fc.constantFrom(...Object.values(type.names));
    case "octets":
      return fc.uint8Array({ minLength: type.min, maxLength: Math.min(type.max, 300) });
    case "text":
      return texts(type);
    case "bits":
      return fc
        .array(fc.constantFrom("0", "1"), { minLength: type.min, maxLength: type.max })
        .map((each) => each.join(""));
    case "moment":
      // 2000-01-01 00:00:00 as a timestamp is the open end of a range.
      return fc.oneof(
        fc.constantFrom(NOW, NEVER),
        fc.integer({ min: type.form === "timestamp" ? Y2000_S + 1 : 1, max: NEVER - 1 }),
      );
    case "calendar":
      return calendars(type);
    default:
      return holders(type, twin);
  }
}

function holders(type: ValueType, twin: boolean): fc.Arbitrary<Plain> {
  switch (type.kind) {
    case "array":
      return arrays(type, twin);
    case "structure": {
      const members = present(type.fields, twin ? Object.keys(type.fields).length : -1);
      return fc.tuple(...members.map(([, member]) => plains(member, twin)));
    }
    case "choice":
      return fc.oneof(
        ...Object.values(type.options).map((option, at) =>
          plains(option, twin).map((value): Plain => [at, value]),
        ),
      );
    case "optional":
      return fc.option(plains(type.of, twin), { nil: null });
    case "twin":
    case "tagged":
    case "default":
      return plains(type.of, twin);
    default:
      throw new Error(type.kind);
  }
}

const arrays = ({ item, min, max }: ArrayType, twin: boolean) =>
  fc.array(plains(item, twin), { minLength: min, maxLength: Math.max(min, Math.min(max, 12)) });

function texts({ form, min, max }: TextType): fc.Arbitrary<string> {
  const unit = form === "visible" ? ("grapheme-ascii" as const) : ("binary" as const);
  return fc
    .string({ unit, minLength: min, maxLength: Math.min(max, 60) })
    .filter((text) => text.length >= min && text.length <= max);
}

const part = (min: number, max: number) => fc.option(fc.integer({ min, max }), { nil: undefined });

function calendars({ form }: CalendarType): fc.Arbitrary<Uint8Array> {
  const parts = fc.record({
    year: part(0, 0xfffe),
    month: part(1, 12),
    day: part(1, 31),
    weekday: part(1, 7),
    hour: part(0, 23),
    minute: part(0, 59),
    second: part(0, 59),
    hundredth: part(0, 99),
  });
  return parts.map((some) => {
    const known = Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined));
    return calendarOctets(form, known);
  });
}
