/** What a GBCS message carries: ASN.1 by its row, DLMS or GBZ by their first bytes. */

import { attributeOf, cosemObject, methodOf, type UseCase } from "../../firmware/model/index.ts";
import { nameText } from "../../firmware/wire/gbcs/dlms/index.ts";
import type { Header, Kind } from "../../firmware/wire/message.ts";
import { messageOf } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";
import { decodeAsn1 } from "./asn1.ts";
import { type DlmsContext, dlmsFields } from "./dlms-values.ts";
import { Annotator, type DecodedNode, hexNumber, noFit, numberOf } from "./node.ts";

const dlms: Readonly<Record<number, string>> = {
  217: "DLMS access-request",
  218: "DLMS access-response",
  15: "DLMS data-notification",
};

/** What is known of a message before its payload is read. */
export interface Carried {
  /** Where the payload begins in the message. */
  readonly base: number;
  readonly row: UseCase | undefined;
  readonly kind: Kind;
  /** Of a message whose header could be read whole. */
  readonly header: Header | undefined;
  /** The operations that a response answers, and what opens hidden values, where they are known. */
  readonly more: DlmsContext;
}

export function decodeGbcsPayload(bytes: Uint8Array, carried: Carried): DecodedNode {
  const { base, row, kind, header, more } = carried;
  if (row?.payload === "asn1") return decodeAsn1(bytes, base, row, kind);
  const a = new Annotator(bytes, base);
  const apdu = dlms[bytes[0] ?? -1];
  if (apdu !== undefined && bytes.length >= 6) return decodeDlms(a, apdu, header, more);
  if (bytes[0] === 0x01 && bytes[1] === 0x09) return decodeGbz(a);
  if (bytes.length > 0) a.take("bytes", bytes.length);
  return a.node("payload of no known technology");
}

function decodeDlms(a: Annotator, kind: string, header: Header | undefined, more: DlmsContext): DecodedNode {
  a.take("APDU", 1, () => kind);
  a.take("long invoke id", 4, (b) => ({ value: toHex(b), note: `counter …${numberOf(b.subarray(1))}` }));
  if (kind === "DLMS access-request") takeRequestSpecifications(a);
  if (a.left > 0) a.take("data", a.left);
  if (header !== undefined) sayValues(a, header, more);
  return a.node(kind);
}

/** What it all says, by names; or why a device would refuse it. */
function sayValues(a: Annotator, header: Header, more: DlmsContext): void {
  try {
    for (const { name, value, note } of dlmsFields(header, a.bytes, more)) a.say(name, value, note);
  } catch (error) {
    a.say("values", "cannot be read", messageOf(error));
  }
}

const choices: Readonly<Record<number, string>> = {
  1: "get",
  2: "set",
  3: "call",
  4: "get selected",
  5: "set selected",
};

/** Lists what is asked as long as the specifications are of the plain kinds. */
function takeRequestSpecifications(a: Annotator): void {
  if (a.bytes[a.at] !== 0) return;
  a.unsigned("date-time length", 1);
  const count = a.bytes[a.at] ?? 0xff;
  if (count > 0x7f) return;
  a.unsigned("specifications", 1);
  for (let i = 0; i < count && a.left >= 10 && (a.bytes[a.at] ?? 0) <= 3; i++)
    a.take(`specification ${i + 1}`, 10, (b) => ({ value: toHex(b), note: specification(b) }));
}

function specification(bytes: Uint8Array): string {
  const obis = nameText(bytes.subarray(3, 9));
  const member = bytes[9] ?? 0;
  const object = cosemObject(numberOf(bytes.subarray(1, 3)), obis);
  const found = object && (bytes[0] === 3 ? methodOf(object, member) : attributeOf(object, member));
  const name = object === undefined ? `class ${numberOf(bytes.subarray(1, 3))}` : object.name;
  return `${choices[bytes[0] ?? 0] ?? "?"} ${name} ${obis}, ${found?.name ?? `member ${member}`}`;
}

function decodeGbz(a: Annotator): DecodedNode {
  a.expect("profile", "0109", "Smart Energy");
  const count = a.unsigned("components", 1);
  try {
    takeComponents(a, count);
  } catch {
    // An alert has code, time and body here instead of components.
  }
  if (a.left > 0) a.take("body", a.left);
  return a.node("GBZ (ZCL) payload");
}

/** Checks a component to be whole before it notes anything of it. */
function takeComponents(a: Annotator, count: number): void {
  for (let i = 1; i <= count; i++) {
    const rest = a.bytes.subarray(a.at);
    const length = numberOf(rest.subarray(3, 5));
    if (rest.length < 5 + length || length < 3) throw noFit(a.place, "no whole GBZ component");
    a.take(`component ${i} control`, 1, (b) => ({ value: toHex(b), note: controlBits(b[0] ?? 0) }));
    a.take("cluster", 2, (b) => hexNumber(numberOf(b), 4));
    a.unsigned("length", 2);
    a.take("ZCL frame", length);
  }
}

function controlBits(control: number): string {
  const bits = [control & 1 && "last", control & 2 && "encrypted", control & 16 && "from-time present"];
  return bits.filter(Boolean).join(", ") || "more follow";
}
