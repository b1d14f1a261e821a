import assert from "node:assert/strict";
import { suites } from "../../../firmware/wire/suites.ts";
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
});
