import assert from "node:assert/strict";
import { hasCode, premises, reading } from "../../../../harness/index.ts";
import { duis } from "../../../support/shared-data.ts";
import { expectTool, schemaFaults } from "../../../support/xml-tools.ts";

describe("a home's answers and alerts in the MMC output format", () => {
  it("are told as they were opened, valid by the schema", async function () {
    this.timeout(60_000);
    const home = await premises(this, { seed: 11, wire: "gbcs" });
    await home.commission();
    await home.run(3 * 3_600_000);
    const supply = home.parse(await home.command("7.4"));
    assert.match(supply.xml, /<ra:ServiceReferenceVariant>7.4<.*<ra:SupplyState>Enabled</);
    const exchange = await home.command("4.1.1");
    const registers = home.parse(exchange);
    const { ImportRegisters } = reading(exchange);
    const value = `<ra:ActiveImportRegister><ra:Value>${ImportRegisters.import}<`;
    assert.ok(registers.xml.includes(`${value}/ra:Value><ra:ActiveEnergyUnit>Wh<`), registers.xml);
    assert.deepEqual([registers.encrypted, registers.leftOut], [false, []]);
    const off = home.parse(await home.command("7.2"));
    assert.match(off.xml, /<ra:DisableSupplyRsp MessageSuccess="true"\/>/);
    const clock = home.parse(
      await home.command("6.11", { CurrentDateTime: home.nowS - 100, TolerancePeriod: 1000 }),
    );
    assert.match(
      clock.xml,
      /<ra:ServiceReferenceVariant>6.11<.*<ra:ElecClockTimeStatus TimeStatusCode="0"><ra:TimeStatus>reliable</,
    );
    const alerts = home.headEnd.alerts.map((alert) => home.parse(alert));
    assert.ok(alerts.length > 0);
    expectTool(this, "xmllint");
    const all = [supply, registers, off, clock, ...alerts];
    assert.deepEqual(
      schemaFaults(
        duis(this, "schema/mmc-5.4.xsd"),
        all.map(({ xml }) => xml),
      ),
      [],
    );
  });

  it("are refused by name where there are none, and on the other wire", async function () {
    this.timeout(60_000);
    const home = await premises(this, { seed: 11, wire: "cose" });
    await home.commission();
    const exchange = await home.command("7.4");
    assert.throws(
      () => home.parse(exchange),
      (error) => hasCode(error, "mmc/unreadable"),
    );
    const sent = home.submit("7.4");
    assert.throws(
      () => home.parse(sent),
      (error) => hasCode(error, "mmc/no-answer"),
    );
  });
});
