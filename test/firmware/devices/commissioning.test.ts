import assert from "node:assert/strict";
import { Commissioning } from "../../../firmware/devices/commissioning.ts";
import { defaultSettings } from "../../../firmware/devices/settings.ts";
import { cutEverywhere, FeatureBench } from "../../support/feature-bench.ts";

const make = (commissionedWhen: "joined" | "clock-set") =>
  FeatureBench.start({}, (context) => ({
    features: [],
    commissioning: new Commissioning(context, { ...defaultSettings, commissionedWhen }),
  }));

describe("8F69, device commissioned", () => {
  for (const [when, other] of [
    ["joined", "clock-set"],
    ["clock-set", "joined"],
  ] as const)
    it(`is told when it is ${when}, where the setting says so, to the supplier, once, and logged nowhere`, async () => {
      const bench = await make(when);
      await bench.built.commissioning.reached(other);
      assert.deepEqual(bench.alertCodes, []);
      await bench.built.commissioning.reached(when);
      await bench.powerCycle();
      await bench.built.commissioning.reached(when);
      assert.deepEqual(
        bench.context.alerts().map(({ code, to }) => [code, to]),
        [[0x8f69, "supplier"]],
      );
      assert.deepEqual([bench.eventCodes, bench.securityCodes, bench.powerCodes], [[], [], []]);
    });

  it("is told anew by a meter that had left its network", async () => {
    const bench = await make("joined");
    await bench.built.commissioning.reached("joined");
    await bench.built.commissioning.left();
    await bench.built.commissioning.reached("joined");
    assert.deepEqual(bench.alertCodes, ["8f69", "8f69"]);
  });

  it("after a cut at any flash operation: told once, at the next start if need be", async () => {
    await cutEverywhere(
      () => make("joined"),
      (bench) => bench.built.commissioning.reached("joined"),
      async (bench, cut) => {
        await bench.built.commissioning.reached("joined");
        assert.deepEqual(bench.alertCodes, ["8f69"], cut);
      },
    );
  });
});
