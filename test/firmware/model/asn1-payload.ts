/** Reads an ASN.1 payload by the model's types into a value without names. For tests of the tables alone; no codec. */
import { keyUsages, type Plain, type ValueType } from "../../../firmware/model/index.ts";

interface Node {
  readonly tag: number;
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
}

/** The items that fill `bytes`. */
export function nodes(bytes: Uint8Array): Node[] {
  const all: Node[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    const tag = bytes[at++]!;
    let length = bytes[at++]!;
    if (length > 0x80) {
      const size = length & 0x7f;
      length = bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
      at += size;
    }
    if (at + length > bytes.length) throw new Error(`item at ${start} is longer than what is left`);
    all.push({ tag, content: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length) });
    at += length;
  }
  return all;
}

const universal = {
  names: 0x0a,
  octets: 0x04,
  moment: 0x18,
  structure: 0x30,
  array: 0x30,
  null: 0x05,
  integer: 0x02,
};

/** Whether an item with `tag` may be a value of `type`. */
function fits(type: ValueType, tag: number): boolean {
  if (type.kind === "tagged") return (tag & 0xdf) === (0x80 | type.tag);
  if (type.kind === "optional" || type.kind === "default" || type.kind === "twin") return fits(type.of, tag);
  if (type.kind === "choice") return Object.values(type.options).some((option) => fits(option, tag));
  if (type.kind === "octets" && type.form === "item") return tag === 0x30;
  if (type.kind === "names" && type.form !== "enum") return tag === (type.form === "u8" ? 0x02 : 0x03);
  return tag === universal[type.kind as keyof typeof universal];
}

/** The value of one item; throws where tag and type do not go together. */
export function asn1Value(type: ValueType, node: Node | undefined): Plain {
  if (node === undefined || !fits(type, node.tag))
    throw new Error(`${node?.tag.toString(16)} is no ${type.kind}`);
  return inside(type, node);
}

function inside(type: ValueType, node: Node): Plain {
  switch (type.kind) {
    case "null":
      return null;
    case "integer":
      return node.content.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    case "names": {
      if (type.form !== "keyUsage") return node.content[0]!;
      const bit = 8 - Math.log2(node.content[1]!) - 1;
      return Object.values(keyUsages).find((usage) => usage.bit === bit)?.number ?? -1;
    }
    case "octets":
      return type.form === "item" ? node.whole : node.content;
    case "moment":
      return moment(new TextDecoder().decode(node.content));
    case "array":
      return nodes(node.content).map((each) => asn1Value(type.item, each));
    case "structure":
      return members(type.fields, nodes(node.content));
    case "choice": {
      const options = Object.values(type.options);
      const index = options.findIndex((option) => fits(option, node.tag));
      return [index, asn1Value(options[index]!, node)];
    }
    case "tagged":
      return inside(type.of, node);
    case "optional":
    case "default":
      return inside(type.of, node);
    default:
      throw new Error(`no ${type.kind} in ASN.1`);
  }
}

/** Members from items, those left out null or the usual value. Throws when items are left over. */
export function members(fields: Readonly<Record<string, ValueType>>, items: readonly Node[]): Plain[] {
  let at = 0;
  const values = Object.values(fields).map((type): Plain => {
    const node = items[at];
    const there = node !== undefined && fits(type, node.tag);
    if (there) {
      at++;
      return asn1Value(type, node);
    }
    if (type.kind === "default") return type.of.kind === "names" ? type.of.names[type.value]! : null;
    if (type.kind === "optional") return null;
    throw new Error(`${node?.tag.toString(16)} is no ${type.kind}`);
  });
  if (at !== items.length) throw new Error(`${items.length - at} items left`);
  return values;
}

function moment(text: string): number {
  if (text.startsWith("9999")) return 0xffff_ffff;
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)!.map(Number);
  return Date.UTC(y!, mo! - 1, d, h, mi, s) / 1000;
}
