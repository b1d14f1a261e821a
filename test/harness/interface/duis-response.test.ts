import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { dccAlertKinds } from "../../../harness/headend/dcc/alerts.ts";
import type { DccMessage, ResponseBody } from "../../../harness/headend/dcc/messages.ts";
import { meanings, responseCodes } from "../../../harness/headend/dcc/response-codes.ts";
import { answerKinds, responseBody } from "../../../harness/headend/dcc/responses.ts";
import { readResponse, writeResponse } from "../../../harness/interface/index.ts";
import { duis } from "../../support/shared-data.ts";
import { anyOf } from "./any-form.ts";
import { schemaFaults } from "./schema-faults.ts";

const id = "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:18446744073709551615";
const anyMessage: fc.Arbitrary<DccMessage> = fc
  .record(
    {
      requestId: fc.constant(id),
      responseId: fc.constant(id),
      code: fc.constantFrom(...responseCodes),
      timeMs: fc.integer({ min: 0, max: 4e12 }),
      body: anyOf(responseBody).map((body) => responseBody.parse(body) as ResponseBody),
    },
    { requiredKeys: ["code", "timeMs", "body"] },
  )
  .map((message) => ({ ...message }));

/** What the body says: "ResponseMessage.PreCommand", "DCCAlertMessage.PowerOutageEvent", … */
function kindOf({ body }: DccMessage): string {
  const [[name, content] = []] = Object.entries(body);
  const own = Object.keys(name === "DCCAlertMessage" ? content.DCCAlert : content);
  const [kind] = own.filter((each) => name === "DCCAlertMessage" || answerKinds.includes(each as never));
  return `${name}.${kind ?? "nothing"}`;
}

const kinds = [
  "DeviceAlertMessage.GBCSPayload",
  "ResponseMessage.nothing",
  ...answerKinds.map((kind) => `ResponseMessage.${kind}`),
  ...dccAlertKinds.map((kind) => `DCCAlertMessage.${kind}`),
];

/** Some of each kind. */
function someOfEach(): Map<string, DccMessage[]> {
  const found = new Map<string, DccMessage[]>();
  for (let seed = 1; seed < 40 && !kinds.every((kind) => (found.get(kind)?.length ?? 0) >= 3); seed++)
    for (const message of fc.sample(anyMessage, { seed, numRuns: 200 }))
      found.set(kindOf(message), [...(found.get(kindOf(message)) ?? []), message].slice(0, 20));
  return found;
}

describe("DUIS's Response", () => {
  it("comes back as it was written, whatever it says", () =>
    fc.assert(
      fc.property(anyMessage, (message) => assert.deepEqual(readResponse(writeResponse(message)), message)),
      { seed: 1, numRuns: 400 },
    ));

  it("is valid against DUIS's schema, of each kind that there is", function () {
    this.timeout(60_000);
    const found = someOfEach();
    assert.deepEqual([...found.keys()].sort(), [...kinds].sort());
    const documents = new Map([...found.values()].flat().map((each, i) => [`${i}`, writeResponse(each)]));
    // libxml2's integers end at 24 digits, before those of certificates do.
    const faults = schemaFaults(this, documents).filter((line) => !/CertificateSerialNumber/.test(line));
    assert.deepEqual(faults, []);
    console.log(`      ${documents.size} responses of ${found.size} kinds are valid`);
  });

  it("is read as others wrote it", function () {
    const folder = duis(this, "responses");
    const files = readdirSync(folder).filter((file) => !file.includes("REQUEST"));
    const read = new Map(files.map((file) => [file, readResponse(readFileSync(join(folder, file)))]));
    assert.deepEqual(
      [...read.values()].map((message) => [message.code, kindOf(message)]),
      files.map((file) =>
        file.startsWith("acknowledgement")
          ? ["E65", "ResponseMessage.nothing"]
          : ["I0", `ResponseMessage.${file.startsWith("read-inventory") ? "DSPInventory" : "GBCSPayload"}`],
      ),
    );
    for (const message of read.values()) assert.deepEqual(readResponse(writeResponse(message)), message);
  });

  it("has no white space between elements", () => {
    const body = { ResponseMessage: { ServiceReference: "7.2", ServiceReferenceVariant: "7.2" } };
    assert.equal(
      writeResponse({ requestId: id, code: "I99", timeMs: 1, body }),
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<sr:Response xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" schemaVersion="5.4">' +
        `<sr:Header><sr:RequestID>${id}</sr:RequestID><sr:ResponseCode>I99</sr:ResponseCode>` +
        "<sr:ResponseDateTime>1970-01-01T00:00:00.001Z</sr:ResponseDateTime></sr:Header>" +
        "<sr:Body><sr:ResponseMessage><sr:ServiceReference>7.2</sr:ServiceReference>" +
        "<sr:ServiceReferenceVariant>7.2</sr:ServiceReferenceVariant></sr:ResponseMessage></sr:Body></sr:Response>",
    );
  });

  for (const [what, code, body, message] of [
    ["a code that DUIS has not", "E6", { ResponseMessage: {} }, /ResponseCode: expected a response code/],
    [
      "two answers",
      "I0",
      { ResponseMessage: { DSPScheduleID: 1n, GBCSPayload: Uint8Array.of(1) } },
      /one answer/,
    ],
    [
      "another reference",
      "I0",
      { ResponseMessage: { ServiceReference: "7.3" } },
      /expected 7.2 of its variant/,
    ],
    ["a word of its own", "I0", { ResponseMessage: { Words: "" } }, /"Words"/],
    ["nothing", "I0", {}, /expected one of ResponseMessage/],
  ] as const)
    it(`is not written with ${what}`, () => {
      const references = { ServiceReference: "7.2", ServiceReferenceVariant: "7.2" };
      const said =
        "ResponseMessage" in body ? { ResponseMessage: { ...references, ...body.ResponseMessage } } : body;
      assert.throws(() => writeResponse({ code, timeMs: 0, body: said as unknown as ResponseBody }), {
        code: "interface/response",
        message,
      });
    });
});

describe("response codes", () => {
  it("are those of DUIS's schema", function () {
    const schema = readFileSync(duis(this, "schema/duis-5.4.xsd"), "utf8");
    const [, type = ""] = /<xs:simpleType name="ResponseCode">(.*?)<\/xs:simpleType>/s.exec(schema) ?? [];
    const codes = [...type.matchAll(/value="([^"]+)"/g)].map(([, code]) => code!);
    assert.deepEqual([...responseCodes].sort(), codes.sort());
    assert.equal(codes.length, 194);
  });

  it("have meanings only where they are codes", () =>
    assert.ok(Object.keys(meanings).every((code) => responseCodes.has(code))));
});
