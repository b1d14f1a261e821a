import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { CodedError } from "../../../hal/base/coded-error.ts";
import { type Attempt, type DecodedNode, decode, renderDecoded } from "../../../harness/decode/index.ts";
import { hex } from "../../support/shared-data.ts";

const packet = "0000000000010000";

describe("decode", () => {
  const directory = mkdtempSync(join(tmpdir(), "decode-"));
  after(() => rmSync(directory, { recursive: true }));
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };

  it("takes bytes, hex in its usual dresses, and files of either", () => {
    const expected = decode(hex(packet));
    const spellings = [packet, `0x${packet}`, "00:00:00:00:00:01:00:00", " 0000 0000\n0001 0000 "];
    for (const text of spellings) assert.deepEqual(decode(text), expected, text);
    assert.deepEqual(decode(file("a.hex", `${packet}\n`)), expected);
    assert.deepEqual(decode(file("a.bin", hex(packet))), expected);
  });

  it("refuses what is neither, with one clear error", () => {
    const wrong = [
      "",
      "abc",
      "no such file",
      join(directory, "none.bin"),
      `${packet}0`,
      "a\0b",
      "x".repeat(10_000),
    ];
    for (const input of wrong)
      assert.throws(() => decode(input), { code: "decode/input" }, input.slice(0, 20));
    assert.throws(() => decode(directory), /is no ordinary file|cannot read/);
    assert.throws(() => decode(file("empty", "")), { code: "decode/input" });
    assert.throws(() => decode(new Uint8Array(0)), { code: "decode/input" });
    assert.throws(() => decode(new Uint8Array(16 * 1024 * 1024 + 1)), { code: "decode/input" });
  });

  it("says of garbage what was tried, how far each got, and what to do", () => {
    const error = (() => {
      try {
        return assert.fail(JSON.stringify(decode("deadbeef")));
      } catch (e) {
        return e as CodedError;
      }
    })();
    assert.equal(error.code, "decode/unknown");
    const tried = error.data.tried as Attempt[];
    assert.equal(tried.length, 6);
    for (const { format, why } of tried)
      assert.ok(error.message.includes(`${format}: byte`) && why.length > 10);
    assert.match(error.message, /Check that the bytes are whole/);
  });

  it("names every format that fits, and why it took one", () => {
    assert.equal(decode(packet).note, undefined, "one format alone needs no note");
    const note = decode(twofold());
    assert.match(
      note.note ?? "",
      /also readable as Zigbee frame .* taken as SMP packet, which fixes a length/,
    );
  });

  it("reads random bytes, cut and changed messages without harm, and shows all it reads in 80 columns", () => {
    const seeds = [
      packet,
      "0a00000e00033a01a1646e616d65676578616d706c65",
      "030801ffffffff07",
      "d28443a10126a0401a",
    ].map(hex);
    const changed = fc
      .tuple(fc.constantFrom(...seeds), fc.nat(), fc.nat(255), fc.nat())
      .map(([seed, at, byte, length]) => {
        const bytes = seed.slice(0, 1 + (length % seed.length));
        bytes[at % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 300 }), changed), (bytes) => {
        let node: DecodedNode;
        try {
          node = decode(bytes);
        } catch (error) {
          assert.equal((error as CodedError).code, "decode/unknown");
          return;
        }
        for (const line of renderDecoded(node).split("\n")) assert.ok(line.length <= 80, line);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("bounds CBOR that nests or counts without end", () => {
    const smp = (payload: Uint8Array) =>
      Uint8Array.of(8, 0, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0, ...payload);
    assert.throws(() => decode(smp(new Uint8Array(5000).fill(0x81))), /nested deeper|no CBOR map/);
    assert.throws(() => decode(smp(hex(`a101${"81".repeat(3000)}`))), /nested deeper/);
    assert.throws(() => decode(smp(hex("bbffffffffffffffff"))), /the bytes end/);
    assert.throws(
      () => decode(smp(Uint8Array.of(0xa1, 1, 0x9f, ...new Uint8Array(30_000), 0xff))),
      /more than 20000/,
    );
  });

  it("answers soon on the largest inputs", () => {
    for (const start of ["0609", "d28440", "dd000000000000", "3db8f396", "08", "6188"]) {
      const bytes = new Uint8Array(16 * 1024 * 1024).fill(0x41);
      bytes.set(hex(start));
      assert.throws(() => decode(bytes), { code: "decode/unknown" }, start);
    }
  });

  it("lets no message steer the terminal", () => {
    const node = decode("0a00000900004200a16164651b5b324a41");
    const text = renderDecoded(node);
    assert.doesNotMatch(text, /[^\n\x20-\x7e]/);
    assert.match(text, /u001b/);
    const wrapped = renderDecoded({
      format: "x",
      bytes: 1,
      fields: [{ name: "n\u202e", value: "long ".repeat(50), note: "\u0007" }],
      children: [],
      note: "why",
    });
    assert.match(wrapped, /u\{202e\}/);
    assert.ok(wrapped.split("\n").every((line) => line.length <= 80));
  });
});

/** An SMP packet (version 1, read response, users' group 64) that is also a Zigbee frame: data, NWK, APS ack. */
function twofold(): Uint8Array {
  return hex("0100 0008 0040 00 00 00 00 00 12 00 00 00 00");
}
