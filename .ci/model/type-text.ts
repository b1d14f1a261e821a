/**
 * The language in which tables write types, read into a type and into the code that makes it:
 *
 *     u16   u16(0..1799)   boolean   nothing   dateTime   weekdayTime   timestamp   calendarDate   calendarTime   calendarDateTime
 *     octets(8)   octets(0..8)   item(1200)   remainder(1024)   text(utf8, 0..116)   bits(7)   names(enum, disabled 0, enabled 1)
 *     array(T, 0..16)   table(T, 100)   rest(T, 255)   times(count, T, 512)   times(flags & 15, T, 15)
 *     { name: T, other: T }   choice(one: T, other: T)   optional(T)   twin(T)   tagged(3, T)   default(T, name)
 *     aTypeOfTheTable
 */
import * as t from "../../firmware/model/make-types.ts";
import type { Fields, IntegerForm, NamesType, TextType, ValueType } from "../../firmware/model/types.ts";
import { Scanner } from "./scanner.ts";

export interface MadeType {
  readonly type: ValueType;
  /** The expression that makes it; `t.` are the makers, `v.` the types of the table. */
  readonly code: string;
}

/** Finds a type of the table by name. */
export type FindType = (name: string) => MadeType | undefined;

const atoms: Readonly<Record<string, MadeType>> = {
  boolean: { type: t.boolean, code: "t.boolean" },
  nothing: { type: t.nothing, code: "t.nothing" },
  dateTime: { type: t.dateTime, code: "t.dateTime" },
  weekdayTime: { type: t.weekdayTime, code: "t.weekdayTime" },
  timestamp: { type: t.timestamp, code: "t.timestamp" },
  calendarDate: { type: t.calendar("date"), code: 't.calendar("date")' },
  calendarTime: { type: t.calendar("time"), code: 't.calendar("time")' },
  calendarDateTime: { type: t.calendar("dateTime"), code: 't.calendar("dateTime")' },
};

/** Throws an Error that quotes the text and says what was expected where. */
export function parseType(text: string, find: FindType): MadeType {
  const scanner = new Scanner(text);
  const made = typeAt(scanner, find);
  scanner.end();
  return made;
}

type Maker = (s: Scanner, find: FindType) => MadeType;

const makers: Readonly<Record<string, Maker>> = {
  octets: (s) => spanned("t.octets", range(s), t.octets),
  bits: (s) => spanned("t.bits", range(s), t.bits),
  item: (s) => {
    const max = s.number();
    return { type: t.item(max), code: `t.item(${max})` };
  },
  remainder: (s) => {
    const max = s.number();
    return { type: t.remainder(max), code: `t.remainder(${max})` };
  },
  text: (s) => {
    const form = s.word() as TextType["form"];
    s.expect(",");
    const [min, max] = range(s);
    return { type: t.text(form, min, max), code: `t.text("${form}", ${min}, ${max})` };
  },
  names: (s) => {
    const form = s.word() as NamesType["form"];
    const names: Record<string, number> = {};
    while (s.take(",")) names[s.word()] = s.number();
    return { type: t.names(form, names), code: `t.names("${form}", ${literal(names)})` };
  },
  array: (s, find) => {
    const item = typeAt(s, find);
    s.expect(",");
    const [min, max] = range(s);
    return { type: t.array(item.type, min, max), code: `t.array(${item.code}, ${min}, ${max})` };
  },
  table: (s, find) => {
    const item = typeAt(s, find);
    s.expect(",");
    const max = s.number();
    return { type: t.table(item.type, max), code: `t.table(${item.code}, ${max})` };
  },
  rest: (s, find) => {
    const item = typeAt(s, find);
    s.expect(",");
    const max = s.number();
    return { type: t.repeated(item.type, max, "rest"), code: `t.repeated(${item.code}, ${max}, "rest")` };
  },
  times: (s, find) => {
    const field = s.word();
    const count = s.take("&") ? { field, mask: s.number() } : { field };
    s.expect(",");
    const item = typeAt(s, find);
    s.expect(",");
    const max = s.number();
    return {
      type: t.repeated(item.type, max, count),
      code: `t.repeated(${item.code}, ${max}, ${literal(count)})`,
    };
  },
  choice: (s, find) => {
    const { fields, code } = fieldsAt(s, find, ")");
    return { type: t.choice(fields), code: `t.choice({ ${code} })` };
  },
  optional: (s, find) => wrapped("t.optional", typeAt(s, find), t.optional),
  twin: (s, find) => wrapped("t.twin", typeAt(s, find), t.twin),
  tagged: (s, find) => {
    const tag = s.number();
    s.expect(",");
    const of = typeAt(s, find);
    return { type: t.tagged(tag, of.type), code: `t.tagged(${tag}, ${of.code})` };
  },
  default: (s, find) => {
    const of = typeAt(s, find);
    s.expect(",");
    const name = s.word();
    return { type: t.defaulted(of.type, name), code: `t.defaulted(${of.code}, "${name}")` };
  },
};

function typeAt(s: Scanner, find: FindType): MadeType {
  if (s.take("{")) {
    const { fields, code } = fieldsAt(s, find, "}");
    s.expect("}");
    return { type: t.structure(fields), code: `t.structure({ ${code} })` };
  }
  const word = s.word();
  const maker = makers[word];
  if (maker !== undefined && s.take("(")) {
    const made = maker(s, find);
    s.expect(")");
    return made;
  }
  if (word in t.integerForms) return integerAt(s, word as IntegerForm);
  const known = atoms[word] ?? find(word);
  if (known === undefined) throw s.wrong("a type", word);
  return known;
}

function integerAt(s: Scanner, form: IntegerForm): MadeType {
  if (!s.take("(")) return { type: t.integer(form), code: form in t ? `t.${form}` : `t.integer("${form}")` };
  const [min, max] = range(s);
  s.expect(")");
  return { type: t.integer(form, min, max), code: `t.integer("${form}", ${min}, ${max})` };
}

function fieldsAt(s: Scanner, find: FindType, close: string): { fields: Fields; code: string } {
  const fields: Record<string, ValueType> = {};
  const code: string[] = [];
  do {
    const name = s.word();
    if (name in fields) throw s.wrong("a name that is not there yet", name);
    s.expect(":");
    const made = typeAt(s, find);
    fields[name] = made.type;
    code.push(`${name}: ${made.code}`);
  } while (s.take(",") && s.peek() !== close);
  return { fields, code: code.join(", ") };
}

function range(s: Scanner): [number, number] {
  const min = s.number();
  return [min, s.take("..") ? s.number() : min];
}

const spanned = <T extends ValueType>(
  maker: string,
  [min, max]: [number, number],
  make: (min: number, max: number) => T,
): MadeType => ({ type: make(min, max), code: `${maker}(${min === max ? min : `${min}, ${max}`})` });

const wrapped = (maker: string, of: MadeType, make: (of: ValueType) => ValueType): MadeType => ({
  type: make(of.type),
  code: `${maker}(${of.code})`,
});

export const literal = (value: Readonly<Record<string, number | string>>): string =>
  `{ ${Object.entries(value)
    .map(([name, each]) => `${name}: ${JSON.stringify(each)}`)
    .join(", ")} }`;
