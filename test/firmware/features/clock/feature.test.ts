import assert from "node:assert/strict";
import { clockFeature } from "../../../../firmware/features/clock/feature.ts";
import type { BenchOptions } from "../../../support/feature-bench.ts";
import {
  cutEverywhere,
  dying,
  FeatureBench,
  startUtcS,
  supplierOrigin,
} from "../../../support/feature-bench.ts";

const never = 0xffff_ffff;
const hub: { timeS: number | undefined } = { timeS: undefined };
let settings = 0;
const make = (options: BenchOptions = {}) => {
  settings = 0;
  return FeatureBench.start(options, (context) => ({
    features: [
      clockFeature(context, {
        hubTimeS: () => hub.timeS,
        afterSet: async () => {
          settings++;
        },
      }),
    ],
  }));
};

/** ECS70 as the reference messages have it; answers the five statuses, and time and status. */
let counter = 1000n;
async function ecs70(
  bench: Awaited<ReturnType<typeof make>>,
  fromS: number,
  toS: number,
  origin = { ...supplierOrigin, counter: ++counter },
) {
  const results = [
    await bench.set("clock", 9, 5, origin),
    await bench.call("clock", 5, [never, fromS, toS], origin),
    await bench.call("clock", 4, 0, origin),
    await bench.get("clock", 2),
    await bench.get("clock", 4),
  ];
  return { statuses: results.map((r) => r.status), timeS: results[3]?.value, status: results[4]?.value };
}

