import assert from "node:assert/strict";
import fc from "fast-check";
import { dateFault, readIsoTime, type TimeFault } from "../../../hal/base/iso-time.ts";

const fault = (text: string): TimeFault => {
  const read = readIsoTime(text);
  assert.equal(typeof read, "object", `${text} was taken as ${read}`);
  return read as TimeFault;
};

describe("ISO 8601 times", () => {
  it("refuse days that are in no calendar, and say where", () => {
    assert.deepEqual(fault("2026-02-30T00:00:00Z"), {
      column: 9,
      fault: "there is no 30 February 2026, which has 28 days",
    });
    for (const [text, column] of [
      ["2026-02-29", 9],
      ["2100-02-29T00:00Z", 9],
      ["2026-04-31T12:00:00+01:00", 9],
      ["2026-00-10", 6],
      ["2026-13-10", 6],
      ["2026-01-00", 9],
      ["2026-01-01T24:00:00Z", 12],
      ["2026-01-01T23:60Z", 15],
      ["2026-12-31T23:59:60Z", 18],
      ["2026-01-01T00:00:00+24:00", 20],
      ["2026-01-01T00:00:00+01:60", 20],
      ["26-01-01", 3],
      ["2026/01/01", 5],
      ["2026-01-01T", 12],
      ["2026-01-01T00:00:00 GMT", 20],
      ["yesterday", 1],
      ["", 1],
    ] as const)
      assert.equal(fault(text).column, column, text);
    assert.equal(readIsoTime("2028-02-29T00:00Z"), Date.UTC(2028, 1, 29));
    assert.equal(readIsoTime("2000-02-29"), Date.UTC(2000, 1, 29));
    assert.equal(dateFault(2, 29), undefined, "some years have it");
    assert.match(dateFault(2, 30) ?? "", /no 30 February, which has 29/);
  });

  it("take a time without a zone for UTC, never for the machine's", () => {
    const zone = process.env.TZ;
    process.env.TZ = "America/New_York";
    try {
      for (const text of [
        "2026-06-01T12:00:00",
        "2026-06-01 12:00",
        "2026-06-01T13:00+01:00",
        "2026-06-01T0700-05",
      ])
        if (text.includes(":")) assert.equal(readIsoTime(text), Date.UTC(2026, 5, 1, 12), text);
        else assert.equal(fault(text).column, 14, text);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it("agree with the host's calendar on every real time, years below 100 too (property)", () => {
    const from = -62_135_596_800_000; // 0001-01-01
    fc.assert(
      fc.property(fc.integer({ min: from, max: 253_402_300_799_999 }), (utcMs) => {
        assert.equal(readIsoTime(new Date(utcMs).toISOString()), utcMs);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
