/** Correlation's own reader of GBCS commands, held against the wire's codec: over the reference messages, and over any values. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import fc from "fast-check";
import { type UseCase, useCaseByCode, useCases } from "../../../firmware/model/index.ts";
import { gbcsWire } from "../../../firmware/wire/gbcs/wire.ts";
import type { Message, Operation } from "../../../firmware/wire/message.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { walkGbcs } from "../../../harness/headend/gbcs-walk.ts";
import { messageFiles, readMessageFile } from "../../../harness/verify/message-files.ts";
import { valuesOf as asn1Values } from "../../firmware/wire/gbcs/asn1/support.ts";
import { plains as dlmsValues } from "../../firmware/wire/gbcs/dlms/values.ts";
import { rtds } from "../../support/shared-data.ts";

const numbers = { get: 1, set: 2, call: 3 } as const;
const wire = suites.gbcs.wire;

/** The operations of a command as correlation has them, by the wire's codec. */
function byTheWire(message: Message): unknown {
  assert.ok("operations" in message);
  return message.operations.map(({ kind, object, member, value }) => {
    const head = [numbers[kind], object, member];
    return value === undefined && kind === "get" ? head : [...head, value ?? null];
  });
}

/** Whole numbers of whichever width are the same. */
const plain = (operations: unknown): unknown =>
  JSON.parse(
    JSON.stringify(operations, (_, each) =>
      typeof each === "bigint"
        ? Number(each)
        : each instanceof Uint8Array
          ? Buffer.from(each).toString("hex")
          : each,
    ),
  );

const agree = (bytes: Uint8Array, what: string): void => {
  const walked = walkGbcs(bytes) as readonly unknown[];
  assert.deepEqual(plain(walked[7]), plain(byTheWire(suites.gbcs.decodePlain(bytes))), what);
};

const rows = (payload: UseCase["payload"]): readonly UseCase[] =>
  useCases.filter((row) => row.payload === payload && row.kind !== "alert" && row.steps.length > 0);

const certificate = Uint8Array.from([0x30, 0x81, 200, ...new Uint8Array(200).fill(7)]);
const target = "00DB1234567890A0";
const parties = fc.constantFrom(
  {},
  { supplementary: { party: "90B3D51F30030000", counter: 5n } },
  { supplementary: { party: "90B3D51F30030000", counter: 5n, certificate } },
);

/** A command of a row, with any values that have a form on this wire. */
const commandsOf = (row: UseCase): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.bigInt({ min: 1n, max: 2n ** 63n }),
      parties,
      fc.tuple(
        ...row.steps.map(({ kind, carries, target: { id: object }, no: member }) =>
          (row.payload === "asn1" ? asn1Values(carries) : dlmsValues(carries, false)).map(
            (value): Operation => ({ kind, object, member, ...(value !== null && { value }) }),
          ),
        ),
      ),
    )
    .map(([counter, more, operations]) => {
      const header = { kind: 1, code: row.code, originator: "90B3D51F30010000", target, counter, ...more };
      return wire.encode({ header, operations } as Message);
    });

describe("correlation: GBCS pre-commands", () => {
  it("are read as the wire's own codec reads them: every DLMS and ASN.1 command of the reference messages", function () {
    const counts = { dlms: 0, asn1: 0, protected: 0 };
    for (const file of messageFiles([rtds(this, "messages")])) {
      if (!/COMMAND/.test(basename(file)) || /PRECOMMAND/.test(basename(file))) continue;
      const { header, plain: bytes } = gbcsWire.peek(readMessageFile(file));
      const row = useCaseByCode(header.code);
      if (row?.payload !== "dlms" && row?.payload !== "asn1") continue;
      assert.deepEqual((walkGbcs(bytes) as unknown[]).slice(0, 2), [1, header.code], basename(file));
      agree(bytes, basename(file));
      counts[row.protector === undefined ? row.payload : "protected"]++;
    }
    console.log(`      ${counts.dlms} DLMS, ${counts.protected} protected reads, ${counts.asn1} ASN.1`);
    assert.ok(counts.dlms > 150 && counts.protected > 20 && counts.asn1 > 50);
  });

  for (const payload of ["asn1", "dlms"] as const) {
    it(`are read so whatever they carry (property): each use case of ${payload}`, () => {
      let count = 0;
      for (const row of rows(payload)) {
        count++;
        const runs = { seed: 12, numRuns: payload === "asn1" ? 40 : 5 };
        fc.assert(
          fc.property(commandsOf(row), (bytes) => agree(bytes, row.id)),
          runs,
        );
      }
      console.log(`      ${count} use cases`);
      assert.ok(count > (payload === "asn1" ? 25 : 60), `${count} use cases`);
    });

    it(`have one form of each value: with any octet changed they are refused, or read as something else (${payload})`, () => {
      for (const row of rows(payload))
        fc.assert(
          fc.property(commandsOf(row), fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, place, bits) => {
            const before = walkGbcs(bytes);
            const broken = bytes.slice();
            broken[place % bytes.length]! ^= bits;
            try {
              assert.notDeepEqual(walkGbcs(broken), before, row.id);
            } catch (error) {
              if (!hasCode(error, "headend/not-gbcs")) throw error;
            }
          }),
          { seed: 13, numRuns: payload === "asn1" ? 60 : 10 },
        );
    });
  }

  it("that are any octets throw only its own error, with byte and place (property)", () => {
    const codes = [...rows("asn1"), ...rows("dlms")].map(({ code }) => code);
    fc.assert(
      fc.property(fc.constantFrom(...codes), fc.uint8Array({ maxLength: 300 }), (code, content) => {
        const head = Buffer.from(
          `DF0901000000000000000108${"90B3D51F30010000"}08${target}0002${code.toString(16).padStart(4, "0")}`,
          "hex",
        );
        const length =
          content.length < 128
            ? [content.length]
            : content.length < 256
              ? [0x81, content.length]
              : [0x82, 1, content.length - 256];
        try {
          walkGbcs(Uint8Array.from([...head, ...length, ...content]));
        } catch (error) {
          assert.ok(hasCode(error, "headend/not-gbcs"), String(error));
        }
      }),
      { seed: 14, numRuns: 2000 },
    );
  });
});
