/**
 * Reads the DLMS payload of a command the plain way, for correlation: not the wire's own codec, so that a fault there
 * cannot hide here too. Data tell their types by tags; what the model's type adds is their meaning (moments, texts).
 */
import { attributeOf, cosemObject, methodOf, type ValueType } from "../../firmware/model/index.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";
import type { Cbor } from "./cbor-walk.ts";

/** A value as its tag has it; of arrays and structures, their items. */
interface Raw {
  readonly tag: number;
  readonly value: Exclude<Cbor, readonly Cbor[]> | readonly Raw[];
}

const tags = { array: 1, structure: 2, octets: 9, null: 0 } as const;
const integers: Readonly<Record<number, readonly [bytes: number, signed: boolean]>> = {
  5: [4, true],
  6: [4, false],
  15: [1, true],
  16: [2, true],
  17: [1, false],
  18: [2, false],
  20: [8, true],
  21: [8, false],
  22: [1, false],
};
const maxDepth = 10;

export class Walker {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = Buffer.from(bytes);
    this.#at = at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Buffer {
    if (count > this.left) throw this.fault(`${count} bytes past the end`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  number(bytes: number): number {
    return this.take(bytes).readUIntBE(0, bytes);
  }

  length(): number {
    const first = this.number(1);
    if (first < 0x80) return first;
    if (first > 0x82) throw this.fault("a length of three bytes or more");
    return this.number(first - 0x80);
  }

  /** Octets that can only be these. */
  expect(hex: string): void {
    const got = toHex(this.take(hex.length / 2));
    if (got !== hex) throw this.fault(`${got} for ${hex}`);
  }

  raw(depth = 0): Raw {
    if (depth > maxDepth) throw this.fault(`nesting deeper than ${maxDepth}`);
    const tag = this.number(1);
    const integer = integers[tag];
    if (integer !== undefined) return { tag, value: this.#integer(...integer) };
    switch (tag) {
      case tags.null:
        return { tag, value: null };
      case tags.array:
      case tags.structure: {
        const count = this.length();
        if (count > this.left) throw this.fault(`a list of ${count} items`);
        return { tag, value: Array.from({ length: count }, () => this.raw(depth + 1)) };
      }
      case 0x03:
        return { tag, value: this.number(1) === 0xff };
      case 0x04:
        return { tag, value: this.#bits() };
      case tags.octets:
        return { tag, value: new Uint8Array(this.take(this.length())) };
      case 0x0a:
      case 0x0c:
        return { tag, value: this.take(this.length()).toString("utf8") };
    }
    throw this.fault(`data of tag ${tag}`);
  }

  #integer(bytes: number, signed: boolean): number | bigint {
    const octets = this.take(bytes);
    if (bytes === 8) return signed ? octets.readBigInt64BE() : octets.readBigUInt64BE();
    return signed ? octets.readIntBE(0, bytes) : octets.readUIntBE(0, bytes);
  }

  #bits(): string {
    const count = this.length();
    const octets = [...this.take(Math.ceil(count / 8))];
    return octets
      .map((octet) => octet.toString(2).padStart(8, "0"))
      .join("")
      .slice(0, count);
  }

  fault(got: string): CodedError {
    const message = `pre-command, byte ${this.#at}: expected a GBCS command, got ${got}`;
    return new CodedError("headend/not-gbcs", message, { at: this.#at });
  }
}

const since2000S = Date.UTC(2000, 0, 1) / 1000;
const never = 0xffff_ffff;

/** What a value is, by its type: as `cbor-walk.ts` gives it. What does not fit stays as it is. */
function meaning(type: ValueType, { tag, value }: Raw): Cbor {
  switch (type.kind) {
    case "twin":
    case "tagged":
    case "default":
      return meaning(type.of, { tag, value });
    case "optional":
      return tag === tags.null ? null : meaning(type.of, { tag, value });
    case "choice": {
      const options = Object.values(type.options);
      const index = options.findIndex((option) => (option.kind === "moment") === (tag === tags.octets));
      return index < 0 ? bare({ tag, value }) : [index, meaning(options[index]!, { tag, value })];
    }
    case "array":
      return isList(value) ? value.map((item) => meaning(type.item, item)) : bare({ tag, value });
    case "structure": {
      if (!isList(value)) return bare({ tag, value });
      const all = Object.values(type.fields);
      const present = value.length < all.length ? all.filter(({ kind }) => kind !== "twin") : all;
      return value.map((item, i) => (present[i] ? meaning(present[i], item) : bare(item)));
    }
    case "moment":
      return momentOf(bare({ tag, value }));
    case "text":
      return value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : bare({ tag, value });
    case "integer":
      return typeof value === "string" ? Number.parseInt(value, 2) : bare({ tag, value });
    default:
      return bare({ tag, value });
  }
}

const isList = (value: Raw["value"]): value is readonly Raw[] => Array.isArray(value);
const bare = ({ value }: Raw): Cbor => (isList(value) ? value.map(bare) : value);

/** UTC seconds: of 12 octets, or of seconds since 2000; 0 is "now". */
function momentOf(value: Cbor): Cbor {
  if (typeof value === "number") return value === 0 || value === never ? value : value + since2000S;
  if (!(value instanceof Uint8Array) || value.length !== 12) return value;
  const hex = toHex(value);
  if (hex === `${"00".repeat(9)}8000FF`) return 0;
  if (hex === `${"FF".repeat(9)}8000FF`) return never;
  const [, , month = 0, day = 0, , hour = 0, minute = 0, second = 0] = value;
  const timeMs = Date.UTC(value[0]! * 256 + value[1]!, month - 1, day, hour, minute, second);
  return hex.endsWith("008000FF") ? timeMs / 1000 : value;
}

/** [kind, object, member] and, of what carries one, its value: as the operations of a COSE pre-command. */
export function walkDlms(walker: Walker, counter: bigint): Cbor[] {
  walker.expect("D920");
  walker.expect(counter.toString(16).padStart(16, "0").slice(-6).toUpperCase());
  walker.expect("00");
  const asked = Array.from({ length: walker.length() }, () => specification(walker));
  if (walker.length() !== asked.length) throw walker.fault("another number of values than of operations");
  const operations = asked.map(({ kind, head, carries, selector }): Cbor => {
    const value = walker.raw();
    if (kind === 1) return selector === undefined ? head : [...head, selector];
    return [...head, meaning(carries, value)];
  });
  if (walker.left > 0) throw walker.fault(`${walker.left} bytes more`);
  return operations;
}

const nothing: ValueType = { kind: "null" };

function specification(walker: Walker) {
  const choice = walker.number(1);
  const classId = walker.number(2);
  const [a, b, c, d, e, f] = walker.take(6);
  const object = cosemObject(classId, `${a}-${b}:${c}.${d}.${e}.${f}`);
  const member = walker.number(1);
  if (object === undefined || choice < 1 || choice > 4) throw walker.fault("an object of no table");
  const kind = choice === 4 ? 1 : choice;
  const attribute = attributeOf(object, member)?.member;
  const carries = (kind === 3 ? methodOf(object, member)?.member.argument : attribute?.type) ?? nothing;
  const selector = choice === 4 ? range(walker, attribute?.selector ?? nothing) : undefined;
  return { kind, head: [kind, object.id, member] as const, carries, selector };
}

/** Entries by the time in their first column, all columns. */
function range(walker: Walker, type: ValueType): Cbor {
  walker.expect("01020402041200010906");
  walker.expect("00005E2C64FF");
  walker.expect("0F02120000");
  const [from, to] = [walker.raw(), walker.raw()];
  walker.expect("0100");
  return meaning(type, { tag: tags.structure, value: [from, to] });
}
