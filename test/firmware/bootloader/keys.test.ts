import assert from "node:assert/strict";
import { p256 } from "@noble/curves/nist.js";
import { imageVerifier } from "../../../firmware/bootloader/keys.ts";
import { crypto } from "./images.ts";

const secret = new Uint8Array(32).fill(7);
const verify = imageVerifier({ kind: "p256", publicKey: p256.getPublicKey(secret, false) }, crypto);
/** A DER SEQUENCE of two INTEGERs with these contents, whatever they are. */
const der = (r: readonly number[], s: readonly number[]) => {
  const body = [2, r.length, ...r, 2, s.length, ...s];
  return Uint8Array.from([0x30, body.length, ...body]);
};
/** The content of a positive INTEGER in its one strict form. */
function strict(bytes: Uint8Array): number[] {
  const digits = [...bytes.subarray(bytes.findIndex((byte) => byte !== 0))];
  return (digits[0] as number) >= 0x80 ? [0, ...digits] : digits;
}

describe("an image's ECDSA signature", () => {
  it("verifies in its one strict form, whatever its numbers begin with, and in no other", () => {
    const firsts = new Set<boolean>();
    for (let n = 0; n < 60; n++) {
      const message = Uint8Array.of(n, 1, 2);
      const raw = p256.sign(message, secret, { lowS: false });
      const [r, s] = [strict(raw.subarray(0, 32)), strict(raw.subarray(32))];
      for (const number of [r, s]) firsts.add(number[0] === 0);
      assert.equal(verify(message, der(r, s)), true, `message ${n}`);
      assert.equal(verify(message, der([0, ...r], s)), false, "a zero too many");
      assert.equal(verify(message, der(r, [0, ...s])), false, "a zero too many");
      if (r[0] === 0) assert.equal(verify(message, der(r.slice(1), s)), false, "a negative number");
      if (s[0] === 0) assert.equal(verify(message, der(r, s.slice(1))), false, "a negative number");
      assert.equal(verify(message, Uint8Array.from([...der(r, s), 0])), false, "a byte behind");
    }
    assert.equal(firsts.size, 2, "both kinds were there");
    assert.equal(verify(Uint8Array.of(1), der([], [])), false);
  });
});
