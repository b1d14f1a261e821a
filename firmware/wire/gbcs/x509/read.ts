/** Reads an X.509 certificate of the profile of GBCS section 12 (RFC 5280, RFC 5759). Proves nothing. */
import { sameBytes } from "../../../../hal/base/bytes.ts";
import { type CodedError, hasCode, messageOf } from "../../../../hal/base/coded-error.ts";
import { toHex } from "../../../../hal/base/hex.ts";
import { roleByNumber } from "../../../model/index.ts";
import type { Eui64 } from "../../message.ts";
import type { Certificate, KeyUsage } from "../../suite.ts";
import { malformed as malformedField } from "../bytes.ts";
import { type DerReader, der, onlyItem, Tag } from "../der.ts";
import { readContingencyKey } from "./contingency.ts";
import {
  type Extension,
  readAuthorityKeyId,
  readExtensions,
  readPathLength,
  readPolicies,
  readSubjectKeyId,
  usageOf,
} from "./extensions.ts";
import { keyIdentifier } from "./key-id.ts";
import { readDeviceName, readName } from "./name.ts";
import { derOid, Oid } from "./oids.ts";
import { refused } from "./refused.ts";
import { readBits, readSpki } from "./spki.ts";
import { readValidity } from "./validity.ts";

/** The longest that real ones come to is 433 bytes; a root has its contingency key besides. */
export const MAX_CERTIFICATE_BYTES = 1024;
const MAX_SERIAL_BYTES = 20;
const NO_KEY_ID = new Uint8Array(0);

/** A certificate as read, with what proving it needs. */
export interface X509Certificate extends Certificate {
  /** The part that is signed, and the signature over it in DER. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** Names whole, to be compared byte by byte. */
  readonly subjectName: Uint8Array;
  readonly issuerName: Uint8Array;
  /** Policies, object identifiers in hex: at least one. */
  readonly policies: readonly string[];
  /** Of an authority: how many authorities may stand below it; undefined: any number. */
  readonly pathLength: number | undefined;
}

/** One whose role may be one that no device knows, such as of those who sign XML: its number, two digits of hex as OU. */
export interface AnyCertificate extends Omit<X509Certificate, "role"> {
  readonly role: number | "device";
}

export const ecdsaWithSha256 = der(Tag.sequence, derOid(Oid.ecdsaWithSha256));

/**
 * Reads a certificate. An authority that names no EUI-64 is named by its key identifier: as its own subject, and as
 * issuer of others. Throws `certificate/malformed`; `certificate/wrong-usage` for a key that is to do nothing that
 * GBCS knows, or several things; `certificate/wrong-role` for a role that there is not.
 */
export function readCertificate(bytes: Uint8Array): X509Certificate {
  const certificate = readAnyCertificate(bytes);
  if (certificate.role === "device") return { ...certificate, role: certificate.role };
  const role = roleByNumber(certificate.role);
  if (role === undefined) throw refused("wrong-role", "a role that GBCS knows as OU", `${certificate.role}`);
  return { ...certificate, role };
}

/** As {@link readCertificate}, of whatever role. */
export function readAnyCertificate(bytes: Uint8Array): AnyCertificate {
  if (bytes.length > MAX_CERTIFICATE_BYTES)
    throw refused("malformed", `at most ${MAX_CERTIFICATE_BYTES} bytes`, bytes.length);
  return guarded("an X.509 certificate as GBCS has them", () => readChecked(bytes));
}

/** What `read` gives; what is wrong with the bytes is told as `certificate/malformed`. */
export function guarded<T>(expected: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!hasCode(error, "wire")) throw error;
    throw refused("malformed", expected, messageOf(error), error as CodedError);
  }
}

function readChecked(bytes: Uint8Array): AnyCertificate {
  const certificate = onlyItem(bytes, "certificate", Tag.sequence);
  const signed = certificate.element("signed part", Tag.sequence);
  expectAlgorithm(certificate);
  const signature = readBits(certificate, "signature");
  certificate.finish("certificate");
  return { ...readSigned(onlyItem(signed, "signed part", Tag.sequence)), bytes, signed, signature };
}

export function expectAlgorithm(reader: DerReader): void {
  const { at } = reader;
  if (!sameBytes(reader.element("signature algorithm", Tag.sequence), ecdsaWithSha256))
    throw malformedField("signature algorithm", at, "ECDSA with SHA-256", "another");
}

