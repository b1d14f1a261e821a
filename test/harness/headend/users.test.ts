import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suites } from "../../../firmware/wire/suites.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { SeededRandom } from "../../../hal/mock/index.ts";
import { TestPki } from "../../../harness/headend/pki.ts";
import { otherUserEui, Users, usersOfRun } from "../../../harness/headend/users.ts";
import { readXmlCertificate } from "../../../harness/headend/xml-signing.ts";
import { duis } from "../../support/shared-data.ts";

const crypto = nodeCrypto();
const notBeforeS = 1_796_000_000;
const nowS = notBeforeS + 1;
const make = (seed = 1) =>
  new TestPki({ crypto, suite: suites.gbcs, random: new SeededRandom(seed), notBeforeS });
const pki = make();
const supplier = pki.parties.supplier.eui;
const dcc = pki.parties.accessControlBroker.eui;

describe("certificates to sign XML by", () => {
  const signer = pki.xml.signer(supplier, "user");

  it("name holder, role and issuer as the published ones do", () => {
    const read = new X509Certificate(signer.bytes);
    assert.match(read.subject, /^OU=87\nx500UniqueIdentifier=/);
    assert.match(new X509Certificate(pki.xml.signer(dcc, "dcc").bytes).subject, /^OU=89\n/);
    assert.equal(signer.serial, BigInt(`0x${read.serialNumber}`));
    assert.deepEqual([signer.subject, signer.role], [supplier, "user"]);
    assert.equal(signer.issuer, "2.5.4.45=#03090090b3d51f30ff0003,OU=07");
  });

  it("verify what their key signs, and nothing else", () => {
    const message = Buffer.from("<a/>");
    const signature = signer.sign(message);
    assert.ok(signer.verify(message, signature));
    assert.ok(!signer.verify(Buffer.from("<b/>"), signature));
    assert.ok(!pki.xml.signer(supplier, "user", 1).verify(message, signature));
  });

  it("are read of others: role, holder and issuer", function () {
    const folder = duis(this, "signing");
    const read = readdirSync(folder)
      .sort()
      .map((name) => new X509Certificate(readFileSync(join(folder, name))).raw)
      .map((raw) => readXmlCertificate(new Uint8Array(raw), crypto));
    assert.deepEqual(
      read.map(({ role, subject, issuer }) => [role, subject, issuer]),
      [
        ["dcc", dcc, "CN=Z1,OU=07"],
        ["user", supplier, "CN=Z1,OU=07"],
        ["user", pki.parties.networkOperator.eui, "CN=Z1,OU=07"],
      ],
    );
  });

  it("follow from the run's seed and their holder alone", () => {
    const other = make();
    other.xml.signer(dcc, "dcc");
    assert.deepEqual(other.xml.signer(supplier, "user").bytes, signer.bytes);
    assert.notDeepEqual(make(2).xml.signer(supplier, "user").bytes, signer.bytes);
  });

  it("are none of a device's, nor of a party's for GBCS, nor made of anything else", () => {
    const { keys } = pki.parties.supplier;
    for (const [bytes, code] of [
      [keys.sign.certificate, "certificate/wrong-role"],
      [pki.deviceKeys("00DB1234567890A0").sign.certificate, "certificate/wrong-role"],
      [Uint8Array.of(0x30, 0), "certificate/malformed"],
      [new Uint8Array(5000), "certificate/malformed"],
    ] as const)
      assert.throws(
        () => readXmlCertificate(bytes, crypto),
        (e) => hasCode(e, code),
      );
    assert.throws(
      () => suites.gbcs.certificates.read(signer.bytes),
      (e) => hasCode(e, "certificate/wrong-role"),
    );
  });
});

describe("the DCC's users", () => {
  const users = usersOfRun(pki);
  const signer = pki.xml.signer(supplier, "user");
  const notFrom = (reason: string) => (e: unknown) =>
    hasCode(e, "headend/user") && (e as { data?: { reason?: string } }).data?.reason === reason;

  it("are the run's parties that ask, and an Other User, each with a certificate", () => {
    assert.deepEqual(
      users.all().map(({ eui, roles }) => [eui, roles.join(" ")]),
      [
        [supplier, "IS ES GS"],
        [pki.parties.secondSupplier.eui, "IS ES GS"],
        [pki.parties.networkOperator.eui, "ED GT"],
        [pki.parties.loadController.eui, "LC"],
        [otherUserEui, "OU RSA"],
      ],
    );
    const holders = [...users.certificates.values()].map(({ subject }) => subject);
    assert.deepEqual(
      holders,
      users.all().map(({ eui }) => eui),
    );
  });

  it("have the credentials now in force", () => {
    const own = make();
    const user = usersOfRun(own).get(supplier);
    const before = user?.credentials?.sign;
    own.parties.supplier.keys = own.partyKeys("supplier");
    assert.deepEqual(user?.credentials?.sign, own.parties.supplier.keys.sign.certificate);
    assert.notDeepEqual(user?.credentials?.sign, before);
  });

  it("sign for themselves alone", () => {
    assert.equal(users.originatorOf(signer, supplier, nowS), users.get(supplier));
    const other = pki.xml.signer(pki.parties.secondSupplier.eui, "user");
    assert.throws(() => users.originatorOf(other, supplier, nowS), notFrom("signer"));
    assert.throws(() => users.originatorOf(pki.xml.signer(dcc, "dcc"), dcc, nowS), notFrom("role"));
    const stranger = pki.xml.signer("00DB123456780099", "user");
    assert.throws(() => users.originatorOf(stranger, "00DB123456780099", nowS), notFrom("unknown"));
    for (const at of [notBeforeS - 1, notBeforeS + 20 * 365 * 86_400])
      assert.throws(() => users.originatorOf(signer, supplier, at), notFrom("period"));
  });

  it("are registered once, and so are serial numbers; one that is revoked counts no longer", () => {
    const few = new Users();
    few.add({ eui: supplier, roles: ["IS"], signingKeys: [], status: "active" });
    assert.throws(
      () => few.add({ eui: supplier, roles: ["IS"], signingKeys: [], status: "active" }),
      notFrom("taken"),
    );
    few.certify(signer);
    few.certify(signer);
    const same = { ...pki.xml.signer(dcc, "user"), serial: signer.serial };
    assert.throws(() => few.certify(same), notFrom("taken"));
    few.revoke(signer.serial);
    assert.equal(few.certificates.size, 0);
  });
});
