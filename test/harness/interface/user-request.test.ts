import assert from "node:assert/strict";
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { FormRequest, SignedRequest, UserRequest } from "../../../harness/headend/dcc/messages.ts";
import { readDuisRequest, readUserRequest, writeUserRequest } from "../../../harness/interface/index.ts";

const header = { originator: "90B3D51F30010000", target: "00DB1234567890A0", counter: 1003n };
const signed: SignedRequest = {
  ...header,
  commandVariant: 5,
  reference: "7.2",
  signedPreCommand: Uint8Array.of(0xdf, 9, 1),
};
const asked: FormRequest = { ...header, commandVariant: 4, reference: "7.2", parameters: {} };

function refusal(xml: string): CodedError {
  try {
    readUserRequest(xml);
  } catch (error) {
    assert.ok(error instanceof CodedError);
    return error;
  }
  throw new Error("taken");
}

describe("a user's request in XML", () => {
  for (const [what, request] of Object.entries<UserRequest>({
    "a signed pre-command": signed,
    "one that the DCC is to keep": { ...signed, heldUntilS: Date.UTC(2030, 0, 1) / 1000 },
    "one that is taken back": { ...signed, heldUntilS: 0xffff_ffff },
    "a critical request": asked,
    "the second of a sequence": {
      ...asked,
      firstInSequence: false,
      preceding: "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1002",
    },
    "a read that shows a certificate": {
      ...header,
      commandVariant: 1,
      reference: "4.8.1",
      parameters: {
        ReadLogPeriod: { StartDateTime: "2026-01-01T00:00:00Z", EndDateTime: "2026-01-02T00:00:00Z" },
      },
      heldUntilS: Date.UTC(2030, 0, 1) / 1000,
      agreementCertificate: Uint8Array.of(0x30, 0),
    },
  }))
    it(`comes back as it was written: ${what}`, () =>
      assert.deepEqual(readUserRequest(writeUserRequest(request)), request));

  it("is taken whatever its command variant: whether that fits is for the DCC to say", () => {
    for (const request of [asked, signed])
      for (const commandVariant of [1, 2, 3, 4, 5, 6, 7, 8, 9])
        assert.equal(
          readUserRequest(writeUserRequest({ ...request, commandVariant })).commandVariant,
          commandVariant,
        );
  });

  it("is not transformed once it is signed, nor with another variant", () => {
    const code = "interface/element";
    assert.throws(() => readDuisRequest(writeUserRequest(signed)), { code, message: /not yet signed/ });
    const other = writeUserRequest({ ...asked, commandVariant: 1 });
    assert.throws(() => readDuisRequest(other), {
      code,
      message: /CommandVariant: expected 4 for 7.2, got 1/,
    });
  });

  for (const [what, from, to, element, line, message] of [
    ["no payload", /<sr:GBCSPayload.*<.sr:GBCSPayload>/, "", "SignedPreCommand.GBCSPayload", 2, /got none/],
    ["an empty payload", />3wkB</, "><", "SignedPreCommand.GBCSPayload", 2, /1 to 65535 octets/],
    ["a payload that is no base64", />3wkB</, ">3wk<", "SignedPreCommand.GBCSPayload", 2, /expected base64/],
    ["command variant 10", /Variant>5</, "Variant>10<", "Header.CommandVariant", 2, /<=9, got "10"/],
    ["a variant that there is not", />7.2</g, ">7.99<", "ServiceReferenceVariant", 2, /DUIS's 129/],
    ["another schema", /"5.4"/, '"4.2"', "schemaVersion", 2, /expected schemaVersion 5.x, got 4.2/],
  ] as const)
    it(`is refused with ${what}, by element and line`, () => {
      const error = refusal(writeUserRequest(signed).replace(from, to));
      assert.match(error.message, message);
      assert.deepEqual([error.data.element, error.data.line], [element, line]);
    });

  it("is refused with a limit passed, by element and line", () => {
    const parameters = { RandomisedOffsetLimit: 1800 };
    const error = refusal(
      writeUserRequest({ ...asked, reference: "7.12", parameters }).replaceAll("><", ">\n<"),
    );
    assert.equal(error.code, "interface/element");
    assert.match(error.message, /RandomisedOffsetLimit: expected number to be <=1799, got "1800"/);
    assert.deepEqual(error.data, { element: "SetRandomisedOffsetLimit.RandomisedOffsetLimit", line: 11 });
  });
});
