import assert from "node:assert/strict";
import { appliesTo, needs, type PartyKeys, type Premises } from "../index.ts";
import { commissioned, expectRefusal, expectRequestRefused } from "./support.ts";

describe("credentials", function () {
  appliesTo(this, ["cose"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
  });

  /** The three cells of a supplier, for `keys`. */
  const supplierCells = (keys: PartyKeys) => [
    { cell: { role: "supplier", usage: "sign" }, certificate: keys.sign.certificate },
    { cell: { role: "supplier", usage: "agree" }, certificate: keys.agree.certificate },
    { cell: { role: "supplier", usage: "agree", prepay: true }, certificate: keys.prepay.certificate },
  ];
  const path = () => [home.headEnd.pki.issuingCertificate];
  const holders = async (): Promise<unknown[]> => {
    const { roles } = await home.read("6.24.1", { roles: ["supplier"] }, { by: "networkOperator" });
    const [{ anchors }] = roles as [{ anchors: { holder: string }[] }];
    return [...new Set(anchors.map(({ holder }) => holder))];
  };

  it("of the supplier by the supplier: the old keys are refused, the new ones accepted", async () => {
    const { supplier } = home.headEnd.parties;
    const old = supplier.keys;
    const keys = home.headEnd.pki.partyKeys("supplier");
    await home.command("6.15.1", { replacements: supplierCells(keys), path: path() });
    await expectRequestRefused(home, "7.2", {}, {}, { reason: "signature", alertCode: 0x8f3d });
    supplier.keys = keys;
    assert.notEqual(old, keys);
    await home.command("7.1");
    assert.ok((await home.read("4.1.1")).activeImportWh >= 0, "values are sealed for the new agreement key");
  });

  it("future-dated: the old keys hold until then, and the outcome is told (8F66)", async () => {
    const { supplier } = home.headEnd.parties;
    const keys = home.headEnd.pki.partyKeys("supplier");
    await home.command("6.15.1", {
      replacements: supplierCells(keys),
      path: path(),
      activateAt: home.nowS + 3600,
    });
    await home.command("7.1");
    await home.run(3_660_000);
    const [outcome] = home.alerts(0x8f66);
    assert.equal(outcome?.header.code, 0x00cb);
    supplier.keys = keys;
    await home.command("7.1");
  });

  /** The incoming supplier asks, and the transitional CoS party signs. */
  const changeSupplier = (
    keys: PartyKeys,
    floors: object = {},
    replacements: unknown[] = supplierCells(keys),
  ) => home.command("6.23", { replacements, path: path(), ...floors }, { by: "secondSupplier" });

  it("to a new supplier, which asks and the transitional CoS party signs: the old one is out, the new one in", async () => {
    const { secondSupplier, transitionalCoS } = home.headEnd.parties;
    const exchange = await changeSupplier(secondSupplier.keys, { floor: secondSupplier.counter });
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
    await changeSupplier(secondSupplier.keys, { floor });
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
        home.command(
          "6.23",
          { replacements: supplierCells(home.headEnd.parties.secondSupplier.keys) },
          { by },
        ),
        (error: { code?: string }) => error.code === "headend/not-eligible",
      );
  });

  it("whose signing cell alone goes to another, with a lower floor: what the old party sent is not accepted again", async () => {
    const recorded = (await home.command("6.4.2")).bytes;
    const { secondSupplier } = home.headEnd.parties;
    const [sign] = supplierCells(secondSupplier.keys);
    await changeSupplier(secondSupplier.keys, { floor: 1n }, [sign]);
    await expectRefusal(home, { reason: "replay", alertCode: 0x8f3e }, () => home.inject(recorded));
    await home.powerCut("esme");
    await home.run(120_000);
    await expectRefusal(home, { reason: "replay", alertCode: 0x8f3e }, () => home.inject(recorded));
  });

  it("that return to an old holder, with a lower floor: what it sent before is not accepted again", async () => {
    const recorded = (await home.command("7.2")).bytes;
    const { supplier, secondSupplier } = home.headEnd.parties;
    await changeSupplier(secondSupplier.keys, { floor: 1n });
    await home.command("6.23", { replacements: supplierCells(supplier.keys), path: path(), floor: 1n });
    assert.deepEqual(await holders(), [supplier.eui]);
    await expectRefusal(home, { reason: "replay", alertCode: 0x8f3e }, () => home.inject(recorded));
    await home.command("7.1");
  });

  /** The command is answered with the outcome of each cell; where that is no success, the cell keeps its key. */
  async function expectOutcomes(replacements: unknown[], expected: readonly string[]): Promise<void> {
    const { cells, mode, authoriserCounter, floors } = await home.read("6.15.1", {
      replacements,
      path: path(),
    });
    assert.deepEqual([mode, floors], ["supplierBySupplier", []]);
    assert.equal(authoriserCounter, Number(home.headEnd.parties.supplier.counter));
    assert.deepEqual(
      cells.map((cell: { outcome: string }) => cell.outcome),
      expected,
    );
    for (const { outcome, oldHolder, oldKeyId, newHolder, newKeyId } of cells) {
      assert.equal(newHolder, oldHolder, "the same supplier");
      assert.equal(
        newKeyId !== oldKeyId,
        outcome === "success",
        "a key that is replaced, and only that, has another id",
      );
    }
  }

  it("of which one has no issuer here: that cell keeps its key, the others are replaced", async () => {
    const keys = home.headEnd.pki.partyKeys("supplier");
    const [sign, agree, prepay] = supplierCells(keys);
    const forged = { ...sign!, certificate: Uint8Array.from(sign!.certificate).fill(7, 100, 110) };
    await expectOutcomes([agree, forged, prepay], ["success", "badCertificate", "success"]);
    await home.command("7.1");
  });

  it("of another role than the cell's: answered as bad, nothing is replaced", async () => {
    const operator = home.headEnd.pki.partyKeys("networkOperator");
    const cell = { role: "supplier", usage: "sign" };
    await expectOutcomes([{ cell, certificate: operator.sign.certificate }], ["badCertificate"]);
    await home.command("7.1");
  });

  it("of another usage than the cell's: answered as bad, nothing is replaced", async () => {
    const { agree } = home.headEnd.pki.partyKeys("supplier");
    await expectOutcomes(
      [{ cell: { role: "supplier", usage: "sign" }, certificate: agree.certificate }],
      ["badCertificate"],
    );
    await home.command("7.1");
  });

  it("of the access control broker at a hub: signed by it, and MACed", async () => {
    const { accessControlBroker } = home.headEnd.parties;
    const keys = home.headEnd.pki.partyKeys("accessControlBroker");
    const replacements = (["sign", "agree"] as const).map((usage) => ({
      cell: { role: "accessControlBroker", usage },
      certificate: keys[usage].certificate,
    }));
    const exchange = await home.command(
      "8.5",
      { replacements, path: path() },
      { by: "accessControlBroker", to: "hub" },
    );
    const { protection } = home.suite.wire.peek(exchange.bytes);
    assert.equal(protection, "signature+mac");
    accessControlBroker.keys = keys;
    assert.equal((await home.read("8.9")).devices.length, 1, "which it asks for with the new key");
  });

  it("survive a power cut", async () => {
    const { supplier } = home.headEnd.parties;
    const keys = home.headEnd.pki.partyKeys("supplier");
    await home.command("6.15.1", { replacements: supplierCells(keys), path: path() });
    supplier.keys = keys;
    await home.powerCut("esme");
    await home.run(120_000);
    await home.command("7.1");
  });
});
