import assert from "node:assert/strict";
import type { Value } from "../../../firmware/wire/message.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { SeededRandom } from "../../../hal/mock/index.ts";
import { HeadEnd } from "../../../harness/headend/head-end.ts";
import type { PartyName } from "../../../harness/headend/parties.ts";
import { TestPki } from "../../../harness/headend/pki.ts";

const crypto = nodeCrypto();
const suite = suites.cose;
const device = "00DB1234567890A0";

describe("a change of supplier (6.23)", () => {
  function stage() {
    const pki = new TestPki({ crypto, suite, random: new SeededRandom("change"), notBeforeS: 1_700_000_000 });
    const headEnd = new HeadEnd({
      crypto,
      suite,
      pki,
      deliver: (_bytes, done) => done("delivered"),
      after: () => () => {},
      observe: () => {},
    });
    const { sign, agree } = pki.deviceKeys(device);
    const keys = { signPublicKey: sign.signer.publicKey, agreePublicKey: agree.publicKey };
    headEnd.register({ eui: device, type: "ESME", ...keys, parties: new Set(["supplier"]) });
    headEnd.inventory.preNotify({ eui: device, type: "ESME", installCode: new Uint8Array(16) });
    for (const event of ["whitelisted", "joined", "commissioned"] as const)
      headEnd.inventory.apply(device, event);
    const { certificate } = pki.parties.secondSupplier.keys.sign;
    const submit = (by: PartyName, more: object = {}) => {
      const form = {
        SupplierFloorSeqNumber: 0n,
        SupplierReplacementCertificates: { DigitalSigningCertificate: certificate },
        CertificationPathCertificates: { Certificate: [pki.issuingCertificate] },
        ApplyTimeBasedCPVChecks: true,
        ImportMPxN: "1312345678333",
        ...more,
      };
      return headEnd.submit("6.23", form, { to: device, by });
    };
    return { headEnd, submit };
  }
  /** The argument of `credentials.replace` in a command. */
  const argument = (bytes: Uint8Array): readonly Value[] => {
    const command = suite.wire.decode(suite.wire.peek(bytes));
    return ("operations" in command ? command.operations[0]?.value : undefined) as readonly Value[];
  };

  it("is asked by the incoming supplier, and signed by the transitional CoS party", () => {
    const { headEnd, submit } = stage();
    const { transitionalCoS } = headEnd.parties;
    const exchange = submit("secondSupplier");
    const envelope = suite.wire.peek(exchange.bytes);
    assert.equal(exchange.preCommand.definition.critical, false);
    assert.equal(envelope.header.originator, transitionalCoS.eui);
    assert.equal(envelope.header.supplementary, undefined);
    assert.equal(envelope.header.counter, transitionalCoS.counter);
    assert.equal(envelope.protection, "signature+mac");
    const { publicKey } = transitionalCoS.keys.sign.signer;
    assert.ok(suite.wire.signatureValid(envelope, crypto.ed25519Verifier(publicKey)));
    assert.deepEqual((argument(exchange.bytes)[0] as readonly Value[])[3], [5, 1, 0]);
  });

  it("is not for the transitional CoS party to ask, nor for a network operator", () => {
    const { submit } = stage();
    for (const by of ["transitionalCoS", "networkOperator"] as const)
      assert.throws(() => submit(by), { code: "headend/not-eligible" });
  });

  it("tells the supplier's floors as those of its role, and its own party's never", () => {
    const { submit } = stage();
    const control = (more: object) => argument(submit("secondSupplier", more).bytes)[0] as readonly Value[];
    const floors = (more: object) => control(more).slice(5, 8);
    assert.deepEqual(floors({}), [null, null, [[2, 0, null]]]);
    const both = { SupplierFloorSeqNumber: 7n, SupplierPrepaymentTopUpFloorSeqNumber: 9n };
    assert.deepEqual(floors(both), [null, null, [[2, 7, [[0, 9]]]]]);
    for (const wrong of [{ SupplierFloorSeqNumber: 2n ** 63n }, { SupplierFloorSeqNumber: undefined }])
      assert.throws(() => floors(wrong), { code: "headend/parameters" });
  });
});
