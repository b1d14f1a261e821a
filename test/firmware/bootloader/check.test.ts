import assert from "node:assert/strict";
import fc from "fast-check";
import { type CheckOptions, checkImage } from "../../../firmware/bootloader/check.ts";
import { plainRegion } from "../../../firmware/bootloader/decrypt.ts";
import { parseImage } from "../../../firmware/bootloader/image.ts";
import { versionText } from "../../../firmware/bootloader/version.ts";
import type { Crypto } from "../../../hal/board.ts";
import { nobleCrypto } from "../../../hal/crypto/index.ts";
import { hex, toHex } from "../../support/shared-data.ts";
import { crypto, imgtoolVectors, makeImage, reason, testKey } from "./images.ts";

const signed = [
  "ed25519",
  "ed25519_v2",
  "ed25519_seccnt",
  "ed25519_customtlv",
  "ed25519_pad_confirm",
  "ed25519_fullkey",
  "ed25519_pure",
  "ed25519_enc_x25519",
  "ecdsa_p256",
];
const payload = Uint8Array.from({ length: 16 }, (_, i) => i);
const trailerBytes = 40;

/** Key agreement is pure and slow: one answer serves all the flips of an encrypted image. */
function oneAgreement(): Crypto {
  const known = new Map<string, Uint8Array | undefined>();
  return {
    ...crypto,
    x25519(secret, peer) {
      const key = toHex(peer);
      if (!known.has(key)) known.set(key, crypto.x25519(secret, peer));
      return known.get(key);
    },
  };
}

/** imgtool's images with the key, and for the encrypted one the secret, that belong to them. */
function withKeys(context: Mocha.Context) {
  const all = imgtoolVectors(context);
  const options = (name: string): CheckOptions => ({
    crypto: oneAgreement(),
    keys: [name.startsWith("ecdsa") ? all.p256 : all.root],
    trailerBytes,
    decryptionKey: name.includes("enc") ? all.decryptionKey : undefined,
  });
  return { ...all, options };
}

describe("the image check, on imgtool 2.4.0's images", () => {
  for (const name of signed)
    it(`passes ${name} with its key, and not with another`, function () {
      const { image, options, other, root } = withKeys(this);
      const file = image(`${name}.bin`);
      const checked = checkImage(file, options(name));
      assert.equal(checked.signature, "verified");
      assert.equal(versionText(checked.image.version), name === "ed25519_v2" ? "2.0.0" : "1.2.3.4");
      assert.equal(checked.securityCounter, name === "ed25519_seccnt" ? 5 : undefined);
      const wrong = name.startsWith("ecdsa") ? root : other;
      assert.equal(
        reason(() => checkImage(file, { ...options(name), keys: [wrong] })),
        "key-unknown",
      );
      assert.equal(
        reason(() => checkImage(file, { ...options(name), keys: [] })),
        "key-unknown",
      );
    });

  it("gives the same answers with noble", function () {
    const { image, options } = withKeys(this);
    for (const name of signed) checkImage(image(`${name}.bin`), { ...options(name), crypto: nobleCrypto() });
  });

  it("refuses the unsigned one when a signature is asked for", function () {
    const { image, options } = withKeys(this);
    assert.equal(
      reason(() => checkImage(image("nosig.bin"), options("nosig"))),
      "signature-missing",
    );
    assert.equal(checkImage(image("nosig.bin"), { crypto }).signature, "absent");
  });

  it("refuses the encrypted one without the key, or with another", function () {
    const { image, options } = withKeys(this);
    const check = (decryptionKey?: Uint8Array) =>
      reason(() => checkImage(image("ed25519_enc_x25519.bin"), { ...options("enc"), decryptionKey }));
    assert.equal(check(), "encrypted");
    assert.equal(check(new Uint8Array(32).fill(7)), "decryption");
  });

  it("decrypts to the payload that imgtool was given", function () {
    const { image, decryptionKey } = withKeys(this);
    const plain = plainRegion(parseImage(image("ed25519_enc_x25519.bin")), decryptionKey, crypto);
    assert.deepEqual(plain.subarray(32), image("payload.bin"));
  });

  it("keeps padding and a trailer apart from the image, and refuses anything else behind it", function () {
    const { image, options } = withKeys(this);
    const file = image("ed25519_pad_confirm.bin");
    assert.deepEqual(checkImage(file, options("")).image.bytes, image("ed25519.bin"));
    assert.equal(
      reason(() => checkImage(file, { ...options(""), trailerBytes: 8 })),
      "trailing-bytes",
    );
    file[3000] = 0;
    assert.equal(
      reason(() => checkImage(file, options(""))),
      "trailing-bytes",
    );
  });

  for (const name of [...signed, "nosig"])
    it(`refuses ${name} under every single-bit flip of header, payload and protected TLVs`, function () {
      const { image, options } = withKeys(this);
      const checkOptions = name === "nosig" ? { crypto } : options(name);
      const file = parseImage(image(`${name}.bin`)).bytes.slice();
      const end = parseImage(file).covered.length;
      const seen = new Map<string, number>();
      for (let at = 0; at < end; at++)
        for (let bit = 1; bit < 256; bit <<= 1) {
          file[at]! ^= bit;
          const why = reason(() => checkImage(file, checkOptions));
          file[at]! ^= bit;
          assert.ok(expectedReasons(at, 32 + 2048).includes(why), `byte ${at} bit ${bit}: ${why}`);
          seen.set(why, (seen.get(why) ?? 0) + 1);
        }
      assert.ok((seen.get("hash") ?? 0) > 2048 * 8 - 1, "every payload flip fails at the hash");
      assert.ok((seen.get("magic") ?? 0) === 32);
      const reasons = [...seen].map(([why, count]) => `${why} ${count}`).join(", ");
      console.log(`      ${8 * end} flips of ${name}, all refused: ${reasons}`);
    });

  it("refuses every single-bit flip of the unprotected TLVs too", function () {
    const { image, options } = withKeys(this);
    for (const name of signed) {
      const file = parseImage(image(`${name}.bin`)).bytes.slice();
      for (let at = parseImage(file).covered.length; at < file.length; at++) {
        file[at]! ^= 1 << (at % 8);
        assert.notEqual(
          reason(() => checkImage(file, options(name))),
          "none",
          `${name} byte ${at}`,
        );
        file[at]! ^= 1 << (at % 8);
      }
    }
  });
});

