import assert from "node:assert/strict";
import { fromHex } from "../../hal/base/hex.ts";
import { appliesTo, needs, type Premises } from "../index.ts";
import { codesOf, commissioned } from "./support.ts";

const types = { sign: "Digital Signature", agree: "Key Agreement" } as const;
type Usage = keyof typeof types;

describe("a device's own certificate", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
  });

  const known = () => home.headEnd.device(home.device("esme").eui);
  /** CS02c, and what the device authority makes of the request. */
  async function issued(usage: Usage): Promise<Uint8Array> {
    const { request } = (await home.read("6.17", { CredentialType: types[usage] })).CredentialsMakeKeyPair;
    assert.ok(request !== undefined, "the device has made a key pair");
    return home.headEnd.pki.certifyRequest(fromHex(request), known().signPublicKey);
  }
  const install = async (certificate: Uint8Array) =>
    (await home.read("6.15.2", { DeviceCertificate: certificate })).CredentialsInstallCertificate;
  const inForce = async (usage: Usage) =>
    (await home.read("6.24.2", { CredentialType: types[usage] })).CredentialsProvideCertificate.certificate;

  it("to sign is replaced: what it answers from then on verifies under the new key alone", async () => {
    const former = known().signPublicKey;
    const certificate = await issued("sign");
    assert.equal(await install(certificate), "success");
    assert.notDeepEqual(known().signPublicKey, former);
    known().otherKeys = {}; // the former key is believed no more
    assert.deepEqual(fromHex((await inForce("sign")) ?? ""), certificate);
    await home.powerCut("esme");
    await home.run(120_000);
    await home.command("7.2");
    assert.ok((await codesOf(home, "Security")).includes("8F4D"));
  });

  it("to agree is replaced: the ACB's MACs and sealed values are by the new key from then on", async () => {
    assert.equal(await install(await issued("agree")), "success");
    known().otherKeys = {};
    assert.ok((await home.read("4.1.1")).ImportRegisters.import >= 0);
    assert.ok((await codesOf(home, "Security")).includes("8F4F"));
  });

  it("is taken for the pair that waits alone; the one in force goes on working", async () => {
    const first = await issued("sign");
    const second = await issued("sign");
    assert.equal(await install(first), "wrongKey");
    await home.command("7.2");
    assert.equal(await install(second), "success");
  });

  it("survives a power cut between the request and the certificate", async () => {
    const certificate = await issued("sign");
    await home.powerCut("esme");
    await home.run(120_000);
    assert.equal(await install(certificate), "success");
    await home.command("7.1");
  });

  it("to sign also proves the device to the hub when it joins again", async () => {
    assert.equal(await install(await issued("sign")), "success");
    const { eui, installCode } = home.device("esme");
    await home.command("8.11", { DeviceID: eui, RequestType: "Remove" });
    await home.run(60_000);
    await home.command("8.11", {
      DeviceID: eui,
      RequestType: "Add",
      AddDeviceToCHFWhitelist: { JoinTimePeriod: 600, InstallCode: installCode },
    });
    await home.run(600_000);
    await home.command("7.2");
  });
});
