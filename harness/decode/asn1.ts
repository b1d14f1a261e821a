/** An ASN.1 payload, value by value, in the names of its row's type. */
import type { UseCase } from "../../firmware/model/index.ts";
import { readPayload } from "../../firmware/wire/gbcs/asn1/payload.ts";
import type { Leaf } from "../../firmware/wire/gbcs/asn1/read.ts";
import type { Kind } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { typedValue } from "./cose-values.ts";
import { eventName } from "./event-names.ts";
import { type DecodedField, type DecodedNode, hexNumber, shownBytes } from "./node.ts";

/** What a payload without parts is. */
const roots: Readonly<Record<Kind, string>> = { 1: "argument", 2: "answer", 3: "alert" };

/** `base`: where the payload stands in the message. What is not of the row's type stays bytes, and the node says why. */
export function decodeAsn1(bytes: Uint8Array, base: number, row: UseCase, kind: Kind): DecodedNode {
  const fields: DecodedField[] = [];
  const node = { bytes: bytes.length, children: [] };
  try {
    readPayload(row, kind, bytes, (leaf) => fields.push(fieldOf(leaf, row, base, roots[kind])));
    return { format: "ASN.1 payload", fields, ...node };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const whole = { name: "DER", value: shownBytes(bytes), offset: base, length: bytes.length };
    return { format: "ASN.1 payload", fields: [whole], ...node, note: error.message, partial: true };
  }
}

function fieldOf({ path, type, value, item }: Leaf, row: UseCase, base: number, root: string): DecodedField {
  const name = path.slice(row.id.length).replace(/^\./, "") || root;
  const place = { offset: base + item.at, length: item.end - item.at };
  if (name !== "alertCode")
    return {
      name,
      value: value instanceof Uint8Array ? shownBytes(value) : typedValue(type, value),
      ...place,
    };
  const note = eventName(value as number);
  return { name, value: hexNumber(value as number, 4), ...place, ...(note !== undefined && { note }) };
}
