import assert from "node:assert/strict";
import fc from "fast-check";
import type { Crypto } from "../../../hal/board.ts";
import { cryptoByName, nodeCrypto } from "../../../hal/crypto/index.ts";
import { hex, readJson, toHex, vectors } from "../../support/shared-data.ts";
import { forEachProvider, providerNames, type WycheproofFile, type WycheproofTest } from "./providers.ts";

interface AeadCase {
  key: string;
  iv: string;
  aad: string;
  msg: string;
  ct: string;
  tag: string;
}
interface Sizes {
  ivSize: number;
  keySize: number;
  tagSize: number;
}

const EMPTY = new Uint8Array(0);

describe("AES", () => {
  forEachProvider((crypto) => {
    it("gives one block as FIPS 197 appendix B", () => {
      const key = hex("2b7e151628aed2a6abf7158809cf4f3c");
      const block = crypto.aesBlock(key, hex("3243f6a8885a308d313198a2e0370734"));
      assert.equal(toHex(block), "3925841d02dc09fbdc118597196a0b32");
    });

    it("does CCM as Wycheproof says for the sizes of the contract (128-bit keys; tags of 4, 8, 16 bytes)", function () {
      const count = runAead(
        readJson(vectors(this, "aes/aes_ccm_test.json")),
        (g) => g.keySize === 128 && [32, 64, 128].includes(g.tagSize) && g.ivSize >= 56 && g.ivSize <= 104,
        crypto.aesCcmSeal,
        crypto.aesCcmOpen,
      );
      assert.ok(count >= 100, `${count} cases`);
    });

    it("does GCM as Wycheproof says for 12-byte nonces", function () {
      const count = runAead(
        readJson(vectors(this, "aes/aes_gcm_test.json")),
        (g) => g.keySize !== 192 && g.ivSize === 96 && g.tagSize === 128,
        crypto.aesGcmSeal,
        crypto.aesGcmOpen,
      );
      assert.ok(count >= 100, `${count} cases`);
    });

    it("does GMAC as Wycheproof says, and its 12-byte form of GBCS", function () {
      const file = readJson<WycheproofFile<Sizes, Omit<AeadCase, "aad" | "ct">>>(
        vectors(this, "aes/aes_gmac_test.json"),
      );
      let count = 0;
      for (const group of file.testGroups.filter((g) => g.keySize !== 192 && g.ivSize === 96))
        for (const { key, iv, msg, tag, result, tcId } of group.tests) {
          const args = [hex(key), hex(iv), hex(msg)] as const;
          const valid = result === "valid";
          assert.equal(crypto.aesGcmOpen(...args, hex(tag), 16) !== undefined, valid, `tcId ${tcId}`);
          const short = hex(tag).subarray(0, 12);
          if (valid) assert.deepEqual(crypto.aesGcmSeal(...args, EMPTY, 12), short, `tcId ${tcId}`);
          if (valid) assert.deepEqual(crypto.aesGcmOpen(...args, short, 12), EMPTY, `tcId ${tcId}`);
          count++;
        }
      assert.ok(count >= 100, `${count} cases`);
    });

    it("refuses what is shorter than a tag, and wrong lengths of key, nonce and tag", () => {
      const key = new Uint8Array(16);
      const nonce = new Uint8Array(12);
      assert.equal(crypto.aesCcmOpen(key, nonce, EMPTY, new Uint8Array(7), 8), undefined);
      assert.equal(crypto.aesGcmOpen(key, nonce, EMPTY, new Uint8Array(11), 12), undefined);
      const misuse = { code: "hal/misuse" };
      assert.throws(() => crypto.aesBlock(key, nonce), misuse);
      assert.throws(() => crypto.aesCcmSeal(nonce, nonce, EMPTY, EMPTY, 8), misuse);
      assert.throws(() => crypto.aesCcmSeal(key, key, EMPTY, EMPTY, 8), misuse);
      assert.throws(() => crypto.aesCcmOpen(key, nonce, EMPTY, key, 7), misuse);
      assert.throws(() => crypto.aesGcmSeal(key, key, EMPTY, EMPTY, 12), misuse);
      assert.throws(() => crypto.aesGcmOpen(key, nonce, EMPTY, key, 4), misuse);
    });
  });

  it("gives the same bytes from every library, and refuses each flipped bit", () => {
    const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
    fc.assert(
      fc.property(
        bytes(16),
        bytes(13),
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array({ maxLength: 70 }),
        fc.nat(),
        (key, nonce, aad, text, bit) => {
          const ccm = nodeCrypto().aesCcmSeal(key, nonce, aad, text, 4);
          const gcm = nodeCrypto().aesGcmSeal(key, nonce.subarray(1), aad, text, 12);
          for (const crypto of installed()) {
            assert.deepEqual(crypto.aesCcmSeal(key, nonce, aad, text, 4), ccm);
            assert.deepEqual(crypto.aesGcmSeal(key, nonce.subarray(1), aad, text, 12), gcm);
            assert.deepEqual(crypto.aesCcmOpen(key, nonce, aad, ccm, 4), text);
            assert.equal(crypto.aesCcmOpen(key, nonce, aad, flip(ccm, bit), 4), undefined);
            assert.equal(crypto.aesGcmOpen(key, nonce.subarray(1), aad, flip(gcm, bit), 12), undefined);
          }
        },
      ),
      { numRuns: 60, seed: 20 },
    );
  });

  it("gives the same CCM for additional data too long for a two-byte length", () => {
    const aad = new Uint8Array(0xff00).fill(1);
    const args = [new Uint8Array(16), new Uint8Array(13), aad, hex("0102"), 8] as const;
    for (const crypto of installed())
      assert.deepEqual(crypto.aesCcmSeal(...args), nodeCrypto().aesCcmSeal(...args));
  });
});

