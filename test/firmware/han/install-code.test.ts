import assert from "node:assert/strict";
import fc from "fast-check";
import { installCodeValid, linkKeyOf, withCrc } from "../../../firmware/han/install-code.ts";
import { aesMmo, hmacMmo } from "../../../hal/base/aes-mmo.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { crc16X25 } from "../../../hal/base/crc.ts";
import { nobleCrypto, nodeCrypto } from "../../../hal/crypto/index.ts";
import { hex, readJson, toHex, vectors } from "../../support/shared-data.ts";

interface Vectors {
  readonly mmo_hash: readonly { msg: string; hash: string }[];
  readonly hmac_mmo: readonly { key: string; msg: string; mac: string }[];
  readonly install_code: readonly { code: string; valid: boolean; key?: string }[];
  readonly crc16_x25: readonly { msg: string; crc: string }[];
}

for (const crypto of [nodeCrypto(), nobleCrypto()]) {
  // Origins: zigbee-herdsman, zigpy, zsmartsystems, Zigbee specification C.6.1 (see the folder's SOURCE.txt).
  describe(`install codes: vectors, ${crypto.name}`, () => {
    let file: Vectors;
    before(function () {
      file = readJson<Vectors>(vectors(this, "zigbee-installcode/vectors.json"));
    });

    it("hashes each message with AES-MMO", () => {
      for (const { msg, hash } of file.mmo_hash)
        assert.equal(toHex(aesMmo(crypto, hex(msg))).toUpperCase(), hash);
    });

    it("keys the hash as an HMAC", () => {
      for (const { key, msg, mac } of file.hmac_mmo) {
        assert.equal(toHex(hmacMmo(crypto, hex(key), hex(msg))).toUpperCase(), mac);
      }
    });

    it("computes each CRC", () => {
      for (const { msg, crc } of file.crc16_x25) assert.equal(crc16X25(hex(msg)), Number.parseInt(crc, 16));
    });

    it("accepts and refuses each code, and derives its key", () => {
      for (const { code, valid, key } of file.install_code) {
        assert.equal(installCodeValid(hex(code)), valid, code);
        if (key !== undefined && valid) assert.equal(toHex(linkKeyOf(crypto, hex(code))).toUpperCase(), key);
        if (!valid)
          assert.throws(
            () => linkKeyOf(crypto, hex(code)),
            (error) => hasCode(error, "han/install-code"),
          );
      }
    });
  });
}

describe("install codes", () => {
  const crypto = nodeCrypto();

  it("gives the key of a code with its CRC appended, low byte first", () => {
    const code = hex("00112233445566778899AABBCCDDEEFF");
    assert.equal(toHex(withCrc(code)).slice(-4), "528f");
    assert.equal(toHex(linkKeyOf(crypto, withCrc(code))).toUpperCase(), "9AA467C78F4543F1BCA6CA03C3D73B31");
    const rtds = hex("30313233343536373839414243444546");
    assert.equal(toHex(linkKeyOf(crypto, withCrc(rtds))).toUpperCase(), "17E92CAAA342C367E8EDDC58EEBA69ED");
  });

  it("hashes one byte as the Zigbee specification does", () => {
    assert.equal(toHex(aesMmo(crypto, Uint8Array.of(0xc0))), "ae3a102a28d43ee0d4a09e22788b206c");
  });

  it("refuses every single-bit change of a code", () => {
    const code = withCrc(hex("83FED3407A939723A5C639B26916D505"));
    for (let bit = 0; bit < code.length * 8; bit++) {
      const changed = code.slice();
      changed[bit >>> 3]! ^= 1 << (bit & 7);
      assert.equal(installCodeValid(changed), false);
    }
  });

  it("refuses codes of other lengths, and messages too long to hash", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        if ([6, 8, 12, 16].includes(bytes.length)) return assert.ok(installCodeValid(withCrc(bytes)));
        assert.throws(
          () => withCrc(bytes),
          (error) => hasCode(error, "han/install-code"),
        );
      }),
      { seed: 1 },
    );
    assert.throws(
      () => aesMmo(crypto, new Uint8Array(8192)),
      (error) => hasCode(error, "base/aes-mmo"),
    );
  });
});