function readSigned(reader: DerReader) {
  const version = reader.into("version", Tag.inContext0).unsigned("version", 1)[0];
  if (version !== 2) throw malformedField("version", reader.at, "X.509 version 3", `${version}`);
  const serial = reader.unsigned("serial number", MAX_SERIAL_BYTES);
  expectAlgorithm(reader);
  const issuerName = reader.element("issuer", Tag.sequence);
  const validity = readValidity(reader);
  const subjectName = reader.element("subject", Tag.sequence);
  const publicKey = readSpki(reader);
  const extensions = readExtensions(reader);
  reader.finish("signed part");
  const names = { issuerName, subjectName };
  const ids = readKeyIds(extensions, publicKey, names);
  const usage = readUsage(extensions);
  const issuer = readName(issuerName).eui ?? toHex(ids.issuerKeyId);
  return {
    ...{ serial, ...validity, publicKey, usage, issuer, ...names, issuerKeyId: ids.issuerKeyId },
    ...readSubject(subjectName, extensions, usage === "certify" ? toHex(ids.keyId) : undefined),
    ...readRights(extensions, usage),
  };
}

function readKeyIds(
  extensions: ReadonlyMap<string, Extension>,
  publicKey: Uint8Array,
  { issuerName, subjectName }: Pick<X509Certificate, "issuerName" | "subjectName">,
) {
  const keyId = readSubjectKeyId(needed(extensions, Oid.subjectKeyId).value);
  if (!sameBytes(keyId, keyIdentifier(publicKey)))
    throw malformedField("subject key identifier", 0, "the name of its own key", toHex(keyId));
  const authority = extensions.get(Oid.authorityKeyId);
  // Only one that signed itself need not name its issuer's key; of others that do not, no chain is found.
  const absent = sameBytes(issuerName, subjectName) ? keyId : NO_KEY_ID;
  return { keyId, issuerKeyId: authority ? readAuthorityKeyId(authority.value) : absent };
}

export function readUsage(extensions: ReadonlyMap<string, Extension>): KeyUsage {
  const { value, critical } = needed(extensions, Oid.keyUsage);
  const usage = usageOf(onlyItem(value, "key usage", Tag.bitString).rest());
  if (!critical) throw malformedField("key usage", 0, "a critical extension", "one that is not");
  if (usage === undefined)
    throw refused("wrong-usage", "a key to sign, to agree or to certify alone", `key usage ${toHex(value)}`);
  return usage;
}

/** `fallback`: what names an authority without an EUI-64. */
function readSubject(
  name: Uint8Array,
  extensions: ReadonlyMap<string, Extension>,
  fallback: Eui64 | undefined,
): { readonly role: number | "device"; readonly subject: Eui64 } {
  const { role, eui } = readName(name);
  const alternative = extensions.get(Oid.subjectAltName);
  if (name.length === 2) {
    if (!alternative?.critical) throw malformedField("subject", 0, "a critical alternative name", "none");
    return { role: "device", subject: readDeviceName(alternative.value) };
  }
  if (alternative?.critical) throw malformedField("alternative name", 0, "none of a party", "a critical one");
  const subject = eui ?? fallback;
  if (role === undefined || subject === undefined)
    throw malformedField("subject", 0, "a role and a unique identifier", "a name without");
  return { role, subject };
}

function readRights(extensions: ReadonlyMap<string, Extension>, usage: KeyUsage) {
  const constraints = extensions.get(Oid.basicConstraints);
  if ((constraints !== undefined) !== (usage === "certify"))
    throw malformedField("basic constraints", 0, "them where a key certifies, and only there", usage);
  const contingency = extensions.get(Oid.wrappedContingencyKey);
  return {
    policies: readPolicies(needed(extensions, Oid.certificatePolicies).value),
    pathLength: constraints && readPathLength(constraints.value),
    contingency: contingency && readContingencyKey(contingency.value),
  };
}

export function needed(extensions: ReadonlyMap<string, Extension>, oid: string): Extension {
  const extension = extensions.get(oid);
  if (extension === undefined) throw malformedField("extensions", 0, `extension ${oid}`, "none");
  return extension;
}
