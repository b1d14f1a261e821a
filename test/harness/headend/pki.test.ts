import assert from "node:assert/strict";
import { suites } from "../../../firmware/wire/suites.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { SeededRandom } from "../../../hal/mock/index.ts";
import { partyNames } from "../../../harness/headend/parties.ts";
import { TestPki } from "../../../harness/headend/pki.ts";

const crypto = nodeCrypto();
const suite = suites.cose;
const { verifyChain } = suite.certificates;
const notBeforeS = 1_796_000_000;
const make = (seed: number) => new TestPki({ crypto, suite, random: new SeededRandom(seed), notBeforeS });

describe("the test PKI of a run", () => {
  const pki = make(1);
  const verify = (leaf: Uint8Array, by = pki, nowS = notBeforeS + 1) =>
    verifyChain(leaf, [by.issuingCertificate], { publicKey: pki.rootPublicKey }, nowS, crypto);

  for (const name of partyNames)
    it(`certifies the ${name}'s keys for its role and EUI-64, under the root`, () => {
      const { eui, role, keys } = pki.parties[name];
      for (const [key, usage, publicKey] of [
        [keys.sign, "sign", keys.sign.signer.publicKey],
        [keys.agree, "agree", keys.agree.publicKey],
        [keys.prepay, "agree", keys.prepay.publicKey],
      ] as const) {
        const { subject, role: certified, usage: use, publicKey: bound } = verify(key.certificate);
        assert.deepEqual([subject, certified, use, bound], [eui, role, usage, publicKey]);
      }
    });

  it("certifies devices for ever, parties for ten years", () => {
    const device = pki.deviceKeys("00DB1234567890A0");
    const later = notBeforeS + 20 * 365 * 86_400;
    assert.throws(
      () => verify(pki.parties.supplier.keys.sign.certificate, pki, later),
      (e) => hasCode(e, "certificate/expired"),
    );
    assert.equal(verifyChain(device.sign.certificate, [], pki.issuer, later, crypto).role, "device");
  });

  it("is decided by the seed alone", () => {
    assert.deepEqual(make(1).rootCertificate, pki.rootCertificate);
    assert.deepEqual(make(1).parties.supplier.keys.agree.secret, pki.parties.supplier.keys.agree.secret);
    assert.notDeepEqual(make(2).rootPublicKey, pki.rootPublicKey);
  });

  it("does not believe another run's certificates", () => {
    const other = make(2);
    assert.throws(
      () => verify(other.parties.supplier.keys.sign.certificate, other),
      (e) => hasCode(e, "certificate"),
    );
  });
});
