/** Writes ASN.1 values by the types of the model; the reverse of `read.ts`, from the end to the start. */
import { fromPlain, type Plain, type ValueType } from "../../../model/index.ts";
import { BackWriter, type Lengths } from "./der.ts";
import { integerOctets, keyUsageOctets, timeText } from "./leaves.ts";
import { readAsn1 } from "./read.ts";
import { inItem, inMember, tagOf, usual } from "./shape.ts";

/** The bytes of a value. Throws `model/value` unless it has `type`, `wire/format` for what this wire has no form of. */
export function writeAsn1(type: ValueType, value: Plain, lengths: Lengths, what = "payload"): Uint8Array {
  fromPlain(type, value, what);
  const writer = new BackWriter(lengths);
  write(writer, type, value, what);
  return writer.finish();
}

/** `tag` is the implicit one that takes the place of the type's own. */
function write(to: BackWriter, type: ValueType, value: Plain, path: string, tag = tagOf(type)): void {
  const before = to.size;
  switch (type.kind) {
    case "optional":
      if (value !== null) write(to, type.of, value, path);
      return;
    case "default":
      if (value !== usual(type)) write(to, type.of, value, path);
      return;
    case "tagged":
      write(to, type.of, value, path, tag);
      return;
    case "choice": {
      const [index, of] = value as [number, Plain];
      const [name, option] = Object.entries(type.options)[index]!;
      write(to, option, of, inMember(path, name));
      return;
    }
    case "array":
      each(value as readonly Plain[], (one, i) => write(to, type.item, one, inItem(path, i)));
      break;
    case "structure": {
      const members = Object.entries(type.fields);
      each(value as readonly Plain[], (one, i) =>
        write(to, members[i]![1], one, inMember(path, members[i]![0])),
      );
      break;
    }
    case "octets":
      to.putAll(value as Uint8Array);
      if (type.form === "bytes") break;
      readAsn1(type, value as Uint8Array, path); // it is written as it is, so it must be one item
      return;
    default:
      to.put(...contentOf(type, value, path));
  }
  to.head(tag!, before, path);
}

/** Content of a leaf that is no octet string. */
function contentOf(type: ValueType, value: Plain, path: string): readonly number[] {
  if (type.kind === "null") return [];
  if (type.kind === "moment")
    return [...timeText(value as number)].map((character) => character.charCodeAt(0));
  if (type.kind === "names" && type.form === "keyUsage") return keyUsageOctets(value as number);
  return integerOctets(value as number | bigint, path);
}

/** Calls from the last to the first: the writer goes backwards. */
function each(values: readonly Plain[], call: (value: Plain, index: number) => void): void {
  for (let i = values.length - 1; i >= 0; i--) call(values[i] as Plain, i);
}
