/**
 * Reads ASN.1 values by the types of the model, names taken off (`Plain`), no deeper than the type and no further than
 * its bounds. A structure is a SEQUENCE, an array a SEQUENCE OF, a choice one of its options; members that may be left
 * out are told apart by their tags; context tags are implicit.
 */
import {
  type ArrayType,
  type ChoiceType,
  type Fields,
  type Plain,
  plainFault,
  type ValueType,
} from "../../../model/index.ts";
import { byteText } from "../bytes.ts";
import { DerReader, type Item } from "../der.ts";
import { payloadForm, refused } from "./form.ts";
import { readInteger, readKeyUsage, readTime } from "./leaves.ts";
import { fits, inItem, inMember, mayBeLeftOut, tagOf, usual } from "./shape.ts";

/** One value without parts, as it was read: for those who show a payload. */
export interface Leaf {
  /** Names from the outermost value to this one: "control.floors[0].role". */
  readonly path: string;
  readonly type: ValueType;
  readonly value: Plain;
  /** Tag, length and content. */
  readonly item: Item;
}

/**
 * The value of `type` that `bytes` are, all of them. `see` hears of each leaf in order. Throws `wire/format` with the
 * place (`data.at`, a byte of the payload) and the member's name.
 */
export function readAsn1(
  type: ValueType,
  bytes: Uint8Array,
  what = "payload",
  see?: (leaf: Leaf) => void,
): Plain {
  const reader = new DerReader(bytes, 0, bytes.length, payloadForm);
  const item = reader.item(what);
  if (reader.left > 0) throw refused(what, item.end, "the end", `${reader.left} bytes more`);
  return new Walk(reader, see).tagged(type, item, what);
}

/** Reads values out of one payload. */
class Walk {
  readonly #whole: DerReader;
  readonly #see: ((leaf: Leaf) => void) | undefined;

  constructor(whole: DerReader, see: ((leaf: Leaf) => void) | undefined) {
    this.#whole = whole;
    this.#see = see;
  }

  /** The value of an item that must have its type's tag. */
  tagged(type: ValueType, item: Item, path: string): Plain {
    if (fits(type, item.tag)) return this.#value(type, item, path);
    const expected = tagOf(type);
    throw refused(
      path,
      item.at,
      `${type.kind}${expected === undefined ? "" : ` (tag ${byteText(expected)})`}`,
      `tag ${byteText(item.tag)}`,
    );
  }

  #value(type: ValueType, item: Item, path: string): Plain {
    switch (type.kind) {
      case "array":
        return this.#array(type, item, path);
      case "structure":
        return this.#members(type.fields, item, path);
      case "choice":
        return this.#choice(type, item, path);
      case "optional":
      case "tagged":
        return this.#value(type.of, item, path);
      case "default": {
        const value = this.#value(type.of, item, path);
        if (value === usual(type))
          throw refused(path, item.at, `${type.value} left out, as DER demands`, "it written out");
        return value;
      }
      default: {
        const value = this.#leaf(type, item, path);
        const fault = plainFault(type, value, path);
        if (fault !== undefined) throw refused(path, item.at, ...expectation(fault));
        this.#see?.({ path, type, value, item });
        return value;
      }
    }
  }

  #leaf(type: ValueType, { at, from, end }: Item, path: string): Plain {
    const content = this.#whole.bytes.subarray(from, end);
    switch (type.kind) {
      case "null":
        if (end > from) throw refused(path, from, "no content in a NULL", `${end - from} bytes`);
        return null;
      case "integer":
        return readInteger(content, from, path);
      case "names":
        return (type.form === "keyUsage" ? readKeyUsage : readInteger)(content, from, path);
      case "moment":
        return readTime(content, from, path);
      default:
        return type.kind === "octets" && type.form === "item" ? this.#whole.bytes.subarray(at, end) : content;
    }
  }

  #array({ item: each, min, max }: ArrayType, outer: Item, path: string): Plain {
    const values: Plain[] = [];
    const reader = this.#whole.within(outer);
    while (reader.left > 0) {
      const own = inItem(path, values.length);
      if (values.length === max) throw refused(path, reader.at, `at most ${max} items`, "more");
      values.push(this.tagged(each, reader.item(own), own));
    }
    if (values.length < min) throw refused(path, outer.at, `at least ${min} items`, values.length);
    return values;
  }

  /** Members in order; one whose tag is not the next item's is left out where it may be. */
  #members(fields: Fields, outer: Item, path: string): Plain {
    const reader = this.#whole.within(outer);
    const values: Plain[] = [];
    for (const name in fields) {
      const type = fields[name] as ValueType;
      const own = inMember(path, name);
      if (mayBeLeftOut(type) && (reader.tag === undefined || !fits(type, reader.tag))) {
        values.push(type.kind === "default" ? usual(type)! : null);
        continue;
      }
      values.push(this.tagged(type, reader.item(own), own));
    }
    if (reader.left > 0) throw refused(path, reader.at, "no more members", `tag ${byteText(reader.tag)}`);
    return values;
  }

  #choice({ options }: ChoiceType, item: Item, path: string): Plain {
    const all = Object.entries(options);
    const index = all.findIndex(([, option]) => fits(option, item.tag));
    const [name, option] = all[index]!;
    return [index, this.#value(option, item, inMember(path, name))];
  }
}

/** "x: expected a, got b" of the model's check, as the two parts. */
function expectation(fault: string): [expected: string, got: string] {
  const [, expected = fault, got = "another value"] = /: expected (.*), got (.*)$/s.exec(fault) ?? [];
  return [expected, got];
}
