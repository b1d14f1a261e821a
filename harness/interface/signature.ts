/**
 * XML signatures (XMLDSig) of messages between the DCC and its users: enveloped, over the document in inclusive Canonical XML 1.0,
 * SignedInfo in exclusive, ECDSA P-256 with SHA-256; the key is named by its certificate's issuer and serial number.
 */
import { createHash } from "node:crypto";
import { exclusive, inclusive } from "./signature-canonical.ts";
import { readSignature, signatureOf, signaturesIn, writeSignature, wrong } from "./signature-form.ts";
import { readXml, type XmlElement } from "./xml-reader.ts";

/** A certificate that messages may be signed by. */
export interface VerifyingKey {
  /** Name of its issuer (RFC 2253), e.g. `CN=Z1,OU=07`. */
  readonly issuer: string;
  /** Of `signature`, r ‖ s, 64 bytes: is it over `message`? */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

export interface SignedBy<Key extends VerifyingKey> {
  /** What the signature covers, the signature itself as last element: read this, and do not parse `content` again. */
  readonly document: XmlElement;
  readonly serial: bigint;
  /** As the signature names it. */
  readonly issuer: string;
  readonly key: Key;
}

/**
 * Who signed `content` (UTF-8), by serial number. Throws `interface/xml`, and `interface/signature` with `data.reason`, a
 * {@link SignatureReason}. Whether the signer may sign this is not asked here.
 */
export function verifySignature<Key extends VerifyingKey>(
  content: Uint8Array | string,
  keys: { get(serial: bigint): Key | undefined },
): SignedBy<Key> {
  const document = readXml(content);
  const signature = signatureOf(document);
  const { signedInfo, digest, value, issuer, serial } = readSignature(signature);
  const key = keys.get(serial);
  if (key === undefined)
    throw wrong("unknown-serial", signature, "the serial number of a known certificate", `${serial}`);
  if (nameParts(issuer) !== nameParts(key.issuer))
    throw wrong("issuer", signature, `${key.issuer}, issuer of ${serial}`, issuer);
  if (!sha256(inclusive(document, signature)).equals(digest))
    throw wrong(
      "digest",
      signature,
      "the digest of this document",
      "another's: it was changed after signing",
    );
  if (!key.verify(Buffer.from(exclusive(signedInfo)), value))
    throw wrong("value", signature, `a signature by certificate ${serial}`, "one that does not verify");
  return { document, serial, issuer, key };
}

/** White space and the order of a name's parts are its writer's. */
const nameParts = (name: string): string =>
  name
    .split(",")
    .map((part) => part.trim().replace(/\s*=\s*/, "="))
    .sort()
    .join();

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

/** What signs: a private key on P-256, and how its certificate is named. */
export interface XmlSigningKey {
  /** r ‖ s, 64 bytes, over SHA-256 of `message`. */
  sign(message: Uint8Array): Uint8Array;
  /** RFC 2253. */
  readonly issuer: string;
  readonly serial: bigint;
}

/** `xml` with its signature. Throws `interface/xml`, and `interface/signature` where there is one, or no room for one. */
export function sign(xml: string, key: XmlSigningKey): string {
  const document = readXml(xml);
  const [present] = signaturesIn(document);
  if (present !== undefined) throw wrong("more-than-one", present, "an unsigned document", "a signature");
  const end = xml.lastIndexOf("</");
  if (end < 0 || !/^<\/[^<>]+>\s*$/.test(xml.slice(end)))
    throw wrong("form", document, "it to have content, and nothing behind it", "another end");
  const form = { digest: sha256(inclusive(document)), issuer: key.issuer, serial: key.serial };
  const [signedInfo] = readXml(writeSignature({ ...form, value: Buffer.alloc(64) })).children;
  const value = Buffer.from(key.sign(Buffer.from(exclusive(signedInfo as XmlElement))));
  return xml.slice(0, end) + writeSignature({ ...form, value }) + xml.slice(end);
}
