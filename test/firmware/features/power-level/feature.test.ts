import assert from "node:assert/strict";
import { powerLevelFeature } from "../../../../firmware/features/power-level/feature.ts";
import { constantLoad } from "../../../../hal/mock/index.ts";
import { FeatureBench } from "../../../support/feature-bench.ts";

const make = (watts = 500) =>
  FeatureBench.start({ load: constantLoad(watts) }, (context) => {
    const power = powerLevelFeature(context);
    return { features: [power], power };
  });
type Bench = Awaited<ReturnType<typeof make>>;
const shown = (bench: Bench) => bench.board.mockUserInterface.level;
async function draw(bench: Bench, watts: number): Promise<void> {
  bench.board.mockMetrology.profile = constantLoad(watts);
  await bench.run(1000);
}

describe("low, medium and high power (ECS34, ECS26f)", () => {
  it("the indicator follows what is drawn, across the limits in force", async () => {
    const bench = await make();
    assert.equal(shown(bench), "low");
    await draw(bench, 2301);
    assert.equal(shown(bench), "medium");
    await draw(bench, 4601);
    assert.equal(shown(bench), "high");
    await draw(bench, 2300);
    assert.equal(shown(bench), "low");
  });

  it("new limits hold at once, are read as they were set, and survive a power cut", async () => {
    const bench = await make(500);
    assert.equal((await bench.set("powerThresholds", 2, [100, 400])).status, 0);
    assert.equal(shown(bench), "high");
    await bench.powerCycle();
    assert.equal(shown(bench), "high");
    assert.deepEqual((await bench.get("powerThresholds", 2)).value, [100, 400]);
  });

  it("limits in the wrong order are refused, without effect", async () => {
    const bench = await make();
    assert.equal((await bench.set("powerThresholds", 2, [400, 100])).status, 250);
    assert.deepEqual((await bench.get("powerThresholds", 2)).value, [2300, 4600]);
  });
});
