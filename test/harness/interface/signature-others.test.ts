import assert from "node:assert/strict";
import fc from "fast-check";
import { sign, verifySignature } from "../../../harness/interface/signature.ts";
import { exclusive, inclusive } from "../../../harness/interface/signature-canonical.ts";
import { readXml } from "../../../harness/interface/xml-reader.ts";
import { expectTool, runTool } from "../../support/xml-tools.ts";
import { knownKeys, privatePem, publicPem, serial, signingKey } from "./signed.ts";

/** What canonical forms are about: namespaces, order, white space, line ends, references, comments. */
const text = fc
  .array(
    fc.constantFrom(
      "a",
      " ",
      "\n",
      "\r\n",
      "\t",
      "&lt;",
      "&gt;",
      ">",
      "&amp;",
      "&#13;",
      "&#10;",
      "&#9;",
      "'",
      "&quot;",
      "\u00fc",
      "\u{1f50c}",
      "\ufb00",
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));
const prefix = fc.constantFrom("", "p", "q", "r");
// No "&" in them: libxml2 writes it as it is, which no parser reads.
const uri = fc.constantFrom("urn:x", "urn:y", "http://z.example/?a=b", "urn:p");
const attribute = fc.tuple(
  fc.constantFrom("p:b", "q:a", "b", "a", "xml:lang", "xml:space", "\ufb00", "\u{10400}"),
  text,
);
const declaration = fc.oneof(
  fc.tuple(fc.constantFrom("xmlns:p", "xmlns:q", "xmlns:r"), uri),
  fc.tuple(fc.constant("xmlns"), fc.oneof(uri, fc.constant(""))),
);
const distinct = { selector: ([name]: [string, string]) => name, maxLength: 3 };
const { document } = fc.letrec<{ document: string; element: string; content: string }>((tie) => ({
  content: fc.oneof(
    { maxDepth: 3 },
    text.map((each) => `<c/>${each.replace(/\S+/g, "")}`),
    tie("element"),
  ),
  element: fc
    .tuple(
      prefix,
      fc.uniqueArray(attribute, distinct),
      fc.uniqueArray(declaration, distinct),
      fc.oneof(
        text,
        fc.array(tie("content"), { minLength: 1, maxLength: 3 }).map((all) => all.join("<!-- - -->\n")),
      ),
    )
    .map(([prefix, attributes, declarations, inner]) => {
      const name = prefix === "" ? "e" : `${prefix}:e`;
      const all = [...declarations.slice(1), ...attributes, ...declarations.slice(0, 1)];
      return `<${name}${all.map(([key, value]) => ` ${key}="${value.replaceAll('"', "&quot;")}"`).join("\n")}>${inner}</${name}>`;
    }),
  document: tie("element").map(
    (element) => `<root xmlns:p="urn:p" xmlns:q="urn:q" xmlns:r="urn:r">${element}</root>`,
  ),
}));

const withoutComments = (canonical: string): string => canonical.replace(/<!--.*?-->/g, "");

/** Two attributes of one name, by two prefixes. */
const isRead = (xml: string): boolean => {
  try {
    return readXml(xml) !== undefined;
  } catch {
    return false;
  }
};

describe("canonical XML", () => {
  it("is what libxml2 makes of the same document, inclusive and exclusive", function () {
    expectTool(this, "xmllint");
    const counted = { documents: 0 };
    fc.assert(
      fc.property(document.filter(isRead), (xml) => {
        const root = readXml(xml);
        for (const [option, ours] of [
          ["--c14n", inclusive],
          ["--exc-c14n", exclusive],
        ] as const) {
          const { stdout, stderr } = runTool("xmllint", ["--nonet", option, "in.xml"], { "in.xml": xml });
          assert.equal(ours(root), withoutComments(stdout), stderr);
        }
        counted.documents += 1;
      }),
      { seed: 1, numRuns: 150 },
    );
    assert.equal(counted.documents, 150);
  });
});

const message = (inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<sr:Request xmlns:sr="urn:sr" xmlns:xsi="urn:xsi" z="1" xsi:a="\u00e9&#10;" b="2">\n  <!-- c --><sr:Body>${inner}</sr:Body></sr:Request>\n`;
const samples = [
  message("plain"),
  message('<c xmlns="urn:c" xml:lang="en"><d xmlns="">&lt;&#13;\u00fc &#x1f50c;</d>\r\n</c>'),
  message('\n\t<sr:c xmlns:b="urn:b" b:x="\t&quot;" a="&#9;"/>\n'),
];

describe("xmlsec1", () => {
  const verifyArgs = ["--verify", "--pubkey-pem", "public.pem", "in.xml"];
  const verified = (xml: string) =>
    runTool("xmlsec1", verifyArgs, { "in.xml": xml, "public.pem": publicPem });

  it("verifies what is signed here, and not when it is changed", function () {
    expectTool(this, "xmlsec1");
    for (const xml of samples) {
      const signed = sign(xml, signingKey);
      const { status, stderr } = verified(signed);
      assert.equal(status, 0, stderr);
      assert.notEqual(verified(signed.replace('b="2"', 'b="3"')).status, 0);
      assert.notEqual(verified(signed.replace("urn:xsi", "urn:xsj")).status, 0);
    }
  });

  it("signs what is verified here, and not when it is changed", function () {
    expectTool(this, "xmlsec1");
    for (const xml of samples) {
      // A signature to be filled in, laid out as people do.
      const template = sign(xml, signingKey)
        .replace(/(<ds:(DigestValue|SignatureValue)>)[^<]*/g, "$1")
        .replace(/(<\/?ds:(?:SignedInfo|Reference|Transforms|KeyInfo)[^>]*>)/g, "\n  $1\n");
      const args = ["--sign", "--privkey-pem", "private.pem", "in.xml"];
      const { stdout, stderr } = runTool("xmlsec1", args, { "in.xml": template, "private.pem": privatePem });
      assert.match(stdout, /<ds:SignatureValue>[^<]/, stderr);
      assert.equal(verifySignature(stdout, knownKeys).serial, serial);
      for (const changed of [stdout.replace('b="2"', 'b="3"'), stdout.replace("<ds:Reference", " $&")])
        assert.throws(() => verifySignature(changed, knownKeys), { code: "interface/signature" });
    }
  });
});
