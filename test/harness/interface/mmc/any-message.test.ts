/** Whatever a device tells has its XML: any values of every use case, and messages that were spoilt on their way. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  fromPlain,
  makeType,
  type UseCase,
  useCases,
  type ValueType,
} from "../../../../firmware/model/index.ts";
import type { GbcsEnvelope } from "../../../../firmware/wire/gbcs/wire.ts";
import { Kind, type Value } from "../../../../firmware/wire/message.ts";
import { CodedError, parseMessage } from "../../../../harness/index.ts";
import { type Parsed, render } from "../../../../harness/interface/mmc/render.ts";
import { anyOf } from "../../../support/any-value.ts";
import { duis, rtds } from "../../../support/shared-data.ts";
import { expectTool, schemaFaults } from "../../../support/xml-tools.ts";
import { readDeviceMessages } from "./device-messages.ts";

const told = useCases.filter(
  ({ payload, steps, alert }) => ["dlms", "asn1"].includes(payload) && (steps.length > 0 || alert),
);

/** The type as a twin-element meter has it. */
function ofTwin(type: ValueType): ValueType {
  if (type.kind === "twin") return ofTwin(type.of);
  if (type.kind === "array") return { ...type, item: ofTwin(type.item) };
  if (type.kind !== "structure") return type;
  return makeType.structure(
    Object.fromEntries(Object.entries(type.fields).map(([name, of]) => [name, ofTwin(of)])),
  );
}

function envelopeOf({ code }: UseCase, kind: Kind): GbcsEnvelope {
  const header = { kind, code, originator: "00DB1234567890A0", target: "90B3D51F30010000", counter: 7n };
  const parties = { originator: new Uint8Array(8), target: new Uint8Array(8), counter: 7n, kind };
  const bytes = Uint8Array.of(0xda, 1, 2);
  return {
    header,
    protection: "mac",
    plain: bytes,
    payload: bytes,
    otherInformation: { code },
    macContext: parties,
  };
}

/** A message of the use case, with any values. */
function anyMessage(row: UseCase, isTwin: boolean): fc.Arbitrary<Parsed> {
  const typeOf = (type: ValueType) => (isTwin ? ofTwin(type) : type);
  const outcomes = row.payload === "dlms" ? [{ kind: "get" as const, status: 0 }] : [];
  if (row.alert !== undefined) {
    const { body } = row.alert;
    const values = body === undefined ? fc.constant<Value>([]) : anyOf(typeOf(body));
    const codes = fc.tuple(
      values,
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(0, 1_400_000_000, 0xffff_ffff),
    );
    return codes.map(([plain, code, timeS]) => {
      const named = body === undefined ? {} : (fromPlain(body, plain) as Record<string, unknown>);
      return render({
        envelope: envelopeOf(row, Kind.alert),
        row,
        values: named,
        outcomes: [],
        alert: { code, timeS },
      });
    });
  }
  // What failed has no value; an ASN.1 answer always has its own.
  const someOf = (values: fc.Arbitrary<Value>) =>
    row.payload === "asn1" ? values : fc.option(values, { freq: 9 });
  const giving = row.steps.filter(({ gives }) => gives.kind !== "null");
  return fc.tuple(...giving.map(({ gives }) => someOf(anyOf(typeOf(gives))))).map((plain) => {
    const values: Record<string, Record<string, unknown>> = {};
    for (const [i, { object, member, gives }] of giving.entries()) {
      const value = plain[i];
      if (value === null || value === undefined) continue;
      values[object] = { ...values[object], [member]: fromPlain(gives, value) };
    }
    return render({ envelope: envelopeOf(row, Kind.response), row, values, outcomes });
  });
}

const spoiltCount = 2000;

describe("any answer or alert in the MMC output format", () => {
  it("is valid by the schema, whatever a device says", function () {
    this.timeout(120_000);
    const schema = duis(this, "schema/mmc-5.4.xsd");
    expectTool(this, "xmllint");
    const documents = told.flatMap((row) =>
      [false, true].flatMap((isTwin) => fc.sample(anyMessage(row, isTwin), { seed: 5, numRuns: 6 })),
    );
    const faults = schemaFaults(
      schema,
      documents.map(({ xml }) => xml),
    );
    console.log(
      `      ${documents.length} messages with any values, of ${told.length} use cases: ${faults.length} faults`,
    );
    assert.deepEqual(faults.slice(0, 10), []);
  });

  it("refuses what was spoilt in words of its own, and at once", function () {
    this.timeout(120_000);
    const messages = readDeviceMessages(rtds(this, "messages"), rtds(this, "keystore"));
    let slowestMs = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.nat(messages.length - 1),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(20),
        (which, at, flip, cut) => {
          const bytes = Uint8Array.from(messages[which]!.bytes);
          bytes[at % bytes.length]! ^= flip;
          const begun = performance.now();
          try {
            parseMessage(cut === 0 ? bytes.subarray(0, at % bytes.length) : bytes);
          } catch (error) {
            assert.ok(error instanceof CodedError, String((error as Error).stack));
            refused++;
          }
          slowestMs = Math.max(slowestMs, performance.now() - begun);
        },
      ),
      { seed: 3, numRuns: spoiltCount },
    );
    console.log(
      `      ${spoiltCount} spoilt messages, ${refused} refused, the slowest in ${slowestMs.toFixed(0)} ms`,
    );
    assert.ok(slowestMs < 1000);
  });
});
