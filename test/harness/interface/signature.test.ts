import assert from "node:assert/strict";
import { type KeyObject, verify, X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { sign, type VerifyingKey, verifySignature } from "../../../harness/interface/signature.ts";
import { inclusive } from "../../../harness/interface/signature-canonical.ts";
import { MAX_DEPTH, readXml } from "../../../harness/interface/xml-reader.ts";
import { duis } from "../../support/shared-data.ts";
import { issuer, knownKeys, serial, signingKey } from "./signed.ts";

const unsigned =
  '<?xml version="1.0" encoding="UTF-8"?>\n<sr:Request xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" schemaVersion="5.4">' +
  "<sr:Header><sr:RequestID>90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1003</sr:RequestID><sr:CommandVariant>1</sr:CommandVariant>" +
  "<sr:ServiceReference>3.4</sr:ServiceReference><sr:ServiceReferenceVariant>3.4</sr:ServiceReferenceVariant></sr:Header>" +
  "<sr:Body><sr:UpdateSupplierName><sr:Name>Tr\u00fcb &amp; S\u00f8n \u{1f50c}</sr:Name></sr:UpdateSupplierName></sr:Body></sr:Request>";
const signed = sign(unsigned, signingKey);
const signature = /<ds:Signature .*<\/ds:Signature>/.exec(signed)?.[0] as string;

/** What is read of a message that verifies. */
function read(content: Uint8Array | string): readonly [bigint, string] {
  const { document, serial } = verifySignature(content, knownKeys);
  return [serial, inclusive(document, document.children.at(-1))];
}

function refused(content: Uint8Array | string, reason: string, keys = knownKeys): void {
  assert.throws(
    () => verifySignature(content, keys),
    (error) =>
      error instanceof CodedError && error.code === "interface/signature" && error.data.reason === reason,
    reason,
  );
}

describe("the signature of a message", () => {
  it("names the signer, and gives the document that it covers", () => {
    const found = verifySignature(Buffer.from(signed), knownKeys);
    assert.deepEqual([found.serial, found.issuer, found.key], [serial, issuer, knownKeys.get(serial)]);
    assert.deepEqual(
      found.document.children.map(({ name }) => name),
      ["Header", "Body", "Signature"],
    );
  });

  it("is made by the same key as the same bytes", () => assert.equal(sign(unsigned, signingKey), signed));

  it("counts with line breaks as Java's, and however its key's issuer is spaced", () => {
    const broken = signed
      .replace(/(<ds:SignatureValue>.{76})/, "$1&#13;\n")
      .replace("CN=Z1,OU=07", "OU=07, CN=Z1");
    assert.notEqual(broken, signed);
    assert.deepEqual(read(broken), read(signed));
  });

  for (const [what, change, reason] of [
    ["not there", (xml: string) => xml.replace(signature, ""), "absent"],
    ["twice", (xml: string) => xml.replace(signature, signature + signature), "more-than-one"],
    [
      "first",
      (xml: string) => xml.replace(signature, "").replace("<sr:Header>", `${signature}$&`),
      "wrong-place",
    ],
    ["the document", () => signature, "wrong-place"],
    ["deeper", (xml: string) => xml.replace(signature, `<sr:Extra>${signature}</sr:Extra>`), "wrong-place"],
    ["of another document", (xml: string) => xml.replace(":1003", ":1004"), "digest"],
    [
      "of a document with another unused namespace",
      (xml: string) => xml.replace("XMLSchema-instance", "x"),
      "digest",
    ],
    ["of a document with white space", (xml: string) => xml.replace("<sr:Body>", "$& "), "digest"],
    ["of another type", (xml: string) => xml.replace("ecdsa-sha256", "rsa-sha256"), "algorithm"],
    [
      "over another digest",
      (xml: string) => xml.replace("xmlenc#sha256", "xmldsig-more#sha384"),
      "algorithm",
    ],
    [
      "canonical in another way",
      (xml: string) => xml.replace("xml-exc-c14n#", "$&WithComments"),
      "algorithm",
    ],
    ["over a part", (xml: string) => xml.replace('URI=""', 'URI="#body"'), "reference"],
    ["over somebody's file", (xml: string) => xml.replace('URI=""', 'URI="file:///etc/passwd"'), "reference"],
    ["over nothing named", (xml: string) => xml.replace(' URI=""', ""), "reference"],
    [
      "transformed by XPath",
      (xml: string) =>
        xml.replace(/(Transform Algorithm=")[^"]*/, "$1http://www.w3.org/TR/1999/REC-xpath-19991116"),
      "transforms",
    ],
    ["transformed by nothing", (xml: string) => xml.replace(/<ds:Transform [^>]*>/, ""), "transforms"],
    ["transformed twice", (xml: string) => xml.replace(/<ds:Transform [^>]*>/, "$&$&"), "transforms"],
    [
      "with a further reference",
      (xml: string) => xml.replace(/<ds:Reference.*<\/ds:Reference>/, "$&$&"),
      "form",
    ],
    [
      "with two SignedInfo",
      (xml: string) => xml.replace(/<ds:SignedInfo.*<\/ds:SignedInfo>/, "$&$&"),
      "form",
    ],
    ["with an object", (xml: string) => xml.replace("</ds:Signature>", "<ds:Object/>$&"), "form"],
    ["with an Id", (xml: string) => xml.replace("<ds:SignedInfo", '$& Id="a"'), "form"],
    [
      "with prefixes to be included",
      (xml: string) =>
        xml.replace(
          /(<ds:CanonicalizationMethod[^>]*)\/>/,
          '$1><e:InclusiveNamespaces xmlns:e="urn:e"/></ds:CanonicalizationMethod>',
        ),
      "form",
    ],
    ["with a key of its own", (xml: string) => xml.replace("<ds:X509Data>", "<ds:KeyValue/>$&"), "form"],
    ["of half a digest", (xml: string) => xml.replace(/(<ds:DigestValue>.{20})[^<]*/, "$1"), "encoding"],
    [
      "of a digest in two ways of writing",
      (xml: string) => xml.replace("=</ds:DigestValue>", "</ds:DigestValue>"),
      "encoding",
    ],
    [
      "by an unknown certificate",
      (xml: string) => xml.replace(`${serial}`, `${serial + 1n}`),
      "unknown-serial",
    ],
    ["by a number in hex", (xml: string) => xml.replace(`${serial}`, `0x${serial.toString(16)}`), "form"],
    ["by a number without end", (xml: string) => xml.replace(`${serial}`, "9".repeat(1000)), "form"],
    ["by another issuer", (xml: string) => xml.replace("CN=Z1", "CN=Z2"), "issuer"],
    [
      "of zeros",
      (xml: string) => xml.replace(/(<ds:SignatureValue>)[^<]*/, `$1${Buffer.alloc(64).toString("base64")}`),
      "value",
    ],
  ] as const)
    it(`is refused ${what}`, () => refused(change(signed), reason));

  it("is refused of anyone else", () => {
    const other: VerifyingKey = { issuer, verify: () => false };
    refused(signed, "value", new Map([[serial, other]]));
  });

  it("is refused when what it covers is wrapped into another message", () => {
    const inner = signed.replace(/^<\?.*\n/, "");
    const evil = unsigned.replace(":1003", ":1004");
    refused(evil.replace("</sr:Request>", `${inner}$&`), "wrong-place");
    refused(
      evil.replace(
        "</sr:Body>",
        `<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${inner}</ds:Object>$&`,
      ),
      "wrong-place",
    );
    refused(evil.replace("</sr:Request>", `${signature}$&`), "digest");
    const object = `<ds:Object>${inner.replace(signature, "")}</ds:Object></ds:Signature>`;
    refused(evil.replace("</sr:Request>", `${signature.replace("</ds:Signature>", object)}$&`), "form");
  });

  it("has no comment that hides what is read from what is verified", () => {
    assert.deepEqual(read(signed.replace(":1003", ":10<!-- -->03")), read(signed));
    refused(signed.replace(":1003<", ":1003<!-- -->4<"), "digest");
    assert.deepEqual(read(signed.replace("<ds:DigestValue>", "$&<!-- AAAA -->")), read(signed));
    refused(signed.replace("<ds:DigestValue>", "$&AAAA<!-- -->"), "encoding");
  });

  it("counts for no other text: with any one byte changed it is refused, or means the same", () => {
    const bytes = Buffer.from(signed);
    const before = read(bytes);
    let same = 0;
    // Low bits turn letters and digits into others, high ones spoil UTF-8.
    for (let at = 0; at < bytes.length; at++)
      for (const flip of [at % 2 === 0 ? 1 : 4, 1 + ((at * 7) % 255)]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        try {
          const after = read(changed);
          assert.deepEqual(after, before, `byte ${at}`);
          same += 1;
        } catch (error) {
          if (!(error instanceof CodedError)) throw error;
          assert.match(error.code, /^interface\/(xml|signature)$/);
        }
      }
    // Space between attributes, case of the encoding's name.
    assert.ok(same < 25, `${same} accepted`);
  });

  it("is not made twice, nor where there is no place for it", () => {
    for (const xml of [signed, "<a/>", `${unsigned}<!-- </sr:Request> -->`])
      assert.throws(() => sign(xml, signingKey), { code: "interface/signature" });
  });

  it("is found soon, however many namespaces are in force", () => {
    const level = (depth: number) =>
      `<e${Array.from({ length: 16 }, (_, i) => ` xmlns:n${depth * 16 + i}="urn:n"`).join("")}>`;
    const levels = Array.from({ length: MAX_DEPTH - 2 }, (_, depth) => level(depth));
    const leaves = '<b xmlns:c="urn:c"/>'.repeat(8000);
    const root = readXml(`${levels.join("")}${leaves}${"</e>".repeat(levels.length)}`);
    const takenMs = Array.from({ length: 5 }, () => {
      const begun = performance.now();
      assert.equal(inclusive(root).split("urn:c").length, 8001);
      return performance.now() - begun;
    });
    assert.ok(Math.min(...takenMs) < 50, `${Math.min(...takenMs)} ms`);
  });

  it("refuses namespaces that canonical XML does not know", () => {
    for (const uri of ["relative", " urn:x"])
      assert.throws(() => sign(`<a xmlns:b="${uri}">.</a>`, signingKey), {
        code: "interface/signature",
        message: /expected absolute URIs of namespaces/,
      });
  });
});

const keyOf = (publicKey: KeyObject): VerifyingKey => ({
  issuer,
  verify: (message, value) => verify("sha256", message, { key: publicKey, dsaEncoding: "ieee-p1363" }, value),
});

describe("signatures that others made", () => {
  const file = (context: Mocha.Context, name: string) => readFileSync(duis(context, join("responses", name)));
  const certificates = (context: Mocha.Context): X509Certificate[] => {
    const folder = duis(context, "signing");
    return readdirSync(folder).map((name) => new X509Certificate(readFileSync(join(folder, name))));
  };

  it("verify by the DCC's key, and by no other's", function () {
    const message = file(this, "read-inventory-response-5.4.xml");
    // It names an older certificate of that key.
    const older = 20315062944123339095836004026371736578n;
    const [dcc, ...others] = certificates(this).map(({ publicKey }) => new Map([[older, keyOf(publicKey)]]));
    assert.equal(verifySignature(message, dcc as ReadonlyMap<bigint, VerifyingKey>).serial, older);
    for (const keys of others) refused(message, "value", keys);
  });

  it("have the digest that is computed here", function () {
    // Signed by a key whose certificate is not at hand, so that only the last step can fail.
    const claimed = 50669612984035780968362471400449834504n;
    const agreeing = new Map([[claimed, { issuer, verify: () => true }]]);
    for (const name of ["readfw-response.xml", "readfw-response-badsignature.xml"]) {
      const message = file(this, name);
      assert.equal(verifySignature(message, agreeing).serial, claimed);
      for (const { publicKey } of certificates(this))
        refused(message, "value", new Map([[claimed, keyOf(publicKey)]]));
      refused(message, "unknown-serial");
    }
  });

  it("are refused where they are placeholders, or none", function () {
    refused(file(this, "ECS17b_4.1.1_SINGLE_SUCCESS_REQUEST_DUIS-signed.XML"), "encoding");
    refused(file(this, "acknowledgement-error.xml"), "absent");
    const folder = duis(this, "requests");
    for (const name of readdirSync(folder)) refused(readFileSync(join(folder, name)), "encoding");
  });
});