/** What a flip of one bit at this byte may be refused for: the field it breaks. */
function expectedReasons(at: number, payloadEnd: number): readonly string[] {
  if (at < 4) return ["magic"];
  if (at < 8) return ["hash"]; // load address
  if (at < 10) return ["header-size", "size", "tlv-magic"];
  if (at < 12) return ["protected-size"];
  if (at < 16) return ["size", "tlv-magic"];
  if (at < 20) return ["flags", "encrypted"];
  if (at < payloadEnd) return ["hash"];
  if (at < payloadEnd + 2) return ["tlv-magic"];
  if (at < payloadEnd + 4) return ["protected-size", "tlv-length", "tlv-magic"];
  return ["hash", "tlv-length", "tlv-place"];
}

describe("the image check, on images made here", () => {
  it("agrees with the numbers of the RFC 8032 key over 00..0f", () => {
    const plain = makeImage({ payload });
    assert.equal(plain.length, 192);
    const counter = makeImage({ payload, protectedTlvs: [[0x50, hex("07000000")]] });
    assert.equal(counter.length, 204);
    const hashes = [plain, counter].map((file) => toHex(checkImage(file, { crypto, keys: [testKey] }).hash));
    assert.deepEqual(hashes, [
      "04cbb04cff0327ca1d27929d4af2c825fb1d13bdb48fd5fdd935263b6e42d4b3",
      "125b4e265b50c261a2a5e942d9f0863fa696295617a8db87ad2849edbed9a219",
    ]);
  });

  it("compares the security counter with the board's", () => {
    const file = makeImage({ payload, protectedTlvs: [[0x50, hex("07000000")]] });
    const check = (securityCounter: number) => reason(() => checkImage(file, { crypto, securityCounter }));
    assert.deepEqual([6, 7, 8].map(check), ["none", "none", "security-counter"]);
    const without = () => checkImage(makeImage({ payload }), { crypto, securityCounter: 0 });
    assert.equal(reason(without), "security-counter");
  });

  it("compares the version, without the build number, with the one that runs", () => {
    const file = makeImage({ payload, version: [1, 2, 3, 4] });
    const check = (major: number, minor: number, revision: number, build: number) =>
      reason(() => checkImage(file, { crypto, notOlderThan: { major, minor, revision, build } }));
    assert.deepEqual(
      [check(1, 2, 3, 9), check(1, 2, 2, 0), check(1, 2, 4, 0), check(1, 3, 0, 0), check(2, 0, 0, 0)],
      ["none", "none", "version", "version", "version"],
    );
  });

  it("wants dependencies met", () => {
    const file = makeImage({ payload, protectedTlvs: [[0x40, hex("01000000 02010000 00000000")]] });
    const other = (major: number, minor: number) => new Map([[1, { major, minor, revision: 0, build: 0 }]]);
    const check = (otherImages: CheckOptions["otherImages"]) =>
      reason(() => checkImage(file, { crypto, otherImages }));
    assert.deepEqual(
      [check(undefined), check(other(2, 1)), check(other(2, 0)), check(new Map())],
      ["none", "none", "dependency", "dependency"],
    );
  });

  it("refuses what does not fit the slot", () => {
    const file = makeImage({ payload });
    assert.equal(
      reason(() => checkImage(file, { crypto, maxImageBytes: 192 })),
      "none",
    );
    assert.equal(
      reason(() => checkImage(file, { crypto, maxImageBytes: 191 })),
      "too-large",
    );
  });

  it("refuses TLVs that are doubled, unknown, misplaced, out of order or of the wrong length", () => {
    const { tlvs } = parseImage(makeImage({ payload }));
    const [hash, key, signature] = tlvs.map(({ type, value }) => [type, value] as const);
    assert.ok(hash && key && signature);
    const check = (...own: (readonly [number, Uint8Array])[]) =>
      reason(() => checkImage(makeImage({ payload, tlvs: own }), { crypto, keys: [testKey] }));
    assert.equal(check(hash, key, signature), "none");
    assert.equal(check(hash, hash, key, signature), "tlv-duplicate");
    assert.equal(check(hash, key, signature, signature), "tlv-duplicate");
    assert.equal(check(hash, [0x12, new Uint8Array(64)], key, signature), "tlv-duplicate");
    assert.equal(check(hash, key, signature, [0x22, signature[1]]), "tlv-duplicate");
    assert.equal(check(hash, key, [2, new Uint8Array(44)], signature), "tlv-duplicate");
    assert.equal(check(hash, key, signature, [0x00a0, new Uint8Array(1)]), "tlv-unknown");
    assert.equal(check(hash, key, signature, [0x50, new Uint8Array(4)]), "tlv-place");
    assert.equal(check(key, hash, signature), "tlv-order");
    assert.equal(check(hash, signature, key), "tlv-order");
    assert.equal(check(key, signature), "hash-missing");
    assert.equal(check(hash, key), "signature-missing");
    assert.equal(check(hash, signature), "key-unknown");
    assert.equal(check([0x10, new Uint8Array(31)], key, signature), "tlv-length");
    assert.equal(check(hash, key, [0x24, new Uint8Array(64)]), "signature");
    assert.equal(check(hash, key, [0x24, new Uint8Array(63)]), "signature");
    assert.equal(check(hash, key, [0x20, new Uint8Array(256)]), "signature-type");
    assert.equal(check(hash, key, [0x22, new Uint8Array(70)]), "signature-type");
    assert.equal(check(hash, [0x25, Uint8Array.of(2)], key, signature), "tlv-length");
    assert.equal(check(hash, [0x25, Uint8Array.of(1)], key, signature), "signature");
    assert.equal(check(...Array.from({ length: 65 }, () => hash)), "tlv-length");
    const inside = makeImage({ payload, protectedTlvs: [[0x24, signature[1]]] });
    assert.equal(
      reason(() => checkImage(inside, { crypto })),
      "tlv-place",
    );
  });

  it("takes no signature that is not strictly DER", function () {
    const { image, p256 } = imgtoolVectors(this);
    const file = image("ecdsa_p256.bin");
    const { tlvs } = parseImage(file);
    const { value } = tlvs.find(({ type }) => type === 0x22)!;
    for (const [at, byte] of [
      [0, 0x31],
      [1, 0x45],
      [2, 3],
      [3, 0x20],
      [4, 1],
      [37, 4],
    ] as const) {
      const kept = value[at]!;
      value[at] = byte;
      assert.equal(
        reason(() => checkImage(file, { crypto, keys: [p256] })),
        "signature",
        `byte ${at}`,
      );
      value[at] = kept;
    }
    checkImage(file, { crypto, keys: [p256] });
  });

  it("refuses every truncation", () => {
    const file = makeImage({ payload, protectedTlvs: [[0x50, hex("07000000")]] });
    for (let length = 0; length < file.length; length++)
      assert.notEqual(
        reason(() => checkImage(file.subarray(0, length), { crypto })),
        "none",
        `${length}`,
      );
  });

  it("refuses or passes any bytes, with a reason, and never throws anything else (property)", () => {
    const base = makeImage({ payload, protectedTlvs: [[0x50, hex("07000000")]] });
    const edits = fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(edits, fc.nat(base.length), (changes, length) => {
        const file = base.slice(0, Math.max(length, 40));
        for (const [at, byte] of changes) if (at < file.length) file[at] = byte;
        const why = reason(() => checkImage(file, { crypto, keys: [testKey] }));
        assert.ok(why !== "none" || Buffer.compare(file, base) === 0);
      }),
      { numRuns: 3000, seed: 5 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        assert.notEqual(
          reason(() => checkImage(noise, { crypto })),
          "none",
        );
      }),
      { numRuns: 300, seed: 6 },
    );
  });
});
