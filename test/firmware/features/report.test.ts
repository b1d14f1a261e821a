import assert from "node:assert/strict";
import { report } from "../../../firmware/features/report.ts";
import { UNSET_TIME } from "../../../firmware/wire/message.ts";
import { cutEverywhere, FeatureBench } from "../../support/feature-bench.ts";

const make = (timeIsSet = true) => FeatureBench.start({ timeIsSet }, () => ({ features: [] }));
const both = ["supplier", "networkOperator"];

/** The facts' rows: code, who hears of it, and which of the logs (event, security, power) has it. */
const facts: [codes: number[], to: string[], log: "event" | "security" | "power" | "none"][] = [
  [[0x8f57, 0x8f58, 0x8f59, 0x8f5a], [], "power"],
  [[0x8f35, 0x8f36, 0x8f37, 0x8f38, 0x8f3b, 0x8f3c], ["networkOperator"], "power"],
  [[0x8002, 0x8006, 0x8020, 0x8024, 0x8028, 0x802c, 0x802f], ["networkOperator"], "power"],
  [[0x8085, 0x8089, 0x808d, 0x8091, 0x8095, 0x8099, 0x809c], ["networkOperator"], "power"],
  [[0x8145, 0x8161], [], "event"],
  [[0x8183, 0x81bc, 0x81c1, 0x81be, 0x8f01], ["supplier"], "event"],
  [[0x81b9, 0x8f69, 0x8f32, 0x8f33, 0x8f3d], ["supplier"], "none"],
  [[0x8f34], both, "none"],
  [[0x8f0c, 0x8f1e, 0x8f3e, 0x8f60, 0x8f74], ["supplier"], "security"],
  [[0x8f75, 0x8f76], both, "security"],
  [[0x8f48, 0x8f49, 0x8f4b, 0x8f52, 0x8f70], [], "security"],
];

describe("logs and recipients of codes, as the table has them", () => {
  for (const [codes, to, log] of facts)
    for (const code of codes)
      it(`${code.toString(16).toUpperCase()}: to ${to.join(" and ") || "nobody"}, ${log === "none" ? "in no log" : `in the ${log} log alone`}`, async () => {
        const bench = await make();
        await report(bench.context, code);
        const text = code.toString(16);
        assert.deepEqual(
          bench.context.alerts().map((alert) => [alert.code, alert.to]),
          to.map((role) => [code, role]),
        );
        const logs = { event: bench.eventCodes, security: bench.securityCodes, power: bench.powerCodes };
        for (const [name, codesThere] of Object.entries(logs))
          assert.deepEqual(codesThere, name === log ? [text] : [], name);
      });

  it("a code without a row is a fault of the firmware, and does nothing", async () => {
    const bench = await make();
    await assert.rejects(report(bench.context, 0x8000), /no alert 8000/);
    assert.deepEqual(bench.alertCodes, []);
  });

  it("a clock that was never set stamps no 1970", async () => {
    const bench = await make(false);
    await bench.run(5_000);
    await report(bench.context, 0x8f74);
    assert.deepEqual(
      bench.context.securityLog.entries().map(({ timeS }) => timeS),
      [UNSET_TIME],
    );
  });

  it("log entry and every recipient are one commit: a power cut leaves all of them or none", async () => {
    let reported = 0;
    await cutEverywhere(
      () => make(),
      (bench) => report(bench.context, 0x8f75),
      (bench, cut) => {
        const told = bench.alertCodes.length;
        assert.ok(told === 0 || told === 2, `${cut}: ${told} alerts`);
        assert.equal(bench.securityCodes.length, told / 2, cut);
        reported += told / 2;
      },
    );
    assert.ok(reported > 0);
  });
});
