import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { suites } from "../../../firmware/wire/suites.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { toHex } from "../../../hal/base/hex.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { SeededRandom } from "../../../hal/mock/index.ts";
import { pairs } from "../../../harness/headend/dcc/messages.ts";
import type { KnownDevice } from "../../../harness/headend/known-device.ts";
import { TestPki } from "../../../harness/headend/pki.ts";
import { otherUserEui, usersOfRun } from "../../../harness/headend/users.ts";
import {
  certificateData,
  certificateSearch,
  type SmkiAnswer,
  smkiCertificate,
} from "../../../harness/interface/smki.ts";
import { HomeSmki } from "../../../harness/interface/smki-home.ts";
import { loadUserCertificates, usersOfCertificates } from "../../../harness/interface/user-files.ts";
import { readXml, type XmlElement } from "../../../harness/interface/xml-reader.ts";
import { duis, rtds } from "../../support/shared-data.ts";

const crypto = nodeCrypto();
const notBeforeS = 1_796_000_000;
const tenYearsS = 10 * 365 * 86_400;
const meter = "00DB1234567890A0";
const declaration = '<?xml version="1.0" encoding="utf-8"?>';
const search = (name: string, text: string) =>
  `${declaration}<CertificateSearchRequest><${name}>${text}</${name}></CertificateSearchRequest>`;
const data = (serial: string) =>
  `${declaration}<CertificateDataRequest><CertificateSerial>${serial}</CertificateSerial></CertificateDataRequest>`;

/** A home of one meter. */
function home() {
  const pki = new TestPki({ crypto, suite: suites.gbcs, random: new SeededRandom(1), notBeforeS });
  const keys = pki.deviceKeys(meter);
  const device: KnownDevice = {
    ...{ eui: meter, type: "ESME", parties: new Set() },
    ...{ signPublicKey: keys.sign.signer.publicKey, agreePublicKey: keys.agree.publicKey },
  };
  const now = { s: notBeforeS + 1 };
  const { parties } = pki;
  const store = new HomeSmki({ pki, devices: [device], parties }, usersOfRun(pki), () => now.s);
  return { pki, keys, device, store, now };
}

const fields = ({ children }: XmlElement): Record<string, string> =>
  Object.fromEntries(children.map(({ name, text }) => [name, text]));
/** Results, each as its fields. */
function found(answer: SmkiAnswer): Record<string, string>[] {
  const { children } = readXml(answer.xml);
  assert.deepEqual(
    children.slice(0, 3).map(({ text }) => text),
    ["200", "Success", "7"],
  );
  return children.slice(3).map(fields);
}
const code = ({ status, xml }: SmkiAnswer) => [status, readXml(xml).children[0]?.text];

