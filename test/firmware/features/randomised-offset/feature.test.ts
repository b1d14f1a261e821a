import assert from "node:assert/strict";
import { partitions } from "../../../../firmware/devices/partitions.ts";
import { meteringFeature, meteringLogs } from "../../../../firmware/features/metering/feature.ts";
import {
  offsetNumber,
  randomisedOffsetFeature,
} from "../../../../firmware/features/randomised-offset/feature.ts";
import { tariffFeature } from "../../../../firmware/features/tariff/feature.ts";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";
import { constantLoad } from "../../../../hal/mock/index.ts";
import { FeatureBench, refusalOf, startUtcS } from "../../../support/feature-bench.ts";
import { ecs01a } from "../tariff/samples.ts";

const make = (number: number, limitS: number) =>
  FeatureBench.start({ load: constantLoad(1000) }, async (context) => {
    const { futureDated, board } = context;
    const logs = await meteringLogs(board.flash, partitions(board.flash.geometry));
    const offset = randomisedOffsetFeature(context, { number, limitS });
    const tariff = tariffFeature(context, { futureDated, offset });
    return { features: [offset, tariff, meteringFeature(context, { tariff, ...logs })], offset, tariff };
  });

describe("randomised offset (ECS38, ECS26c)", () => {
  it("is number x limit / 10,000, rounded; the limit is set, kept, and bounded to 1,799 s", async () => {
    const bench = await make(5000, 0);
    const read = async () =>
      Promise.all(
        (["randomisedOffset", "randomisedOffsetNumber", "randomisedOffsetLimit"] as const).map(
          async (name) => (await bench.get(name, 2)).value,
        ),
      );
    assert.deepEqual(await read(), [0, 5000, 0]);
    assert.equal((await bench.set("randomisedOffsetLimit", 2, 901)).status, 0);
    assert.deepEqual(await read(), [451, 5000, 901]);
    assert.equal(await refusalOf(bench.set("randomisedOffsetLimit", 2, 1800)), "format");
    await bench.powerCycle();
    assert.deepEqual(await read(), [451, 5000, 901]);
    assert.equal((await bench.set("randomisedOffset", 2, 0)).status, 3);
    assert.equal((await bench.set("randomisedOffsetNumber", 2, 1)).status, 3);
  });

  it("is applied to every switch of the tariff, from the moment the limit is set", async () => {
    const bench = await make(10_000, 0);
    await ecs01a(bench);
    await bench.run(3_600_000);
    const { tariff } = bench.built;
    const switchS = tariff.nextSwitchAfter(bench.context.nowS());
    assert.equal(switchS, startUtcS + 7 * 3600);
    const [before, after] = [tariff.rateAt(switchS - 1).index, tariff.rateAt(switchS).index];
    assert.notEqual(before, after);
    await bench.set("randomisedOffsetLimit", 2, 900);
    assert.deepEqual(
      [switchS, switchS + 899, switchS + 900].map((utcS) => tariff.rateAt(utcS).index),
      [before, before, after],
    );
    assert.equal(tariff.nextSwitchAfter(switchS), switchS + 900);
    const booked = async () => ((await bench.get("touRegisters", 2)).value as number[][])[0]?.[after - 1];
    await bench.runTo(switchS + 899);
    assert.equal(await booked(), 0, "the switch is late by the offset");
    await bench.runTo(switchS + 900 + 3600);
    assert.equal(await booked(), 1000);
  });

  it("its number is 1 to 10,000, the same for a device and spread over devices", () => {
    const crypto = nodeCrypto();
    const numbers = Array.from({ length: 2000 }, (_, i) =>
      offsetNumber(crypto.sha256(Uint8Array.of(i >> 8, i & 255))),
    );
    assert.ok(numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= 10_000));
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    assert.ok(Math.abs(mean - 5000) < 300, `mean ${mean}`);
    assert.equal(offsetNumber(new Uint8Array(32)), 1);
    assert.equal(offsetNumber(Uint8Array.of(0, 0, 0x27, 0x0f)), 10_000);
  });
});
