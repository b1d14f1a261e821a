import assert from "node:assert/strict";
import { supplyFeature } from "../../../../firmware/features/supply/feature.ts";
import { tamperFeature } from "../../../../firmware/features/tamper/feature.ts";
import type { TamperInput } from "../../../../hal/board.ts";
import { cutEverywhere, FeatureBench } from "../../../support/feature-bench.ts";

const make = (lock = false) =>
  FeatureBench.start({}, (context) => {
    const supply = supplyFeature(context, { pending: () => undefined });
    const opened = async () => {
      if (lock) await supply.tamperLock();
    };
    return { features: [supply, tamperFeature(context, { opened })], supply };
  });
type Bench = Awaited<ReturnType<typeof make>>;

const move = async (bench: Bench, input: TamperInput, active: boolean, runMs = 10_000) => {
  bench.board.mockTamper.set(input, active);
  await bench.run(runMs);
};
const supplierCodes = (bench: Bench) =>
  bench.context.alerts().flatMap(({ code, to }) => (to === "supplier" ? [code.toString(16)] : []));
const open = (bench: Bench) => move(bench, "meter-cover", true);

describe("tamper feature", () => {
  const both = ["supplier", "networkOperator"];
  const pairs = [
    ["meter-cover", "8f74", ["supplier"], "81b9", []],
    ["terminal-cover", "8f76", both, "81c1", ["81c1"]],
    ["magnet", "8f75", both, "81bc", ["81bc"]],
  ] as const;
  const told = (bench: Bench) => bench.context.alerts().map(({ code, to }) => [code.toString(16), to]);
  for (const [input, opened, hears, closed, logged] of pairs)
    it(`${input}: opening ${opened} in the security log, to ${hears.join(" and ")}; closing ${closed} to the supplier, in ${logged.length} log`, async () => {
      const bench = await make();
      await move(bench, input, true);
      const atOpening = hears.map((to) => [opened, to]);
      assert.deepEqual([bench.securityCodes, bench.eventCodes, told(bench)], [[opened], [], atOpening]);
      await move(bench, input, false);
      assert.deepEqual([bench.securityCodes, bench.eventCodes], [[opened], logged]);
      assert.deepEqual(told(bench), [...atOpening, [closed, "supplier"]]);
      assert.deepEqual(bench.powerCodes, []);
    });

  it("leaves the battery cover to gas meters, and a board without tamper inputs alone", async () => {
    const bench = await make();
    await move(bench, "battery-cover", true);
    assert.deepEqual([bench.alertCodes, bench.securityCodes], [[], []]);
    const { context } = bench;
    const bare = Object.create(context, { board: { value: { ...context.board, tamper: undefined } } });
    await tamperFeature(bare).start?.();
    assert.deepEqual(bench.alertCodes, []);
  });

  it("tells of an opening however short, and of a closing only when it has lasted", async () => {
    const bench = await make();
    await move(bench, "meter-cover", true, 1);
    await move(bench, "meter-cover", false, 4_000);
    assert.deepEqual(bench.alertCodes, ["8f74"]);
    await bench.run(1_001);
    assert.deepEqual(bench.alertCodes, ["8f74", "81b9"]);
  });

  it("a rattling cover costs one alert and no flash", async () => {
    const bench = await make();
    await open(bench);
    const before = bench.board.mockFlash.operationCount;
    for (let i = 0; i < 500; i++) await move(bench, "meter-cover", i % 2 === 1, 900);
    assert.deepEqual(bench.alertCodes, ["8f74"]);
    assert.equal(bench.board.mockFlash.operationCount, before);
  });

  it("tells ten movements an hour, and what holds at the hour's end", async () => {
    const bench = await make();
    for (let i = 0; i < 41; i++) await move(bench, "magnet", i % 2 === 0);
    assert.equal(supplierCodes(bench).length, 10);
    assert.equal(bench.alertCodes.at(-1), "81bc");
    await bench.run(3_600_000);
    assert.deepEqual(supplierCodes(bench).slice(10), ["8f75"], "the magnet is there");
    await move(bench, "terminal-cover", true);
    assert.equal(bench.alertCodes.at(-1), "8f76", "each input has its own budget");
  });

  it("a restart does not renew the hour's budget", async () => {
    const bench = await make();
    for (let i = 0; i < 10; i++) await move(bench, "magnet", i % 2 === 0);
    await bench.powerCycle();
    await move(bench, "magnet", true);
    assert.equal(supplierCodes(bench).length, 10);
    await bench.run(3_600_000);
    assert.equal(supplierCodes(bench).length, 11);
  });

  it("tells at the start of a cover that was moved while the power was off", async () => {
    const bench = await make();
    bench.board.powerOff();
    bench.board.mockTamper.set("terminal-cover", true);
    bench.board.powerOn();
    await bench.run(0);
    assert.deepEqual([supplierCodes(bench), bench.securityCodes], [["8f76"], ["8f76"]]);
    bench.board.powerOff();
    bench.board.mockTamper.set("terminal-cover", false);
    bench.board.powerOn();
    await bench.run(10_000);
    assert.deepEqual([supplierCodes(bench), bench.eventCodes], [["8f76", "81c1"], ["81c1"]]);
    await bench.powerCycle();
    await bench.run(10_000);
    assert.equal(supplierCodes(bench).length, 2, "old news");
  });

  it("locks the supply at an opening when that is wanted; the supplier's word then holds", async () => {
    const bench = await make(true);
    await open(bench);
    assert.deepEqual(bench.alertCodes, ["81be", "8f74"]);
    assert.deepEqual(bench.eventCodes, ["81be"]);
    assert.equal(bench.board.mockLoadSwitch.contactsClosed, false);
    await bench.call("supplyControl", 1, 0x33);
    await bench.powerCycle();
    await bench.run(10_000);
    assert.equal(bench.board.mockLoadSwitch.contactsClosed, true, "the cover was open before");
    assert.equal(bench.alertCodes.length, 2);
  });

  for (const lock of [false, true])
    it(`whatever flash operation the power fails at, all is told once${lock ? ", and the supply is locked" : ""}`, async () => {
      const cuts = await cutEverywhere(
        () => make(lock),
        open,
        async (bench, cut) => {
          await bench.run(10_000);
          assert.deepEqual(bench.securityCodes, ["8f74"], cut);
          assert.deepEqual([...bench.alertCodes].sort(), lock ? ["81be", "8f74"] : ["8f74"], cut);
          assert.deepEqual(bench.eventCodes, lock ? ["81be"] : [], cut);
          assert.equal(bench.board.mockLoadSwitch.contactsClosed, !lock, cut);
        },
      );
      assert.ok(cuts >= 3, `${cuts} cuts`);
    });

  it("a power cut leaves both recipients told of a magnet, once each, or none", async () => {
    await cutEverywhere(
      () => make(),
      (bench) => move(bench, "magnet", true),
      async (bench, cut) => {
        await bench.run(10_000);
        const all = [
          ["8f75", "supplier"],
          ["8f75", "networkOperator"],
        ];
        assert.deepEqual(told(bench), all, cut);
        assert.deepEqual(bench.securityCodes, ["8f75"], cut);
      },
    );
  });
});
