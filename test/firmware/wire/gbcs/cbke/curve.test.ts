import assert from "node:assert/strict";
import { createECDH, getCurves } from "node:crypto";
import fc from "fast-check";
import * as curve from "../../../../../firmware/wire/gbcs/cbke/curve.ts";
import * as field from "../../../../../firmware/wire/gbcs/cbke/field.ts";
import { hasCode } from "../../../../../hal/base/coded-error.ts";
import { SeededRandom } from "../../../../../hal/mock/index.ts";
import { hex, readJson, toHex, vectors } from "../../../../support/shared-data.ts";

const { add, BASE, multiply, samePoint } = curve;
const element = fc.uint8Array({ minLength: 36, maxLength: 36 }).map((bytes) => {
  bytes[0]! &= 7;
  return field.fromBytes(bytes)!;
});
const scalar = fc
  .uint8Array({ minLength: curve.SEED_BYTES, maxLength: curve.SEED_BYTES })
  .map(curve.scalarFrom);
/** Few runs: each takes some multiplications of points. */
const few = { seed: 1, numRuns: 10 };
const refuses = (act: () => unknown, got: RegExp) =>
  assert.throws(act, (error) => hasCode(error, "cbke/point") && got.test((error as Error).message));
const point = (prefix: number, x: field.Element) => Uint8Array.of(prefix, ...field.toBytes(x));

/** Multiplication by the book: bit by bit, over BigInt. */
function slowMultiply(a: field.Element, b: field.Element): field.Element {
  const modulus = (1n << 283n) | 0b1000010100001n;
  const left = curve.integerOf(field.toBytes(a));
  let right = curve.integerOf(field.toBytes(b));
  let product = 0n;
  for (let bit = 0n; bit < 283n; bit++) {
    if ((left >> bit) & 1n) product ^= right;
    right <<= 1n;
    if (right >> 283n) right ^= modulus;
  }
  return field.fromBytes(curve.encodeScalar(product))!;
}

describe("CBKE: the field F(2^283)", () => {
  it("multiplies as the book does, bit by bit", () =>
    fc.assert(
      fc.property(element, element, (a, b) => field.same(field.multiply(a, b), slowMultiply(a, b))),
      { seed: 1, numRuns: 200 },
    ));

  it("obeys the laws of a field", () =>
    fc.assert(
      fc.property(element, element, element, (a, b, c) => {
        assert.deepEqual(field.multiply(a, b), field.multiply(b, a));
        assert.deepEqual(field.multiply(a, field.multiply(b, c)), field.multiply(field.multiply(a, b), c));
        assert.deepEqual(
          field.multiply(a, field.add(b, c)),
          field.add(field.multiply(a, b), field.multiply(a, c)),
        );
        assert.deepEqual(field.square(a), field.multiply(a, a));
        assert.deepEqual(field.squareTimes(a, 283), a);
        if (!field.isZero(a)) assert.deepEqual(field.multiply(a, field.invert(a)), field.one);
      }),
      { seed: 1, numRuns: 100 },
    ));

  it("solves z² + z = a for what has a solution, and for nothing else", () =>
    fc.assert(
      fc.property(element, (z) => {
        const a = field.add(field.square(z), z);
        const found = field.solveQuadratic(a)!;
        assert.ok(field.same(found, z) || field.same(found, field.add(z, field.one)));
        // 1 has trace 1 here, so a + 1 has no solution when a has.
        assert.equal(field.solveQuadratic(field.add(a, field.one)), undefined);
      }),
      { seed: 1, numRuns: 50 },
    ));

  it("reads 36 bytes below 2^283 and no more", () => {
    const top = Uint8Array.of(7, ...new Uint8Array(35).fill(0xff));
    assert.deepEqual(field.toBytes(field.fromBytes(top)!), top);
    assert.equal(field.fromBytes(Uint8Array.of(8, ...new Uint8Array(35))), undefined);
  });
});

