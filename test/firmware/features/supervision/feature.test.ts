import assert from "node:assert/strict";
import { supervisionFeature } from "../../../../firmware/features/supervision/feature.ts";
import type { Condition } from "../../../../hal/board.ts";
import { cutEverywhere, FeatureBench } from "../../../support/feature-bench.ts";

const make = (phaseCount = 1) =>
  FeatureBench.start({ mains: { phaseCount } }, (context) => ({ features: [supervisionFeature(context)] }));
type Bench = Awaited<ReturnType<typeof make>>;
async function say(bench: Bench, condition: Condition, active: boolean, runMs = 10_000): Promise<void> {
  bench.board.mockSupervisor.set(condition, active);
  await bench.run(runMs);
}

describe("what the hardware finds", () => {
  it("a self check that fails is told once while it lasts, and as a warning with its reason", async () => {
    const bench = await make();
    await say(bench, "ram", true);
    await bench.powerCycle();
    assert.deepEqual(bench.alertCodes, ["81a0", "81b1"]);
    assert.deepEqual(bench.context.alerts()[0]?.values, ["h'0004'"]);
    assert.deepEqual(bench.eventCodes, ["81a0", "81b1"]);
    await say(bench, "ram", false);
    await say(bench, "ram", true);
    assert.deepEqual(bench.alertCodes, ["81a0", "81b1", "81a0", "81b1"]);
  });

  it("what came while the power was off is told at the start", async () => {
    const bench = await make();
    bench.board.powerOff();
    bench.board.mockSupervisor.set("watchdog-reset", true);
    await bench.run(1000);
    bench.board.powerOn();
    await bench.run(1000);
    assert.deepEqual(bench.alertCodes, ["81a0", "81b3"]);
  });

  it("a power factor that is low is told, and that it is right again once that lasts", async () => {
    const bench = await make();
    await say(bench, "power-factor", true);
    await say(bench, "power-factor", false, 1000);
    assert.deepEqual(bench.alertCodes, ["8014"]);
    await bench.run(5000);
    assert.deepEqual(
      [bench.alertCodes, bench.powerCodes],
      [
        ["8014", "8015"],
        ["8014", "8015"],
      ],
    );
  });

  it("names the phase whose current is too high, of three", async () => {
    const single = await make();
    await say(single, "over-current-1", true);
    await say(single, "over-current-2", true);
    assert.deepEqual(single.alertCodes, ["8010"]);
    const bench = await make(3);
    for (const n of [1, 2, 3] as const) await say(bench, `over-current-${n}`, true);
    assert.deepEqual(bench.alertCodes, ["8011", "8016", "8013"]);
  });

  it("an hour of flapping costs ten reports, and what then holds is told", async () => {
    const bench = await make();
    for (let i = 0; i < 101; i++) await say(bench, "polarity", i % 2 === 0);
    assert.ok(bench.alertCodes.length <= 10, `${bench.alertCodes.length}`);
  });

  it("after a cut anywhere it is told at least once, and its own code exactly once", async () => {
    await cutEverywhere(
      () => make(),
      (bench) => say(bench, "memory", true),
      async (bench, cut) => {
        await bench.run(10_000);
        assert.equal(bench.alertCodes.filter((code) => code === "81ae").length, 1, cut);
        assert.ok(bench.alertCodes.includes("81a0"), cut);
      },
    );
  });
});
