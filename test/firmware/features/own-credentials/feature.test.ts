import assert from "node:assert/strict";
import { messages, objects } from "../../../../firmware/model/index.ts";
import { Kind, type Response, type Value } from "../../../../firmware/wire/message.ts";
import type { CutPoint } from "../../../../hal/mock/flash.ts";
import { type MeterRig, meterEui, meterRig, op, startUtcS, suite } from "../../../support/devices.ts";

const { id, methods } = objects.credentials;
const usages = { sign: 1, agree: 2, certify: 3 } as const;
type Usage = keyof typeof usages;
const codes = {
  signFailed: 0x8f4c,
  signDone: 0x8f4d,
  agreeFailed: 0x8f4e,
  agreeDone: 0x8f4f,
} as const;

describe("a device's own certificates (CS02c, CS02d, CS02e)", () => {
  let rig: MeterRig;
  beforeEach(async () => {
    rig = await meterRig({ observing: false });
  });

  /** The one result of a command of the supplier, opened without looking at who signed it. */
  async function ask(code: number, method: number, argument: Value): Promise<Value | undefined> {
    rig.take();
    await rig.meter.device.receive(rig.desk.command(code, [op("call", id, method, argument)]));
    const [bytes] = rig.take().filter((one) => suite.wire.peek(one).header.kind === Kind.response);
    assert.ok(bytes !== undefined, "answered");
    const { results } = suite.wire.decode(suite.wire.peek(bytes)) as Response;
    assert.equal(results[0]?.status, 0);
    return results[0]?.value;
  }
  const makeKeyPair = (usage: Usage) => ask(messages.CS02c.code, methods.makeKeyPair.no, [usages[usage]]);
  const install = (certificate: Uint8Array) =>
    ask(messages.CS02d.code, methods.installCertificate.no, certificate);
  const provide = (usage: Usage) => ask(messages.CS02e.code, methods.provideCertificate.no, [usages[usage]]);
  const ownKey = () => rig.world.crypto.ed25519Signer(rig.desk.device.signSeed).publicKey;

  /** What a choice holds: the number of its option first. */
  const optionOf = (value: Value | undefined): readonly Value[] => value as readonly Value[];
  async function request(usage: Usage) {
    const [, bytes] = optionOf(await makeKeyPair(usage));
    return suite.certificates.readRequest(bytes as Uint8Array, ownKey(), rig.world.crypto);
  }
  const certify = (usage: "sign" | "agree", publicKey: Uint8Array, over = {}) =>
    suite.certificates.issue(
      {
        ...{ subject: meterEui, role: "device", usage, publicKey, notBeforeS: startUtcS - 60 },
        ...{ notAfterS: undefined, serial: Uint8Array.of(9), ...over },
      },
      rig.world.root.signer,
      rig.world.root.eui,
      rig.world.crypto,
    );
  const logged = () => rig.meter.device.securityLog.entries().map(({ code }) => code);
  /** By which of the keys the answer to a read of a certificate is signed. */
  async function signedBy(...keys: readonly Uint8Array[]): Promise<number> {
    rig.take();
    const operations = [op("call", id, methods.provideCertificate.no, [usages.sign])];
    await rig.meter.device.receive(rig.desk.command(messages.CS02e.code, operations));
    const [bytes] = rig.take();
    const envelope = suite.wire.peek(bytes as Uint8Array);
    return keys.findIndex((key) =>
      suite.wire.signatureValid(envelope, suite.verifier(rig.world.crypto, key)),
    );
  }

  it("asks for a certificate of a fresh key, which proves itself, and goes on with the one it has", async () => {
    const asked = await request("sign");
    assert.deepEqual([asked.subject, asked.usage], [meterEui, "sign"]);
    assert.notDeepEqual(asked.publicKey, ownKey());
    assert.equal(await signedBy(ownKey(), asked.publicKey), 0);
    assert.deepEqual(optionOf(await provide("sign"))[1], rig.desk.device.signCertificate);
  });

  it("puts the pair in force with its certificate: answers are signed by it from then on, restarts included", async () => {
    const { publicKey } = await request("sign");
    const certificate = certify("sign", publicKey);
    assert.equal(await install(certificate), 0);
    assert.ok(logged().includes(codes.signDone));
    for (let boot = 0; boot < 2; boot++) {
      assert.equal(await signedBy(ownKey(), publicKey), 1);
      assert.deepEqual(optionOf(await provide("sign"))[1], certificate);
      await rig.reboot();
    }
  });

  it("agrees by the new key once it is in force: the ACB's MACs by the old one are refused", async () => {
    const { publicKey, usage } = await request("agree");
    assert.equal(usage, "agree");
    assert.equal(await install(certify("agree", publicKey)), 0);
    assert.ok(logged().includes(codes.agreeDone));
    rig.take();
    const operations = [op("call", id, methods.provideCertificate.no, [usages.sign])];
    await rig.meter.device.receive(rig.desk.command(messages.CS02e.code, operations));
    const kinds = rig.take().map((bytes) => suite.wire.peek(bytes).header.kind);
    assert.deepEqual(kinds, [Kind.alert], "refused");
  });

  it("tells what is wrong with a certificate, and keeps the key it has", async () => {
    const { publicKey } = await request("sign");
    const certificate = certify("sign", publicKey);
    const forged = certificate.slice();
    forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1;
    const wrong = [
      [Uint8Array.of(1, 2, 3), 1, codes.signFailed],
      [forged, 1, codes.signFailed],
      [certify("sign", publicKey, { notBeforeS: startUtcS + 86_400 }), 1, codes.signFailed],
      [certify("sign", publicKey, { subject: "00DB1234567890FF" }), 2, codes.signFailed],
      [certify("sign", publicKey, { role: "supplier" }), 2, codes.signFailed],
      [certify("sign", publicKey, { usage: "certify" }), 3, codes.signFailed],
      [certify("agree", publicKey), 4, codes.agreeFailed],
      [certify("sign", rig.world.of("supplier").signer.publicKey), 5, codes.signFailed],
    ] as const;
    for (const [bytes, fault, code] of wrong) {
      assert.equal(await install(bytes), fault);
      assert.equal(logged().at(-1), code);
    }
    assert.equal(await signedBy(ownKey(), publicKey), 0);
    assert.equal(await install(certificate), 0, "the pair still waits");
  });

  it("takes a certificate for the newest pair alone, and the one in force again without effect", async () => {
    const first = await request("sign");
    const second = await request("sign");
    assert.equal(await install(certify("sign", first.publicKey)), 5);
    const certificate = certify("sign", second.publicKey);
    assert.equal(await install(certificate), 0);
    const entries = logged().length;
    assert.equal(await install(certificate), 0);
    assert.equal(logged().length, entries);
  });

  it("refuses usages that a device's key never has", async () => {
    assert.deepEqual(optionOf(await makeKeyPair("certify"))[1], 1);
    assert.deepEqual(optionOf(await provide("certify"))[1], 1);
  });

  it("has one working key, whatever flash operation a power cut comes at", async function () {
    this.timeout(300_000);
    const fresh = async () => {
      rig = await meterRig({ observing: false });
      return (await request("sign")).publicKey;
    };
    const publicKey = await fresh();
    const { mockFlash } = rig.board;
    const first = mockFlash.operationCount;
    await install(certify("sign", publicKey));
    const last = mockFlash.operationCount;
    for (let i = first; i < last; i++)
      for (const point of ["before", "torn", "after"] as const satisfies readonly CutPoint[]) {
        const key = await fresh();
        const certificate = certify("sign", key);
        rig.board.mockFlash.cutPowerAt(i, point);
        const operations = [op("call", id, methods.installCertificate.no, certificate)];
        await rig.meter.device.receive(rig.desk.command(messages.CS02d.code, operations));
        await rig.reboot();
        const where = `cut ${point} operation ${i - first}`;
        const signer = await signedBy(ownKey(), key);
        assert.ok(signer >= 0, where);
        const expected = signer === 1 ? certificate : rig.desk.device.signCertificate;
        assert.deepEqual(optionOf(await provide("sign"))[1], expected, where);
        assert.equal(logged().filter((code) => code === codes.signDone).length, signer, where);
        assert.equal(await install(certificate), 0, `${where}: and the command can be given again`);
      }
  });
});
