/** Issues certificates of the profile of GBCS section 12: for a PKI of tests and benches. */
import { sameBytes } from "../../../../hal/base/bytes.ts";
import type { Signer } from "../../../../hal/board.ts";
import type { Eui64 } from "../../message.ts";
import type { CertificateClaims } from "../../suite.ts";
import { der, derUnsigned, Tag } from "../der.ts";
import { writeExtension, writeUsage } from "./extensions.ts";
import { keyIdentifier } from "./key-id.ts";
import { emptyName, writeDeviceName, writeName } from "./name.ts";
import { derOid, Oid } from "./oids.ts";
import { ecdsaWithSha256 } from "./read.ts";
import { writeBits, writeSignature, writeSpki } from "./spki.ts";
import { writeValidity } from "./validity.ts";

const version3 = der(Tag.inContext0, der(Tag.integer, Uint8Array.of(2)));
const policies = der(Tag.sequence, der(Tag.sequence, derOid(Oid.testPolicy)));
const yes = der(Tag.boolean, Uint8Array.of(0xff));

/** Of whatever role: one that no device knows by its number. */
type AnyClaims = Omit<CertificateClaims, "role"> & { readonly role: CertificateClaims["role"] | number };

/**
 * Issues a certificate. The levels are those of the SMKI: the root certifies authorities (and its followers), and an
 * issuing authority all others; so what is certified tells the issuer's role.
 */
export function issueCertificate(claims: AnyClaims, issuer: Signer, issuerName: Eui64): Uint8Array {
  const { role, subject, usage } = claims;
  const signed = der(
    Tag.sequence,
    version3,
    derUnsigned(claims.serial),
    ecdsaWithSha256,
    writeName(usage === "certify" ? "root" : "issuingAuthority", issuerName),
    writeValidity(claims),
    role === "device" ? emptyName : writeName(role, subject),
    writeSpki(claims.publicKey),
    der(Tag.inContext3, der(Tag.sequence, ...extensions(claims, issuer))),
  );
  return der(Tag.sequence, signed, ecdsaWithSha256, writeBits(writeSignature(issuer.sign(signed))));
}

function extensions(claims: AnyClaims, issuer: Signer): Uint8Array[] {
  const { role, subject, usage, publicKey, contingency } = claims;
  const list = [writeExtension(Oid.keyUsage, true, writeUsage(usage))];
  if (usage === "certify")
    list.push(writeExtension(Oid.basicConstraints, true, constraints(role === "root")));
  const id = der(Tag.octetString, keyIdentifier(publicKey));
  list.push(writeExtension(Oid.subjectKeyId, false, id));
  if (role === "device") list.push(writeExtension(Oid.subjectAltName, true, writeDeviceName(subject)));
  list.push(writeExtension(Oid.certificatePolicies, true, policies));
  if (!sameBytes(issuer.publicKey, publicKey)) {
    const issuerId = der(Tag.context0, keyIdentifier(issuer.publicKey));
    list.push(writeExtension(Oid.authorityKeyId, false, der(Tag.sequence, issuerId)));
  }
  if (contingency !== undefined) list.push(writeExtension(Oid.wrappedContingencyKey, false, contingency));
  return list;
}

/** Below a root there may be any number of authorities; below another authority none. */
const constraints = (root: boolean) =>
  der(Tag.sequence, yes, root ? new Uint8Array(0) : der(Tag.integer, Uint8Array.of(0)));
