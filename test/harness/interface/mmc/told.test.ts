import assert from "node:assert/strict";
import { useCase } from "../../../../firmware/model/index.ts";
import { UNSET_TIME } from "../../../../firmware/wire/message.ts";
import { hasCode, type Parsed, premises, reading } from "../../../../harness/index.ts";
import { askerOf, type Sample, samples } from "../../../../harness/scenarios/samples.ts";
import { subjectFor } from "../../../../harness/scenarios/support.ts";
import { duis } from "../../../support/shared-data.ts";
import { expectTool, schemaFaults } from "../../../support/xml-tools.ts";
import { withoutElement } from "./without-element.ts";

/** The devices that are asked, each in a home of its own. */
const homes = [
  { name: "esme", type: "ESME", options: {} },
  { name: "esme", type: "ESME", phases: 3, options: { meterMains: { phaseCount: 3 } } },
  { name: "hub", type: "CHF", options: {} },
  {
    name: "sapc",
    type: "SAPC",
    options: {
      devices: [
        { name: "hub", type: "CHF" },
        { name: "sapc", type: "SAPC" },
      ],
    },
  },
] as const;
type AskedHome = {
  readonly name: string;
  readonly type: (typeof homes)[number]["type"];
  readonly phases?: number;
};
const suits = (one: Sample, { name, type, phases }: AskedHome): boolean =>
  useCase(one.useCase).devices.includes(type) && (one.to ?? name) === name && one.phases === phases;

/** 7.7 knows no proportional controllers, nor their levels. */
const ofNewerForm = /^auxiliary(Type\d|ScheduleInForce)\./;
/** Values that have no element though the schema has one for their like. */
const strays = ({ leftOut }: Parsed): readonly string[] =>
  leftOut
    .filter(({ value }) => value !== UNSET_TIME)
    .map(({ path }) => path.replace(/\[\d+\]/g, ""))
    .filter((path) => ![...withoutElement, ofNewerForm].some((known) => known.test(path)));

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

  it("are told of every use case that a home answers, each value in its place", async function () {
    this.timeout(120_000);
    const told: { readonly useCase: string; readonly parsed: Parsed }[] = [];
    for (const to of homes) {
      const home = await premises(this, { seed: 12, wire: "gbcs", ...to.options });
      await home.commission();
      await home.run(3_900_000);
      const other = home.devices.find(({ type }) => type !== "CHF")?.eui ?? "";
      const hub = home.device("hub").eui;
      for (const one of samples.filter((each) => suits(each, to))) {
        const subject = subjectFor(home.headEnd, home.nowS, { hub, other });
        const asked = one.parameters(subject) as never;
        const exchange = await home.request(one.reference, asked, {
          by: askerOf(one),
          to: to.name,
          timeoutMs: 30_000,
        });
        if (exchange.answer !== undefined) told.push({ useCase: one.useCase, parsed: home.parse(exchange) });
      }
      for (const alert of home.headEnd.alerts) told.push({ useCase: "alert", parsed: home.parse(alert) });
    }
    const answered = new Set(told.map(({ useCase }) => useCase));
    console.log(`      ${told.length} answers and alerts of ${answered.size - 1} use cases`);
    assert.ok(answered.size > 90);
    assert.ok(told.every(({ useCase: asked, parsed }) => asked === "alert" || parsed.useCase === asked));
    assert.deepEqual(
      [...new Set(told.flatMap(({ parsed }) => strays(parsed).map((path) => `${parsed.useCase} ${path}`)))],
      [],
    );
    expectTool(this, "xmllint");
    const faults = schemaFaults(
      duis(this, "schema/mmc-5.4.xsd"),
      told.map(({ parsed }) => parsed.xml),
    );
    assert.deepEqual(faults.slice(0, 10), []);
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
