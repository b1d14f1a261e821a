import assert from "node:assert/strict";
import { loadLimitFeature } from "../../../../firmware/features/load-limit/feature.ts";
import { supplyFeature } from "../../../../firmware/features/supply/feature.ts";
import { constantLoad } from "../../../../hal/mock/index.ts";
import { type BenchOptions, cutEverywhere, FeatureBench, startUtcS } from "../../../support/feature-bench.ts";

const now = 0;
const never = 0xffff_ffff;
const settable = [
  "loadLimitSupplyState",
  "loadLimitPowerThreshold",
  "loadLimitPeriod",
  "loadLimitRestorationPeriod",
] as const;

const make = (options: BenchOptions = {}) =>
  FeatureBench.start({ load: constantLoad(3000), ...options }, (context) => {
    const supply = supplyFeature(context, { pending: () => undefined });
    const loadLimit = loadLimitFeature(context, { futureDated: context.futureDated, supply });
    return { features: [supply, loadLimit], supply };
  });
type Bench = Awaited<ReturnType<typeof make>>;

/** ECS28a: four passive values, four activation times. */
async function ecs28a(bench: Bench, values: readonly [boolean, number, number, number], atS: number = now) {
  const statuses: number[] = [];
  for (const [i, name] of settable.entries())
    statuses.push((await bench.set(name, 4, values[i] ?? 0)).status);
  for (const name of settable) statuses.push((await bench.set(name, 6, atS)).status);
  return statuses;
}
const ecs27 = async (bench: Bench) => [
  (await bench.get("loadLimitSupplyState", 2)).value,
  (await bench.get("loadLimitCounter", 2)).value,
  (await bench.get("loadLimitCounter", 3)).value,
  (await bench.get("loadLimiter", 4)).value,
  (await bench.get("loadLimiter", 6)).value,
  (await bench.get("loadLimiter", 7)).value,
];
const state = (bench: Bench) => bench.built.supply.state.output;
const draw = (bench: Bench, watts: number) => {
  bench.board.mockMetrology.profile = constantLoad(watts);
};

