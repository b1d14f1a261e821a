import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Point } from "@noble/ed25519";
import fc from "fast-check";
import type { Crypto } from "../../../hal/board.ts";
import { pointAcceptable, signatureAcceptable } from "../../../hal/crypto/ed25519-policy.ts";
import { cryptoByName, nobleCrypto, nodeCrypto } from "../../../hal/crypto/index.ts";
import { hex, readJson, toHex, vectors } from "../../support/shared-data.ts";
import { forEachProvider, providerNames, type WycheproofFile } from "./providers.ts";

const SEED = 20;

describe("Ed25519", () => {
  forEachProvider((crypto) => {
    it("gives every verdict of Wycheproof's 151 cases", function () {
      const file = readJson<WycheproofFile<{ publicKey: { pk: string } }, { msg: string; sig: string }>>(
        vectors(this, "ed25519/wycheproof_ed25519_test.json"),
      );
      let count = 0;
      for (const group of file.testGroups) {
        const verify = crypto.ed25519Verifier(hex(group.publicKey.pk));
        for (const { msg, sig, result, tcId } of group.tests) {
          assert.equal(verify(hex(msg), hex(sig)), result === "valid", `tcId ${tcId}`);
          count++;
        }
      }
      assert.equal(count, 151);
    });

    it("accepts exactly number 3 of the twelve speccheck cases", function () {
      const cases = readJson<{ message: string; pub_key: string; signature: string }[]>(
        vectors(this, "ed25519/speccheck_cases.json"),
      );
      const verdicts = cases.map((c) =>
        crypto.ed25519Verifier(hex(c.pub_key))(hex(c.message), hex(c.signature)),
      );
      assert.deepEqual(
        verdicts,
        cases.map((_, i) => i === 3),
      );
    });

    it("refuses all 196 ZIP 215 cases, whose keys have small order", function () {
      const cases = readJson<{ vk_bytes: string; sig_bytes: string }[]>(
        vectors(this, "ed25519/noble_zip215.json"),
      );
      const message = new TextEncoder().encode("Zcash");
      assert.equal(cases.length, 196);
      for (const c of cases)
        assert.equal(crypto.ed25519Verifier(hex(c.vk_bytes))(message, hex(c.sig_bytes)), false, c.vk_bytes);
    });

    it("signs as ed25519.cr.yp.to's sign.input says, every 16th line", function () {
      const lines = readFileSync(vectors(this, "ed25519/noble_vectors.txt"), "utf8").trim().split("\n");
      for (let i = 0; i < lines.length; i += 16) {
        const [secret, publicKey, message, signed] = lines[i]!.split(":") as [string, string, string, string];
        const signer = crypto.ed25519Signer(hex(secret.slice(0, 64)));
        assert.equal(toHex(signer.publicKey), publicKey);
        const signature = signer.sign(hex(message));
        assert.equal(toHex(signature) + message, signed);
        assert.ok(crypto.ed25519Verifier(hex(publicKey))(hex(message), signature));
      }
    });

    it("refuses a key that is no point, and never throws for a signature of any length", () => {
      const offCurve = new Uint8Array(32).fill(2);
      assert.equal(crypto.ed25519Verifier(offCurve)(hex("00"), new Uint8Array(64).fill(3)), false);
      const signer = crypto.ed25519Signer(new Uint8Array(32).fill(7));
      const verify = crypto.ed25519Verifier(signer.publicKey);
      for (const length of [0, 1, 63, 65, 128])
        assert.equal(verify(hex("00"), new Uint8Array(length)), false, `${length} bytes`);
    });

    it("throws hal/misuse for keys of a wrong length", () => {
      for (const length of [0, 31, 33, 64]) {
        const key = new Uint8Array(length);
        assert.throws(() => crypto.ed25519Signer(key), { code: "hal/misuse" });
        assert.throws(() => crypto.ed25519Verifier(key), { code: "hal/misuse" });
      }
    });

    it("keeps its prepared key when the caller's bytes change", () => {
      const seed = new Uint8Array(32).fill(9);
      const signer = crypto.ed25519Signer(seed);
      const key = signer.publicKey.slice();
      const verify = crypto.ed25519Verifier(key);
      const before = signer.sign(hex("01"));
      seed.fill(0);
      key.fill(0);
      assert.deepEqual(signer.sign(hex("01")), before);
      assert.ok(verify(hex("01"), before));
    });
  });

  it("has every library refuse each single-bit flip of message, signature or key, alike", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.nat(64 * 8 - 1),
        (seed, message, bit) => {
          const signer = nodeCrypto().ed25519Signer(seed);
          const signature = signer.sign(message);
          for (const crypto of installed()) {
            assert.deepEqual(crypto.ed25519Signer(seed).sign(message), signature, crypto.name);
            const verify = crypto.ed25519Verifier(signer.publicKey);
            assert.equal(verify(message, signature), true);
            assert.equal(verify(message, flip(signature, bit)), false);
            assert.equal(verify(flip(message, bit % (message.length * 8)), signature), false);
            assert.equal(
              crypto.ed25519Verifier(flip(signer.publicKey, bit % 256))(message, signature),
              false,
            );
          }
        },
      ),
      { numRuns: 12, seed: SEED },
    );
  });

  it("has every library give one verdict on keys and R with a component of small order", () => {
    // [S]B = R + [k]A with A and R each moved by any of the eight points of small order: libraries differ
    // here by nature; whatever we accept, all three must.
    const torsion = Point.fromBytes(hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"));
    const signer = nobleCrypto().ed25519Signer(new Uint8Array(32).fill(5));
    let accepted = 0;
    for (let n = 0; n < 32; n++) {
      const message = Uint8Array.of(n);
      const signature = signer.sign(message);
      const key = Point.fromBytes(signer.publicKey)
        .add(multiple(torsion, n % 8))
        .toBytes();
      const r = Point.fromBytes(signature.subarray(0, 32))
        .add(multiple(torsion, n >> 3))
        .toBytes();
      const moved = Uint8Array.from([...r, ...signature.subarray(32)]);
      const verdicts = installed().map((crypto) => crypto.ed25519Verifier(key)(message, moved));
      assert.equal(new Set(verdicts).size, 1, `case ${n}: ${verdicts}`);
      if (verdicts[0]) accepted++;
    }
    assert.ok(accepted >= 1, "the untouched signature is accepted");
  });
});

