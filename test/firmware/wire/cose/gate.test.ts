import assert from "node:assert/strict";
import { Decoder, Encoder } from "cbor-x";
import { decode as cbor2Decode, encode as cbor2Encode, cdeDecodeOptions, cdeEncodeOptions } from "cbor2";
import fc from "fast-check";
import { decode, encode } from "../../../../firmware/wire/cose/cbor.ts";
import { admit, MAX_COUNT, MAX_DEPTH, MAX_MESSAGE_BYTES } from "../../../../firmware/wire/cose/gate.ts";
import { hex, readJson, toHex, vectors } from "../../../support/shared-data.ts";

interface CborCase {
  file: string;
  description: string;
  encoded: string;
  fail: boolean;
}

const refused = { code: "wire/malformed" };

describe("the gate in front of cbor-x", () => {
  it("refuses all 47 malformed items of cbor-wg", function () {
    const cases = cborWg(this).filter((c) => c.fail);
    assert.equal(cases.length, 47);
    for (const c of cases) assert.throws(() => admit(hex(c.encoded)), refused, c.description);
  });

  it("admits of cbor-wg's 1334 good items exactly those that are deterministic and of our types", function () {
    let admitted = 0;
    const good = cborWg(this).filter((c) => !c.fail);
    assert.equal(good.length, 1334);
    for (const c of good) {
      const bytes = hex(c.encoded);
      assert.equal(admits(bytes), deterministicInProfile(bytes), `${c.encoded} ${c.description}`);
      if (!admits(bytes)) continue;
      assert.equal(toHex(encode(decode(bytes))), c.encoded, c.description);
      admitted++;
    }
    assert.equal(admitted, 296);
  });

  it("admits every item of RFC 8949 appendix A but floats, tags, other simple values and streams", function () {
    const cases = cborWg(this).filter((c) => c.file.startsWith("rfc8949-appendixA/"));
    const ofOurTypes = cases.filter((c) => /mt[0-5]/.test(c.file) || ["f4", "f5", "f6"].includes(c.encoded));
    assert.equal(cases.length, 81);
    const outside = ofOurTypes.filter((c) => !admits(hex(c.encoded))).map((c) => c.encoded);
    assert.deepEqual(outside, ["3bffffffffffffffff"], "only -2^64, which is no 64-bit integer of ours");
    for (const c of cases.filter((c) => !ofOurTypes.includes(c)))
      assert.ok(!admits(hex(c.encoded)), c.encoded);
  });

  it("refuses each of the 37 items that dCBOR refuses, but text out of normal form", function () {
    const cases = readJson<{ hex: string; notes?: string }[]>(vectors(this, "cbor/dcbor/invalid.json"));
    assert.equal(cases.length, 37);
    const admitted = cases.filter((c) => admits(hex(c.hex)));
    assert.deepEqual(
      admitted.map((c) => c.notes),
      ["String not normalized with NFC."],
    );
  });

  it("agrees with cbor2's CDE mode on any bytes: admitted is the same both ways, and re-encodes to itself", () => {
    const looksLikeCbor = fc
      .array(
        fc.constantFrom(
          0,
          1,
          0x17,
          0x18,
          0x19,
          0x1b,
          0x20,
          0x38,
          0x40,
          0x41,
          0x61,
          0x80,
          0x81,
          0x82,
          0xa0,
          0xa1,
          0xa2,
          0xc1,
          0xf4,
          0xf6,
          0xf7,
          0xff,
        ),
        { minLength: 1, maxLength: 12 },
      )
      .map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(fc.oneof(looksLikeCbor, fc.uint8Array({ minLength: 1, maxLength: 24 })), (bytes) => {
        assert.equal(admits(bytes), deterministicInProfile(bytes), toHex(bytes));
        if (admits(bytes)) assert.equal(toHex(encode(decode(bytes))), toHex(bytes));
      }),
      { numRuns: 4000, seed: 20 },
    );
  });

  describe("bounds", () => {
    it("admits the deepest nesting allowed and refuses one level more", () => {
      const nested = (levels: number) => Uint8Array.from([...new Array(levels).fill(0x81), 0x00]);
      assert.ok(admits(nested(MAX_DEPTH)));
      assert.ok(!admits(nested(MAX_DEPTH + 1)));
      assert.ok(!admits(nested(20_000)));
    });

    it("refuses counts and lengths beyond the bytes there are, before making room for them", () => {
      for (const bytes of [
        "9b0000000100000000",
        "9a7fffffff",
        "bb001fffffffffffff",
        "5a7fffffff00",
        "7b0000000100000000",
      ])
        assert.throws(() => admit(hex(bytes)), refused, bytes);
    });

    it("admits 20,000 items in an array and refuses one more", () => {
      const items = (count: number) =>
        Uint8Array.from([0x99, count >> 8, count & 0xff, ...new Array(count).fill(0)]);
      assert.ok(admits(items(MAX_COUNT)));
      assert.throws(() => admit(items(MAX_COUNT + 1)), refused);
    });

    it("refuses without a stack, and leaves other errors theirs", () => {
      const before = Error.stackTraceLimit;
      assert.throws(
        () => admit(new Uint8Array(0)),
        ({ stack }: Error) => !/\n\s+at /.test(stack ?? ""),
      );
      assert.equal(Error.stackTraceLimit, before);
    });

    it("refuses more bytes than a message may have, and trailing bytes", () => {
      const long = (length: number) => Uint8Array.from([0x5a, 0, 1, 0, 0, ...new Array(length - 5).fill(0)]);
      assert.throws(() => admit(long(MAX_MESSAGE_BYTES + 1)), /at most 65535 bytes/);
      assert.throws(() => admit(hex("0000")), /byte 1: expected the end, got 1 more bytes/);
      assert.throws(() => admit(new Uint8Array(0)), /byte 0: expected an item, got the end/);
    });
  });
});

