import assert from "node:assert/strict";
import type { Certificates } from "../headend/requests/credentials.ts";
import { appliesTo, needs, type Parameters, type PartyKeys, type Premises } from "../index.ts";
import { certificatesOf, certified } from "./samples.ts";
import { commissioned, expectRefusal, expectRequestRefused } from "./support.ts";

type Change = readonly [
  keys: PartyKeys,
  floor?: bigint,
  certificates?: Parameters<"6.23">["SupplierReplacementCertificates"],
];

describe("credentials", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
  });

  /** The supplier's own change to these certificates. */
  const replace = (certificates: Certificates): Parameters<"6.15.1"> => ({
    RemotePartyRole: "Supplier",
    ReplacementCertificates: { SupplierOrNetworkOperatorCertificates: certificates },
    ...certified(home.headEnd.pki),
  });
  const holders = async () => {
    const asked = { RemotePartyRole: ["Supplier" as const] };
    const [supplier] = (await home.read("6.24.1", asked, { by: "networkOperator" })).CredentialsProvide;
    return (supplier?.anchors ?? []).filter(({ usage }) => usage === "sign").map(({ holder }) => holder);
  };

  it("of the supplier by the supplier: the old keys are refused, the new ones accepted", async () => {
    const { supplier } = home.headEnd.parties;
    const old = supplier.keys;
    const keys = home.headEnd.pki.partyKeys("supplier");
    await home.command("6.15.1", replace(certificatesOf(keys)));
    await expectRequestRefused(home, "7.2", {}, {}, { reason: "signature", alertCode: 0x8f3d });
    supplier.keys = keys;
    assert.notEqual(old, keys);
    await home.command("7.1");
    assert.ok(
      (await home.read("4.1.1")).ImportRegisters.import >= 0,
      "values are sealed for the new agreement key",
    );
  });

  it("future-dated: the old keys hold until then, and the outcome is told (8F66)", async () => {
    const { supplier } = home.headEnd.parties;
    const keys = home.headEnd.pki.partyKeys("supplier");
    await home.command("6.15.1", {
      ...replace(certificatesOf(keys)),
      ExecutionDateTime: home.nowS + 3600,
    });
    await home.command("7.1");
    await home.run(3_660_000);
    const [outcome] = home.alerts(0x8f66);
    assert.equal(outcome?.header.code, 0x00cb);
    supplier.keys = keys;
    await home.command("7.1");
  });

  /** The incoming supplier asks, and the transitional CoS party signs. */
  const changeTo = (
    keys: PartyKeys,
    floor = 0n,
    certificates: Parameters<"6.23">["SupplierReplacementCertificates"] = certificatesOf(keys),
  ): Parameters<"6.23"> => ({
    SupplierFloorSeqNumber: floor,
    SupplierReplacementCertificates: certificates,
    ...certified(home.headEnd.pki),
    ImportMPxN: home.device("esme").mpxn,
  });
  const changeSupplier = (...asked: Change) =>
    home.command("6.23", changeTo(...asked), { by: "secondSupplier" });

  it("to a new supplier, which asks and the transitional CoS party signs: the old one is out, the new one in", async () => {
    const { secondSupplier, transitionalCoS } = home.headEnd.parties;
    const exchange = await changeSupplier(secondSupplier.keys, secondSupplier.counter);
    assert.equal(
      exchange.preCommand.definition.critical,
      false,
      "for the supplier it is no critical request",
    );
    assert.equal(exchange.preCommand.command.header.originator, transitionalCoS.eui);
    assert.deepEqual(await holders(), [secondSupplier.eui]);
    await expectRequestRefused(
      home,
      "7.2",
      {},
      { by: "supplier" },
      { reason: "unknown-party", alertCode: 0x8f3e },
    );
    home.headEnd.handOver(home.device("esme").eui, "supplier", "secondSupplier");
    await home.command("7.1", {}, { by: "secondSupplier" });
  });

  it("below the floor that came with them: the new supplier's old counters are refused", async () => {
    const { secondSupplier } = home.headEnd.parties;
    const floor = secondSupplier.counter + 50n;
    await changeSupplier(secondSupplier.keys, floor);
    await expectRequestRefused(
      home,
      "7.2",
      {},
      { by: "secondSupplier" },
      { reason: "replay", alertCode: 0x8f3e },
    );
    secondSupplier.counter = floor;
    await home.command("7.1", {}, { by: "secondSupplier" });
  });

  it("on a change of supplier are not for the transitional CoS party to ask, nor for the network operator", async () => {
    for (const by of ["transitionalCoS", "networkOperator"] as const)
      await assert.rejects(
        home.command("6.23", changeTo(home.headEnd.parties.secondSupplier.keys), { by }),
        (error: { code?: string }) => error.code === "headend/not-eligible",
      );
  });

  it("whose signing cell alone goes to another, with a lower floor: what the old party sent is not accepted again", async () => {
    const recorded = (await home.command("6.4.2")).bytes;
    const { secondSupplier } = home.headEnd.parties;
    const { DigitalSigningCertificate } = certificatesOf(secondSupplier.keys);
    await changeSupplier(secondSupplier.keys, 1n, { DigitalSigningCertificate });
    await expectRefusal(home, { reason: "replay", alertCode: 0x8f3e }, () => home.inject(recorded));
    await home.powerCut("esme");
    await home.run(120_000);
    await expectRefusal(home, { reason: "replay", alertCode: 0x8f3e }, () => home.inject(recorded));
  });

  it("that return to an old holder, with a lower floor: what it sent before is not accepted again", async () => {
    const recorded = (await home.command("7.2")).bytes;
    const { supplier, secondSupplier } = home.headEnd.parties;
    await changeSupplier(secondSupplier.keys, 1n);
    await home.command("6.23", changeTo(supplier.keys, 1n));
    assert.deepEqual(await holders(), [supplier.eui]);
    await expectRefusal(home, { reason: "replay", alertCode: 0x8f3e }, () => home.inject(recorded));
    await home.command("7.1");
  });

  /** The command is answered with the outcome of each cell; where one is not 0, the cell keeps its key. */
  async function expectOutcomes(certificates: Certificates, expected: readonly string[]): Promise<void> {
    const { outcome } = (await home.read("6.15.1", replace(certificates))).CredentialsReplace;
    assert.ok(outcome !== undefined);
    const { cells, mode, authoriserCounter, floors } = outcome;
    assert.deepEqual([mode, floors], ["supplierBySupplier", []]);
    assert.equal(authoriserCounter, home.headEnd.parties.supplier.counter);
    assert.deepEqual(
      cells.map(({ status }) => status),
      expected,
    );
    for (const { status, oldHolder, oldKey, newHolder, newKey } of cells) {
      assert.equal(newHolder, oldHolder, "the same supplier");
      assert.equal(
        newKey !== oldKey,
        status === "success",
        "a key that is replaced, and only that, has another id",
      );
    }
  }

  it("of which one has no issuer here: that cell keeps its key, the others are replaced", async () => {
    const keys = home.headEnd.pki.partyKeys("supplier");
    const forged = Uint8Array.from(keys.sign.certificate).fill(7, 100, 110);
    await expectOutcomes({ ...certificatesOf(keys), DigitalSigningCertificate: forged }, [
      "badCertificate",
      "success",
      "success",
    ]);
    await home.command("7.1");
  });

  it("of another role than the cell's: answered as bad, nothing is replaced", async () => {
    const operator = home.headEnd.pki.partyKeys("networkOperator");
    await expectOutcomes({ DigitalSigningCertificate: operator.sign.certificate }, ["badCertificate"]);
    await home.command("7.1");
  });

  it("of another usage than the cell's: answered as bad, nothing is replaced", async () => {
    const { agree } = home.headEnd.pki.partyKeys("supplier");
    await expectOutcomes({ DigitalSigningCertificate: agree.certificate }, ["badCertificate"]);
    await home.command("7.1");
  });

  it("of the access control broker at a hub: signed by it, and MACed", async () => {
    const { accessControlBroker } = home.headEnd.parties;
    const keys = home.headEnd.pki.partyKeys("accessControlBroker");
    const { KeyAgreementTopUpCertificate: _, ...certificates } = certificatesOf(keys);
    const exchange = await home.command(
      "8.5",
      { ACBFloorSeqNumber: 0n, ReplacementCertificates: certificates, ...certified(home.headEnd.pki) },
      { by: "accessControlBroker", to: "hub" },
    );
    const { protection } = home.suite.wire.peek(exchange.bytes);
    assert.equal(protection, "signature+mac");
    accessControlBroker.keys = keys;
    assert.equal((await home.read("8.9")).DeviceLog?.length, 1, "which it asks for with the new key");
  });

  it("of a load controller, by the supplier and then by itself: read back key by key", async () => {
    const { loadController } = home.headEnd.parties;
    const keysOf = async () => {
      const [cells] = (await home.read("6.24.1", { RemotePartyRole: ["LoadController"] })).CredentialsProvide;
      return (cells?.anchors ?? []).map(({ key }) => key);
    };
    const before = await keysOf();
    const keys = home.headEnd.pki.partyKeys("loadController");
    const { KeyAgreementTopUpCertificate: _, ...certificates } = certificatesOf(keys);
    await home.command("6.15.1", {
      RemotePartyRole: "LoadController",
      ReplacementCertificates: { SupplierOrNetworkOperatorCertificates: certificates },
      ExecutionDateTime: home.nowS + 3600,
      ...certified(home.headEnd.pki),
    });
    assert.deepEqual(await keysOf(), before);
    await home.run(3_660_000);
    const [outcome] = home.alerts(0x8f66);
    assert.equal(outcome?.header.code, 0x0124);
    const after = await keysOf();
    assert.ok(after.length === 2 && after.every((key) => !before.includes(key)));
    loadController.keys = keys;
    const next = home.headEnd.pki.partyKeys("loadController");
    const own = {
      RemotePartyRole: "LoadController",
      CredentialType: "Digital Signature",
      Certificate: next.sign.certificate,
    } as const;
    await home.command(
      "NA-CS02g-LC",
      { ReplacementCertificates: [own], ...certified(home.headEnd.pki) },
      { by: "loadController" },
    );
    assert.notEqual((await keysOf())[0], after[0]);
  });

  it("survive a power cut", async () => {
    const { supplier } = home.headEnd.parties;
    const keys = home.headEnd.pki.partyKeys("supplier");
    await home.command("6.15.1", replace(certificatesOf(keys)));
    supplier.keys = keys;
    await home.powerCut("esme");
    await home.run(120_000);
    await home.command("7.1");
  });
});
