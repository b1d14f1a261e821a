import assert from "node:assert/strict";
import fc from "fast-check";
import { settingsFeature } from "../../../../firmware/features/settings/feature.ts";
import { FeatureBench, refusalOf } from "../../../support/feature-bench.ts";
import { served } from "../../../support/served.ts";

const make = () => FeatureBench.start({}, (context) => ({ features: [settingsFeature(context)] }));
const told = async (bench: Awaited<ReturnType<typeof make>>, name: "importMpan" | "exportMpan") =>
  (await bench.get(name, 2)).value;

describe("what parties write for consumer and installer", () => {
  it("metering points are read as they were written, one or two of import, after a power cut too (ECS39a, b, 40)", async () => {
    const bench = await make();
    assert.deepEqual([await told(bench, "importMpan"), await told(bench, "exportMpan")], ["", ""]);
    assert.equal((await bench.set("importMpan", 2, "10000000001051000000000200")).status, 0);
    assert.equal((await bench.set("exportMpan", 2, "1000000000313")).status, 0);
    await bench.powerCycle();
    assert.equal(await told(bench, "importMpan"), "10000000001051000000000200");
    assert.equal(await told(bench, "exportMpan"), "1000000000313");
    assert.equal((await bench.set("importMpan", 2, "1000000000105")).status, 0);
    assert.equal(await told(bench, "importMpan"), "1000000000105");
  });

  it("what is longer than its object is refused before it gets here", async () => {
    const bench = await make();
    for (const [name, longest] of [
      ["importMpan", 26],
      ["exportMpan", 13],
      ["supplierMessage", 116],
      ["supplierName", 15],
      ["supplierTelephone", 18],
      ["customerIdentificationNumber", 16],
    ] as const) {
      assert.equal(await refusalOf(bench.set(name, 2, "1".repeat(longest + 1))), "format", name);
      assert.equal(await refusalOf(bench.set(name, 2, "1".repeat(longest))), 0, name);
    }
  });

  it("a bench loads any metering point", async () => {
    const bench = await make();
    const { load, get } = served(bench.built.features, "importMpan", "value");
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 26 }), async (mpan) => {
        await load(mpan);
        assert.deepEqual(await get(), { value: mpan });
      }),
      { seed: 39, numRuns: 20 },
    );
  });
});
