import assert from "node:assert/strict";
import fc from "fast-check";
import { partitions } from "../../../firmware/devices/partitions.ts";
import { clockFeature } from "../../../firmware/features/clock.ts";
import type { Feature } from "../../../firmware/features/feature.ts";
import { loadLimitFeature } from "../../../firmware/features/load-limit.ts";
import { logsFeature } from "../../../firmware/features/logs.ts";
import { meteringFeature, profileRecord } from "../../../firmware/features/metering.ts";
import { meterOutageFeature } from "../../../firmware/features/outage.ts";
import { randomisedOffsetFeature } from "../../../firmware/features/randomised-offset.ts";
import { supplyFeature } from "../../../firmware/features/supply.ts";
import { tariffFeature } from "../../../firmware/features/tariff.ts";
import { averageVoltageRecord, voltageFeature } from "../../../firmware/features/voltage.ts";
import { RecordLog } from "../../../firmware/kernel/record-log.ts";
import { objectById } from "../../../firmware/objects/dictionary.ts";
import { checkValue, type Type } from "../../../firmware/objects/types.ts";
import { useCases } from "../../../firmware/model/index.ts";
import type { OperationResult, Value } from "../../../firmware/wire/message.ts";
import { constantLoad } from "../../../hal/mock/index.ts";
import { type BenchContext, FeatureBench, startUtcS, supplierOrigin } from "../../support/feature-bench.ts";

/** Every feature of the electricity meter, on one bench. */
async function meterFeatures(context: BenchContext): Promise<{ features: Feature[] }> {
  const { flash } = context.board;
  const { futureDated } = context;
  const map = partitions(flash.geometry);
  const profile = await RecordLog.open(flash, map.profileLog, profileRecord);
  const averages = await RecordLog.open(flash, map.voltageLog, averageVoltageRecord);
  const offset = randomisedOffsetFeature(context, { number: 5000, limitS: 0 });
  const tariff = tariffFeature(context, { futureDated, offset });
  const supply = supplyFeature(context);
  return {
    features: [
      offset,
      tariff,
      meteringFeature(context, { profile, tariff }),
      supply,
      loadLimitFeature(context, { futureDated, supply }),
      voltageFeature(context, { averages }),
      meterOutageFeature(context),
      clockFeature(context, { hubTimeS: () => context.nowS() }),
      logsFeature(context),
    ],
  };
}
const make = () => FeatureBench.start({ load: constantLoad(500) }, meterFeatures);

const ranges: Record<string, [number, number]> = {
  integer: [-128, 127],
  long: [-32_768, 32_767],
  "double-long": [-0x8000_0000, 0x7fff_ffff],
  unsigned: [0, 255],
  enum: [0, 255],
  "long-unsigned": [0, 0xffff],
  "double-long-unsigned": [0, 0xffff_ffff],
  "date-time": [0, 0xffff_ffff],
  "long64-unsigned": [0, Number.MAX_SAFE_INTEGER],
};

/** Any value of a type: what a feature may be handed. */
function anyOf(type: Type): fc.Arbitrary<Value> {
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (typeof type === "string") {
    const [min, max] = ranges[type] as [number, number];
    return fc.oneof(
      fc.integer({ min, max }),
      fc.constantFrom(min, max),
      fc.integer({ min, max: Math.min(max, 50) }),
    );
  }
  if ("optional" in type) return fc.option(anyOf(type.optional), { nil: null });
  if ("octets" in type) {
    const [minLength, maxLength] = type.octets;
    return fc.uint8Array({ minLength, maxLength });
  }
  if ("structure" in type) return fc.tuple(...type.structure.map(anyOf));
  return fc.array(anyOf(type.array), { maxLength: Math.min(type.max, 6) });
}

describe("features under hostile values", () => {
  it("serve every member that the meter's use cases name", async () => {
    const bench = await make();
    const served = new Set(
      bench.built.features.flatMap((feature) => feature.objects.map(({ object }) => object)),
    );
    const elsewhere = ["credentials", "firmwareVersion"];
    for (const useCase of useCases.filter(({ devices }) => devices.includes("ESME")))
      for (const { object } of useCase.operations)
        assert.ok(served.has(object) || elsewhere.includes(objectById(object)?.name ?? ""), useCase.id);
  });

  it("answer any value of the right type with a status, get values of their type, and refuse without effect", async () => {
    const bench = await make();
    const writable = bench.built.features.flatMap((feature) =>
      feature.objects.flatMap((served) => {
        const definition = objectById(served.object);
        const sets = Object.entries(definition?.attributes ?? {}).map(([member, { type }]) => ({
          member,
          type,
          kind: "set" as const,
        }));
        const calls = Object.entries(definition?.methods ?? {}).map(([member, { type }]) => ({
          member,
          type,
          kind: "call" as const,
        }));
        return [...(served.set ? sets : []), ...(served.call ? calls : [])].map((each) => ({
          served,
          ...each,
        }));
      }),
    );
    const anyOperation = fc
      .constantFrom(...writable)
      .chain((target) => anyOf(target.type).map((value) => ({ ...target, value })));
    await fc.assert(
      fc.asyncProperty(anyOperation, async ({ served, member, kind, type, value }) => {
        const before = bench.board.mockFlash.operationCount;
        let result: OperationResult | undefined;
        await bench.context.loop.post("hostile", async () => {
          result = await served[kind]?.(Number(member), value, supplierOrigin);
        });
        assert.ok([0, 1, 2, 3, 250].includes(result?.status ?? -1), `status ${result?.status}`);
        const refusedSet = kind === "set" && type !== "date-time" && result?.status === 250;
        if (result?.status === 3 || refusedSet) assert.equal(bench.board.mockFlash.operationCount, before);
      }),
      { seed: 11, numRuns: 600 },
    );
    await bench.runTo(startUtcS + 3 * 86_400);
    await bench.powerCycle();
    await assertReadable(bench);
  });
});

/** Whatever was written, every attribute reads as its own type, or says that it holds nothing. */
async function assertReadable(bench: Awaited<ReturnType<typeof make>>) {
  for (const { object, get } of bench.built.features.flatMap((feature) => feature.objects)) {
    const definition = objectById(object);
    for (const [member, { type, name }] of Object.entries(definition?.attributes ?? {})) {
      const result = await get?.(Number(member), undefined);
      if (result?.status !== 0) continue;
      assert.equal(checkValue(type, result.value), undefined, `${definition?.name}.${name}`);
    }
  }
}
