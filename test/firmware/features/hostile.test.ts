import assert from "node:assert/strict";
import fc from "fast-check";
import { partitions } from "../../../firmware/devices/partitions.ts";
import { defaultSettings } from "../../../firmware/devices/settings.ts";
import { billingFeature } from "../../../firmware/features/billing/feature.ts";
import { clockFeature } from "../../../firmware/features/clock/feature.ts";
import { demandFeature } from "../../../firmware/features/demand/feature.ts";
import type { Feature } from "../../../firmware/features/feature.ts";
import { loadLimitFeature } from "../../../firmware/features/load-limit/feature.ts";
import { logsFeature } from "../../../firmware/features/logs/feature.ts";
import { meteringFeature, meteringLogs } from "../../../firmware/features/metering/feature.ts";
import { meterOutageFeature } from "../../../firmware/features/outage/feature.ts";
import { paymentFeature } from "../../../firmware/features/payment/feature.ts";
import { randomisedOffsetFeature } from "../../../firmware/features/randomised-offset/feature.ts";
import { supplyFeature } from "../../../firmware/features/supply/feature.ts";
import { tariffFeature } from "../../../firmware/features/tariff/feature.ts";
import { tenancyFeature } from "../../../firmware/features/tenancy/feature.ts";
import { topUpFeature } from "../../../firmware/features/topup/feature.ts";
import { openVoltageLogs, voltageFeature } from "../../../firmware/features/voltage/feature.ts";
import { type ObjectName, plainFault } from "../../../firmware/model/index.ts";
import { constantLoad } from "../../../hal/mock/index.ts";
import { anyOf } from "../../support/any-value.ts";
import { type BenchContext, FeatureBench, startUtcS } from "../../support/feature-bench.ts";

/** Every feature of the electricity meter, on one bench. */
async function meterFeatures(context: BenchContext): Promise<{ features: Feature[] }> {
  const { flash } = context.board;
  const { futureDated } = context;
  const map = partitions(flash.geometry);
  const averages = await openVoltageLogs(context.board, map);
  const offset = randomisedOffsetFeature(context, { number: 5000, limitS: 0 });
  const tariff = tariffFeature(context, { futureDated, offset });
  const supply = supplyFeature(context, { pending: () => undefined });
  const metering = meteringFeature(context, { tariff, ...(await meteringLogs(flash, map)) });
  const settings = defaultSettings;
  const payment = paymentFeature(context, { futureDated, metering, tariff, supply, settings });
  return {
    features: [
      offset,
      tariff,
      metering,
      billingFeature(context, { metering }),
      demandFeature(context, { metering }),
      tenancyFeature(context),
      supply,
      payment,
      topUpFeature(context, { issuer: () => undefined, payment, ...settings }),
      loadLimitFeature(context, { futureDated, supply }),
      voltageFeature(context, { averages }),
      meterOutageFeature(context),
      clockFeature(context, { hubTimeS: () => context.nowS() }),
      logsFeature(context),
    ],
  };
}
const make = () => FeatureBench.start({ load: constantLoad(500) }, meterFeatures);

describe("features under hostile values", () => {
  it("answer any value of the right type with a status, get values of their type, and refuse without effect", async () => {
    const bench = await make();
    const anyOperation = fc
      .constantFrom(...membersOf(bench).filter(({ kind }) => kind !== "get"))
      .chain((target) => anyOf(target.type).map((value) => ({ ...target, value })));
    await fc.assert(
      fc.asyncProperty(anyOperation, async ({ name, no, kind, type, value }) => {
        const before = bench.board.mockFlash.operationCount;
        const { status } = await bench[kind as "set" | "call"](name, no, value);
        assert.ok([0, 1, 2, 3, 250].includes(status), `status ${status}`);
        const refusedSet = kind === "set" && type.kind !== "moment" && status === 250;
        if (status === 3 || refusedSet) assert.equal(bench.board.mockFlash.operationCount, before);
      }),
      { seed: 11, numRuns: 600 },
    );
    await bench.runTo(startUtcS + 3 * 86_400);
    await bench.powerCycle();
    await assertReadable(bench);
  });
});

/** What the features serve: sets, calls and gets, each with the type of what it carries. */
function membersOf(bench: Awaited<ReturnType<typeof make>>) {
  return bench.built.features.flatMap(({ objects }) =>
    objects.flatMap(({ object, members }) =>
      [...members].flatMap(([member, served]) =>
        (["get", "set", "call"] as const)
          .filter((kind) => served[kind] !== undefined)
          .map((kind) => {
            const { no, ...of } = kind === "call" ? object.methods[member]! : object.attributes[member]!;
            return { name: object.name as ObjectName, no, kind, type: "type" in of ? of.type : of.argument };
          }),
      ),
    ),
  );
}

/** Whatever was written, every attribute reads as its own type, or says that it holds nothing. */
async function assertReadable(bench: Awaited<ReturnType<typeof make>>) {
  for (const { name, no, type } of membersOf(bench).filter(({ kind }) => kind === "get")) {
    const result = await bench.get(name, no);
    if (result.status === 0) assert.equal(plainFault(type, result.value), undefined, name);
  }
}
