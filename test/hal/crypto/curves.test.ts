import assert from "node:assert/strict";
import fc from "fast-check";
import { nobleCrypto, nodeCrypto } from "../../../hal/crypto/index.ts";
import { hex, readJson, toHex, vectors } from "../../support/shared-data.ts";
import { forEachProvider, type WycheproofFile } from "./providers.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** RFC 7748 §6.1. */
const RFC7748 = {
  aPublic: "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
  b: "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
  bPublic: "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
  shared: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
};

describe("X25519", () => {
  forEachProvider((crypto) => {
    it("agrees with Wycheproof's 518 cases; all-zero results are undefined", function () {
      const file = readJson<WycheproofFile<object, { public: string; private: string; shared: string }>>(
        vectors(this, "x25519/wycheproof_x25519_test.json"),
      );
      const tests = file.testGroups.flatMap((group) => group.tests);
      assert.equal(tests.length, 518);
      for (const test of tests) {
        const shared = crypto.x25519(hex(test.private), hex(test.public));
        const expected = test.flags.includes("ZeroSharedSecret") ? undefined : hex(test.shared);
        assert.deepEqual(shared, expected, `tcId ${test.tcId}`);
      }
    });

    it("gives the public key and the secret of RFC 7748 §6.1", () => {
      const b = hex(RFC7748.b);
      assert.equal(toHex(crypto.x25519PublicKey(b)), RFC7748.bPublic);
      assert.equal(toHex(crypto.x25519(b, hex(RFC7748.aPublic))!), RFC7748.shared);
    });

    it("throws hal/misuse for wrong lengths", () => {
      const good = new Uint8Array(32).fill(1);
      assert.throws(() => crypto.x25519(good.subarray(1), good), { code: "hal/misuse" });
      assert.throws(() => crypto.x25519(good, good.subarray(1)), { code: "hal/misuse" });
      assert.throws(() => crypto.x25519PublicKey(good.subarray(1)), { code: "hal/misuse" });
    });
  });
});

/** RFC 6979 appendix A.2.5: P-256, SHA-256, messages "sample" and "test". */
const RFC6979 = {
  secret: "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
  x: "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
  y: "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
  r: "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
  s: "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
  ofTest:
    "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367" +
    "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
};
const order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

describe("P-256", () => {
  forEachProvider((crypto) => {
    it("signs as RFC 6979 A.2.5 and verifies it, high S included", () => {
      const signer = crypto.p256Signer(hex(RFC6979.secret));
      const message = new TextEncoder().encode("sample");
      assert.equal(toHex(signer.publicKey), `04${RFC6979.x}${RFC6979.y}`);
      const signature = signer.sign(message);
      assert.equal(toHex(signature), RFC6979.r + RFC6979.s);
      assert.equal(toHex(signer.sign(new TextEncoder().encode("test"))), RFC6979.ofTest);
      const verify = crypto.p256Verifier(signer.publicKey);
      assert.equal(verify(message, signature), true);
      assert.equal(verify(message.subarray(1), signature), false);
      for (const length of [0, 63, 65, 72]) assert.equal(verify(message, new Uint8Array(length)), false);
      assert.equal(verify(message, new Uint8Array(64)), false);
    });

    it("keeps its key and its signatures apart from what callers do with theirs", () => {
      const secret = hex(RFC6979.secret);
      const [one, other] = [crypto.p256Signer(secret), crypto.p256Signer(new Uint8Array(32).fill(3))];
      secret.fill(0);
      const sample = new TextEncoder().encode("sample");
      const first = one.sign(sample);
      const kept = first.slice();
      other.sign(sample);
      assert.deepEqual(first, kept);
      first.fill(0);
      assert.deepEqual(one.sign(sample), kept);
      assert.equal(Object.getPrototypeOf(kept), Uint8Array.prototype);
      assert.equal(Object.getPrototypeOf(one.publicKey), Uint8Array.prototype);
    });

    it("signs with the least and the greatest secret, and messages of every length up to 200 bytes", () => {
      const greatest = order.slice();
      greatest[31]! -= 1;
      for (const secret of [new Uint8Array(32).fill(1, 31), greatest]) {
        const [signer, reference] = [crypto.p256Signer(secret), nobleCrypto().p256Signer(secret)];
        assert.deepEqual(signer.publicKey, reference.publicKey);
        for (let length = 0; length <= 200; length += 40) {
          const message = new Uint8Array(length).fill(length);
          assert.deepEqual(signer.sign(message), reference.sign(message));
        }
      }
    });

    it("gives both ends of ECDH one secret, and none for what is no point", () => {
      const a = new Uint8Array(32).fill(3);
      const b = new Uint8Array(32).fill(4);
      const aPublic = crypto.p256Signer(a).publicKey;
      const bPublic = crypto.p256Signer(b).publicKey;
      assert.deepEqual(crypto.p256SharedSecret(a, bPublic), crypto.p256SharedSecret(b, aPublic));
      const offCurve = bPublic.slice();
      offCurve[64]! ^= 1;
      const infinity = Uint8Array.of(0);
      const hybrid = Uint8Array.from([6, ...bPublic.subarray(1)]);
      const compressed = Uint8Array.from([2, ...bPublic.subarray(1, 33)]);
      for (const bad of [offCurve, infinity, hybrid, compressed, new Uint8Array(65)])
        assert.equal(crypto.p256SharedSecret(a, bad), undefined);
    });

    it("throws hal/misuse for secrets out of range and keys off the curve", () => {
      const point = crypto.p256Signer(new Uint8Array(32).fill(3)).publicKey;
      for (const secret of [new Uint8Array(32), order, new Uint8Array(31).fill(1)]) {
        assert.throws(() => crypto.p256Signer(secret), { code: "hal/misuse" });
        assert.throws(() => crypto.p256SharedSecret(secret, point), { code: "hal/misuse" });
      }
      const offCurve = point.slice();
      offCurve[10]! ^= 1;
      assert.throws(() => crypto.p256Verifier(offCurve), { code: "hal/misuse" });
      assert.throws(() => crypto.p256Verifier(point.subarray(1)), { code: "hal/misuse" });
      assert.throws(() => crypto.p256Verifier(new Uint8Array(65)), { code: "hal/misuse" });
    });
  });

  it("has noble and node:crypto agree on secrets and verdicts", () => {
    fc.assert(
      fc.property(bytes32, bytes32, fc.uint8Array({ maxLength: 40 }), fc.nat(511), (a, b, message, bit) => {
        const [noble, node] = [nobleCrypto(), nodeCrypto()];
        fc.pre(a[0] !== 0xff && b[0] !== 0xff && a.some(Boolean) && b.some(Boolean));
        const signer = noble.p256Signer(b);
        assert.deepEqual(
          noble.p256SharedSecret(a, signer.publicKey),
          node.p256SharedSecret(a, signer.publicKey),
        );
        const signature = signer.sign(message);
        assert.equal(node.p256Verifier(signer.publicKey)(message, signature), true);
        signature[bit >> 3]! ^= 1 << (bit & 7);
        assert.equal(node.p256Verifier(signer.publicKey)(message, signature), false);
        assert.equal(noble.p256Verifier(signer.publicKey)(message, signature), false);
      }),
      { numRuns: 10, seed: 20 },
    );
  });
});
