import assert from "node:assert/strict";
import fc from "fast-check";
import {
  fromPlain,
  NEVER,
  type Plain,
  makeType as t,
  useCase,
  type ValueType,
} from "../../../../../firmware/model/index.ts";
import {
  payloadType,
  readAlert,
  readCommand,
  readResponse,
  writeAlert,
  writeCommand,
  writeResponse,
} from "../../../../../firmware/wire/gbcs/asn1/payload.ts";
import { type Leaf, readAsn1 } from "../../../../../firmware/wire/gbcs/asn1/read.ts";
import { writeAsn1 } from "../../../../../firmware/wire/gbcs/asn1/write.ts";
import { Kind, Status } from "../../../../../firmware/wire/message.ts";
import { type CodedError, hasCode } from "../../../../../hal/base/coded-error.ts";
import { hex, toHex } from "../../../../support/shared-data.ts";
import { payloadKinds, rows, valuesOf } from "./support.ts";

/** That reading is refused, at this byte of the payload, in words with `words`. */
function refuses(type: ValueType, payload: string, at: number, words: RegExp) {
  assert.throws(
    () => readAsn1(type, hex(payload), "x"),
    (error: CodedError) => {
      assert.equal(error.code, "wire/format", error.message);
      assert.equal(error.data.at, at, error.message);
      assert.match(error.message, words);
      return true;
    },
  );
}
const reads = (type: ValueType, payload: string, value: Plain) =>
  assert.deepEqual(readAsn1(type, hex(payload)), value);
const roundTrips = (type: ValueType, payload: string, value: Plain) => {
  reads(type, payload, value);
  assert.equal(toHex(writeAsn1(type, value, "shortest")), payload);
};

describe("GBCS ASN.1: any value of any payload type of the tables", () => {
  it("round-trips, with lengths as parties and as devices write them", () => {
    assert.ok(payloadKinds.length > 50, `${payloadKinds.length} types`);
    for (const { name, type } of payloadKinds)
      fc.assert(
        fc.property(
          valuesOf(type),
          fc.constantFrom("shortest" as const, "device" as const),
          (value, lengths) => {
            const bytes = writeAsn1(type, value, lengths, name);
            assert.deepEqual(fromPlain(type, readAsn1(type, bytes, name)), fromPlain(type, value));
          },
        ),
        { seed: 1, numRuns: 40 },
      );
  });

  it("has one form: what is read at all is written as the same bytes", () => {
    for (const { type } of payloadKinds)
      fc.assert(
        fc.property(valuesOf(type), fc.nat(), fc.nat(255), (value, place, byte) => {
          const bytes = writeAsn1(type, value, "shortest");
          bytes[place % bytes.length] = byte;
          const read = attempt(() => readAsn1(type, bytes));
          if (read === undefined) return;
          const forms = (["shortest", "device"] as const).map((lengths) =>
            toHex(writeAsn1(type, read, lengths)),
          );
          assert.ok(forms.includes(toHex(bytes)), toHex(bytes));
        }),
        { seed: 2, numRuns: 40 },
      );
  });

  it("has leaves that, side by side, fill their places without overlap", () => {
    for (const { type } of payloadKinds)
      fc.assert(
        fc.property(valuesOf(type), (value) => {
          const bytes = writeAsn1(type, value, "device");
          const leaves: Leaf[] = [];
          readAsn1(type, bytes, "x", (leaf) => leaves.push(leaf));
          for (const [i, { item }] of leaves.entries()) {
            assert.ok(item.at >= (leaves[i - 1]?.item.end ?? 0));
            assert.ok(item.end <= bytes.length);
          }
          assert.equal(new Set(leaves.map(({ path }) => path)).size, leaves.length);
        }),
        { seed: 3, numRuns: 10 },
      );
  });
});

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    assert.ok(hasCode(error, "wire/format"), String(error));
    return undefined;
  }
}

