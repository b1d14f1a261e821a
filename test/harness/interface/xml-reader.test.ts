import assert from "node:assert/strict";
import fc from "fast-check";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { readDuisRequest } from "../../../harness/interface/index.ts";
import { MAX_DEPTH, MAX_ELEMENTS, MAX_XML_BYTES, readXml } from "../../../harness/interface/xml-reader.ts";
import { writeXml } from "../../../harness/interface/xml-writer.ts";

const refused = (xml: string | Uint8Array, message: RegExp): void =>
  assert.throws(() => readXml(xml), { code: "interface/xml", message });

describe("XML from strangers", () => {
  it("is a tree of elements with namespace, attributes, text and line", () => {
    const root = readXml(
      '<?xml version="1.0" encoding="utf-8"?>\n<a:b xmlns:a="urn:x" n="1">\n <a:c>&lt;&#65;</a:c><!-- no --></a:b>',
    );
    assert.deepEqual(
      [root.namespace, root.name, root.attributes.get("n"), root.text],
      ["urn:x", "b", "1", ""],
    );
    assert.deepEqual(
      [root.children[0]?.name, root.children[0]?.text, root.children[0]?.line],
      ["c", "<A", 3],
    );
  });

  for (const [what, xml, message] of [
    ["a document type", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /document type/],
    ["an external entity", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', /document type/],
    ["an entity of its own", "<a>&b;</a>", /undefined entity/],
    ["a document type behind a comment", "<!-- --><!doctype a><a/>", /document type/],
    ["a CDATA section", "<a><![CDATA[]]></a>", /CDATA/],
    ["a long tag", `<a b="${"c".repeat(5000)}"/>`, /4,096/],
    ["a long entity", `<a>&${"b".repeat(5000)};</a>`, /entity/],
    ["many entities", `<a>${"&lt;".repeat(10_001)}</a>`, /at most 10000/],
    ["many lines", `<a>${"\n".repeat(30_001)}</a>`, /at most 30000/],
    ["a processing instruction", "<a><?php b?></a>", /processing instruction/],
    ["another encoding", '<?xml version="1.0" encoding="UTF-16"?><a/>', /UTF-8/],
    ["a prefix that nothing declares", "<a:b/>", /unbound namespace prefix/],
    ["text among elements", "<a><b/>text</a>", /elements alone/],
    ["two roots", "<a/><b/>", /line 1/],
    ["a broken end", "<a><b></a>", /line 1/],
    ["no element", " ", /line 1/],
    ["an attribute twice", '<a b="1" b="2"/>', /line 1/],
    ["many attributes", `<a ${Array.from({ length: 20 }, (_, i) => `b${i}=""`).join(" ")}/>`, /attributes/],
    ["a long name", `<${"a".repeat(2000)}/>`, /shorter name/],
    ["a control character", "<a>\u0001</a>", /line 1/],
    ["depth", "<a>".repeat(MAX_DEPTH + 1), /deep/],
    ["many elements", `<a>${"<b/>".repeat(MAX_ELEMENTS)}</a>`, /elements/],
    ["size", `<a>${"b".repeat(MAX_XML_BYTES)}</a>`, /bytes/],
  ] as const)
    it(`is refused with ${what}`, () => refused(xml, message));

  it("is refused when it is no UTF-8", () => refused(Uint8Array.of(0x3c, 0xff), /UTF-8/));

  it("comes back as it was written", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab<>&\"' ]\u00e9\ud83d\ude00\r\n\t") });
    fc.assert(
      fc.property(text, text, (content, attribute) => {
        const root = readXml(
          writeXml({ name: "r", attributes: { "xmlns:x": "urn:x", a: attribute }, content }, "x"),
        );
        assert.deepEqual([root.text, root.attributes.get("a")], [content, attribute]);
      }),
      { seed: 1 },
    );
  });
});

const request = (body: string, header: Record<string, string> = {}): string => {
  const fields = {
    RequestID: "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1003",
    CommandVariant: "4",
    ServiceReference: "6.4",
    ServiceReferenceVariant: "6.4.1",
    ...header,
  };
  const elements = Object.entries(fields).map(([name, text]) => `<sr:${name}>${text}</sr:${name}>`);
  return (
    '<sr:Request xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" schemaVersion="5.4">' +
    `<sr:Header>${elements.join("")}</sr:Header><sr:Body>${body}</sr:Body></sr:Request>`
  );
};
const element = "UpdateDeviceConfigurationLoadLimitingGeneralSettings";
const inner = [
  "LoadLimitPeriod>300",
  "LoadLimitPowerThreshold>6900",
  "LoadLimitRestorationPeriod>30",
  "LoadLimitSupplyState>Disable",
];
const limits = (items = inner): string =>
  `<sr:${element}>${items.map((item) => `<sr:${item}</sr:${item.split(">")[0]}>`).join("")}</sr:${element}>`;

