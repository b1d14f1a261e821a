import assert from "node:assert/strict";
import { joinsFeature } from "../../../../firmware/features/joins/feature.ts";
import { type Join, join, unjoin } from "../../../../firmware/features/joins/machine.ts";
import { messages } from "../../../../firmware/model/index.ts";
import { euiBytes } from "../../../../hal/base/eui64.ts";
import { cutEverywhere, FeatureBench, supplierOrigin } from "../../../support/feature-bench.ts";

const load = "00DB1234567890A5";
const display = "00DB1234567890A4";
const [by, undo] = [messages.CS03A1.code, messages.CS04AC.code];
const rules = { deviceType: "ESME", capacity: 2 } as const;
const joined: Required<Join> = { device: load, type: "HCALCS", method: "aInitiator" };

describe("joins, as a machine", () => {
  it("look at the method and the message code first, then at who may be joined so, then at the log", () => {
    const table = [
      [[], { ...joined }, by, "success", 1],
      [[], { ...joined, method: "b" }, by, "wrongMessageCode", 0],
      [[joined], { ...joined, method: "aResponder", type: "PPMID" }, by, "wrongMessageCode", 1],
      [[], { ...joined, method: "aResponder" }, messages.CS03A2.code, "wrongMethod", 0],
      [[], { ...joined, type: "type2" }, by, "wrongMethod", 0],
      [[], { device: display, type: "type2", method: "b" }, messages.CS03B.code, "success", 1],
      [[joined], { ...joined }, by, "success", 1],
      [[joined], { ...joined, type: "PPMID" }, by, "otherTypeListed", 1],
      [[joined, { ...joined, device: "AA" }], { ...joined, device: display }, by, "logFull", 2],
    ] as const;
    for (const [log, asked, code, outcome, size] of table) {
      const step = join(log, asked, code, rules);
      assert.deepEqual([step.outcome, step.joins.length], [outcome, size], outcome);
    }
  });

  it("are undone by the message for their method alone", () => {
    const byB: Join = { device: display, type: "type2", method: "b" };
    const old: Join = { device: display, type: "type2" };
    const table = [
      [[joined], load, undo, "success", 0],
      [[joined], display, undo, "notListed", 1],
      [[joined], load, messages.CS04B.code, "other", 1],
      [[byB], display, undo, "other", 1],
      [[byB], display, messages.CS04B.code, "success", 0],
      [[old], display, undo, "success", 0],
    ] as const;
    for (const [log, device, code, outcome, size] of table) {
      const step = unjoin(log, device, code);
      assert.deepEqual([step.outcome, step.joins.length], [outcome, size]);
    }
  });
});

describe("joins of a meter (CS03A1, CS03B, CS04AC, CS04B, CS07)", () => {
  const start = () =>
    FeatureBench.start({}, (context) => ({
      features: [joinsFeature(context, { capacity: 16, certificateFault: () => undefined })],
    }));
  type Bench = Awaited<ReturnType<typeof start>>;
  const ask = async (bench: Bench, device: string, type: number, code: number = by) =>
    (await bench.call("joining", 1, [0, euiBytes(device), type, null], { ...supplierOrigin, code })).value;
  const undone = async (bench: Bench, device: string, code: number = undo) =>
    (await bench.call("joining", 2, euiBytes(device), { ...supplierOrigin, code })).value;
  const list = async (bench: Bench) => (await bench.call("joining", 3, null)).value;

  it("are listed, logged, and still there after a power cut", async () => {
    const bench = await start();
    assert.deepEqual(await list(bench), [0, []]);
    assert.equal(await ask(bench, load, 4), 0);
    assert.equal(await ask(bench, display, 5), 0);
    await bench.powerCycle();
    const both = [
      [euiBytes(load), 4],
      [euiBytes(display), 5],
    ];
    assert.deepEqual(await list(bench), [0, both]);
    assert.equal(await undone(bench, load), 0);
    assert.equal(await undone(bench, load), 1);
    assert.deepEqual(await list(bench), [0, both.slice(1)]);
    assert.deepEqual(bench.securityCodes, ["8f49", "8f49", "8f4b", "8f4a"]);
  });

  it("undone by a command that a power cut has done again are answered as undone; by another they are not there", async () => {
    const bench = await start();
    await ask(bench, load, 4);
    const first = await undone(bench, load);
    assert.equal(first, 0);
    await bench.powerCycle();
    assert.deepEqual(await undone(bench, load), first);
    assert.deepEqual(bench.securityCodes, ["8f49", "8f4b"]);
    const again = await bench.call("joining", 2, euiBytes(load), {
      ...supplierOrigin,
      ...{ code: undo, counter: supplierOrigin.counter + 1n },
    });
    assert.notDeepEqual(again.value, first);
  });

  it("that fail leave a log entry and nothing else", async () => {
    const bench = await start();
    assert.equal(await ask(bench, load, 4, messages.CS03B.code), 1);
    assert.deepEqual(bench.securityCodes, ["8f48"]);
    assert.deepEqual(await list(bench), [0, []]);
  });

  it("are shown as a bench has loaded them", async () => {
    const bench = await start();
    const members = bench.built.features[0]?.objects[0]?.members;
    const devices = [{ device: euiBytes(display), type: "GPF" }] as const;
    await members?.get("list")?.load?.({ code: 0, devices });
    assert.deepEqual(await list(bench), [0, [[euiBytes(display), 3]]]);
    assert.equal(await undone(bench, display, messages.CS04B.code), 0);
  });

  it("are one commit with their log entry, whatever a power cut does", async () => {
    await cutEverywhere(
      start,
      (bench) => ask(bench, load, 4),
      async (bench, cut) => {
        const [, devices] = (await list(bench)) as readonly [number, readonly unknown[]];
        assert.equal(bench.securityCodes.length, devices.length, cut);
      },
    );
  });
});
