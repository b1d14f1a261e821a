/**
 * Who a certificate names (GBCS section 12). A party or authority: role as OU, EUI-64 as x500UniqueIdentifier. A
 * device: an empty subject, and the EUI-64 as serial number of a hardwareModuleName (RFC 4108) in subjectAltName.
 */
import { euiText } from "../../../../hal/base/eui64.ts";
import { fromHex, toHex } from "../../../../hal/base/hex.ts";
import { type Role, roles } from "../../../model/index.ts";
import type { Eui64 } from "../../message.ts";
import { byteText, euiBytes, malformed } from "../bytes.ts";
import { type DerReader, der, onlyItem, Tag, textOctets } from "../der.ts";
import { derOid, Oid } from "./oids.ts";
import { readBits, writeBits } from "./spki.ts";

/** What a name says of those attributes that GBCS knows. */
export interface DistinguishedName {
  /** Number of the role; undefined without OU. */
  readonly role?: number;
  readonly eui?: Eui64;
}

const MAX_ATTRIBUTES = 8;

/** `name`: the SEQUENCE whole. Attributes that GBCS does not know are passed over. */
export function readName(name: Uint8Array): DistinguishedName {
  const found: { role?: number; eui?: Eui64 } = {};
  for (const { oid, at, value } of attributesOf(name)) {
    if (oid === Oid.organizationalUnit) found.role = readRole(value);
    else if (oid === Oid.uniqueIdentifier) found.eui = readEui(readBits(value, "unique identifier"), at);
    else value.into("attribute value", value.tag ?? Tag.utf8String);
    value.finish("name attribute");
  }
  return found;
}

interface Attribute {
  readonly oid: string;
  readonly at: number;
  /** Holds the one item that is its value. */
  readonly value: DerReader;
}

function* attributesOf(name: Uint8Array): Generator<Attribute> {
  const attributes = onlyItem(name, "name", Tag.sequence);
  const seen = new Set<string>();
  while (attributes.left > 0) {
    const at = attributes.at;
    const set = attributes.into("name attribute", Tag.set);
    const pair = set.into("name attribute", Tag.sequence);
    set.finish("name attribute");
    const oid = toHex(pair.content("attribute type", Tag.oid));
    if (seen.has(oid) || seen.size === MAX_ATTRIBUTES)
      throw malformed("name", at, `each attribute once, at most ${MAX_ATTRIBUTES}`, "more");
    seen.add(oid);
    yield { oid, at, value: pair };
  }
}

const shortNames: Readonly<Record<string, string>> = {
  "550403": "CN",
  "550406": "C",
  "55040A": "O",
  [Oid.organizationalUnit]: "OU",
};

/** As people and XML signatures write it (RFC 2253), the last attribute first, e.g. `CN=Z1,OU=07`. */
export const nameText = (name: Uint8Array): string =>
  Array.from(attributesOf(name), ({ oid, value }) => `${shortNames[oid] ?? dotted(oid)}=${valueText(value)}`)
    .reverse()
    .join();

/** The numbers of an object identifier (X.690 §8.19). */
function dotted(oid: string): string {
  const numbers = [0];
  for (const byte of fromHex(oid)) {
    numbers.push((numbers.pop() as number) * 128 + (byte & 0x7f));
    if (byte < 0x80) numbers.push(0);
  }
  const [first = 0, ...others] = numbers.slice(0, -1);
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - 40 * top, ...others].join(".");
}

/** RFC 2253 §2.4: what is no text as hex of its DER. */
function valueText(value: DerReader): string {
  const { tag } = value;
  if (tag !== Tag.utf8String && tag !== Tag.printableString) return `#${toHex(value.rest()).toLowerCase()}`;
  const text = new TextDecoder().decode(value.content("attribute value", tag));
  return text.replace(/[,+"\\<>;]|^[ #]| $/g, "\\$&");
}

function readRole(pair: DerReader): number {
  const { at } = pair;
  const tag = pair.tag === Tag.printableString ? Tag.printableString : Tag.utf8String;
  const text = String.fromCharCode(...pair.content("role", tag));
  if (!/^[0-9A-Fa-f]{2}$/.test(text))
    throw malformed("role", at, "two hex digits", `${text.length} characters`);
  return Number.parseInt(text, 16);
}

function readEui(bytes: Uint8Array, at: number): Eui64 {
  if (bytes.length !== 8) throw malformed("EUI-64", at, "8 bytes", bytes.length);
  return euiText(bytes);
}

/** A role by its number: one that no device knows. */
export function writeName(role: Role | number, eui: Eui64): Uint8Array {
  const digits = byteText(typeof role === "number" ? role : roles[role].number);
  return der(
    Tag.sequence,
    attribute(Oid.organizationalUnit, der(Tag.utf8String, textOctets(digits))),
    attribute(Oid.uniqueIdentifier, writeBits(euiBytes(eui))),
  );
}

export const emptyName = der(Tag.sequence);

const attribute = (oid: string, value: Uint8Array) => der(Tag.set, der(Tag.sequence, derOid(oid), value));

/** The value of a device's subjectAltName: exactly one name, of a hardware module. */
export function readDeviceName(value: Uint8Array): Eui64 {
  const names = onlyItem(value, "alternative names", Tag.sequence);
  const other = names.into("other name", Tag.inContext0);
  const { at } = other;
  if (toHex(other.content("other name type", Tag.oid)) !== Oid.hardwareModuleName)
    throw malformed("other name type", at, "hardwareModuleName", "another");
  const explicit = other.into("hardware module", Tag.inContext0);
  const module = explicit.into("hardware module", Tag.sequence);
  module.content("hardware type", Tag.oid);
  const eui = readEui(module.content("hardware serial number", Tag.octetString), at);
  for (const level of [module, explicit, other, names]) level.finish("alternative names");
  return eui;
}

export function writeDeviceName(eui: Eui64): Uint8Array {
  const module = der(Tag.sequence, derOid(Oid.testHardware), der(Tag.octetString, euiBytes(eui)));
  const other = der(Tag.inContext0, derOid(Oid.hardwareModuleName), der(Tag.inContext0, module));
  return der(Tag.sequence, other);
}