describe("a service request in XML", () => {
  it("is read into its variant's form", () => {
    const { originator, target, counter, reference, parameters } = readDuisRequest(request(limits()));
    assert.deepEqual(
      [originator, target, counter, reference],
      ["90B3D51F30010000", "00DB1234567890A0", 1003n, "6.4.1"],
    );
    assert.deepEqual(parameters, {
      LoadLimitPeriod: 300,
      LoadLimitPowerThreshold: 6900,
      LoadLimitRestorationPeriod: 30,
      LoadLimitSupplyState: "Disable",
    });
  });

  for (const [what, xml, message] of [
    [
      "an unknown element",
      request(limits([...inner, "Load>1"])),
      /LimitingGeneralSettings: expected .*LoadLimitSupplyState, got Load$/,
    ],
    ["another order", request(limits([...inner].reverse())), /elements have an order/],
    ["an element twice", request(limits([inner[0]!, ...inner])), /expected one LoadLimitPeriod, got another/],
    [
      "a word for a number",
      request(limits(["LoadLimitPeriod>0x10", ...inner.slice(1)])),
      /LoadLimitPeriod: expected a number, got "0x10"/,
    ],
    ["another body", request("<sr:EnableSupply/>"), /expected UpdateDeviceConfiguration.*, got EnableSupply/],
    ["two bodies", request(`${limits()}<sr:EnableSupply/>`), /expected one element/],
    ["a namespace of its own", request('<EnableSupply xmlns="urn:x"/>'), /of namespace urn:x/],
    [
      "more of an element than its list takes",
      request(
        `<sr:RetrieveDeviceSecurityCredentialsKRP>${"<sr:RemotePartyRole>ACB</sr:RemotePartyRole>".repeat(8)}` +
          "</sr:RetrieveDeviceSecurityCredentialsKRP>",
        { CommandVariant: "1", ServiceReference: "6.24", ServiceReferenceVariant: "6.24.1" },
      ),
      /expected at most 7 RemotePartyRole, got another/,
    ],
    [
      "another command variant",
      request(limits(), { CommandVariant: "1" }),
      /Header.CommandVariant: expected 4 for 6.4.1, got 1/,
    ],
    [
      "another reference",
      request(limits(), { ServiceReference: "6.5" }),
      /Header.ServiceReference: expected 6.4 of variant 6.4.1, got 6.5/,
    ],
    [
      "a variant that there is not",
      request(limits(), { ServiceReferenceVariant: "6.4.9" }),
      /expected one of DUIS's 129/,
    ],
    [
      "a counter beyond 64 bits",
      request(limits(), {
        RequestID: "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:18446744073709551616",
      }),
      /Header.RequestID/,
    ],
    ["no header", "<a/>", /expected Request of namespace/],
  ] as const)
    it(`is refused with ${what}`, () => assert.throws(() => readDuisRequest(xml), { message }));

  it("spoilt in any way is read or refused, soon", function () {
    this.timeout(60_000);
    const whole = request(limits());
    const pieces = [
      "<",
      ">",
      "&",
      '"',
      "<!DOCTYPE",
      "<![CDATA[",
      "]]>",
      "<!--",
      "&#0;",
      "xmlns:",
      "\u0000",
      "<sr:a>",
      "9".repeat(400),
    ];
    const at = fc.nat(whole.length);
    const spoil = fc.record({
      at,
      length: fc.nat(20),
      put: fc.oneof(fc.constantFrom(...pieces), fc.string()),
    });
    let slowestMs = 0;
    const readMs = (text: string): number => {
      const begun = performance.now();
      try {
        readDuisRequest(text);
      } catch (error) {
        assert.ok(error instanceof CodedError, String((error as Error).stack));
      }
      return performance.now() - begun;
    };
    fc.assert(
      fc.property(fc.array(spoil, { minLength: 1, maxLength: 4 }), (all) => {
        const text = all.reduce(
          (xml, { at: from, length, put }) => xml.slice(0, from) + put + xml.slice(from + length),
          whole,
        );
        // On a busy machine: once more.
        const ms = readMs(text);
        slowestMs = Math.max(slowestMs, ms < 50 ? ms : Math.min(ms, readMs(text), readMs(text)));
      }),
      { seed: 1, numRuns: 5_000 },
    );
    assert.ok(slowestMs < 100, `${slowestMs} ms`);
  });
});
