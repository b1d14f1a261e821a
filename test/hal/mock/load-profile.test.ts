import assert from "node:assert/strict";
import fc from "fast-check";
import type { HalError } from "../../../hal/board.ts";
import {
  halfHourlyLoad,
  halfHourMs,
  readLoadProfileCsv,
  SeededRandom,
  typicalHome,
} from "../../../hal/mock/index.ts";
import { startUtcMs } from "./mock-bench.ts";

const good = "start,import_wh,export_wh\n2025-01-01T00:00Z,100,0\n2025-01-01T00:30Z,250.5,30\n";

function refusal(text: string): { line: unknown; column: unknown; message: string } {
  try {
    readLoadProfileCsv(text);
  } catch (error) {
    const { code, data, message } = error as HalError;
    assert.equal(code, "hal/misuse");
    return { line: data.line, column: data.column, message };
  }
  return assert.fail("was accepted");
}

describe("load profile from CSV", () => {
  it("reads half hours, with CRLF, byte order mark, blanks and empty lines at the end", () => {
    for (const text of [good, `\uFEFF${good.replaceAll("\n", "\r\n")}\r\n`, good.replaceAll(",", " , ")]) {
      const profile = readLoadProfileCsv(text);
      const step = profile.stepAt(startUtcMs + halfHourMs);
      assert.deepEqual([step.importW, step.exportW, step.untilUtcMs], [501, 60, startUtcMs + 2 * halfHourMs]);
    }
  });

  it("takes its columns in any order", () => {
    const profile = readLoadProfileCsv("reactive_import_varh,import_wh,start\n7,100,2025-01-01 00:00:00Z\n");
    assert.deepEqual(
      [profile.stepAt(startUtcMs).importW, profile.stepAt(startUtcMs).reactiveImportVar],
      [200, 14],
    );
  });

  it("says line, column, what it expected and what it got", () => {
    assert.match(
      refusal(good.replace("250.5", "-3")).message,
      /line 3, column 19: expected a number from 0 .*"-3"/,
    );
  });

  const cases: [string, string, number, number][] = [
    ["nothing", "", 1, 1],
    ["a header alone", "start,import_wh\n", 2, 1],
    ["an unknown column", "start,import_kwh\n", 1, 7],
    ["a column twice", "start,import_wh,start\n", 1, 17],
    ["no energy column", "start\n2025-01-01T00:00Z\n", 1, 6],
    ["a cell too few", "start,import_wh\n2025-01-01T00:00Z\n", 2, 18],
    ["a cell too many", "start,import_wh\n2025-01-01T00:00Z,1,2\n", 2, 21],
    ["local time", "start,import_wh\n2025-01-01T00:00,1\n", 2, 1],
    ["a time that is no half hour", "start,import_wh\n2025-01-01T00:15Z,1\n", 2, 1],
    ["a date that is none", "start,import_wh\n2025-13-01T00:00Z,1\n", 2, 1],
    ["30 February", "start,import_wh\n2025-02-30T00:00Z,1\n", 2, 1],
    ["29 February of a common year", "import_wh,start\n1,2025-02-29T00:00Z\n", 2, 3],
    ["an hour 24", "start,import_wh\n2025-01-01T24:00Z,1\n", 2, 1],
    ["a gap", "start,import_wh\n2025-01-01T00:00Z,1\n2025-01-01T01:00Z,1\n", 3, 1],
    ["a row twice", "start,import_wh\n2025-01-01T00:00Z,1\n2025-01-01T00:00Z,1\n", 3, 1],
    ["an empty line inside", "start,import_wh\n\n2025-01-01T00:00Z,1\n", 2, 1],
    ["an exponent", "start,import_wh\n2025-01-01T00:00Z,1e3\n", 2, 19],
    ["hexadecimal", "start,import_wh\n2025-01-01T00:00Z,0x10\n", 2, 19],
    ["an empty number", "start,import_wh\n2025-01-01T00:00Z,\n", 2, 19],
    ["more energy than a home can draw", "start,import_wh\n2025-01-01T00:00Z,100001\n", 2, 19],
  ];
  for (const [what, text, line, column] of cases) {
    it(`refuses ${what}`, () => {
      const got = refusal(text);
      assert.deepEqual([got.line, got.column], [line, column], got.message);
    });
  }

  it("answers any text with a profile or one clear error", () => {
    const row = fc.array(
      fc.constantFrom("start", "import_wh", ",", "\n", "2025-01-01T00:00Z", "1", "é", "\0", '"'),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 200 }),
          row.map((cells) => cells.join("")),
        ),
        (text) => {
          try {
            readLoadProfileCsv(text);
          } catch (error) {
            assert.match(
              (error as Error).message,
              /^load profile, line \d+, column \d+: expected .+, got .+/,
            );
          }
        },
      ),
      { seed: 6, numRuns: 500 },
    );
  });

  it("quotes no more than a little of a hostile cell", () => {
    assert.ok(refusal(`start,import_wh\n${"9".repeat(1_000_000)},1\n`).message.length < 250);
  });

  it("reads a year of half hours quickly, and refuses more than twenty years", () => {
    const line = (index: number): string => `${new Date(startUtcMs + index * halfHourMs).toISOString()},1`;
    const year = ["start,import_wh", ...Array.from({ length: 17_520 }, (_, index) => line(index))].join("\n");
    assert.equal(readLoadProfileCsv(year).stepAt(startUtcMs).importW, 2);
    assert.equal(refusal(`start,import_wh${"\n1".repeat(350_641)}`).line, 350_642);
  });
});

describe("load profile generators", () => {
  it("repeat a row of half hours before and after it", () => {
    const profile = halfHourlyLoad(startUtcMs, [{ importWh: 1 }, { importWh: 2 }]);
    const watts = [-2, -1, 0, 1, 2, 3].map((slot) => profile.stepAt(startUtcMs + slot * halfHourMs).importW);
    assert.deepEqual(watts, [2, 4, 2, 4, 2, 4]);
    assert.throws(() => halfHourlyLoad(0, []), { code: "hal/misuse" });
  });

  it("give the same home whatever order its half hours are asked in", () => {
    const forward = typicalHome(new SeededRandom(8));
    const backward = typicalHome(new SeededRandom(8));
    const slots = Array.from({ length: 500 }, (_, index) => startUtcMs + index * halfHourMs + 5);
    const seen = slots.map((at) => forward.stepAt(at));
    const reversed = slots.toReversed().map((at) => backward.stepAt(at));
    assert.deepEqual(reversed.toReversed(), seen);
  });
});
