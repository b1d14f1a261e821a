import assert from "node:assert/strict";
import { partitions } from "../../../../firmware/devices/partitions.ts";
import { openVoltageLogs, voltageFeature } from "../../../../firmware/features/voltage/feature.ts";
import type { ObjectName } from "../../../../firmware/model/index.ts";
import { type BenchOptions, cutEverywhere, FeatureBench, startUtcS } from "../../../support/feature-bench.ts";

const make = (options: BenchOptions = {}) =>
  FeatureBench.start(options, async (context) => {
    const { flash } = context.board;
    const averages = await openVoltageLogs(context.board, partitions(flash.geometry));
    const voltage = voltageFeature(context, { averages });
    return { features: [voltage], voltage };
  });
type Bench = Awaited<ReturnType<typeof make>>;

const volts = (bench: Bench, level: number, phase?: number) => bench.board.mockMains.setVoltage(level, phase);
const counters = async (bench: Bench) => [
  (await bench.get("averageUnderVoltageCounter", 2)).value,
  (await bench.get("averageOverVoltageCounter", 2)).value,
];
const averages = async (bench: Bench, range?: [number, number]) =>
  (await bench.get("averageVoltageLog", 2, range)).value as [number, number][];

/** ECS29a with the reference messages' values. */
async function ecs29a(bench: Bench) {
  const sets: [ObjectName, number, number][] = [
    ["averageVoltageLog", 4, 30],
    ["extremeOverVoltage", 4, 287],
    ["extremeOverVoltage", 6, 30],
    ["extremeUnderVoltage", 4, 180],
    ["extremeUnderVoltage", 6, 30],
    ["voltageSag", 4, 216],
    ["voltageSag", 6, 30],
    ["voltageSwell", 4, 253],
    ["voltageSwell", 6, 30],
    ["averageOverVoltageThreshold", 2, 264],
    ["averageUnderVoltageThreshold", 2, 200],
  ];
  const statuses: number[] = [];
  for (const [name, member, value] of sets) statuses.push((await bench.set(name, member, value)).status);
  statuses.push((await bench.call("averageUnderVoltageCounter", 1, 0)).status);
  statuses.push((await bench.call("averageOverVoltageCounter", 1, 0)).status);
  return statuses;
}