describe("traps of cbor-x that cannot trigger behind the gate", () => {
  const bare = new Decoder({ mapsAsObjects: false });

  /** What cbor-x alone does with the bytes, and that ours refuses them. */
  const trap = (name: string, bytes: string, alone: (value: unknown) => void) =>
    it(name, () => {
      alone(bare.decode(hex(bytes)));
      assert.throws(() => decode(hex(bytes)), refused);
    });

  trap("duplicate keys: the last would win", "a201020103", (v) => assert.deepEqual(v, new Map([[1, 3]])));
  trap("keys out of order", "a202000100", (v) => assert.equal((v as Map<number, number>).size, 2));
  trap("an integer longer than needed", "1800", (v) => assert.equal(v, 0));
  trap("an eight-byte small integer would be a bigint", "1b0000000000000001", (v) => assert.equal(v, 1n));
  trap("a text length longer than needed", "780161", (v) => assert.equal(v, "a"));
  trap("false in two bytes", "f814", (v) => assert.equal(v, false));
  trap("overlong UTF-8", "62c0ae", (v) => assert.equal(typeof v, "string"));
  trap("a byte that is no UTF-8", "61ff", (v) => assert.equal(typeof v, "string"));
  trap("a lone surrogate", "63eda080", (v) => assert.equal(typeof v, "string"));
  trap("an indefinite array", "9f00ff", (v) => assert.deepEqual(v, [0]));
  trap("an indefinite map", "bf0000ff", (v) => assert.equal((v as Map<number, number>).size, 1));
  trap("tag 1 would make a Date", "c100", (v) => assert.ok(v instanceof Date));
  trap("tag 2 would make a bigint", "c24101", (v) => assert.equal(v, 1n));
  trap("tag 27 would make an error object", "d81b83654572726f72614560", (v) => assert.ok(v instanceof Error));
  trap("tag 258 would make a Set", "d9010280", (v) => assert.ok(v instanceof Set));
  trap("a float of an integer", "f93c00", (v) => assert.equal(v, 1));
  trap("undefined", "f7", (v) => assert.equal(v, undefined));

  it("record definitions (tag 0xdfff) are refused, before they can compile anything", () => {
    const records = new Encoder({ useRecords: true });
    const bytes = Uint8Array.from(records.encode({ a: 1 }));
    assert.equal(toHex(bytes).slice(0, 6), "d9dfff", "cbor-x makes records by default");
    assert.throws(() => decode(bytes), refused);
  });

  it("simple values (packed references for cbor-x) are refused", () => {
    for (const bytes of ["e0", "f0", "f3", "f820", "f8ff"]) assert.throws(() => decode(hex(bytes)), refused);
  });

  it("a __proto__ key stays an ordinary key of a Map", () => {
    const item = decode(hex("a1695f5f70726f746f5f5f01")) as Map<string, number>;
    assert.equal(item.get("__proto__"), 1);
    assert.equal(({} as Record<string, unknown>)["1"], undefined);
  });

  it("decoded bytes do not change with the input", () => {
    const input = hex("81420102");
    const [bytes] = decode(input) as [Uint8Array];
    input.fill(0);
    assert.deepEqual(bytes, hex("0102"));
  });
});

