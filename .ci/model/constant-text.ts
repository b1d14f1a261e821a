/**
 * The language in which tables write the constants of an operation, read by the type of the value:
 * `51`, `true`, `radio` (a name), `NOW`, `NEVER`, `00000A0064FF` (octets in hex), `[pattern of every item]`,
 * `{ member: pattern }`. Free members are left out.
 */

import type { Pattern } from "../../firmware/model/pattern.ts";
import { NEVER, NOW, type ValueType } from "../../firmware/model/types.ts";
import { fromHex, toHex } from "../../hal/base/hex.ts";
import { Scanner } from "./scanner.ts";

/** The pattern of `text`. Throws an Error that says where it does not fit `type`. */
export function parseConstant(text: string, type: ValueType): Pattern {
  const scanner = new Scanner(text);
  const pattern = patternAt(scanner, type);
  scanner.end();
  return pattern;
}

function patternAt(s: Scanner, type: ValueType): Pattern {
  switch (type.kind) {
    case "boolean": {
      const word = s.word();
      if (word !== "true" && word !== "false") throw s.wrong("true or false", word);
      return word === "true";
    }
    case "integer": {
      const number = s.number();
      if (number < type.min || number > type.max) throw s.wrong(`${type.min} to ${type.max}`, `${number}`);
      return typeof type.max === "bigint" ? BigInt(number) : number;
    }
    case "names": {
      const name = s.word();
      if (!(name in type.names)) throw s.wrong(Object.keys(type.names).join(", "), name);
      return name;
    }
    case "moment":
      if (s.take("NOW")) return NOW;
      return s.take("NEVER") ? NEVER : s.number();
    case "octets": {
      const octets = fromHex(s.word());
      if (octets.length < type.min || octets.length > type.max)
        throw s.wrong(`${type.min} to ${type.max} octets`, `${octets.length}`);
      return octets;
    }
    case "array": {
      s.expect("[");
      const item = patternAt(s, type.item);
      s.expect("]");
      return [item];
    }
    case "structure":
      return membersAt(s, type.fields);
    case "optional":
    case "twin":
    case "tagged":
    case "default":
      return patternAt(s, type.of);
    default:
      throw s.wrong("no constant of this type", s.peek());
  }
}

function membersAt(s: Scanner, fields: Readonly<Record<string, ValueType>>): Pattern {
  s.expect("{");
  const members: Record<string, Pattern> = {};
  do {
    const name = s.word();
    const type = fields[name];
    if (type === undefined) throw s.wrong(Object.keys(fields).join(", "), name);
    s.expect(":");
    members[name] = patternAt(s, type);
  } while (s.take(","));
  s.expect("}");
  return members;
}

/** A pattern as code; `hex` is the function that makes octets there. */
export function patternCode(pattern: Pattern): string {
  if (pattern instanceof Uint8Array) return `hex("${toHex(pattern)}")`;
  if (typeof pattern === "bigint") return `${pattern}n`;
  if (Array.isArray(pattern)) return `[${patternCode(pattern[0] as Pattern)}]`;
  if (pattern === null || typeof pattern !== "object") return JSON.stringify(pattern);
  const members = Object.entries(pattern).map(([name, each]) => `${name}: ${patternCode(each as Pattern)}`);
  return `{ ${members.join(", ")} }`;
}
