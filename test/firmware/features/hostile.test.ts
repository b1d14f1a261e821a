import assert from "node:assert/strict";
import fc from "fast-check";
import { partitions } from "../../../firmware/devices/partitions.ts";
import { billingFeature } from "../../../firmware/features/billing/feature.ts";
import { clockFeature } from "../../../firmware/features/clock/feature.ts";
import { demandFeature } from "../../../firmware/features/demand/feature.ts";
import type { Feature } from "../../../firmware/features/feature.ts";
import { loadLimitFeature } from "../../../firmware/features/load-limit/feature.ts";
import { logsFeature } from "../../../firmware/features/logs/feature.ts";
import { meteringFeature, meteringLogs } from "../../../firmware/features/metering/feature.ts";
import { meterOutageFeature } from "../../../firmware/features/outage/feature.ts";
import { randomisedOffsetFeature } from "../../../firmware/features/randomised-offset/feature.ts";
import { supplyFeature } from "../../../firmware/features/supply/feature.ts";
import { tariffFeature } from "../../../firmware/features/tariff/feature.ts";
import { tenancyFeature } from "../../../firmware/features/tenancy/feature.ts";
import { averageVoltageRecord, voltageFeature } from "../../../firmware/features/voltage/feature.ts";
import { RecordLog } from "../../../firmware/kernel/record-log.ts";
import { calendarBytes, type ObjectName, plainFault, type ValueType } from "../../../firmware/model/index.ts";
import type { Value } from "../../../firmware/wire/message.ts";
import { constantLoad } from "../../../hal/mock/index.ts";
import { type BenchContext, FeatureBench, startUtcS } from "../../support/feature-bench.ts";

/** Every feature of the electricity meter, on one bench. */
async function meterFeatures(context: BenchContext): Promise<{ features: Feature[] }> {
  const { flash } = context.board;
  const { futureDated } = context;
  const map = partitions(flash.geometry);
  const averages = await RecordLog.open(flash, map.voltageLog, averageVoltageRecord);
  const offset = randomisedOffsetFeature(context, { number: 5000, limitS: 0 });
  const tariff = tariffFeature(context, { futureDated, offset });
  const supply = supplyFeature(context);
  const metering = meteringFeature(context, { tariff, ...(await meteringLogs(flash, map)) });
  return {
    features: [
      offset,
      tariff,
      metering,
      billingFeature(context, { metering }),
      demandFeature(context, { metering }),
      tenancyFeature(context),
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

const whole = (min: number | bigint, max: number | bigint): fc.Arbitrary<Value> =>
  typeof max === "bigint"
    ? fc.oneof(fc.bigInt({ min: BigInt(min), max }), fc.constantFrom(BigInt(min), max))
    : fc.oneof(
        fc.integer({ min: Number(min), max }),
        fc.constantFrom(Number(min), max),
        fc.integer({ min: Number(min), max: Math.min(max, 50) }),
      );

/** Any value of a type, as the wire carries it: what a feature may be handed. */
function anyOf(type: ValueType): fc.Arbitrary<Value> {
  switch (type.kind) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return whole(type.min, type.max);
    case "names":
      return fc.constantFrom(...Object.values(type.names));
    case "moment":
      return whole(0, 0xffff_ffff);
    case "octets":
      return fc.uint8Array({ minLength: type.min, maxLength: type.max });
    case "bits":
      return fc
        .array(fc.constantFrom("0", "1"), { minLength: type.min, maxLength: type.max })
        .map((bits) => bits.join(""));
    case "calendar":
      return anyCalendar(calendarBytes[type.form]).filter((octets) => plainFault(type, octets) === undefined);
    case "optional":
      return fc.option(anyOf(type.of), { nil: null });
    case "array":
      return fc.array(anyOf(type.item), {
        minLength: type.min,
        maxLength: Math.max(type.min, Math.min(type.max, 6)),
      });
    case "structure":
      return fc.tuple(
        ...Object.values(type.fields)
          .filter(({ kind }) => kind !== "twin")
          .map(anyOf),
      );
    default:
      throw new Error(`test: no values of ${type.kind}`);
  }
}

/** Octets of dates and times, many of which are real. */
const anyCalendar = (length: number): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom([0xff, 0xff], [0x07, 0xea], [0x00, 0x00]),
      fc.array(fc.constantFrom(0xff, 0, 1, 5, 12, 23, 31, 59), { minLength: 7, maxLength: 7 }),
    )
    .map(([year, rest]) =>
      Uint8Array.from(
        length === 4
          ? rest.slice(0, 4)
          : length === 5
            ? [...year, ...rest.slice(0, 3)]
            : [...year, ...rest, 0x80, 0, 0xff],
      ),
    );

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
