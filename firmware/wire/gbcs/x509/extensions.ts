/** The extensions of a certificate that GBCS section 12 knows. A critical one that it does not know is refused. */
import { sameBytes } from "../../../../hal/base/bytes.ts";
import { toHex } from "../../../../hal/base/hex.ts";
import { keyUsages } from "../../../model/index.ts";
import type { KeyUsage } from "../../suite.ts";
import { malformed } from "../bytes.ts";
import { type DerReader, der, oneBit, onlyItem, Tag } from "../der.ts";
import { derOid, Oid } from "./oids.ts";

export interface Extension {
  readonly critical: boolean;
  /** DER. */
  readonly value: Uint8Array;
}

const MAX_EXTENSIONS = 16;
const known: ReadonlySet<string> = new Set<string>([
  Oid.subjectKeyId,
  Oid.keyUsage,
  Oid.subjectAltName,
  Oid.basicConstraints,
  Oid.certificatePolicies,
  Oid.authorityKeyId,
  Oid.wrappedContingencyKey,
]);

/** By object identifier in hex. */
export function readExtensions(reader: DerReader): ReadonlyMap<string, Extension> {
  const explicit = reader.into("extensions", Tag.inContext3);
  const list = explicit.into("extensions", Tag.sequence);
  explicit.finish("extensions");
  return readExtensionList(list);
}

/** Of the content of their SEQUENCE. */
export function readExtensionList(list: DerReader): ReadonlyMap<string, Extension> {
  const found = new Map<string, Extension>();
  while (list.left > 0) {
    const { at } = list;
    const extension = list.into("extension", Tag.sequence);
    const oid = toHex(extension.content("extension type", Tag.oid));
    const critical = extension.tag === Tag.boolean;
    if (critical && toHex(extension.content("critical", Tag.boolean)) !== "FF")
      throw malformed("critical", at, "TRUE, or nothing", "another value");
    const value = extension.content("extension value", Tag.octetString);
    extension.finish("extension");
    if (found.has(oid) || found.size === MAX_EXTENSIONS)
      throw malformed("extensions", at, `each once, at most ${MAX_EXTENSIONS}`, "more");
    if (critical && !known.has(oid)) throw malformed("extension", at, "a critical one that is known", oid);
    found.set(oid, { critical, value });
  }
  return found;
}

export const writeExtension = (oid: string, critical: boolean, value: Uint8Array): Uint8Array =>
  der(
    Tag.sequence,
    derOid(oid),
    critical ? der(Tag.boolean, Uint8Array.of(0xff)) : new Uint8Array(0),
    der(Tag.octetString, value),
  );

/** Content of the key usage of who certifies: it may also sign revocation lists. */
const CERTIFY = Uint8Array.of(1, 0x06);
const usages = Object.entries(keyUsages) as [KeyUsage, { readonly bit: number }][];

/** The one use that a key has by the content of its key usage; undefined for no or several uses. */
export function usageOf(bits: Uint8Array): KeyUsage | undefined {
  if (sameBytes(bits, CERTIFY)) return "certify";
  return usages.find(([, { bit }]) => sameBytes(bits, oneBit(bit)))?.[0];
}

export const writeUsage = (usage: KeyUsage): Uint8Array =>
  der(Tag.bitString, usage === "certify" ? CERTIFY : oneBit(keyUsages[usage].bit));

/** Policies, as hex of their object identifiers: at least one. Qualifiers are passed over. */
export function readPolicies(value: Uint8Array): readonly string[] {
  const list = onlyItem(value, "policies", Tag.sequence);
  const policies: string[] = [];
  while (list.left > 0) {
    const policy = list.into("policy", Tag.sequence);
    policies.push(toHex(policy.content("policy", Tag.oid)));
    if (policy.left > 0) policy.into("policy qualifiers", Tag.sequence);
    policy.finish("policy");
  }
  if (policies.length === 0) throw malformed("policies", list.at, "at least one", 0);
  return policies;
}

/** How many authorities may stand between this one and a leaf's issuer, or undefined: any number. */
export function readPathLength(value: Uint8Array): number | undefined {
  const constraints = onlyItem(value, "basic constraints", Tag.sequence);
  if (toHex(constraints.content("authority", Tag.boolean)) !== "FF")
    throw malformed("authority", constraints.at, "TRUE", "another value");
  const limit = constraints.left > 0 ? constraints.unsigned("path length", 1)[0] : undefined;
  constraints.finish("basic constraints");
  return limit;
}

/** A key identifier, 8 bytes. */
export const readSubjectKeyId = (value: Uint8Array): Uint8Array =>
  keyId(onlyItem(value, "subject key identifier", Tag.octetString));

export function readAuthorityKeyId(value: Uint8Array): Uint8Array {
  const list = onlyItem(value, "authority key identifier", Tag.sequence);
  const id = keyId(list.into("authority key identifier", Tag.context0));
  list.finish("authority key identifier");
  return id;
}

function keyId(reader: DerReader): Uint8Array {
  if (reader.left !== 8) throw malformed("key identifier", reader.at, "8 bytes", reader.left);
  return reader.rest();
}
