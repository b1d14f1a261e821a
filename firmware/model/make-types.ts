/** Makers of value types, one a kind; they keep literal types, so that `ValueOf` knows the names. */
import type {
  ArrayType,
  BitsType,
  BooleanType,
  CalendarType,
  ChoiceType,
  Count,
  DefaultType,
  Fields,
  IntegerForm,
  IntegerType,
  MomentType,
  NamesType,
  NullType,
  OctetsType,
  OptionalType,
  StructureType,
  TaggedType,
  TextType,
  TwinType,
  ValueType,
} from "./types.ts";

export const nothing: NullType = { kind: "null" };
export const boolean: BooleanType = { kind: "boolean" };

/** Bits and sign of each form. */
export const integerForms: Readonly<
  Record<IntegerForm, { readonly bits: number; readonly signed: boolean }>
> = {
  i8: { bits: 8, signed: true },
  i16: { bits: 16, signed: true },
  i32: { bits: 32, signed: true },
  i64: { bits: 64, signed: true },
  u8: { bits: 8, signed: false },
  u16: { bits: 16, signed: false },
  u24: { bits: 24, signed: false },
  u32: { bits: 32, signed: false },
  u48: { bits: 48, signed: false },
  u64: { bits: 64, signed: false },
  map8: { bits: 8, signed: false },
  map16: { bits: 16, signed: false },
  map24: { bits: 24, signed: false },
  map32: { bits: 32, signed: false },
};

/** An integer, of the whole range of its form unless told otherwise. */
export function integer<F extends IntegerForm>(
  form: F,
  min?: number | bigint,
  max?: number | bigint,
): IntegerType<F> {
  const { bits, signed } = integerForms[form];
  const low = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const high = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const sized = (value: bigint) => (bits > 53 ? value : Number(value));
  return { kind: "integer", form, min: min ?? sized(low), max: max ?? sized(high) };
}

export const i8 = integer("i8");
export const i16 = integer("i16");
export const i32 = integer("i32");
export const u8 = integer("u8");
export const u16 = integer("u16");
export const u24 = integer("u24");
export const u32 = integer("u32");
export const u48 = integer("u48");
export const u64 = integer("u64");
export const map8 = integer("map8");
export const map16 = integer("map16");
export const map32 = integer("map32");

export const names = <const N extends Readonly<Record<string, number>>>(
  form: NamesType["form"],
  names: N,
): NamesType<N> => ({ kind: "names", form, names });

/** From `min` to `max` octets; one number is the only length. */
export const octets = (min: number, max = min): OctetsType => ({ kind: "octets", form: "bytes", min, max });
/** One whole encoded item of at most `max` octets. */
export const item = (max: number): OctetsType => ({ kind: "octets", form: "item", min: 0, max });
/** All octets that are left, at most `max`. */
export const remainder = (max: number): OctetsType => ({ kind: "octets", form: "rest", min: 0, max });
export const text = (form: TextType["form"], min: number, max = min): TextType => ({
  kind: "text",
  form,
  min,
  max,
});
export const bits = (min: number, max = min): BitsType => ({ kind: "bits", min, max });

export const dateTime: MomentType = { kind: "moment", form: "dateTime" };
export const weekdayTime: MomentType = { kind: "moment", form: "weekdayTime" };
export const timestamp: MomentType = { kind: "moment", form: "timestamp" };
export const calendar = <F extends CalendarType["form"]>(form: F): CalendarType<F> => ({
  kind: "calendar",
  form,
});

/** From `min` to `max` items, counted by the array itself. */
export const array = <T extends ValueType>(item: T, min: number, max: number): ArrayType<T> => ({
  kind: "array",
  item,
  min,
  max,
  count: "own",
  compact: false,
});
/** A DLMS compact array. */
export const table = <T extends ValueType>(item: T, max: number): ArrayType<T> => ({
  ...array(item, 0, max),
  compact: true,
});
/** Items up to the end of the message, or as many as a field before says. */
export const repeated = <T extends ValueType>(item: T, max: number, count: Count): ArrayType<T> => ({
  ...array(item, 0, max),
  count,
});
export const structure = <const F extends Fields>(fields: F): StructureType<F> => ({
  kind: "structure",
  fields,
});
export const choice = <const F extends Fields>(options: F): ChoiceType<F> => ({ kind: "choice", options });
export const optional = <T extends ValueType>(of: T): OptionalType<T> => ({ kind: "optional", of });
/** `value` is the name that ASN.1 leaves out. */
export const defaulted = <T extends ValueType>(of: T, value: string): DefaultType<T> => ({
  kind: "default",
  of,
  value,
});
export const twin = <T extends ValueType>(of: T): TwinType<T> => ({ kind: "twin", of });
export const tagged = <T extends ValueType>(tag: number, of: T): TaggedType<T> => ({
  kind: "tagged",
  tag,
  of,
});
