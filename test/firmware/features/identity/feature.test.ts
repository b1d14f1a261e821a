import assert from "node:assert/strict";
import { identityFeature } from "../../../../firmware/features/identity/feature.ts";
import { supplyFeature } from "../../../../firmware/features/supply/feature.ts";
import { FeatureBench } from "../../../support/feature-bench.ts";
import { served } from "../../../support/served.ts";

const plate = { model: "00010002", manufacturer: "10C7" };
const make = () =>
  FeatureBench.start({}, (context) => ({
    features: [
      identityFeature(context, { eui64: "00DB1234567890A0", plate, variant: "B" }),
      supplyFeature(context, { pending: () => undefined }),
    ],
  }));

describe("who a device is (ECS26e, ECS26m)", () => {
  it("as its plate has it", async () => {
    const bench = await make();
    assert.equal(
      Buffer.from((await bench.get("deviceIdentity", 2)).value as Uint8Array).toString("hex"),
      "00db1234567890a0",
    );
    for (const [name, expected] of [
      ["meterVariant", "B"],
      ["modelType", "00010002"],
      ["manufacturer", "10C7"],
    ] as const)
      assert.equal((await bench.get(name, 2)).value, expected);
  });

  it("a bench loads another plate", async () => {
    const bench = await make();
    for (const name of ["meterVariant", "modelType", "manufacturer"] as const) {
      const { load, get } = served(bench.built.features, name, "value");
      await load("XYZ");
      assert.deepEqual(await get(), { value: "XYZ" });
    }
  });

  it("what tampering does to the supply is set, read and kept (ECS81)", async () => {
    const bench = await make();
    assert.equal((await bench.get("supplyTamperState", 2)).value, false);
    assert.equal((await bench.set("supplyTamperState", 2, true)).status, 0);
    await bench.powerCycle();
    assert.equal((await bench.get("supplyTamperState", 2)).value, true);
  });
});
