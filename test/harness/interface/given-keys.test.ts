import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { partyIdentities } from "../../../harness/headend/parties.ts";
import { usersOfRun } from "../../../harness/headend/users.ts";
import { addKeysOf, type KeyFolder, readKeyFolder } from "../../../harness/interface/given-keys.ts";
import { ServedHome } from "../../../harness/interface/server/served-home.ts";
import { writeKeys } from "../../../harness/interface/server/write-keys.ts";
import { premises } from "../../../harness/premises/premises.ts";

const crypto = nodeCrypto();
const { supplier, accessControlBroker } = partyIdentities;
const file = (eui: string, use: string) => `${eui.toLowerCase()}-${use}`;

describe("keys given to a home in a folder", () => {
  let dir: string;
  let keys: KeyFolder;
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "meterbench-keys-"));
    const store = join(dir, "store");
    const served = await ServedHome.open({
      home: { seed: 5 },
      store,
      address: () => undefined,
      observe() {},
    });
    writeKeys(dir, served);
    await served.close();
    keys = readKeyFolder(dir, crypto);
  });
  after(() => rmSync(dir, { recursive: true }));

  it("are those of its parties: another home's devices know them, and obey", async () => {
    const home = await premises({ seed: 6, wire: "gbcs", partyKeys: keys.parties });
    const own = home.headEnd.pki.parties.supplier.keys;
    assert.deepEqual(own.sign.certificate, keys.parties.supplier?.sign?.certificate);
    assert.deepEqual(own.prepay.secret, keys.parties.supplier?.prepay?.secret);
    await home.commission();
    await home.command("7.2");
    assert.equal((await home.read("7.4")).SupplyState, "disabled");
  });

  it("count when XML is signed by them, besides the run's own; the DCC signs by its own", async () => {
    const home = await premises({ seed: 6, wire: "gbcs", partyKeys: keys.parties });
    const run = usersOfRun(home.headEnd.pki);
    const before = run.certificates.size;
    const users = addKeysOf(run, keys);
    assert.equal(users.certificates.size, before + keys.users.length);
    const given = keys.users.find(({ subject }) => subject === supplier.eui);
    assert.ok(given);
    assert.equal(users.originatorOf(given, supplier.eui, home.nowS).eui, supplier.eui);
    assert.equal(keys.dcc, undefined, "writeKeys keeps the DCC's key to itself");
  });

  it("are taken by a home of the seed that they were made from, too, at another time", async () => {
    const home = await premises({
      seed: 5,
      wire: "gbcs",
      start: "2031-01-01T00:00:00Z",
      partyKeys: keys.parties,
    });
    const users = addKeysOf(usersOfRun(home.headEnd.pki), keys);
    for (const { serial, bytes } of keys.users)
      assert.deepEqual(users.certificates.get(serial)?.bytes, bytes);
  });

  it("are refused with the file and what is wrong with it", () => {
    const refused = (write: (into: string) => void, message: RegExp) => {
      const into = mkdtempSync(join(dir, "bad-"));
      write(into);
      assert.throws(() => readKeyFolder(into, crypto), { code: "serve/keys", message });
    };
    const ds = file(supplier.eui, "ds");
    const copy = (from: string, into: string, to = from) => copyFileSync(join(dir, from), join(into, to));
    refused((into) => {
      copy(`${ds}.pem`, into);
      copy(`${file(supplier.eui, "ka")}.key`, into, `${ds}.key`);
    }, /-ds\.key: expected the private key of the certificate beside it, got another/);
    refused((into) => {
      for (const end of [".pem", ".key"])
        copy(`${ds}${end}`, into, `${file(accessControlBroker.eui, "ds")}${end}`);
    }, /-ds\.pem: expected a certificate of 90B3D51F30000002, got one of 90B3D51F30010000/);
    refused((into) => {
      for (const end of [".pem", ".key"]) copy(`${ds}${end}`, into, `${file(supplier.eui, "ka")}${end}`);
    }, /expected a certificate of a key to agree, got one to sign/);
    refused(
      (into) => writeFileSync(join(into, `${ds}.pem`), "nothing"),
      /expected a certificate in PEM, got none/,
    );
    refused((into) => copy(`${ds}.pem`, into, `${file(supplier.eui, "xml")}.pem`), /OU 87/);
    assert.throws(() => readKeyFolder(join(dir, "none"), crypto), { code: "serve/keys" });
    refused(() => {}, /expected <EUI-64>-\{ds,ka,pp-ka,xml\}\.pem of parties or users, got none/);
  });

  it("are for the GBCS wire alone", async () => {
    await assert.rejects(premises({ wire: "cose", partyKeys: keys.parties }), { code: "premises/option" });
  });
});