describe("GBCS ASN.1: values", () => {
  it("that are integers have as few octets as they need, and end at 2^63 - 1", () => {
    roundTrips(t.u8, "020100", 0);
    roundTrips(t.u8, "02017f", 127);
    roundTrips(t.u8, "02020080", 128);
    roundTrips(t.i8, "020180", -128);
    roundTrips(t.u64, "02087fffffffffffffff", 2n ** 63n - 1n);
    roundTrips(t.u64, "020700ffffffffffff", 0xffff_ffff_ffffn);
    reads(t.u64, "0206010000000000", 0x0100_0000_0000);
    refuses(t.u8, "02020001", 2, /as few octets/);
    refuses(t.i8, "0202ff80", 2, /as few octets/);
    refuses(t.u8, "0200", 2, /1 to 8 octets/);
    refuses(t.u64, "0209008000000000000000", 2, /1 to 8 octets/);
    refuses(t.u8, "02020100", 0, /expected u8 0 to 255, got 256/);
    refuses(t.u64, "0201ff", 0, /got -1/);
    assert.throws(
      () => writeAsn1(t.u64, 2n ** 63n, "device"),
      (error) => hasCode(error, "wire/format"),
    );
  });

  it("that are key usages have one of three bits", () => {
    const usage = payloadType(useCase("CS02e"), Kind.command);
    roundTrips(usage, "300403020780", [1]);
    roundTrips(usage, "300403020308", [2]);
    roundTrips(usage, "300403020204", [3]);
    for (const wrong of ["300403020640", "300403020080", "300403020788", "30050303078000"])
      refuses(usage, wrong, 4, /0780, 0308, 0204/);
    refuses(usage, "3003030107", 4, /key usage/);
  });

  it("that are times are in the calendar, from 1970 on, in seconds and UTC; the greatest is never", () => {
    const time = (text: string) => `180f${toHex(new TextEncoder().encode(text))}`;
    roundTrips(t.dateTime, time("20150101000000Z"), 1_420_070_400);
    roundTrips(t.dateTime, time("19700101000000Z"), 0);
    roundTrips(t.dateTime, time("21060207062814Z"), NEVER - 1);
    roundTrips(t.dateTime, time("99991231235959Z"), NEVER);
    for (const wrong of [
      "20150230000000Z",
      "20150101240000Z",
      "20150101000060Z",
      "201501010000000",
      "2015010100000\u0000Z",
    ])
      refuses(t.dateTime, time(wrong), 2, /YYYYMMDDHHMMSSZ/);
    for (const beyond of ["19691231235959Z", "21060207062815Z", "99991231235958Z"])
      refuses(t.dateTime, time(beyond), 2, /1970 up to 2106/);
    refuses(t.dateTime, `1811${"31".repeat(17)}`, 2, /17 other octets/);
  });

  it("that are cells leave out the usual use, and refuse it written out", () => {
    const asker = payloadType(useCase("CS02a"), Kind.command);
    reads(asker, "300e3007020104030203083003020105", [[4, 2, 0], [5]]);
    reads(asker, "3011300a0201020302030802010130030201 05", [[2, 2, 1], [5]]);
    refuses(asker, "3011300a0201020302030802010030030201 05", 11, /management left out/);
  });

  it("that are items are one whole SEQUENCE, neither more nor less", () => {
    const certificate = payloadType(useCase("CS02d"), Kind.command);
    roundTrips(certificate, "3003020101", hex("3003020101"));
    for (const wrong of ["3103020101", "300302010100", "30040201", ""])
      assert.throws(
        () => writeAsn1(certificate, hex(wrong), "shortest"),
        (error) => hasCode(error, "wire/format"),
      );
    refuses(certificate, `308204b1${"00".repeat(0x4b1)}`, 0, /0 to 1200 octets/);
  });

  it("that are not of the type are not written", () => {
    for (const wrong of [[], [4], [[4, 2, 0], [200]], [[4, 2, 0], "x"]])
      assert.throws(
        () => writeAsn1(payloadType(useCase("CS02a"), Kind.command), wrong as Plain, "shortest"),
        (error) => hasCode(error, "model/value"),
      );
  });

  it("that no row with this payload has are refused as a fault of the table", () => {
    assert.throws(
      () => readAsn1(t.boolean, hex("0101ff")),
      (error) => hasCode(error, "wire/no-form"),
    );
  });
});