describe("CBKE: the curve sect283k1", () => {
  it("has a base point of order n", () => {
    assert.ok(curve.isOnCurve(BASE));
    assert.equal(multiply(curve.ORDER, BASE), undefined);
    assert.ok(samePoint(multiply(curve.ORDER - 1n, BASE), curve.negate(BASE)));
    assert.ok(samePoint(multiply(curve.ORDER + 1n, BASE), BASE));
  });

  it("obeys the laws of a group", () =>
    fc.assert(
      fc.property(scalar, scalar, (k, l) => {
        const [p, q] = [multiply(k, BASE), multiply(l, BASE)];
        assert.ok(curve.isOnCurve(add(p, q)!));
        assert.ok(samePoint(add(p, q), add(q, p)));
        assert.ok(samePoint(add(add(p, q), BASE), add(p, add(q, BASE))));
        assert.ok(samePoint(add(p, q), multiply(k + l, BASE)));
        assert.ok(samePoint(multiply(k, q), multiply(l, p)));
        assert.ok(samePoint(add(p, p), multiply(2n, p)));
        assert.equal(add(p, curve.negate(p)), undefined);
        assert.ok(samePoint(add(p, undefined), p) && samePoint(add(undefined, p), p));
        assert.equal(multiply(0n, p), undefined);
      }),
      few,
    ));

  it("reads again what it wrote, both signs", () =>
    fc.assert(
      fc.property(scalar, (k) => {
        for (const p of [multiply(k, BASE)!, curve.negate(multiply(k, BASE))!])
          assert.ok(samePoint(curve.decodePoint(curve.encodePoint(p), "key"), p));
      }),
      few,
    ));

  it("agrees with OpenSSL on public keys and shared secrets, random keys", function () {
    if (!getCurves().includes("sect283k1")) {
      console.warn(
        "      skipped: this node's OpenSSL has no sect283k1, and nothing else checks random keys",
      );
      return this.skip();
    }
    const random = new SeededRandom("openssl");
    const fresh = () => curve.scalarFrom(random.bytes(curve.SEED_BYTES));
    for (let i = 0; i < 25; i++) {
      const [k, l] = [fresh(), fresh()];
      const theirs = createECDH("sect283k1");
      theirs.setPrivateKey(curve.encodeScalar(k));
      const publicKey = curve.encodePoint(multiply(k, BASE)!);
      assert.equal(toHex(publicKey), theirs.getPublicKey("hex", "compressed"));
      const peer = curve.encodePoint(multiply(l, BASE)!);
      const shared = multiply(k, curve.decodePoint(peer, "peer"))!;
      assert.equal(toHex(field.toBytes(shared.x)), toHex(theirs.computeSecret(peer)));
    }
  });

  it("multiplies well under 100 ms", () => {
    // Processor time, so that a busy machine does not count.
    const began = process.cpuUsage();
    for (let i = 0n; i < 10n; i++) multiply(curve.ORDER - 2n - i, BASE);
    const { user, system } = process.cpuUsage(began);
    const oneMs = (user + system) / 10_000;
    console.log(`      one multiplication: ${oneMs.toFixed(1)} ms`);
    assert.ok(oneMs < 100, `${oneMs} ms`);
  });
});

describe("CBKE: keys that are none", () => {
  it("refuses another length, and another form", () => {
    const good = curve.encodePoint(BASE);
    for (const bytes of [new Uint8Array(0), good.subarray(1), Uint8Array.of(...good, 0)])
      refuses(() => curve.decodePoint(bytes, "key"), /37 bytes/);
    for (const prefix of [0, 1, 4, 5, 6, 0x82])
      refuses(() => curve.decodePoint(point(prefix, BASE.x), "key"), /02 or 03/);
    refuses(() => curve.decodePoint(new Uint8Array(37), "key"), /02 or 03/);
  });

  it("refuses coordinates of 2^283 and above", () => {
    for (const top of [8, 0x80, 0xff]) {
      const bytes = curve.encodePoint(BASE);
      bytes[1] = top;
      refuses(() => curve.decodePoint(bytes, "key"), /below 2\^283/);
    }
  });

  it("refuses points off the curve", () => {
    refuses(() => curve.assertPublic({ x: BASE.x, y: field.add(BASE.y, field.one) }, "key"), /not on it/);
    let off = 0;
    for (let x = 2; x < 40; x++) {
      try {
        curve.decodePoint(point(2, field.small(x)), "key");
      } catch (error) {
        assert.ok(hasCode(error, "cbke/point"));
        if (/the x of a point/.test((error as Error).message)) off++;
      }
    }
    assert.ok(off > 10, `${off} of 38`);
  });

  it("refuses infinity, points of order 2 and 4, and keys with such a part", () => {
    refuses(() => curve.assertPublic(undefined, "key"), /infinity/);
    const order2 = { x: field.zero, y: field.one };
    const order4 = { x: field.one, y: field.zero };
    assert.ok(samePoint(multiply(2n, order4), order2));
    assert.equal(multiply(2n, order2), undefined);
    assert.equal(multiply(4n, order4), undefined);
    for (const x of [field.zero, field.one])
      for (const prefix of [2, 3])
        refuses(() => curve.decodePoint(point(prefix, x), "key"), /small or mixed order/);
    for (const small of [order2, order4, curve.negate(order4)]) {
      const mixed = add(multiply(12345n, BASE), small)!;
      assert.ok(curve.isOnCurve(mixed));
      refuses(() => curve.decodePoint(curve.encodePoint(mixed), "key"), /small or mixed order/);
    }
  });

  it("tells keys from other points of the curve as n times the point does", () =>
    fc.assert(
      fc.property(element, fc.constantFrom(2, 3), (x, prefix) => {
        const bytes = point(prefix, x);
        let found: curve.FinitePoint | undefined;
        try {
          found = curve.decodePoint(bytes, "key");
        } catch (error) {
          // What is refused for its order alone is a point all the same: of the order it is said not to have.
          if (!/mixed order/.test((error as Error).message)) return;
          const z = field.solveQuadratic(field.add(x, field.square(field.invert(x))))!;
          assert.notEqual(multiply(curve.ORDER, { x, y: field.multiply(x, z) }), undefined);
          return;
        }
        assert.equal(multiply(curve.ORDER, found), undefined);
      }),
      { seed: 1, numRuns: 60 },
    ));

  it("refuses private keys of 0, n and above, and of another length", () => {
    const bad = [curve.encodeScalar(0n), curve.encodeScalar(curve.ORDER), new Uint8Array(36).fill(0xff)];
    for (const bytes of [...bad, new Uint8Array(35).fill(1), new Uint8Array(37).fill(1)])
      assert.throws(
        () => curve.decodeScalar(bytes),
        (error) => hasCode(error, "cbke/scalar"),
      );
    assert.equal(curve.decodeScalar(curve.encodeScalar(curve.ORDER - 1n)), curve.ORDER - 1n);
  });
});

