import assert from "node:assert/strict";
import fc from "fast-check";
import type { UserRequest } from "../../../../harness/headend/dcc/messages.ts";
import { responseCodes } from "../../../../harness/headend/dcc/response-codes.ts";
import { responseBody } from "../../../../harness/headend/dcc/responses.ts";
import { type DccReference, dccRequests } from "../../../../harness/headend/requests/index.ts";
import { anyOf } from "../../interface/any-form.ts";
import { type Outside, outside } from "./outside.ts";

describe("the DCC, asked for anything", () => {
  let desk: Outside;
  before(async () => {
    desk = await outside({ settings: { maxOpen: 50, maxOfUser: 40 } });
  });
  const references = Object.keys(dccRequests) as DccReference[];

  it("answers each of its own requests by a code of DUIS and a body of its form, whatever the form says (property)", () => {
    const answered = new Set<string>();
    const euis = () => desk.home.devices.map(({ eui }) => eui);
    const asked = fc.constantFrom(...references).chain((reference) => {
      const form = anyOf(dccRequests[reference].form) as fc.Arbitrary<Record<string, unknown>>;
      return fc.tuple(
        fc.constant(reference),
        form,
        fc.nat(3),
        fc.constantFrom("supplier", "networkOperator", "secondSupplier"),
      );
    });
    fc.assert(
      fc.property(asked, ([reference, form, at, by]) => {
        const known = euis()[at];
        const parameters = "DeviceID" in form && known !== undefined ? { ...form, DeviceID: known } : form;
        const request = desk.request(reference, parameters, { by: by as "supplier", variant: 8 });
        const answer = desk.dcc.accept(request, "dcc");
        const { code, body } = answer;
        assert.ok(responseCodes.has(code), code);
        responseBody.parse(body);
        if (code !== "I0") return;
        answered.add(reference);
        assert.deepEqual(desk.dcc.accept(request, "dcc"), answer);
      }),
      { seed: 8, numRuns: 400 },
    );
    assert.ok(answered.size >= 6, [...answered].join());
  });

  it("refuses what is no form at all, and anything in a header, by a code (property)", () => {
    const wild = fc.record(
      {
        originator: fc.constantFrom("90B3D51F30010000", "", "x"),
        target: fc.constantFrom("90B3D51F30000002", "00DB1234567890A0", "?"),
        counter: fc.bigInt(0n, (1n << 64n) - 1n),
        commandVariant: fc.integer({ min: -1, max: 10 }),
        reference: fc.constantFrom("8.2", "7.4", "6.23", "5.1", "7.2", "8.11", "2.2"),
        parameters: fc.anything({ withBigInt: true }),
        heldUntilS: fc.option(fc.nat(), { nil: undefined }),
        firstInSequence: fc.boolean(),
        preceding: fc.string(),
      },
      { requiredKeys: ["originator", "target", "counter", "commandVariant", "reference", "parameters"] },
    );
    fc.assert(
      fc.property(wild, fc.constantFrom("send", "transform", "dcc"), (request, service) => {
        const { code } = desk.dcc.accept(request as unknown as UserRequest, service as "send");
        assert.ok(responseCodes.has(code), code);
      }),
      { seed: 9, numRuns: 1000 },
    );
  });
});
