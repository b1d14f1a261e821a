import assert from "node:assert/strict";
import { encode as cbor2Encode, cdeEncodeOptions } from "cbor2";
import fc from "fast-check";
import { agreement, keyId, pairMac, valueKey } from "../../../../firmware/wire/cose/keys.ts";
import { openValues, sealValues } from "../../../../firmware/wire/cose/sensitive.ts";
import type { OperationResult } from "../../../../firmware/wire/message.ts";
import { nobleCrypto } from "../../../../hal/crypto/index.ts";
import { crypto, meterSecret, pair, supplierSecret } from "./parties.ts";

const meterPublic = crypto.x25519PublicKey(meterSecret);
const supplierPublic = crypto.x25519PublicKey(supplierSecret);
const reversed = { originator: pair.target, target: pair.originator };
const data = Uint8Array.of(1, 2, 3);

describe("keys of a pair", () => {
  it("are the same at both ends, and with another library", () => {
    const atSupplier = pairMac(crypto, agreement(crypto, supplierSecret), meterPublic, pair)!;
    const atMeter = pairMac(nobleCrypto(), agreement(nobleCrypto(), meterSecret), supplierPublic, pair)!;
    assert.deepEqual(atSupplier(data), atMeter(data));
  });

  it("differ by direction and by party", () => {
    const tags = [pair, reversed, { ...pair, originator: new Uint8Array(8).fill(9) }].map((p) =>
      Buffer.from(pairMac(crypto, agreement(crypto, supplierSecret), meterPublic, p)!(data)).toString("hex"),
    );
    assert.equal(new Set(tags).size, 3);
  });

  it("are HKDF over the COSE_KDF_Context that cbor2 writes", () => {
    const info = cbor2Encode(
      [
        5,
        [pair.originator, null, null],
        [pair.target, null, null],
        [256, Uint8Array.of(0xa1, 1, 0x38, 0x1a)],
      ],
      cdeEncodeOptions,
    );
    const shared = crypto.x25519(supplierSecret, meterPublic)!;
    const key = crypto.hkdfSha256(shared, new Uint8Array(0), info, 32);
    assert.deepEqual(
      pairMac(crypto, agreement(crypto, supplierSecret), meterPublic, pair)!(data),
      crypto.hmacSha256(key)(data),
    );
  });

  it("are not made with a peer key of small order", () => {
    assert.equal(pairMac(crypto, agreement(crypto, supplierSecret), new Uint8Array(32), pair), undefined);
    assert.equal(valueKey(crypto, agreement(crypto, supplierSecret), new Uint8Array(32), pair), undefined);
  });

  it("are named by eight bytes of SHA-256", () => {
    assert.deepEqual(keyId(crypto, meterPublic), crypto.sha256(meterPublic).slice(0, 8));
  });
});

describe("sensitive results", () => {
  const atMeter = valueKey(crypto, agreement(crypto, meterSecret), supplierPublic, reversed)!;
  const atSupplier = valueKey(crypto, agreement(crypto, supplierSecret), meterPublic, reversed)!;
  const context = { ...reversed, kind: 2, counter: 77n };
  const results: readonly OperationResult[] = [
    { status: 0, value: [[1_700_000_000, 12], 2n ** 60n] },
    { status: 4 },
  ];

  it("are read by the party they are for, whatever the library", () => {
    const sealed = sealValues(nobleCrypto(), atMeter, context, results);
    assert.deepEqual(openValues(crypto, atSupplier, context, sealed), results);
  });

  it("are refused when anything is changed: a bit, the counter, the direction", () => {
    const sealed = sealValues(crypto, atMeter, context, results);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = sealed.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(openedOrReason(flipped), "refused", `bit ${bit}`);
    }
    assert.equal(openValues(crypto, atSupplier, { ...context, counter: 78n }, sealed), undefined);
    const otherWay = valueKey(crypto, agreement(crypto, supplierSecret), meterPublic, pair)!;
    assert.equal(openValues(crypto, otherWay, context, sealed), undefined);
  });

  function openedOrReason(sealed: Uint8Array): string {
    try {
      return openValues(crypto, atSupplier, context, sealed) === undefined ? "refused" : "opened";
    } catch (error) {
      assert.match((error as { code: string }).code, /^wire\/(malformed|algorithm)$/);
      return "refused";
    }
  }

  it("never use an IV twice for two contents, even under one counter", () => {
    const ivs = new Set<string>();
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { minLength: 2, maxLength: 20 }), (readings) => {
        ivs.clear();
        for (const value of readings) {
          const sealed = sealValues(crypto, atMeter, context, [{ status: 0, value }]);
          ivs.add(Buffer.from(sealed.subarray(8, 20)).toString("hex"));
        }
        assert.equal(ivs.size, readings.length);
      }),
      { numRuns: 20, seed: 20 },
    );
  });
});
