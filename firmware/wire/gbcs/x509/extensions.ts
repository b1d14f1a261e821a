/** The extensions of a certificate that GBCS section 12 knows. A critical one that it does not know is refused. */
import { toHex } from "../../../../hal/base/hex.ts";
import { malformed } from "../bytes.ts";
import { DerReader, der, Tag } from "../der.ts";
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

/** Policies, as hex of their object identifiers: at least one. Qualifiers are passed over. */
export function readPolicies(value: Uint8Array): readonly string[] {
  const list = single(value, "policies", Tag.sequence);
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
  const constraints = single(value, "basic constraints", Tag.sequence);
  if (toHex(constraints.content("authority", Tag.boolean)) !== "FF")
    throw malformed("authority", constraints.at, "TRUE", "another value");
  const limit = constraints.left > 0 ? constraints.unsigned("path length", 1)[0] : undefined;
  constraints.finish("basic constraints");
  return limit;
}

/** A key identifier, 8 bytes. */
export const readSubjectKeyId = (value: Uint8Array): Uint8Array =>
  keyId(single(value, "subject key identifier", Tag.octetString));

export function readAuthorityKeyId(value: Uint8Array): Uint8Array {
  const list = single(value, "authority key identifier", Tag.sequence);
  const id = keyId(list.into("authority key identifier", Tag.context0));
  list.finish("authority key identifier");
  return id;
}

function keyId(reader: DerReader): Uint8Array {
  if (reader.left !== 8) throw malformed("key identifier", reader.at, "8 bytes", reader.left);
  return reader.rest();
}

/** The content of the one element that `value` is. */
function single(value: Uint8Array, field: string, tag: number): DerReader {
  const reader = new DerReader(value);
  const inner = reader.into(field, tag);
  reader.finish(field);
  return inner;
}
