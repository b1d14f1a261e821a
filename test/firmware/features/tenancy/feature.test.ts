import assert from "node:assert/strict";
import { tenancyFeature } from "../../../../firmware/features/tenancy/feature.ts";
import { FeatureBench, startUtcS } from "../../../support/feature-bench.ts";

describe("tenancy feature (ECS12)", () => {
  it("hides nothing until a date is given, and then what was before it, ahead or past, over a power cut", async () => {
    const bench = await FeatureBench.start({}, (context) => {
      const tenancy = tenancyFeature(context);
      return { features: [tenancy], tenancy };
    });
    assert.equal(bench.built.tenancy.visibleFromS(), 0);
    for (const timeS of [startUtcS - 86_400, startUtcS + 86_400]) {
      assert.equal((await bench.set("restrictionTime", 2, timeS)).status, 0);
      await bench.powerCycle();
      assert.equal(bench.built.tenancy.visibleFromS(), timeS);
    }
  });
});
