import assert from "node:assert/strict";
import { appliesTo, needs, type PartyKeys, type PartyName, type Premises } from "../index.ts";
import { commissioned, expectRequestRefused } from "./support.ts";

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
    const cells = [{ role: "supplier", usage: "sign" }];
    return (await home.read("6.24.1", { cells }, { by: "networkOperator" })).cells.map(
      (c: { holder: string }) => c.holder,
    );
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

  it("to a new supplier by the transitional CoS party: the old supplier is out, the new one in", async () => {
    const { secondSupplier } = home.headEnd.parties;
    await home.command(
      "6.23",
      {
        replacements: supplierCells(secondSupplier.keys),
        path: path(),
        partyFloors: [{ party: secondSupplier.eui, floor: secondSupplier.counter }],
      },
      { by: "transitionalCoS" },
    );
    assert.deepEqual(await holders(), [secondSupplier.eui]);
    await expectRequestRefused(
      home,
      "7.2",
      {},
      { by: "supplier" },
      { reason: "unknown-party", alertCode: 0x8f3e },
    );
    home.headEnd.handOver(home.esme.eui, "supplier", "secondSupplier");
    await home.command("7.1", {}, { by: "secondSupplier" });
  });

  it("below the floor that came with them: the new supplier's old counters are refused", async () => {
    const { secondSupplier } = home.headEnd.parties;
    const floor = secondSupplier.counter + 50n;
    const replacements = supplierCells(secondSupplier.keys);
    const partyFloors = [{ party: secondSupplier.eui, floor }];
    await home.command("6.23", { replacements, path: path(), partyFloors }, { by: "transitionalCoS" });
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

  /** The command is answered, but nothing changes. */
  async function expectUnchanged(replacements: unknown[], by: PartyName, reference: string): Promise<void> {
    const before = await holders();
    const exchange = await home.request(reference, { replacements, path: path() }, { by });
    const [accepted, outcomes] = (exchange.answer?.results[0]?.value ?? []) as unknown as [
      boolean,
      number[][],
    ];
    assert.equal(exchange.status, "answered");
    assert.ok(
      accepted !== true || outcomes.some(([, outcome]) => outcome !== 0),
      "some cell must be refused",
    );
    assert.deepEqual(await holders(), before);
    await home.command("7.1");
  }

  it("that do not chain to the root: nothing is replaced, not even the good ones", async () => {
    const good = supplierCells(home.headEnd.pki.partyKeys("supplier"));
    const forged = { ...good[0]!, certificate: Uint8Array.from(good[0]!.certificate).fill(7, 100, 110) };
    await expectUnchanged([good[1], forged, good[2]], "supplier", "6.15.1");
  });

  it("of another role than the cell's: nothing is replaced", async () => {
    const operator = home.headEnd.pki.partyKeys("networkOperator");
    const replacements = [
      { cell: { role: "supplier", usage: "sign" }, certificate: operator.sign.certificate },
    ];
    await expectUnchanged(replacements, "supplier", "6.15.1");
  });

  it("of another usage than the cell's: nothing is replaced", async () => {
    const { agree } = home.headEnd.pki.partyKeys("supplier");
    await expectUnchanged(
      [{ cell: { role: "supplier", usage: "sign" }, certificate: agree.certificate }],
      "supplier",
      "6.15.1",
    );
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
