import assert from "node:assert/strict";
import { Kind } from "../../../../firmware/wire/message.ts";
import { certificatesOf, certified } from "../../../../harness/scenarios/samples.ts";
import { contentOf, networkOperator, type Outside, outside, secondSupplier } from "./outside.ts";

describe("the DCC, between its users and the devices", () => {
  let desk: Outside;
  beforeEach(async () => {
    desk = await outside();
  });
  const esme = () => desk.home.device("esme");

  it("takes what a user signs by the key that the device has taken, over a restart (6.15.1)", async () => {
    const { pki, parties } = desk.home.headEnd;
    const keys = pki.partyKeys("supplier");
    const change = {
      RemotePartyRole: "Supplier",
      ReplacementCertificates: { SupplierOrNetworkOperatorCertificates: certificatesOf(keys) },
      ...certified(pki),
    };
    const request = desk.signed("6.15.1", change);
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
    const [told] = desk.dccAlerts.flatMap(({ user, alert: { DCCAlert } }) =>
      "SecurityCredentialsUpdated" in DCCAlert ? { user, ...DCCAlert.SecurityCredentialsUpdated } : [],
    );
    assert.equal(told?.user, networkOperator.eui);
    assert.deepEqual(
      told?.Certificates.map(({ CertificateType }) => CertificateType),
      ["DigitalSigning", "KeyAgreement", "KeyAgreementTopUp"],
    );
    parties.supplier.keys = keys;
    desk.restart();
    const off = desk.signed("7.2");
    assert.equal(desk.accept(off).code, "I99");
    await desk.home.run(60_000);
    assert.equal(await esme().board.loadSwitch?.isClosed(), false);
  });

  it("keeps room for others when one user asks without end", () => {
    desk.restart({ settings: { maxOpen: 10, maxOfUser: 4 } });
    const asked = (by: "supplier" | "networkOperator") => desk.ask("7.4", {}, { by }).code;
    assert.deepEqual(
      Array.from({ length: 6 }, () => asked("supplier")),
      ["I99", "I99", "I99", "I99", "E65", "E65"],
    );
    assert.equal(asked("networkOperator"), "I99");
  });

  it("gives out a command that goes both ways, after its answer", async () => {
    const request = desk.request("7.4", {}, { variant: 3 });
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(60_000);
    const [local, response] = desk.answersTo(request);
    assert.ok(local && contentOf(local).LocalCommand !== undefined);
    assert.ok(response?.responseId && contentOf(response).GBCSPayload !== undefined);
    const { GBCSPayload: DeviceGBCSResponse } = contentOf(response);
    assert.equal(desk.tell("8.13", { DeviceGBCSResponse }).code, "E081301", "one answer is enough");
  });

  it("follows the firmware that a meter says it runs, and tells of a mismatch", async () => {
    const read = async () => {
      desk.ask("11.2");
      await desk.home.run(60_000);
    };
    const mismatches = () => desk.alerts.filter((alert) => alert.endsWith("N49 FirmwareVersionMismatch"));
    await read();
    assert.deepEqual(mismatches(), []);
    desk.home.headEnd.inventory.tell(esme().eui, { details: { FirmwareVersion: "00000001" } });
    await read();
    assert.equal(mismatches().length, 2);
    const shown = contentOf(desk.tell("8.2", { DeviceID: esme().eui })).DSPInventory?.Device ?? [];
    const meter = shown.find(({ DeviceID }) => DeviceID === esme().eui);
    assert.deepEqual(
      [meter?.DeviceFirmwareVersion, meter?.DeviceManufacturer, meter?.DeviceModel],
      ["00010000", "1234", "00010001"],
    );
  });

  it("opts a meter out of the DCC with the keys that its user gives the ACB's cell (8.5)", async () => {
    const { pki } = desk.home.headEnd;
    const { agree } = pki.partyKeys("accessControlBroker");
    const request = desk.request("8.5", {
      ACBFloorSeqNumber: 1n,
      ReplacementCertificates: { KeyAgreementCertificate: agree.certificate },
      ...certified(pki),
    });
    assert.equal(desk.accept({ ...request, originator: secondSupplier.eui }).code, "E4");
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
    const late = desk.request("7.4");
    desk.accept(late);
    await desk.home.run(180_000);
    assert.deepEqual(desk.codesFor(late), ["E21"], "what the DCC seals is no longer believed there");
  });

  it("asks in its own name whose credentials a meter holds (6.24.1)", async () => {
    const request = desk.request("6.24.1", { RemotePartyRole: ["Supplier", "NetworkOperator"] });
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
  });

  it("does not believe an answer that its device did not sign", async () => {
    const { inventory } = desk.home.headEnd;
    inventory.apply(esme().eui, "removedFromHub");
    inventory.apply(esme().eui, "saidInstalled");
    const clock = { CurrentDateTime: desk.home.nowS, TolerancePeriod: 86_400 };
    const { receive } = desk.home.headEnd;
    desk.home.headEnd.receive = function (bytes) {
      const { header, protection } = desk.home.suite.wire.peek(bytes);
      const isAnswer = header.kind === Kind.response && protection === "signature";
      receive.call(this, isAnswer ? bytes.with(-1, (bytes.at(-1) as number) ^ 1) : bytes);
    };
    const request = desk.signed("8.1.1", clock);
    assert.equal(desk.accept(request).code, "I99");
    await desk.home.run(60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"], "who asked sees for itself what it is");
    assert.equal(inventory.status(esme().eui), "InstalledNotCommissioned");
    desk.home.headEnd.receive = receive;
    assert.equal(desk.accept(desk.signed("8.1.1", clock)).code, "I99");
    await desk.home.run(60_000);
    assert.equal(inventory.status(esme().eui), "Commissioned");
    const enrolled = desk.home.trace.events.filter(({ kind }) => kind === "enrolled");
    assert.equal(enrolled.length, 1);
  });
});