describe("deterministic encoding", () => {
  const integer = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.constantFrom(0n, 23n, 24n, 255n, 256n, 65535n, 65536n),
    fc.constantFrom(2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
    fc.constantFrom(-1n, -24n, -25n, -(2n ** 32n), -(2n ** 32n) - 1n, -(2n ** 53n), -(2n ** 63n)),
  );

  it("writes 64-bit integers as cbor2 does, be they numbers or bigint", () => {
    fc.assert(
      fc.property(integer, (value) => {
        const expected = toHex(cbor2Encode(value, cdeEncodeOptions));
        assert.equal(toHex(encode(value)), expected);
        const number = Number(value);
        if (Number.isSafeInteger(number)) assert.equal(toHex(encode(number)), expected);
        const back = decode(encode(value));
        assert.equal(typeof back, Number.isSafeInteger(number) ? "number" : "bigint");
        assert.equal(BigInt(back as number), value);
      }),
      { numRuns: 500, seed: 20 },
    );
  });

  const leaf = fc.oneof(
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.uint8Array({ maxLength: 300 }),
  );
  const { item } = fc.letrec((tie) => ({
    item: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("item"), { maxLength: 30 }), tie("map")),
    map: fc
      .uniqueArray(fc.tuple(fc.oneof(fc.integer(), fc.string()), tie("item")), {
        selector: ([key]) => key,
        maxLength: 30,
      })
      .map((entries) => new Map(entries as [number, unknown][])),
  }));

  it("writes any value as cbor2's CDE mode does, and reads it back", () => {
    fc.assert(
      fc.property(item, (value) => {
        const bytes = encode(value as never);
        assert.equal(toHex(bytes), toHex(cbor2Encode(value, cdeEncodeOptions)));
        assert.equal(toHex(encode(decode(bytes))), toHex(bytes));
      }),
      { numRuns: 500, seed: 20 },
    );
  });

  it("refuses what has no deterministic form here", () => {
    for (const value of [
      1.5,
      Number.NaN,
      2 ** 53,
      2n ** 64n,
      -(2n ** 63n) - 1n,
      "\ud800",
      undefined,
      {},
      new Date(0),
      [new Set()],
    ])
      assert.throws(() => encode(value as never), { code: "wire/unencodable" });
    for (const twice of [
      [1, 1n],
      [Uint8Array.of(1), Uint8Array.of(1)],
    ])
      assert.throws(() => encode(new Map(twice.map((key) => [key, 0])) as never), {
        code: "wire/unencodable",
      });
    assert.equal(toHex(encode(-0)), "00");
  });
});

const cborWg = (context: Mocha.Context) => readJson<CborCase[]>(vectors(context, "cbor/cbor-wg/flat.json"));

function admits(bytes: Uint8Array): boolean {
  try {
    admit(bytes);
    return true;
  } catch (error) {
    assert.equal((error as { code?: string }).code, "wire/malformed");
    return false;
  }
}

/** The oracle: cbor2 reads the bytes, writes them the same in CDE mode, and every item is of our types. */
function deterministicInProfile(bytes: Uint8Array): boolean {
  try {
    const value = cbor2Decode(bytes, { ...cdeDecodeOptions, preferMap: true, keepNanPayloads: true });
    return ofOurTypes(value, 0) && toHex(cbor2Encode(value, cdeEncodeOptions)) === toHex(bytes);
  } catch {
    return false;
  }
}

function ofOurTypes(value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  if (value === null || typeof value === "boolean" || typeof value === "string") return true;
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (typeof value === "bigint") return value >= -(2n ** 63n) && value < 2n ** 64n;
  if (value instanceof Uint8Array) return true;
  if (Array.isArray(value)) return value.every((inner) => ofOurTypes(inner, depth + 1));
  if (!(value instanceof Map)) return false;
  return [...value].every(([key, inner]) => isKey(key) && ofOurTypes(inner, depth + 1));
}

const isKey = (key: unknown) =>
  (typeof key === "string" ||
    typeof key === "number" ||
    typeof key === "bigint" ||
    key instanceof Uint8Array) &&
  ofOurTypes(key, 0);
