import assert from "node:assert/strict";
import { suites } from "../../../firmware/wire/suites.ts";
import type { PartyName } from "../../../harness/headend/parties.ts";
import { reading } from "../../../harness/headend/readings.ts";
import { premises } from "../../../harness/premises/premises.ts";

describe("premises: a home on the GBCS wire", () => {
  it("pairs by CBKE, disables the supply, says so, and tells of an outage", async () => {
    const home = await premises({ wire: "gbcs" });
    await home.commission();
    const disabled = await home.command("7.2");
    assert.equal(suites.gbcs.wire.peek(disabled.bytes).header.code, 0x0050);
    assert.throws(() => suites.cose.wire.peek(disabled.bytes), { code: "wire/malformed" });
    assert.equal((await home.read("7.4")).SupplyState, "disabled");
    assert.equal(home.device("esme").board.mockLoadSwitch.contactsClosed, false);
    await home.cutMains(300_000);
    await home.run(600_000);
    assert.equal(home.alerts(0x8f36).length, 1);
    assert.equal(home.headEnd.dccAlerts.filter(({ code }) => code === "AD1").length, 1);
    assert.deepEqual(home.headEnd.refused, []);
  });

  it("hides an answer for a party that the meter does not know, by the certificate that comes with its command", async () => {
    const home = await premises({ wire: "gbcs" });
    await home.commission();
    await home.run(7_200_000);
    const ReadLogPeriod = { StartDateTime: home.nowS - 7200, EndDateTime: home.nowS };
    const read = (by: PartyName) => home.request("4.8.1", { ReadLogPeriod }, { by });
    const [own, through] = [await read("supplier"), await read("secondSupplier")];
    assert.deepEqual(reading(through), reading(own));
    assert.ok(reading(through).ImportProfile.length > 0);
    const { header } = suites.gbcs.wire.peek(through.answer!.bytes);
    const { accessControlBroker, secondSupplier } = home.headEnd.parties;
    assert.equal(header.target, accessControlBroker.eui);
    assert.equal(header.supplementary?.party, secondSupplier.eui);
    assert.deepEqual(home.headEnd.refused, []);
  });

  it("hides nothing for another's certificate", async () => {
    const home = await premises({ wire: "gbcs" });
    await home.commission();
    const { secondSupplier, networkOperator } = home.headEnd.parties;
    secondSupplier.keys = { ...secondSupplier.keys, agree: networkOperator.keys.agree };
    const ReadLogPeriod = { StartDateTime: home.nowS - 7200, EndDateTime: home.nowS };
    const { answer } = await home.request("4.8.1", { ReadLogPeriod }, { by: "secondSupplier" });
    assert.deepEqual(answer?.results, [{ status: 1 }]);
  });
});