describe("GBCS ASN.1: lengths", () => {
  const octets = t.octets(0, 700);
  const of = (head: string, count: number) => head + "ab".repeat(count);

  it("are read in the shortest form and as devices write them", () => {
    for (const head of ["04818080", "0482008080"])
      assert.equal((readAsn1(octets, hex(of(head, 127))) as Uint8Array).length, 128);
    const value = new Uint8Array(200);
    assert.equal(toHex(writeAsn1(octets, value, "shortest")).slice(0, 6), "0481c8");
    assert.equal(toHex(writeAsn1(octets, value, "device")).slice(0, 8), "048200c8");
    for (const lengths of ["shortest", "device"] as const) {
      assert.equal(toHex(writeAsn1(octets, new Uint8Array(127), lengths)).slice(0, 4), "047f");
      assert.equal(toHex(writeAsn1(octets, new Uint8Array(256), lengths)).slice(0, 8), "04820100");
    }
  });

  it("of any other form are refused at their byte", () => {
    refuses(octets, of("04817f", 127), 1, /below 128 in one byte/);
    refuses(octets, of("0482007f", 127), 1, /below 128 in one byte/);
    refuses(octets, "0480abab0000", 1, /one byte, 81 nn or 82 nnnn/);
    refuses(octets, of("0483000080", 128), 1, /one byte, 81 nn or 82 nnnn/);
    refuses(octets, "04ff", 1, /one byte, 81 nn or 82 nnnn/);
    refuses(octets, "0482", 1, /2 bytes of length, got 0/);
    refuses(octets, "0405abab", 1, /length up to 2, got 5/);
    refuses(octets, "04", 0, /tag and length/);
    refuses(octets, "", 0, /tag and length/);
    refuses(octets, "0401abab", 3, /expected the end, got 1 bytes more/);
    refuses(octets, "1f810101ab", 0, /tag of one byte/);
  });

  it("of inner items do not reach out of the outer ones", () => {
    const pair = t.structure({ a: t.octets(0, 9), b: t.octets(0, 9) });
    refuses(pair, "30060405abab0400", 3, /x\.a at byte 3: expected a length up to 4, got 5/);
    refuses(pair, "30060404abab0400", 8, /x\.b at byte 8: expected tag and length, got 0 bytes/);
    refuses(pair, "30030401ab0400", 5, /expected the end, got 2 bytes more/);
    refuses(pair, "30070401ab04000500", 7, /no more members, got tag 05/);
    refuses(pair, "300604008200b040", 4, /x\.b at byte 4: expected octets \(tag 04\), got tag 82/);
  });
});

describe("GBCS ASN.1: messages", () => {
  it("of every row are one call, and no alert's body hides its code or time", () => {
    assert.ok(rows.length > 30, `${rows.length} rows`);
    for (const row of rows) {
      if (row.kind === "command") assert.equal(row.steps.length, 1, row.id);
      const body = row.alert?.body;
      if (body?.kind === "structure")
        for (const name of Object.keys(body.fields)) assert.doesNotMatch(name, /^alert/);
    }
  });

  it("without an argument or an outcome are a NULL", () => {
    const row = useCase("CS07");
    assert.deepEqual(readCommand(row, hex("0500")), [
      { kind: "call", object: row.steps[0]!.target.id, member: 3 },
    ]);
    assert.equal(toHex(writeCommand(row, readCommand(row, hex("0500")), "shortest")), "0500");
    refuses(payloadType(row, Kind.command), "050100", 2, /no content in a NULL/);
  });

  it("answer with an outcome of the row's type, never with a bare status", () => {
    const row = useCase("CS06");
    assert.deepEqual(readResponse(row, hex("0500")), [{ status: 0, value: [0, null] }]);
    for (const results of [[], [{ status: Status.otherReason }]])
      assert.throws(
        () => writeResponse(row, results, "device"),
        (error) => hasCode(error, "wire/no-form"),
      );
  });

  it("that are alerts tell code and time before the rest", () => {
    const row = useCase("CS09");
    const payload = "301f0203008f8b180f32303135303130313030303030305a04041234abcd020100";
    const alert = readAlert(row, hex(payload));
    assert.deepEqual(alert, { alertCode: 0x8f8b, timeS: 1_420_070_400, values: [hex("1234abcd"), 0] });
    assert.equal(toHex(writeAlert(row, alert, "device")), payload);
  });
});