describe("the Ed25519 acceptance policy", () => {
  it("refuses the eight points of small order and what is not canonical", () => {
    const torsion = Point.fromBytes(hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"));
    for (let n = 0; n < 8; n++) assert.equal(pointAcceptable(multiple(torsion, n).toBytes()), false);
    const p = 2n ** 255n - 19n;
    for (const y of [p, p + 1n, p + 18n]) {
      assert.equal(pointAcceptable(littleEndian(y)), false);
      assert.equal(pointAcceptable(littleEndian(y + 2n ** 255n)), false);
    }
    assert.equal(pointAcceptable(Point.BASE.toBytes()), true);
  });

  it("refuses S from L on, and signatures of any length but 64", () => {
    const order = Point.CURVE().n;
    const withS = (s: bigint) => Uint8Array.from([...Point.BASE.toBytes(), ...littleEndian(s)]);
    assert.equal(signatureAcceptable(withS(order - 1n)), true);
    assert.equal(signatureAcceptable(withS(order)), false);
    assert.equal(signatureAcceptable(withS(order + 1n)), false);
    assert.equal(signatureAcceptable(withS(order - 1n).subarray(0, 63)), false);
  });
});

const installed = (): Crypto[] => providerNames.flatMap((name) => cryptoByName(name) ?? []);

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice();
  out[bit >> 3]! ^= 1 << (bit & 7);
  return out;
}

function multiple(point: Point, n: number): Point {
  let sum = Point.ZERO;
  for (let i = 0; i < n; i++) sum = sum.add(point);
  return sum;
}

const littleEndian = (value: bigint) => hex(value.toString(16).padStart(64, "0")).reverse();