describe("the SMKI look-up of a home", () => {
  it("finds a device's two certificates, and fetches each by its number", () => {
    const { keys, store } = home();
    const results = found(
      certificateSearch(search("CertificateSubjectAltName", pairs(meter).toLowerCase()), store, "7"),
    );
    assert.deepEqual(
      results.map(({ CertificateSerial, ...rest }) => rest),
      ["DS", "KA"].map((CertificateUsage) => ({
        ...{ CertificateSubjectAltName: "00-DB-12-34-56-78-90-A0", CertificateStatus: "I" },
        ...{ CertificateUsage, ManufacturingFlag: "false" },
      })),
    );
    const bodies = results.map(({ CertificateSerial = "" }) => {
      const [each, more] = found(certificateData(data(CertificateSerial), store, "7"));
      assert.equal(more, undefined);
      return each?.CertificateBody;
    });
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
    assert.deepEqual(bodies, [base64(keys.sign.certificate), base64(keys.agree.certificate)]);
  });

  it("takes a number in hex as a number", () => {
    const { keys, store } = home();
    const { serial } = smkiCertificate(keys.sign.certificate);
    const hex = serial.toString(16);
    for (const text of [hex, hex.toUpperCase(), `000${hex}`, ` ${hex}\n`])
      assert.equal(found(certificateData(data(text), store, "7"))[0]?.CertificateSerial, hex.toUpperCase());
    assert.deepEqual(code(certificateData(data((serial + 1n).toString(16)), store, "7")), [402, "402"]);
  });

  it("finds an organisation's by its EUI-64, with role and usage, and no device's", () => {
    const { pki, store } = home();
    const { eui } = pki.parties.supplier;
    const results = found(certificateSearch(search("CertificateSubjectName", pairs(eui)), store, "7"));
    assert.deepEqual(
      results.map((each) => [each.CertificateRole, each.CertificateUsage, each.CertificateStatus]),
      [
        ["2", "DS", "I"],
        ["2", "KA", "I"],
        ["2", "KA", "I"],
        ["135", "DS", "I"],
      ],
    );
    for (const [name, text] of [
      ["CertificateSubjectName", pairs(meter)],
      ["CertificateSubjectAltName", pairs(eui)],
      ["CertificateSubjectName", "Nobody"],
    ] as const)
      assert.deepEqual(code(certificateSearch(search(name, text), store, "7")), [402, "402"]);
  });

  it("tells what is in force: what was replaced is not in use, what ran out has expired", () => {
    const { pki, device, store, now } = home();
    const statuses = (name: string, eui: string) =>
      found(certificateSearch(search(name, pairs(eui)), store, "7")).map((each) => each.CertificateStatus);
    const next = pki.signingKey(meter, "device");
    assert.deepEqual(statuses("CertificateSubjectAltName", meter), ["I", "I", "N"]);
    device.signPublicKey = next.key.signer.publicKey;
    assert.deepEqual(statuses("CertificateSubjectAltName", meter), ["N", "I", "I"]);
    pki.parties.networkOperator.keys = pki.partyKeys("networkOperator");
    const { eui } = pki.parties.networkOperator;
    assert.deepEqual(statuses("CertificateSubjectName", eui), ["N", "N", "N", "I", "I", "I", "I"]);
    now.s = notBeforeS + tenYearsS + 1;
    assert.ok(statuses("CertificateSubjectName", eui).every((status) => status === "E"));
    assert.deepEqual(statuses("CertificateSubjectAltName", meter), ["N", "I", "I"]);
  });

  for (const [what, xml] of [
    ["no XML", "hello"],
    ["entities", '<!DOCTYPE a [<!ENTITY b "c">]><CertificateSearchRequest/>'],
    [
      "another request",
      "<CertificateRequest><CertificateSubjectName>a</CertificateSubjectName></CertificateRequest>",
    ],
    ["nothing to look for", "<CertificateSearchRequest/>"],
    ["another field", search("Certificate", "a")],
    ["two fields", search("CertificateSubjectName", "a").replace(/<CertificateSubjectName.*Name>/, "$&$&")],
    ["too much", search("CertificateSubjectName", "a".repeat(5000))],
  ] as const)
    it(`refuses ${what} as a bad request`, () =>
      assert.deepEqual(code(certificateSearch(xml, home().store, "7")), [401, "401"]));

  it("refuses what is no number", () => {
    for (const serial of ["", "xyz", "-1", "0x1", "1".repeat(65)])
      assert.deepEqual(code(certificateData(data(serial), home().store, "7")), [401, "401"]);
  });

  it("answers whatever it is asked, in XML", () => {
    const { store } = home();
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300 }),
        fc.constantFrom("CertificateSubjectName", "CertificateSerial"),
        (text, name) => {
          for (const xml of [text, search(name, text), search(name, "").replace("><", `>${text}<`)])
            for (const ask of [certificateSearch, certificateData]) {
              const { status, xml: answer } = ask(xml, store, "7");
              assert.equal(fields(readXml(answer)).ResponseCode, `${status}`);
            }
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe("a folder of certificates", () => {
  it("tells holder, role, number and usage of each", function () {
    const { certificates, unusable } = loadUserCertificates(duis(this, "signing"));
    assert.deepEqual(unusable, []);
    assert.deepEqual(
      certificates.map(({ subject, role, usage, serial }) => [
        subject,
        role,
        usage,
        toHex(Uint8Array.from([Number(serial >> 120n)])),
      ]),
      [
        ["90B3D51F30000002", 137, "DS", "7D"],
        ["90B3D51F30010000", 135, "DS", "14"],
        ["90B3D51F30020000", 135, "DS", "1E"],
      ],
    );
    const users = usersOfCertificates(certificates, crypto);
    assert.deepEqual(
      users.all().map(({ eui, roles }) => [eui, ...roles]),
      [
        ["90B3D51F30010000", "OU"],
        ["90B3D51F30020000", "OU"],
      ],
    );
  });

  it("says as whom its users act where their organisations' certificates are there", function () {
    const organisations = loadUserCertificates(join(rtds(this), "keystore"));
    assert.match(organisations.unusable.join(), /fffffffffffffffe-ka\.pem: .*expected a certificate in PEM/);
    const supplier = organisations.certificates.find(({ name }) => name !== undefined);
    assert.deepEqual(
      [supplier?.name, supplier?.subject, supplier?.role],
      ["GITTESTSUPPLIER", "90B3D51F30010000", 2],
    );
    const store = { list: () => organisations.certificates };
    const named = found(certificateSearch(search("CertificateSubjectName", "GitTestSupplier"), store, "7"));
    assert.equal(named[0]?.CertificateSubjectName, "90-B3-D5-1F-30-01-00-00");
    const signers = loadUserCertificates(duis(this, "signing")).certificates;
    const users = usersOfCertificates([...organisations.certificates, ...signers], crypto);
    const [first, second] = users.all();
    assert.deepEqual(
      [first?.roles, second?.roles],
      [
        ["IS", "ES", "GS"],
        ["ED", "GT"],
      ],
    );
    assert.deepEqual(
      [first?.signingKeys.length, users.certificates.size, users.get(otherUserEui)],
      [1, 2, undefined],
    );
    assert.ok(first?.credentials);
  });

  it("is bounded, and names what it cannot use", () => {
    const folder = mkdtempSync(join(tmpdir(), "meterbench-certificates-"));
    try {
      writeFileSync(join(folder, "big.pem"), Buffer.alloc(20_000, "A"));
      writeFileSync(
        join(folder, "bad.pem"),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      );
      writeFileSync(join(folder, "key.key"), "not looked at");
      const { certificates, unusable } = loadUserCertificates(folder);
      assert.deepEqual(certificates, []);
      assert.deepEqual(
        unusable.map((each) => each.split(":")[0]),
        ["bad.pem", "big.pem"],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.throws(
      () => loadUserCertificates(folder),
      (e) => hasCode(e, "interface/certificates"),
    );
  });
});