describe("voltage feature", () => {
  it("takes its settings (ECS29a), and gives them back after a power cut (ECS23)", async () => {
    const bench = await make();
    assert.deepEqual(await ecs29a(bench), new Array(13).fill(0));
    await bench.powerCycle();
    assert.equal((await bench.get("averageVoltageLog", 4)).value, 30);
    assert.equal((await bench.get("voltageSwell", 4)).value, 253);
    assert.equal((await bench.get("voltageSwell", 7)).value, 30);
    assert.deepEqual((await bench.get("averageOverVoltageCounter", 3)).value, [0, 255]);
  });

  const limits: [string, number, string, string][] = [
    ["extreme over-voltage is a swell too", 290, "8020,8024", "808d,8091"],
    ["swell", 260, "8024", "8091"],
    ["sag", 210, "802c", "8099"],
    ["extreme under-voltage is a sag too", 170, "8028,802c", "8095,8099"],
  ];
  for (const [what, level, began, ended] of limits)
    it(`${what}: one code when it has lasted, one when it has been gone as long`, async () => {
      const bench = await make();
      const codes = () => String(bench.alertCodes.sort());
      volts(bench, level);
      await bench.run(29_000);
      volts(bench, 230);
      await bench.run(60_000);
      assert.equal(codes(), "");
      volts(bench, level);
      await bench.run(31_000);
      assert.equal(codes(), began);
      volts(bench, 230);
      await bench.run(20_000);
      volts(bench, level);
      await bench.run(100_000);
      assert.equal(codes(), began);
      volts(bench, 230);
      await bench.run(31_000);
      assert.deepEqual(bench.alertCodes.sort(), [...began.split(","), ...ended.split(",")].sort());
      assert.deepEqual(bench.powerCodes.sort(), bench.alertCodes.sort());
      assert.ok(bench.context.alerts().every(({ to }) => to === "networkOperator"));
    });

  it("names the phase of a polyphase meter", async () => {
    const bench = await make({ mains: { phaseCount: 3 } });
    volts(bench, 260, 1);
    await bench.run(31_000);
    assert.deepEqual(bench.alertCodes, ["8026"]);
    volts(bench, 210, 2);
    await bench.run(31_000);
    assert.deepEqual(bench.alertCodes, ["8026", "802f"]);
  });

  it("tells the end of what began before a power cut", async () => {
    const bench = await make();
    volts(bench, 260);
    await bench.run(31_000);
    await bench.powerCycle();
    volts(bench, 230);
    await bench.run(31_000);
    assert.deepEqual(bench.alertCodes, ["8024", "8091"]);
  });

  it("logs the average at the end of each period, in UTC multiples of it, inclusive ranges", async () => {
    const bench = await make();
    await ecs29a(bench);
    await bench.run(45_000);
    volts(bench, 240);
    await bench.run(45_000);
    assert.deepEqual(await averages(bench), [
      [startUtcS + 30, 230],
      [startUtcS + 60, 235],
      [startUtcS + 90, 240],
    ]);
    assert.deepEqual(await averages(bench, [startUtcS + 60, startUtcS + 60]), [[startUtcS + 60, 235]]);
    assert.equal((await bench.get("averageVoltageLog", 2, [2, 1])).status, 250);
  });

  it("keeps 4,320 averages, and none of a period that a power cut broke", async () => {
    const bench = await make();
    await ecs29a(bench);
    await bench.run(20_000);
    await bench.powerCycle(5000);
    await bench.run(10_000);
    const first = await averages(bench);
    assert.equal(first.length, 1);
    await bench.run(4400 * 30_000);
    assert.equal((await averages(bench)).length, 4320);
  });

  it("tests averages at the end of each period: a code and a count at each crossing, not one a period", async () => {
    const bench = await make();
    await ecs29a(bench);
    volts(bench, 270);
    await bench.run(29_000);
    assert.deepEqual([bench.alertCodes, await counters(bench)], [[], [0, 0]]);
    await bench.run(61_500);
    const average = () => bench.alertCodes.filter((code) => ["8002", "8006", "8085", "8089"].includes(code));
    assert.deepEqual([average(), await counters(bench)], [["8002"], [0, 1]]);
    volts(bench, 195);
    await bench.run(60_000);
    assert.deepEqual(average(), ["8002", "8085", "8006"]);
    volts(bench, 230);
    await bench.run(60_000);
    assert.deepEqual(average(), ["8002", "8085", "8006", "8089"]);
    assert.deepEqual(await counters(bench), [1, 1]);
    assert.equal((await bench.call("averageOverVoltageCounter", 1, 0)).status, 0);
    assert.equal((await counters(bench))[1], 0);
  });

  it("over-voltage for five averaging periods, then normal: one 8002, one 8085, counter + 1, all in the power log", async () => {
    const bench = await make();
    await ecs29a(bench);
    await bench.set("voltageSwell", 6, 0);
    volts(bench, 270);
    await bench.run(5 * 30_000);
    volts(bench, 230);
    await bench.run(10 * 30_000);
    assert.deepEqual(bench.alertCodes, ["8002", "8085"]);
    assert.deepEqual(bench.powerCodes, ["8002", "8085"]);
    assert.deepEqual([bench.eventCodes, bench.securityCodes, await counters(bench)], [[], [], [0, 1]]);
  });

  const unmonitored: [ObjectName, number, number][] = [
    ["extremeOverVoltage", 6, 300],
    ["voltageSwell", 6, 300],
    ["extremeUnderVoltage", 6, 150],
    ["voltageSag", 6, 150],
    ["averageVoltageLog", 4, 300],
    ["averageVoltageLog", 4, 150],
  ];
  for (const [name, member, level] of unmonitored)
    it(`a period of 0 is not monitored: ${name} at ${level} V is never an event`, async () => {
      const bench = await make();
      await ecs29a(bench);
      const others = unmonitored.filter(([other]) => other !== name);
      for (const [other, otherMember] of others) await bench.set(other, otherMember, 0);
      assert.equal((await bench.set(name, member, 0)).status, 0);
      volts(bench, level);
      await bench.run(600_000);
      volts(bench, 230);
      await bench.run(600_000);
      assert.deepEqual([bench.alertCodes, await counters(bench)], [[], [0, 0]]);
      assert.deepEqual(await averages(bench), []);
    });

  it("what is no longer monitored is forgotten: no end is told, and a new beginning is one", async () => {
    const bench = await make();
    await ecs29a(bench);
    volts(bench, 260);
    await bench.run(31_000);
    await bench.set("voltageSwell", 6, 0);
    await bench.powerCycle();
    volts(bench, 230);
    await bench.run(100_000);
    assert.deepEqual(bench.alertCodes, ["8024"]);
    await bench.set("voltageSwell", 6, 30);
    await bench.run(100_000);
    volts(bench, 260);
    await bench.run(31_000);
    assert.deepEqual(bench.alertCodes, ["8024", "8024"]);
  });

  it("averages nothing until the time is set", async () => {
    const bench = await make({ timeIsSet: false });
    await bench.run(3_600_000);
    assert.deepEqual(await averages(bench), []);
    await bench.context.setTime(startUtcS);
    await bench.built.voltage.timeChanged();
    await bench.run(1_201_000);
    assert.deepEqual(await averages(bench), [
      [startUtcS + 600, 230],
      [startUtcS + 1200, 230],
    ]);
  });

  it("refuses settings out of range, and what is not settable, without effect", async () => {
    const bench = await make();
    const before = bench.board.mockFlash.operationCount;
    const refused: [ObjectName, number, number, number][] = [
      ["averageVoltageLog", 4, 86_401, 250],
      ["averageVoltageLog", 4, 0xffff_ffff, 250],
      ["extremeOverVoltage", 4, 0, 250],
      ["extremeOverVoltage", 4, 1001, 250],
      ["voltageSag", 6, 86_401, 250],
      ["voltageSag", 7, 10, 3],
      ["averageOverVoltageThreshold", 2, 0, 250],
    ];
    for (const [name, member, value, status] of refused)
      assert.equal((await bench.set(name, member, value)).status, status, `${name}.${member} = ${value}`);
    assert.equal((await bench.set("averageVoltageLog", 2, [])).status, 3);
    assert.equal(bench.board.mockFlash.operationCount, before);
  });

  it("after a cut at any flash operation of a swell: its end is told if its begin was, and settings are whole", async () => {
    await cutEverywhere(
      () => make(),
      async (bench) => {
        await ecs29a(bench);
        volts(bench, 260);
        await bench.run(31_000);
      },
      async (bench, cut) => {
        await bench.run(100_000);
        volts(bench, 230);
        await bench.run(100_000);
        const swells = bench.alertCodes.filter((code) => code === "8024").length;
        assert.ok(swells <= 1, cut);
        assert.equal(bench.alertCodes.filter((code) => code === "8091").length, swells, cut);
        assert.deepEqual(bench.powerCodes, bench.alertCodes, `${cut}: log and alerts agree`);
        assert.ok([30, 600].includes((await bench.get("averageVoltageLog", 4)).value as number), cut);
      },
    );
  });

  it("a polyphase meter has thresholds, counters, periods and a log for each phase (ECS23b, 29b, 29f)", async () => {
    const bench = await make({ mains: { phaseCount: 3 } });
    await bench.set("averageVoltageLog", 4, 60);
    await bench.set("averageVoltageLogPhase2", 4, 60);
    await bench.set("averageVoltageLogPhase3", 4, 0);
    await bench.set("averageOverVoltageThresholdPhase2", 2, 240);
    volts(bench, 250, 1);
    volts(bench, 250, 2);
    await bench.run(121_000);
    volts(bench, 230);
    await bench.run(120_000);
    const ofLog = async (name: ObjectName) =>
      ((await bench.get(name, 2)).value as [number, number][]).map(([, mean]) => mean);
    assert.deepEqual(await ofLog("averageVoltageLog"), [230, 230, 230, 230]);
    const [first, second, third] = await ofLog("averageVoltageLogPhase2");
    assert.deepEqual([first, second], [250, 250]);
    assert.ok(third !== undefined && third < 240);
    assert.deepEqual(await ofLog("averageVoltageLogPhase3"), []);
    assert.deepEqual(bench.alertCodes, ["8004", "8087"]);
    assert.equal((await bench.get("averageOverVoltageCounterPhase2", 2)).value, 1);
    await bench.powerCycle();
    assert.equal((await bench.get("averageOverVoltageCounterPhase2", 2)).value, 1);
    assert.equal((await bench.call("averageOverVoltageCounterPhase2", 1, 0)).status, 0);
    assert.equal((await bench.get("averageOverVoltageCounterPhase2", 2)).value, 0);
    assert.equal((await bench.get("averageOverVoltageThresholdPhase2", 2)).value, 240);
    assert.equal((await bench.get("averageOverVoltageThreshold", 2)).value, 264);
  });

  it("a single-phase meter has no objects of other phases", async () => {
    const bench = await make();
    assert.equal((await bench.get("averageVoltageLogPhase2", 4)).status, 3);
    assert.equal((await bench.set("averageOverVoltageThresholdPhase3", 2, 240)).status, 3);
  });
});
