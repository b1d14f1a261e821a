/**
 * Values without their names, as the COSE wire and the journal carry them: structures and arrays are lists in the
 * order of the type, names their numbers, calendars their octets. `fromPlain` checks what it reads; `toPlain` trusts
 * what the compiler has checked.
 *
 * An optional member that is left out is null in its place; twin-element members are left out without a trace;
 * a choice is [index, value]; a bit string is text of 0 and 1.
 */
import { CodedError, withoutStack } from "../../hal/base/coded-error.ts";
import { calendarOctets, calendarValue } from "./calendar.ts";
import type {
  ArrayType,
  BitsType,
  CalendarDate,
  CalendarTime,
  ChoiceType,
  Fields,
  IntegerType,
  NamesType,
  OctetsType,
  StructureType,
  TextType,
  ValueOf,
  ValueType,
} from "./types.ts";

/** A value without names. Integers up to 53 bits are numbers, larger ones bigint; moments are UTC seconds. */
export type Plain = null | boolean | number | bigint | string | Uint8Array | readonly Plain[];

/** The named value that `plain` is. Throws `model/value` with the place, expected and got, unless it has the type. */
export function fromPlain<T extends ValueType>(
  type: T,
  plain: Plain | undefined,
  what = "value",
): ValueOf<T> {
  try {
    return read(type, plain ?? null, NO_PATH) as ValueOf<T>;
  } catch (error) {
    if (error === fault) read(type, plain ?? null, what);
    throw error;
  }
}