describe("SHA-256, HMAC and HKDF", () => {
  forEachProvider((crypto) => {
    it("hashes as FIPS 180-4's example", () => {
      const digest = crypto.sha256(new TextEncoder().encode("abc"));
      assert.equal(toHex(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    });

    it("hashes to 512 bits as FIPS 180-4's example", () => {
      const digest =
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
      assert.equal(toHex(crypto.sha512(new TextEncoder().encode("abc"))), digest);
    });

    it("hashes to 384 bits as FIPS 180-4's example", () => {
      const digest =
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163" +
        "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7";
      assert.equal(toHex(crypto.sha384(new TextEncoder().encode("abc"))), digest);
    });

    it("takes empty data and an empty key", () => {
      const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
      assert.equal(toHex(crypto.sha256(new Uint8Array(0))), digest);
      const tag = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
      assert.equal(toHex(crypto.hmacSha256(new Uint8Array(0))(new Uint8Array(0))), tag);
    });

    it("does HMAC as Wycheproof's 174 cases", function () {
      const file = readJson<WycheproofFile<{ tagSize: number }, { key: string; msg: string; tag: string }>>(
        vectors(this, "hkdf/hmac_sha256_test.json"),
      );
      let count = 0;
      for (const { tagSize, tests } of file.testGroups)
        for (const { key, msg, tag, result, tcId } of tests) {
          const mac = crypto.hmacSha256(hex(key));
          const same = toHex(mac(hex(msg)).subarray(0, tagSize / 8)) === tag;
          assert.equal(same, result === "valid", `tcId ${tcId}`);
          assert.deepEqual(mac(hex(msg)), mac(hex(msg)), "a prepared key serves again");
          count++;
        }
      assert.equal(count, 174);
    });

    it("does HKDF as Wycheproof's 86 cases; more than 255 blocks is misuse", function () {
      const file = readJson<
        WycheproofFile<object, { ikm: string; salt: string; info: string; size: number; okm: string }>
      >(vectors(this, "hkdf/hkdf_sha256_test.json"));
      const tests = file.testGroups.flatMap((group) => group.tests);
      assert.equal(tests.length, 86);
      for (const { ikm, salt, info, size, okm, result, tcId } of tests) {
        const derive = () => crypto.hkdfSha256(hex(ikm), hex(salt), hex(info), size);
        if (result === "valid") assert.equal(toHex(derive()), okm, `tcId ${tcId}`);
        else assert.throws(derive, { code: "hal/misuse" }, `tcId ${tcId}`);
      }
    });
  });
});

function runAead(
  file: WycheproofFile<Sizes, AeadCase>,
  selected: (group: Sizes) => boolean,
  seal: Crypto["aesCcmSeal"],
  open: Crypto["aesCcmOpen"],
): number {
  let count = 0;
  for (const group of file.testGroups.filter(selected))
    for (const test of group.tests) {
      checkAead(test, group.tagSize / 8, seal, open);
      count++;
    }
  return count;
}

function checkAead(
  test: AeadCase & WycheproofTest,
  tagBytes: number,
  seal: Crypto["aesCcmSeal"],
  open: Crypto["aesCcmOpen"],
): void {
  const args = [hex(test.key), hex(test.iv), hex(test.aad)] as const;
  const sealed = hex(test.ct + test.tag);
  const text = hex(test.msg);
  const valid = test.result === "valid";
  assert.deepEqual(open(...args, sealed, tagBytes), valid ? text : undefined, `tcId ${test.tcId}`);
  if (valid) assert.deepEqual(seal(...args, text, tagBytes), sealed, `tcId ${test.tcId}`);
}

const installed = (): Crypto[] => providerNames.flatMap((name) => cryptoByName(name) ?? []);

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice();
  const at = bit % (out.length * 8);
  out[at >> 3]! ^= 1 << (at & 7);
  return out;
}
