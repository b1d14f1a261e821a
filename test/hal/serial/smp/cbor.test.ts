import assert from "node:assert/strict";
import { decode as cbor2Decode, encode as cbor2Encode } from "cbor2";
import fc from "fast-check";
import { decodePayload, encodePayload, type Payload } from "../../../../hal/serial/smp/index.ts";
import { hex, toHex } from "../../../support/shared-data.ts";

const read = (text: string) => decodePayload(hex(text));

describe("CBOR payloads of SMP", () => {
  it("may have indefinite maps, arrays and strings, as real servers send them", () => {
    assert.deepEqual(read("bf62726300ff"), { rc: 0 });
    assert.deepEqual(read("bf66696d616765739fbf64736c6f7400ff ffff"), { images: [{ slot: 0 }] });
    assert.deepEqual(read("a16164 5f 4101 420203 40 ff"), { d: Uint8Array.of(1, 2, 3) });
    assert.deepEqual(read("a1 7f 6161 6162 ff 7f 6178 ff"), { ab: "x" });
    assert.deepEqual(read("a1616d bfff"), { m: {} });
  });

  it("may have keys in any order, lengths longer than needed, tags, floats and undefined", () => {
    assert.deepEqual(read("a2 636f6666 1a00000003 6172 7800"), { off: 3, r: "" });
    assert.deepEqual(read("d9d9f7 a1 6174 c0 6161"), { t: "a" });
    assert.deepEqual(read("a1 6166 f93c00"), { f: 1 });
    assert.deepEqual(read("a2 6166 f7 6167 f6"), { f: undefined, g: null });
    assert.deepEqual(read("a1 6161 1b0000000000000001"), { a: 1 });
    assert.deepEqual(read("a1 6161 1bffffffffffffffff"), { a: 0xffff_ffff_ffff_ffffn });
    assert.deepEqual(read("a2 01 02 20 03"), { "1": 2, "-1": 3 });
  });

  it("keep a key that is a property of every object as data", () => {
    const payload = read("a2 695f5f70726f746f5f5f a16161 01 68746f537472696e67 02");
    assert.deepEqual(Object.entries(payload), [
      ["__proto__", { a: 1 }],
      ["toString", 2],
    ]);
    assert.equal(({} as { a?: number }).a, undefined);
  });

  const refused: Record<string, string> = {
    "a key that comes twice": "a2 6161 01 6161 02",
    "a key that comes twice in another form": "a2 6161 01 7f6161ff 02",
    "1 as number and as text": "a2 01 01 6131 02",
    "bytes as a key": "a1 4161 01",
    "anything but a map": "80",
    "bytes after the map": "a000",
    "a map that ends early": "a2 6161 01",
    "an indefinite map that ends early": "bf 6161 01",
    "a key without a value": "bf 6161 ff",
    "a break where none may be": "a1 6161 ff",
    "a chunk of another type": "a1 6161 5f 6161 ff",
    "a chunk inside a chunk": "a1 6161 5f 5f 4101 ff ff",
    "text that is not UTF-8": "a1 6161 62c0ae",
    "reserved lengths": "a1 6161 1c",
    "an indefinite number": "a1 6161 1f",
    "simple values without a meaning": "a1 6161 e0",
    "simple values of two bytes": "a1 6161 f820",
    "a length beyond the end": "a1 6161 5a ffffffff 00",
    "a length of 2^64 - 1": "bb ffffffffffffffff",
    "a tag without an item": "a1 6161 c0",
    "nothing at all": "",
  };
  for (const [what, bytes] of Object.entries(refused))
    it(`refuse ${what}`, () => {
      assert.throws(() => read(bytes), RangeError);
    });

  it("write integers in their shortest form, and none as a bignum", () => {
    const written = (a: number | bigint) => Buffer.from(encodePayload({ a })).toString("hex").slice(6);
    for (const [value, bytes] of [
      [-(1n << 64n) + 1n, "3bfffffffffffffffe"],
      [-(1n << 63n) - 1n, "3b8000000000000000"],
      [(1n << 64n) - 1n, "1bffffffffffffffff"],
      [-(2 ** 32) - 1, "3b0000000100000000"],
      [-(1n << 32n), "3affffffff"],
      [-25n, "3818"],
    ] as const)
      assert.equal(written(value), bytes, String(value));
    for (const value of [-(1n << 64n), -(1n << 64n) - 1n, 1n << 64n, 1n << 200n])
      assert.throws(
        () => written(value),
        /RangeError: CBOR: expected an integer from 1 - 2\^64/,
        String(value),
      );
    assert.deepEqual(
      decodePayload(hex("a161613bffffffffffffffff")),
      { a: -(1n << 64n) },
      "reading it is no harm",
    );
  });

  it("refuse depth, tags and items without end, at small cost", () => {
    assert.throws(
      () => decodePayload(Buffer.concat([hex("a16161"), Buffer.alloc(60_000, 0x81)])),
      RangeError,
    );
    assert.throws(
      () => decodePayload(Buffer.concat([hex("a16161"), Buffer.alloc(60_000, 0x9f)])),
      RangeError,
    );
    assert.throws(() => decodePayload(Buffer.alloc(60_000, 0xc0)), RangeError);
    assert.throws(
      () => decodePayload(Buffer.concat([hex("a161619f"), Buffer.alloc(60_000, 0xa0)])),
      RangeError,
    );
    assert.throws(
      () => decodePayload(Buffer.concat([hex("a161615f"), Buffer.alloc(60_000, 0x40)])),
      RangeError,
    );
  });

  it("never do anything but give a map or a RangeError, whatever the bytes (property)", () => {
    const someCbor = fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from([0xbf, ...bytes]));
    fc.assert(
      fc.property(fc.oneof(someCbor, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        try {
          assert.equal(typeof decodePayload(bytes), "object");
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }),
      { seed: 6, numRuns: 3000 },
    );
  });

  it("take what another encoder makes, and make what another decoder takes (property, cbor2)", () => {
    const key = fc.string({ unit: "binary", maxLength: 5 }).filter((text) => text !== "__proto__");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
      value: fc.oneof(
        { depthSize: "small", maxDepth: 4 },
        fc.integer(),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.string({ unit: "grapheme" }),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(tie("value"), { maxLength: 4 }),
        tie("tree"),
      ),
    }));
    fc.assert(
      fc.property(tree as fc.Arbitrary<Payload>, (payload) => {
        assert.deepEqual(decodePayload(cbor2Encode(payload)), { ...payload });
        assert.deepEqual(decodePayload(encodePayload(payload)), { ...payload });
        assert.deepEqual(cbor2Decode(encodePayload(payload)), cbor2Decode(cbor2Encode(payload)));
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it("are written in one way: definite, shortest, keys as given, nothing for undefined", () => {
    assert.equal(
      toHex(encodePayload({ off: 0, data: Uint8Array.of(1), b: undefined, a: 2 ** 32 })),
      toHex(hex("a3 636f6666 00 6464617461 4101 6161 1b0000000100000000")),
    );
    assert.equal(toHex(encodePayload({})), "a0");
    assert.equal(toHex(encodePayload({ n: 5n })), toHex(encodePayload({ n: 5 })));
  });
});
