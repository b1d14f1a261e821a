import assert from "node:assert/strict";
import { type SupplyFeature, supplyFeature } from "../../../../firmware/features/supply/feature.ts";
import { cutEverywhere, FeatureBench, supplierOrigin } from "../../../support/feature-bench.ts";

/** Of the one command that waits for its answer when the power comes back. */
const pending = 5n;
const make = () =>
  FeatureBench.start({}, (context) => {
    const { originator: holder } = supplierOrigin;
    const supply = supplyFeature(context, { pending: () => ({ holder, counter: pending }) });
    return { features: [supply], supply };
  });
type Bench = FeatureBench<{ features: SupplyFeature[]; supply: SupplyFeature }>;
let counter = 1000n;
const script = async (bench: Bench, name: keyof typeof SupplyScript, own = ++counter) =>
  (await bench.call("supplyControl", 1, SupplyScript[name], { ...supplierOrigin, counter: own })).status;
const contacts = (bench: Bench) => bench.board.mockLoadSwitch.contactsClosed;
const state = async (bench: Bench) => (await bench.get("supplyState", 3)).value;

const SupplyScript = { enable: 0x33, disable: 0x34, arm: 0x36 } as const;

describe("supply feature", () => {
  it("disables, arms and enables by script, and says so (ECS42 to 45)", async () => {
    const bench = await make();
    assert.equal(await state(bench), 1);
    assert.equal(await script(bench, "disable"), 0);
    assert.deepEqual([await state(bench), contacts(bench)], [0, false]);
    assert.equal(await script(bench, "arm"), 0);
    assert.deepEqual([await state(bench), contacts(bench), bench.alertCodes], [2, false, ["8f32"]]);
    assert.equal(await script(bench, "enable"), 0);
    assert.deepEqual([await state(bench), contacts(bench)], [1, true]);
  });

  it("refuses a script that does not exist, and arming an enabled supply, without effect", async () => {
    const bench = await make();
    const before = bench.board.mockFlash.operationCount;
    for (const number of [0, 0x32, 0x35, 0xffff])
      assert.equal((await bench.call("supplyControl", 1, number)).status, 3);
    assert.equal(await script(bench, "arm"), 250);
    assert.equal(bench.board.mockFlash.operationCount, before);
    assert.equal(contacts(bench), true);
  });

  it("lets the person at the meter enable an armed supply with button a, and only that", async () => {
    const bench = await make();
    await script(bench, "disable");
    bench.board.mockUserInterface.press("a");
    await bench.run(1000);
    assert.equal(contacts(bench), false);
    await script(bench, "arm");
    bench.board.mockUserInterface.press("b");
    await bench.run(1000);
    assert.equal(contacts(bench), false);
    bench.board.mockUserInterface.press("a");
    await bench.run(1000);
    assert.deepEqual([contacts(bench), bench.eventCodes], [true, ["8161"]]);
  });

  it("answers hardware fault, alerts 81C0 or 81BD and keeps the old state when the switch fails", async () => {
    const bench = await make();
    bench.board.mockLoadSwitch.faults.welded = true;
    assert.equal(await script(bench, "disable"), 1);
    assert.deepEqual([await state(bench), contacts(bench), bench.alertCodes], [1, true, ["81c0"]]);
    bench.board.mockLoadSwitch.faults.welded = false;
    await script(bench, "disable");
    bench.board.mockLoadSwitch.faults.stuckOpen = true;
    assert.equal(await script(bench, "enable"), 1);
    assert.deepEqual([await state(bench), contacts(bench), bench.alertCodes], [0, false, ["81c0", "81bd"]]);
  });

  it("locks on tamper (81BE) until the supplier acts", async () => {
    const bench = await make();
    assert.equal(await bench.built.supply.tamperLock(), true);
    assert.deepEqual([contacts(bench), bench.alertCodes, bench.eventCodes], [false, ["81be"], ["81be"]]);
    assert.equal(bench.built.supply.state.cause, "tamper");
    bench.board.mockUserInterface.press("a");
    await bench.run(1000);
    assert.equal(contacts(bench), false);
    assert.equal(await script(bench, "enable"), 0);
    assert.equal(contacts(bench), true);
  });

  it("asserts the kept state again after a power cut, and alerts when that fails", async () => {
    const bench = await make();
    await script(bench, "disable");
    bench.board.mockLoadSwitch.force(true);
    await bench.powerCycle();
    assert.equal(contacts(bench), false);
    bench.board.mockLoadSwitch.force(true);
    bench.board.mockLoadSwitch.faults.welded = true;
    await bench.powerCycle();
    assert.deepEqual([contacts(bench), bench.alertCodes], [true, ["81c0"]]);
    assert.equal(await state(bench), 0, "what a command that was answered did is not taken back");
  });

  for (const [name, fault, code, before] of [
    ["disable", "welded", "81c0", 1],
    ["enable", "stuckOpen", "81bd", 0],
  ] as const)
    it(`a switch that failed to ${name} is told once and answered as failed, whatever flash operation the power fails at`, async () => {
      let failed = 0;
      const cuts = await cutEverywhere(
        async () => {
          const bench = await make();
          if (name === "enable") await script(bench, "disable", 1n);
          bench.board.mockLoadSwitch.faults[fault] = true;
          return bench;
        },
        (bench) => script(bench, name, pending),
        async (bench, cut) => {
          // The device does the command again at its boot.
          assert.equal(await script(bench, name, pending), 1, cut);
          assert.equal(await script(bench, name, pending), 1, cut);
          assert.deepEqual(bench.alertCodes, [code], cut);
          assert.deepEqual([await state(bench), contacts(bench)], [before, before === 1], cut);
          failed++;
          bench.board.mockLoadSwitch.faults[fault] = false;
          assert.equal(await script(bench, name, pending + 1n), 0, `${cut}: the next command is tried`);
        },
      );
      assert.equal(failed, cuts);
    });

  it("after a cut at any flash operation: switch and state agree, and each alert is there exactly once", async () => {
    const cuts = await cutEverywhere(
      make,
      async (bench) => {
        await script(bench, "disable");
        await script(bench, "arm");
        await bench.built.supply.loadLimitTripped();
        await script(bench, "enable");
        await bench.built.supply.loadLimitTripped();
        await bench.built.supply.loadLimitRestored();
      },
      async (bench, cut) => {
        const { output, cause } = bench.built.supply.state;
        assert.equal(contacts(bench), output === "enabled", cut);
        const expected: Record<string, string[][]> = {
          "disabled/remote": [[]],
          "armed/remote": [["8f32"]],
          "armed/loadLimit": [["8f32", "8f33"]],
          "enabled/none": [[], ["8f32"], ["8f32", "8f33", "8f34", "8f34"]],
        };
        const allowed = (expected[`${output}/${cause}`] ?? []).map(String);
        assert.ok(
          allowed.includes(String(bench.alertCodes)),
          `${cut}: ${output}/${cause} ${bench.alertCodes}`,
        );
      },
    );
    assert.ok(cuts >= 24, `${cuts} cuts`);
  });
});
