/**
 * Certificate requests: PKCS#10 (RFC 2986) as devices make them for CS02c. The subject is empty, and the device and its
 * key's usage stand in the extensions asked for; the key asked for signs, that to agree with too.
 */
import type { Crypto, Signer } from "../../../../hal/board.ts";
import type { CertificateRequest, RequestedKey } from "../../suite.ts";
import { malformed } from "../bytes.ts";
import { der, derUnsigned, onlyItem, Tag } from "../der.ts";
import { readExtensionList, writeExtension, writeUsage } from "./extensions.ts";
import { emptyName, readDeviceName, writeDeviceName } from "./name.ts";
import { derOid, Oid } from "./oids.ts";
import { ecdsaWithSha256, expectAlgorithm, guarded, needed, readUsage } from "./read.ts";
import { refused } from "./refused.ts";
import {
  pointUsable,
  readBits,
  readSignature,
  readSpki,
  writeBits,
  writeSignature,
  writeSpki,
} from "./spki.ts";

const version1 = derUnsigned(Uint8Array.of(0));

export function requestCertificate(
  { subject, usage, secret }: RequestedKey & { readonly secret: Uint8Array },
  _own: Signer,
  crypto: Crypto,
): Uint8Array {
  const { publicKey, sign } = crypto.p256Signer(secret);
  const extensions = der(
    Tag.sequence,
    writeExtension(Oid.keyUsage, true, writeUsage(usage)),
    writeExtension(Oid.subjectAltName, true, writeDeviceName(subject)),
  );
  const attribute = der(Tag.sequence, derOid(Oid.extensionRequest), der(Tag.set, extensions));
  const info = der(Tag.sequence, version1, emptyName, writeSpki(publicKey), der(Tag.inContext0, attribute));
  return der(Tag.sequence, info, ecdsaWithSha256, writeBits(writeSignature(sign(info))));
}

/** Throws `certificate/…`: malformed, wrong-usage, bad-signature. */
export const readRequest = (bytes: Uint8Array, _own: Uint8Array, crypto: Crypto): CertificateRequest =>
  guarded("a PKCS#10 request as GBCS has them", () => {
    const request = onlyItem(bytes, "request", Tag.sequence);
    const info = request.element("request", Tag.sequence);
    expectAlgorithm(request);
    const signature = readSignature(readBits(request, "signature"));
    request.finish("request");
    const asked = readInfo(info);
    const usable = pointUsable(crypto, asked.publicKey);
    if (!usable || !crypto.p256Verifier(asked.publicKey)(info, signature))
      throw refused("bad-signature", "a signature by the key asked for", "one that does not verify");
    return asked;
  });

function readInfo(bytes: Uint8Array): CertificateRequest {
  const info = onlyItem(bytes, "request", Tag.sequence);
  if (info.unsigned("version", 1)[0] !== 0) throw malformed("version", info.at, "version 1", "another");
  info.into("subject", Tag.sequence).finish("subject");
  const publicKey = readSpki(info);
  const attributes = info.into("attributes", Tag.inContext0);
  info.finish("request");
  const attribute = attributes.into("attribute", Tag.sequence);
  attributes.finish("attributes");
  attribute.element("attribute type", Tag.oid);
  const values = attribute.into("attribute values", Tag.set);
  attribute.finish("attribute");
  const extensions = readExtensionList(values.into("extensions", Tag.sequence));
  values.finish("attribute values");
  const subject = readDeviceName(needed(extensions, Oid.subjectAltName).value);
  return { subject, usage: readUsage(extensions), publicKey };
}
