import assert from "node:assert/strict";
import { p256 } from "@noble/curves/nist.js";
import { createHmacDrbg, numberToBytesBE } from "@noble/curves/utils.js";
import fc from "fast-check";
import { concat } from "../../../hal/base/bytes.ts";
import { nobleCrypto, nodeCrypto } from "../../../hal/crypto/index.ts";
import { modularInverse } from "../../../hal/crypto/modular-inverse.ts";
import { nonceCandidates, signatureWith } from "../../../hal/crypto/p256-signer.ts";
import { toHex } from "../../support/shared-data.ts";

const { Fn } = p256.Point;
const N = Fn.ORDER;
const scalar = fc.bigInt({ min: 1n, max: N - 1n });
const bytes = (value: bigint) => numberToBytesBE(value, 32);
const rOf = (nonce: bigint) => Fn.create(p256.Point.BASE.multiply(nonce).toAffine().x);

describe("deterministic P-256 signatures by node:crypto", () => {
  it("are noble's for any secret and message, and node:crypto verifies them", () => {
    fc.assert(
      fc.property(scalar, fc.uint8Array({ maxLength: 300 }), (x, message) => {
        const [node, noble] = [nodeCrypto().p256Signer(bytes(x)), nobleCrypto().p256Signer(bytes(x))];
        assert.deepEqual(node.publicKey, noble.publicKey);
        const signature = node.sign(message);
        assert.deepEqual(signature, noble.sign(message));
        assert.equal(nodeCrypto().p256Verifier(node.publicKey)(message, signature), true);
      }),
      { numRuns: 300, seed: 6979 },
    );
  });

  it("go through nonces as noble's HMAC-DRBG does, however many are refused", () => {
    const drbg = createHmacDrbg<Uint8Array>(32, 32, (key: Uint8Array, text: Uint8Array) =>
      nodeCrypto().hmacSha256(key)(text),
    );
    fc.assert(
      fc.property(scalar, scalar, fc.nat(4), (x, digest, refusals) => {
        let left = refusals;
        const seed = concat(bytes(x), bytes(digest));
        const expected = drbg(seed, (nonce) => (left-- === 0 ? nonce : undefined));
        const candidates = nonceCandidates(bytes(x), bytes(digest));
        for (let i = 0; i < refusals; i++) candidates.next();
        assert.deepEqual(Uint8Array.from(candidates.next().value), Uint8Array.from(expected));
      }),
      { numRuns: 50, seed: 6979 },
    );
  });

  it("have no signature for nonces of 0, n and more", () => {
    assert.equal(signatureWith(bytes(N - 1n), 7n, 99n)?.length, 64);
    for (const nonce of [0n, N, N + 1n, 2n ** 256n - 1n])
      assert.equal(signatureWith(bytes(nonce), 7n, 99n), undefined);
  });

  it("have no signature for a nonce for which s would be 0", () => {
    const r = rOf(12345n);
    const digest = Fn.neg(Fn.mul(r, 7n));
    assert.equal(signatureWith(bytes(12345n), 7n, digest), undefined);
    assert.equal(signatureWith(bytes(12345n), 7n, Fn.add(digest, 1n))?.length, 64);
  });

  it("keep the leading zeros of a small s", () => {
    const r = rOf(777n);
    const digest = Fn.sub(777n, Fn.mul(r, 5n)); // s = (h + r x) / k = 1
    assert.equal(toHex(signatureWith(bytes(777n), 5n, digest)!), toHex(bytes(r)) + toHex(bytes(1n)));
  });
});

describe("modular inverse", () => {
  const edges = [
    1n,
    2n,
    3n,
    N - 1n,
    N - 2n,
    (N + 1n) / 2n,
    2n ** 52n,
    2n ** 52n - 1n,
    2n ** 255n,
    2n ** 128n,
  ];

  it("times the number is 1, for edges and for any scalar", () => {
    for (const a of edges) assert.equal((modularInverse(a, N) * a) % N, 1n);
    fc.assert(
      fc.property(scalar, (a) => assert.equal(modularInverse(a, N), Fn.inv(a))),
      { numRuns: 5000, seed: 1 },
    );
  });

  it("is right, or refused where there is none, for every pair of small numbers", () => {
    for (let modulus = 2n; modulus < 60n; modulus++)
      for (let a = 0n; a <= modulus; a++) {
        const coprime = a > 0n && a < modulus && gcd(a, modulus) === 1n;
        if (coprime) assert.equal((modularInverse(a, modulus) * a) % modulus, 1n);
        else assert.throws(() => modularInverse(a, modulus), RangeError);
      }
  });
});

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
