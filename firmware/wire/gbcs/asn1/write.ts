/** Writes ASN.1 values by the types of the model; the reverse of `read.ts`. */
import { fromPlain, type Plain, type ValueType } from "../../../model/index.ts";
import { type Lengths, MAX_LENGTH } from "../bytes.ts";
import { derItem } from "../der.ts";
import { refused } from "./form.ts";
import { integerOctets, keyUsageOctets, timeOctets } from "./leaves.ts";
import { readAsn1 } from "./read.ts";
import { inItem, inMember, tagOf, usual } from "./shape.ts";

/** The bytes of a value. Throws `model/value` unless it has `type`, `wire/format` for what this wire has no form of. */
export function writeAsn1(type: ValueType, value: Plain, lengths: Lengths, what = "payload"): Uint8Array {
  fromPlain(type, value, what);
  return write(lengths, type, value, what);
}

const NOTHING = new Uint8Array(0);

/** `tag` is the implicit one that takes the place of the type's own. */
function write(lengths: Lengths, type: ValueType, value: Plain, path: string, tag = tagOf(type)): Uint8Array {
  switch (type.kind) {
    case "optional":
      return value === null ? NOTHING : write(lengths, type.of, value, path);
    case "default":
      return value === usual(type) ? NOTHING : write(lengths, type.of, value, path);
    case "tagged":
      return write(lengths, type.of, value, path, tag);
    case "choice": {
      const [index, of] = value as [number, Plain];
      const [name, option] = Object.entries(type.options)[index]!;
      return write(lengths, option, of, inMember(path, name));
    }
    case "octets":
      if (type.form === "bytes") break;
      readAsn1(type, value as Uint8Array, path); // it is written as it is, so it must be one item
      return (value as Uint8Array).slice();
  }
  const parts = contentOf(lengths, type, value, path);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > MAX_LENGTH) throw refused(path, 0, `at most ${MAX_LENGTH} bytes to write`, length);
  return derItem(lengths, tag!, ...parts);
}

/** What stands in the one item of a value. */
function contentOf(lengths: Lengths, type: ValueType, value: Plain, path: string): readonly Uint8Array[] {
  switch (type.kind) {
    case "array":
      return (value as readonly Plain[]).map((one, i) => write(lengths, type.item, one, inItem(path, i)));
    case "structure": {
      const members = Object.entries(type.fields);
      return (value as readonly Plain[]).map((one, i) =>
        write(lengths, members[i]![1], one, inMember(path, members[i]![0])),
      );
    }
    case "octets":
      return [value as Uint8Array];
    case "null":
      return [];
    case "moment":
      return [timeOctets(value as number)];
    default:
      return type.kind === "names" && type.form === "keyUsage"
        ? [keyUsageOctets(value as number)]
        : [integerOctets(value as number | bigint, path)];
  }
}