/** Undefined when `plain` has the type, else where and why not: "value[2].code: expected u16 0 to 65535, got -1". */
export function plainFault(type: ValueType, plain: Plain | undefined, what = "value"): string | undefined {
  try {
    fromPlain(type, plain, what);
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}

/**
 * Where a value stands. Values are read without, since nearly all are right and paths cost more than the reading;
 * only what is wrong is read again with its path, to say where.
 */
type Path = string | undefined;
const NO_PATH = undefined;
/** What a reading without path throws. */
const fault = new Error("a value that does not have its type");
const inItem = (path: Path, index: number): Path => (path === undefined ? path : `${path}[${index}]`);
const inMember = (path: Path, name: string): Path => (path === undefined ? path : `${path}.${name}`);

function read(type: ValueType, plain: Plain, path: Path): unknown {
  switch (type.kind) {
    case "null":
      return plain === null ? null : wrong(path, "null", plain);
    case "boolean":
      return typeof plain === "boolean" ? plain : wrong(path, "a boolean", plain);
    case "integer":
      return readInteger(type, plain, path);
    case "names":
      return readName(type, plain, path);
    case "octets":
    case "text":
    case "bits":
      return readSized(type, plain, path);
    case "moment":
      return Number.isInteger(plain) && (plain as number) >= 0 && (plain as number) <= 0xffff_ffff
        ? plain
        : wrong(path, "UTC seconds", plain);
    case "calendar": {
      const value = plain instanceof Uint8Array ? calendarValue(type.form, plain) : `expected octets`;
      return typeof value === "string" ? refuse(path, value) : value;
    }
    case "array":
      return readArray(type, plain, path);
    case "structure":
      return readStructure(type, plain, path);
    case "choice":
      return readChoice(type, plain, path);
    case "optional":
      return plain === null ? undefined : read(type.of, plain, path);
    case "twin":
    case "tagged":
    case "default":
      return read(type.of, plain, path);
  }
}

function readSized(type: OctetsType | TextType | BitsType, plain: Plain, path: Path): unknown {
  if (type.kind === "octets") {
    if (plain instanceof Uint8Array && within(type, plain.length)) return plain;
    return wrong(path, `${span(type)} octets`, plain);
  }
  const text = typeof plain === "string" && within(type, plain.length);
  if (type.kind === "text") return text ? plain : wrong(path, `text of ${span(type)} characters`, plain);
  return text && /^[01]*$/.test(plain) ? plain : wrong(path, `${span(type)} bits, as 0 and 1`, plain);
}

function readInteger({ form, min, max }: IntegerType, plain: Plain, path: Path): number | bigint {
  const wide = form === "i64" || form === "u64";
  if (Number.isSafeInteger(plain) || typeof plain === "bigint") {
    const value = plain as number | bigint;
    if (value >= min && value <= max) return wide ? BigInt(value) : Number(value);
  }
  return wrong(path, `${form} ${min} to ${max}`, plain);
}

function readName({ names }: NamesType, plain: Plain, path: Path): string {
  for (const name in names) if (names[name] === plain) return name;
  const known = Object.entries(names).map(([name, number]) => `${number} ${name}`);
  return wrong(path, `one of ${known.join(", ")}`, plain);
}

function readArray({ item, min, max }: ArrayType, plain: Plain, path: Path): unknown[] {
  if (!Array.isArray(plain)) return wrong(path, "an array", plain);
  if (!within({ min, max }, plain.length)) return wrong(path, `${span({ min, max })} items`, plain);
  return plain.map((each, i) => read(item, each, inItem(path, i)));
}

export type Members = readonly (readonly [string, ValueType])[];
const layouts = new WeakMap<Fields, { readonly all: Members; readonly single: Members }>();

/** The members of a structure that are there when a list has `count` items: with the twin-element ones, or without. */
export function present(fields: Fields, count: number): Members {
  let layout = layouts.get(fields);
  if (layout === undefined) {
    const all = Object.entries(fields);
    layout = { all, single: all.filter(([, type]) => type.kind !== "twin") };
    layouts.set(fields, layout);
  }
  return count === layout.all.length ? layout.all : layout.single;
}

function readStructure({ fields }: StructureType, plain: Plain, path: Path): unknown {
  if (!Array.isArray(plain)) return wrong(path, "a structure", plain);
  const members = present(fields, plain.length);
  if (plain.length !== members.length) return wrong(path, `${members.length} members`, plain);
  const value: Record<string, unknown> = {};
  for (let i = 0; i < members.length; i++) {
    const [name, type] = members[i]!;
    const member = read(type, plain[i] as Plain, inMember(path, name));
    if (member !== undefined) value[name] = member;
    if (type.kind === "array") checkCount(type, (member as unknown[]).length, value, inMember(path, name));
  }
  return value;
}

/** An array whose length a field before it tells has that length. */
function checkCount(
  { count }: ArrayType,
  length: number,
  before: Readonly<Record<string, unknown>>,
  path: Path,
) {
  if (count === "own" || count === "rest") return;
  const told = (before[count.field] as number) & (count.mask ?? -1);
  if (told !== length) refuse(path, `expected ${told} items, as ${count.field} says, got ${length}`);
}

function readChoice({ options }: ChoiceType, plain: Plain, path: Path): unknown {
  const index = Array.isArray(plain) && plain.length === 2 ? plain[0] : undefined;
  const option = typeof index === "number" ? Object.entries(options)[index] : undefined;
  if (option === undefined) return wrong(path, `[0 to ${Object.keys(options).length - 1}, its value]`, plain);
  const [name, type] = option;
  return { [name]: read(type, (plain as readonly Plain[])[1] as Plain, inMember(path, name)) };
}

/** A named value without its names. */
export function toPlain<T extends ValueType>(type: T, value: ValueOf<T>): Plain {
  return write(type, value);
}

function write(type: ValueType, value: unknown): Plain {
  switch (type.kind) {
    case "names":
      return type.names[value as string] as number;
    case "calendar":
      return calendarOctets(type.form, value as CalendarDate & CalendarTime);
    case "array":
      return (value as readonly unknown[]).map((each) => write(type.item, each));
    case "structure":
      return writeStructure(type, value as Readonly<Record<string, unknown>>);
    case "choice": {
      const [name, of] = Object.entries(value as Readonly<Record<string, unknown>>)[0]!;
      return [Object.keys(type.options).indexOf(name), write(type.options[name]!, of)];
    }
    case "optional":
      return value === undefined ? null : write(type.of, value);
    case "twin":
    case "tagged":
    case "default":
      return write(type.of, value);
    default:
      return value as Plain;
  }
}

function writeStructure({ fields }: StructureType, value: Readonly<Record<string, unknown>>): Plain[] {
  const list: Plain[] = [];
  for (const name in fields) {
    const type = fields[name]!;
    if (type.kind !== "twin" || value[name] !== undefined) list.push(write(type, value[name]));
  }
  return list;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}
const within = ({ min, max }: Bounds, length: number) => length >= min && length <= max;
const span = ({ min, max }: Bounds) => (min === max ? `${min}` : `${min} to ${max}`);

function wrong(path: Path, expected: string, plain: Plain): never {
  return refuse(path, `expected ${expected}, got ${shown(plain)}`);
}

function refuse(path: Path, words: string): never {
  if (path === undefined) throw fault;
  throw withoutStack(() => new CodedError("model/value", `${path}: ${words}`));
}

const shown = (plain: Plain): string =>
  plain instanceof Uint8Array
    ? `${plain.length} octets`
    : Array.isArray(plain)
      ? `${plain.length} items`
      : typeof plain === "string"
        ? `text of ${plain.length} characters`
        : String(plain);