interface Case {
  readonly tcId: number;
  readonly public: string;
  readonly private: string;
  readonly shared: string;
  readonly result: "valid" | "acceptable" | "invalid";
  readonly flags: readonly string[];
}

/** SubjectPublicKeyInfo of sect283k1 up to its point, uncompressed and compressed. */
const SPKI = {
  whole: "305e301006072a8648ce3d020106052b81040010034a0004",
  compressed: "303a301006072a8648ce3d020106052b810400100326000",
} as const;

/** The key of a case; undefined for whatever is not exactly this structure: reading ASN.1 is not tested here. */
function keyOf(spki: string): (() => curve.FinitePoint) | undefined {
  if (spki.startsWith(SPKI.compressed) && spki.length === 2 * 60)
    return () => curve.decodePoint(hex(spki.slice(2 * 23)), "key");
  if (!spki.startsWith(SPKI.whole) || spki.length !== 2 * 96) return undefined;
  const coordinates = hex(spki.slice(SPKI.whole.length));
  return () => {
    const x = field.fromBytes(coordinates.subarray(0, 36));
    const y = field.fromBytes(coordinates.subarray(36));
    const key = x && y && { x, y };
    curve.assertPublic(key, "key");
    return key;
  };
}

// Origin: C2SP/wycheproof (see the folder's SOURCE.txt).
describe("CBKE: Wycheproof, ECDH on sect283k1", () => {
  let cases: readonly Case[];
  before(function () {
    const path = vectors(this, "zigbee-cbke/wycheproof_ecdh_sect283k1_test.json");
    cases = readJson<{ testGroups: { tests: Case[] }[] }>(path).testGroups.flatMap(({ tests }) => tests);
  });

  it("agrees on every valid key, refuses every other", () => {
    const counts = { agreed: 0, refused: 0, foreign: 0 };
    for (const test of cases) {
      const read = keyOf(test.public);
      if (read === undefined) {
        assert.notEqual(test.result, "valid", `case ${test.tcId}`);
        counts.foreign++;
        continue;
      }
      try {
        const shared = multiply(curve.integerOf(hex(test.private)), read())!;
        assert.equal(toHex(field.toBytes(shared.x)), test.shared, `case ${test.tcId}`);
        assert.notEqual(test.result, "invalid", `case ${test.tcId}`);
        assert.ok(!test.flags.includes("LowOrderPublic"), `case ${test.tcId}`);
        counts.agreed++;
      } catch (error) {
        if (!hasCode(error, "cbke/point")) throw error;
        assert.notEqual(test.result, "valid", `case ${test.tcId}`);
        counts.refused++;
      }
    }
    console.log(`      ${cases.length} cases: ${JSON.stringify(counts)} (foreign: not this structure)`);
    assert.ok(counts.agreed >= 17 && counts.refused >= 10);
  });
});