describe("clock feature (ECS70)", () => {
  it("takes the first setting whatever it is, and becomes reliable", async () => {
    const bench = await make({ timeIsSet: false });
    assert.equal((await bench.get("clock", 4)).value, 1);
    hub.timeS = startUtcS + 500;
    const answer = await ecs70(bench, startUtcS, startUtcS + 1000);
    assert.deepEqual(answer, { statuses: [0, 0, 0, 0, 0], timeS: startUtcS + 500, status: 0 });
    assert.deepEqual([bench.eventCodes, bench.alertCodes, settings], [[], [], 1]);
  });

  for (const offset of [-10, -1, 0, 10])
    it(`adjusts by ${offset} s and logs 8145`, async () => {
      const bench = await make();
      hub.timeS = startUtcS + offset;
      const answer = await ecs70(bench, startUtcS - 100, startUtcS + 100);
      assert.deepEqual([answer.timeS, answer.status], [startUtcS + offset, 0]);
      assert.deepEqual([bench.eventCodes, bench.alertCodes], [["8145"], []]);
    });

  for (const offset of [-11, 11, 86_400])
    it(`refuses to adjust by ${offset} s: 8F0C, unreliable until it is right again`, async () => {
      const bench = await make();
      hub.timeS = startUtcS + offset;
      const answer = await ecs70(bench, 0, never);
      assert.deepEqual(answer, { statuses: [0, 0, 250, 0, 0], timeS: startUtcS, status: 2 });
      assert.deepEqual(bench.alertCodes, ["8f0c"]);
      assert.equal(bench.context.securityLog.entries()[0]?.code, 0x8f0c);
      await bench.powerCycle();
      assert.equal((await bench.get("clock", 4)).value, 2);
      hub.timeS = bench.context.nowS();
      assert.equal((await ecs70(bench, 0, never)).status, 0);
    });

  it("refuses outside the window, with its bounds reversed, without a window, without the hub's time", async () => {
    const bench = await make();
    hub.timeS = startUtcS + 5;
    assert.equal((await ecs70(bench, startUtcS + 6, startUtcS + 100)).statuses[2], 250);
    assert.equal((await ecs70(bench, startUtcS, startUtcS + 4)).statuses[2], 250);
    assert.equal((await ecs70(bench, 100, 99)).statuses[1], 250);
    assert.equal((await bench.call("clock", 4, 0)).status, 250);
    hub.timeS = undefined;
    assert.equal((await ecs70(bench, 0, never)).statuses[2], 2);
    assert.equal((await bench.set("clock", 9, 1)).status, 250);
    assert.equal((await bench.set("clock", 2, 1)).status, 3);
    assert.deepEqual([bench.context.nowS(), settings], [startUtcS, 0]);
  });

  for (const [what, fromS, toS] of [
    ["before it opens", startUtcS + 6, startUtcS + 100],
    ["after it has closed", startUtcS - 100, startUtcS + 4],
  ] as const)
    it(`a window that is missed, ${what}, is told and logged (8F0C, 81C6), and the clock stays reliable`, async () => {
      const bench = await make();
      hub.timeS = startUtcS + 5;
      assert.deepEqual((await ecs70(bench, fromS, toS)).statuses, [0, 0, 250, 0, 0]);
      assert.deepEqual(
        [bench.alertCodes, bench.securityCodes, bench.eventCodes],
        [["8f0c"], ["8f0c"], ["81c6"]],
      );
      assert.equal((await bench.get("clock", 4)).value, 0);
    });

  it("a clock that was never set says so: invalid, and no time, in its answer, its logs and its alerts", async () => {
    const bench = await make({ timeIsSet: false });
    await bench.run(60_000);
    assert.deepEqual([(await bench.get("clock", 2)).value, (await bench.get("clock", 4)).value], [never, 1]);
    hub.timeS = startUtcS;
    await ecs70(bench, 0, 1);
    assert.deepEqual(
      bench.context.securityLog.entries().map(({ code, timeS }) => [code, timeS]),
      [[0x8f0c, never]],
    );
  });

  it("includes both bounds of the window", async () => {
    const bench = await make();
    hub.timeS = startUtcS + 5;
    assert.equal((await ecs70(bench, startUtcS + 5, startUtcS + 5)).statuses[2], 0);
  });

  it("has lost its time after a power cut with a dead battery, and takes a first setting again", async () => {
    const bench = await make();
    bench.board.mockClock.batteryDead = true;
    await bench.powerCycle();
    assert.equal((await bench.get("clock", 4)).value, 1);
    hub.timeS = startUtcS + 99_999;
    assert.equal((await ecs70(bench, 0, never)).timeS, startUtcS + 99_999);
  });

  for (const first of [true, false])
    it(`a cut at any flash operation of ${first ? "the first setting" : "an adjustment"}: done and answered as done, once, or not done`, async () => {
      const origin = { ...supplierOrigin, counter: 5n };
      let done = 0;
      const cuts = await cutEverywhere(
        () => make({ timeIsSet: !first }),
        (bench) => {
          hub.timeS = startUtcS + 7;
          return ecs70(bench, 0, never, origin);
        },
        async (bench, cut) => {
          // Done again at the boot, when the hub cannot be heard yet.
          hub.timeS = undefined;
          const trueS = startUtcS + Math.floor(bench.scheduler.nowMs / 1000);
          const { statuses, timeS, status } = await ecs70(bench, 0, never, origin);
          const isDone = statuses[2] === 0;
          if (isDone) done++;
          const wasS = first ? never : trueS;
          assert.ok(Math.abs(Number(timeS) - (isDone ? trueS + 7 : wasS)) <= 1, `${cut}: ${timeS}`);
          assert.equal(status, first && !isDone ? 1 : 0, cut);
          assert.deepEqual(bench.eventCodes, isDone && !first ? ["8145"] : [], cut);
          assert.deepEqual(bench.alertCodes, [], cut);
          if (isDone) assert.ok(settings > 0, `${cut}: who follows the clock has heard of it`);
        },
      );
      // The clock itself is no flash operation, and what follows a first setting is the device's: see power-cut.test.ts.
      assert.ok(first ? done === 0 : done > 0 && done < cuts, `${done} of ${cuts} done`);
    });

  it("a cut at any flash operation of a refusal: the same command done again logs and tells it once", async () => {
    const origin = { ...supplierOrigin, counter: 6n };
    await cutEverywhere(
      () => make(),
      (bench) => {
        hub.timeS = startUtcS + 60;
        return ecs70(bench, 0, never, origin);
      },
      async (bench, cut) => {
        await dying(() => ecs70(bench, 0, never, origin));
        assert.deepEqual([bench.alertCodes, bench.securityCodes], [["8f0c"], ["8f0c"]], cut);
      },
    );
  });

  it("a cut at any flash operation of a refused adjustment leaves time and status explainable", async () => {
    hub.timeS = startUtcS + 60;
    await cutEverywhere(
      () => make(),
      (bench) => ecs70(bench, 0, never),
      async (bench, cut) => {
        const status = (await bench.get("clock", 4)).value;
        assert.ok(status === 0 || status === 2, cut);
        const logged = bench.context.securityLog.entries().map(({ code }) => code.toString(16));
        assert.deepEqual(logged, bench.alertCodes, `${cut}: log and alert agree`);
        assert.deepEqual(logged, status === 2 ? ["8f0c"] : [], cut);
      },
    );
  });
});
