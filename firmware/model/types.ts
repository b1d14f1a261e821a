/**
 * Value types as data: one vocabulary for what DLMS, ZCL and ASN.1 carry, and for the COSE wire. A type says what a
 * value is; each wire's codec walks it and knows how its bytes look. Members of structures have names, so that a
 * feature reads `entry.time`. {@link ValueOf} gives the TypeScript type of a type's values.
 */

/** Width and sign. `map8` to `map32` are sets of bits held as a number: bit strings in DLMS, bitmaps in ZCL. */
export type IntegerForm =
  | "i8"
  | "i16"
  | "i32"
  | "i64"
  | "u8"
  | "u16"
  | "u24"
  | "u32"
  | "u48"
  | "u64"
  | "map8"
  | "map16"
  | "map24"
  | "map32";

export interface NullType {
  readonly kind: "null";
}
export interface BooleanType {
  readonly kind: "boolean";
}
export interface IntegerType<F extends IntegerForm = IntegerForm> {
  readonly kind: "integer";
  readonly form: F;
  readonly min: number | bigint;
  readonly max: number | bigint;
}
/**
 * One of the names. `enum`: DLMS and ASN.1 enumeration, ZCL enum8; `u8`: a plain integer there; `keyUsage`: an
 * ASN.1 bit string in which one bit of X.509's key usage is set (`keyUsages` in `cells.ts` has the bits).
 */
export interface NamesType<N extends Readonly<Record<string, number>> = Readonly<Record<string, number>>> {
  readonly kind: "names";
  readonly form: "enum" | "u8" | "keyUsage";
  readonly names: N;
}
/**
 * `bytes`: an octet string; `item`: one whole encoded item that stands by itself (a certificate, a request for one);
 * `rest`: all that is left of a ZCL command, without a length.
 */
export interface OctetsType {
  readonly kind: "octets";
  readonly form: "bytes" | "item" | "rest";
  readonly min: number;
  readonly max: number;
}
/** Lengths in characters. `octets`: text in an octet string, as meters carry names and messages. */
export interface TextType {
  readonly kind: "text";
  readonly form: "utf8" | "visible" | "octets";
  readonly min: number;
  readonly max: number;
}
/** A bit string, first bit first, as text of 0 and 1: its length is part of the value. */
export interface BitsType {
  readonly kind: "bits";
  readonly min: number;
  readonly max: number;
}
/**
 * A moment, UTC seconds since 1970, or `NOW`, or `NEVER`. `dateTime`: DLMS octet-string(12), ASN.1 GeneralizedTime;
 * `weekdayTime` the same, with its day of the week on DLMS; `timestamp`: 32 bits of seconds since 2000 on DLMS and ZCL.
 */
export interface MomentType {
  readonly kind: "moment";
  readonly form: "dateTime" | "weekdayTime" | "timestamp";
}
/** What a calendar says, any part of it open (`calendar.ts`). ZCL knows the date in four bytes, DLMS in five. */
export interface CalendarType<F extends "date" | "time" | "dateTime" = "date" | "time" | "dateTime"> {
  readonly kind: "calendar";
  readonly form: F;
}
/** How an array's length is known: its own count, all that is left, or a field before it (under a mask). */
export type Count = "own" | "rest" | { readonly field: string; readonly mask?: number };
export interface ArrayType<T extends ValueType = ValueType> {
  readonly kind: "array";
  readonly item: T;
  readonly min: number;
  readonly max: number;
  readonly count: Count;
  /** A DLMS compact array: the item's type once, then values without tags. */
  readonly compact: boolean;
}
export interface StructureType<F extends Fields = Fields> {
  readonly kind: "structure";
  readonly fields: F;
}
/** One of several forms; its value has exactly one member, named for the form. */
export interface ChoiceType<F extends Fields = Fields> {
  readonly kind: "choice";
  readonly options: F;
}
/** A member that may be left out. */
export interface OptionalType<T extends ValueType = ValueType> {
  readonly kind: "optional";
  readonly of: T;
}
/** A member that ASN.1 leaves out when it has the usual value; other wires always carry it. */
export interface DefaultType<T extends ValueType = ValueType> {
  readonly kind: "default";
  readonly of: T;
  readonly value: string;
}
/** A member that only twin-element meters have: in a structure all such members are there, or none. */
export interface TwinType<T extends ValueType = ValueType> {
  readonly kind: "twin";
  readonly of: T;
}
/** An implicit context tag in ASN.1; other wires do not see it. */
export interface TaggedType<T extends ValueType = ValueType> {
  readonly kind: "tagged";
  readonly tag: number;
  readonly of: T;
}

export type ValueType =
  | NullType
  | BooleanType
  | IntegerType
  | NamesType
  | OctetsType
  | TextType
  | BitsType
  | MomentType
  | CalendarType
  | ArrayType
  | StructureType
  | ChoiceType
  | OptionalType
  | DefaultType
  | TwinType
  | TaggedType;
export interface Fields {
  readonly [name: string]: ValueType;
}

/** A date as a calendar has it; a part that is left out is open. Month 1 to 12, day 1 to 31, weekday 1 (Monday) to 7. */
export interface CalendarDate {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
  readonly weekday?: number;
}
/** A time of day; a part that is left out is open. */
export interface CalendarTime {
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly hundredth?: number;
}

/** The TypeScript type of the values of a value type: `ValueOf<typeof eventLogEntry>`. */
export type ValueOf<T extends ValueType> = ValueType extends T ? unknown : ValueOfLeaf<T>;

type ValueOfLeaf<T extends ValueType> = T extends NullType
  ? null
  : T extends BooleanType
    ? boolean
    : T extends IntegerType<infer F>
      ? IntegerOf<F>
      : T extends NamesType<infer N>
        ? keyof N & string
        : T extends OctetsType
          ? Uint8Array
          : T extends TextType | BitsType
            ? string
            : T extends MomentType
              ? number
              : T extends CalendarType<infer F>
                ? CalendarOf<F>
                : ValueOfParts<T>;

type ValueOfParts<T extends ValueType> =
  T extends ArrayType<infer I>
    ? readonly ValueOf<I>[]
    : T extends StructureType<infer F>
      ? StructureOf<F>
      : T extends ChoiceType<infer F>
        ? { [K in keyof F]: { readonly [Only in K]: ValueOf<F[K]> } }[keyof F]
        : T extends OptionalType<infer O> | TwinType<infer O>
          ? ValueOf<O> | undefined
          : T extends TaggedType<infer O> | DefaultType<infer O>
            ? ValueOf<O>
            : never;

type IntegerOf<F extends IntegerForm> = IntegerForm extends F
  ? number | bigint
  : F extends "i64" | "u64"
    ? bigint
    : number;
type CalendarOf<F> = F extends "date"
  ? CalendarDate
  : F extends "time"
    ? CalendarTime
    : CalendarDate & CalendarTime;

type MayLack<T extends ValueType> = T extends OptionalType | TwinType ? true : false;
type StructureOf<F extends Fields> = {
  readonly [K in keyof F as MayLack<F[K]> extends true ? never : K]: ValueOf<F[K]>;
} & { readonly [K in keyof F as MayLack<F[K]> extends true ? K : never]?: ValueOf<F[K]> };

/** "At once" as a moment at which something is to take force; each wire has its own form of it. */
export const NOW = 0;
/** "Never", which cancels what was to take force later. */
export const NEVER = 0xffff_ffff;