describe("load limit feature", () => {
  it("with periods of nothing cuts and restores the supply no more often than once a second each", async () => {
    const bench = await make();
    await ecs28a(bench, [true, 1000, 0, 0]);
    await bench.run(60_000);
    const [, count] = await ecs27(bench);
    assert.ok(Number(count) >= 25 && Number(count) <= 31, `${count} in a minute`);
  });

  it("limits nothing until it is set, and reads back what is in force (ECS28a, ECS27)", async () => {
    const bench = await make();
    await bench.run(3_600_000);
    assert.deepEqual(bench.alertCodes, []);
    assert.deepEqual(await ecs28a(bench, [false, 6900, 300, 30]), [0, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(await ecs27(bench), [false, 0, [0, 255], 6900, 300, 30]);
  });

  it("counts and alerts once for an exceedance that lasts the whole period, and again for the next", async () => {
    const bench = await make();
    await ecs28a(bench, [false, 6900, 300, 30]);
    draw(bench, 7000);
    await bench.run(299_000);
    assert.deepEqual(bench.alertCodes, []);
    await bench.run(2000);
    assert.deepEqual(bench.alertCodes, ["8f01"]);
    await bench.run(3_600_000);
    draw(bench, 100);
    await bench.run(1000);
    draw(bench, 7000);
    await bench.run(301_000);
    assert.deepEqual([bench.alertCodes, state(bench)], [["8f01", "8f01"], "enabled"]);
    assert.equal((await bench.get("loadLimitCounter", 2)).value, 2);
  });

  it("does not count an exceedance with a break, nor power at the threshold", async () => {
    const bench = await make();
    await ecs28a(bench, [true, 6900, 300, 30]);
    for (let i = 0; i < 10; i++) {
      draw(bench, 7000);
      await bench.run(290_000);
      draw(bench, 6900);
      await bench.run(1000);
    }
    await bench.run(600_000);
    assert.deepEqual([bench.alertCodes, state(bench)], [[], "enabled"]);
  });

  it("disables, arms, and enables after the restoration period, for as long as the load is too high", async () => {
    const bench = await make();
    await ecs28a(bench, [true, 6900, 300, 30]);
    draw(bench, 7000);
    await bench.run(301_000);
    assert.deepEqual([bench.alertCodes, state(bench)], [["8f01", "8f33"], "armed"]);
    assert.equal(bench.board.mockLoadSwitch.contactsClosed, false);
    await bench.run(30_000);
    assert.deepEqual([bench.alertCodes.slice(2), state(bench)], [["8f34", "8f34"], "enabled"]);
    assert.deepEqual(
      bench.context
        .alerts()
        .map((alert) => alert.to)
        .slice(2),
      ["supplier", "networkOperator"],
    );
    await bench.run(301_000);
    assert.deepEqual([bench.alertCodes.slice(4), state(bench)], [["8f01", "8f33"], "armed"]);
  });

  it("does not restore what the supplier or the person at the meter has moved meanwhile", async () => {
    const bench = await make();
    await ecs28a(bench, [true, 6900, 300, 30]);
    draw(bench, 7000);
    await bench.run(301_000);
    await bench.call("supplyControl", 1, 0x34);
    await bench.run(60_000);
    assert.deepEqual([state(bench), bench.alertCodes], ["disabled", ["8f01", "8f33"]]);
    await bench.call("supplyControl", 1, 0x33);
    await bench.run(301_000);
    assert.equal(state(bench), "armed");
    draw(bench, 100);
    bench.board.mockUserInterface.press("a");
    await bench.run(60_000);
    assert.deepEqual([state(bench), bench.alertCodes.slice(4)], ["enabled", []]);
  });

  it("runs the restoration period again after a power cut", async () => {
    const bench = await make();
    await ecs28a(bench, [true, 6900, 300, 30]);
    draw(bench, 7000);
    await bench.run(301_000);
    await bench.powerCycle(3_600_000);
    assert.equal(state(bench), "armed");
    await bench.run(31_000);
    assert.equal(state(bench), "enabled");
  });

  it("only alerts when the switch fails to open", async () => {
    const bench = await make();
    bench.board.mockLoadSwitch.faults.welded = true;
    await ecs28a(bench, [true, 6900, 300, 30]);
    draw(bench, 7000);
    await bench.run(400_000);
    assert.deepEqual([bench.alertCodes, state(bench)], [["8f01", "81c0"], "enabled"]);
  });

  it("activates future-dated values at their time, each with its outcome, and keeps them over a power cut", async () => {
    const bench = await make();
    await ecs28a(bench, [true, 6900, 300, 30], startUtcS + 86_400);
    assert.deepEqual(await ecs27(bench), [false, 0, [0, 255], 0xffff_ffff, 300, 30]);
    await bench.powerCycle();
    await bench.runTo(startUtcS + 86_399);
    assert.deepEqual(bench.alertCodes, []);
    await bench.runTo(startUtcS + 86_401);
    assert.deepEqual(await ecs27(bench), [true, 0, [0, 255], 6900, 300, 30]);
    assert.deepEqual(bench.alertCodes, ["8f66", "8f66", "8f66", "8f66"]);
  });

  it("cancels with NEVER, and a newer time replaces an older one", async () => {
    const bench = await make();
    await ecs28a(bench, [true, 6900, 300, 30], startUtcS + 1000);
    await ecs28a(bench, [true, 5000, 300, 30], never);
    await bench.runTo(startUtcS + 2000);
    assert.deepEqual([bench.alertCodes, (await bench.get("loadLimiter", 4)).value], [[], never]);
    await bench.set("loadLimitPowerThreshold", 6, startUtcS + 3000);
    await bench.set("loadLimitPowerThreshold", 6, startUtcS + 4000);
    await bench.runTo(startUtcS + 3500);
    assert.equal((await bench.get("loadLimiter", 4)).value, never);
    await bench.runTo(startUtcS + 4001);
    assert.deepEqual([bench.alertCodes, (await bench.get("loadLimiter", 4)).value], [["8f66"], 5000]);
  });

  it("refuses to activate what was never set, and to write what is not settable", async () => {
    const bench = await make();
    assert.equal((await bench.set("loadLimitPeriod", 6, now)).status, 250);
    assert.equal((await bench.set("loadLimitPeriod", 2, 5)).status, 3);
    assert.equal((await bench.set("loadLimiter", 4, 5)).status, 3);
    await bench.set("loadLimitPeriod", 6, startUtcS + 10);
    await bench.run(11_000);
    assert.deepEqual(bench.alertCodes, ["8f67"]);
  });

  it("resets the counter (ECS28b)", async () => {
    const bench = await make();
    await ecs28a(bench, [false, 100, 10, 30]);
    await bench.run(11_000);
    assert.equal((await bench.get("loadLimitCounter", 2)).value, 1);
    assert.equal((await bench.call("loadLimitCounter", 1, 0)).status, 0);
    assert.equal((await bench.get("loadLimitCounter", 2)).value, 0);
  });

  it("after a cut at any flash operation of a trip: counter and 8F01 agree, 8F33 is never doubled", async () => {
    await cutEverywhere(
      () => make(),
      async (bench) => {
        await ecs28a(bench, [true, 6900, 5, 30]);
        draw(bench, 7000);
        await bench.run(6000);
      },
      async (bench, cut) => {
        const counted = bench.alertCodes.filter((code) => code === "8f01").length;
        assert.equal((await bench.get("loadLimitCounter", 2)).value, counted, cut);
        const tripped = bench.alertCodes.filter((code) => code === "8f33").length;
        assert.equal(tripped, state(bench) === "armed" ? 1 : 0, cut);
        assert.equal(bench.board.mockLoadSwitch.contactsClosed, state(bench) === "enabled", cut);
      },
    );
  });
});
