import assert from "node:assert/strict";
import { meterOutageFeature, type OutageSettings } from "../../../../firmware/features/outage/feature.ts";
import { UNSET_TIME } from "../../../../firmware/wire/message.ts";
import { type BenchOptions, cutEverywhere, FeatureBench, startUtcS } from "../../../support/feature-bench.ts";

const make = (options: BenchOptions = {}, settings: Partial<OutageSettings> = {}) =>
  FeatureBench.start(options, (context) => ({ features: [meterOutageFeature(context, settings)] }));
type Bench = Awaited<ReturnType<typeof make>>;

/** Loses the mains for so long, and waits until the return has settled. */
async function lose(bench: Bench, seconds: number, phase?: number) {
  bench.board.mockMains.lose(phase);
  await bench.run(seconds * 1000);
  bench.board.mockMains.restore(phase);
  await bench.run(10_000);
}
const told = (bench: Bench) =>
  bench.context
    .alerts()
    .map(({ code, values }) => [code.toString(16), ...values.map((v) => Number(v) - startUtcS)]);

describe("outage feature of the meter", () => {
  it("reports a loss that hold-up bridges as 8F35, with both times, signed, to the network operator", async () => {
    const bench = await make();
    await bench.run(60_000);
    await lose(bench, 4);
    assert.equal(bench.boots, 1);
    const [alert] = bench.context.alerts();
    assert.deepEqual([alert?.message, alert?.to], [0x0067, "networkOperator"]);
    assert.deepEqual(told(bench), [["8f35", 60, 64]]);
    assert.deepEqual(bench.powerCodes, ["8f57", "8f35"]);
  });

  it("keeps the time of loss through a real power loss; 8F36 from three minutes on", async () => {
    for (const [seconds, code] of [
      [179, "8f35"],
      [181, "8f36"],
      [86_400, "8f36"],
    ] as const) {
      const bench = await make();
      await bench.run(60_000);
      await lose(bench, seconds);
      assert.equal(bench.boots, 2);
      const [[gotCode, lostS, backS] = []] = told(bench);
      assert.deepEqual([gotCode, lostS], [code, 60]);
      assert.ok(Math.abs(Number(backS) - 60 - seconds) <= 1, `restored at ${backS}`);
    }
  });

  it("says nothing of a brown-out above the drop-out voltage, and treats a deeper one as a loss", async () => {
    const bench = await make();
    bench.board.mockMains.brownOut({ volts: 150, durationMs: 60_000 });
    await bench.run(120_000);
    assert.deepEqual([told(bench), bench.powerCodes], [[], []]);
    bench.board.mockMains.brownOut({ volts: 60, durationMs: 3000 });
    await bench.run(120_000);
    assert.deepEqual(told(bench), [["8f35", 120, 123]]);
  });

  it("makes one outage of a flapping supply, first loss to last return", async () => {
    const bench = await make();
    bench.board.mockMains.flap({ count: 20, lostMs: 1000, presentMs: 2000 });
    await bench.run(120_000);
    assert.deepEqual(told(bench), [["8f35", 0, 58]]);
    assert.deepEqual(bench.powerCodes, ["8f57", "8f35"]);
  });

  it("bounds reports and flash writes when the supply fails all day", async () => {
    const bench = await make();
    bench.board.mockMains.flap({ count: 1000, lostMs: 1000, presentMs: 10_000 });
    await bench.run(3_600_000);
    assert.equal(bench.alertCodes.length, 10);
    assert.ok(bench.powerCodes.length <= 21, `${bench.powerCodes.length} log entries`);
    await bench.run(2 * 3_600_000 + 8 * 60_000);
    assert.ok(bench.alertCodes.length <= 40, `${bench.alertCodes.length} alerts in three hours`);
    await bench.run(86_400_000);
    await lose(bench, 300);
    assert.equal(bench.alertCodes.at(-1), "8f36");
  });

  it("reports each phase of a polyphase meter by itself, and all of them as the supply", async () => {
    const bench = await make({ mains: { phaseCount: 3 } });
    await bench.run(1000);
    await lose(bench, 10, 1);
    assert.deepEqual([told(bench), bench.powerCodes], [[["8f39", 1, 11]], ["8f59", "8f39"]]);
    await lose(bench, 200, 2);
    await lose(bench, 4);
    const codes = bench.alertCodes.slice(1);
    assert.deepEqual(codes, ["8f3c", "8f35"]);
  });

  it("counts a phase as lost when the others have come back without it", async () => {
    const bench = await make({ mains: { phaseCount: 3 } });
    bench.board.mockMains.lose();
    await bench.run(2000);
    bench.board.mockMains.restore(0);
    bench.board.mockMains.restore(1);
    await bench.run(20_000);
    assert.deepEqual([bench.alertCodes, bench.powerCodes], [["8f35"], ["8f57", "8f5a", "8f35"]]);
    bench.board.mockMains.restore(2);
    await bench.run(20_000);
    assert.deepEqual(bench.alertCodes, ["8f35", "8f3b"]);
  });

  it("can tell nothing of a loss that left no energy to record it, and goes on", async () => {
    const bench = await make({ mains: { holdUpCapacityJ: 0.001 } });
    await bench.run(60_000);
    await lose(bench, 300);
    assert.deepEqual([bench.boots, told(bench), bench.powerCodes], [2, [], []]);
  });

  it("tells a short outage when the clock was lost with the power", async () => {
    const bench = await make();
    bench.board.mockClock.batteryDead = true;
    await bench.run(60_000);
    await lose(bench, 3600);
    const [alert] = bench.context.alerts();
    assert.deepEqual([alert?.code, alert?.values], [0x8f35, [startUtcS + 60, UNSET_TIME]]);
  });

  for (const [seconds, code] of [
    [2, "8f35"],
    [200, "8f36"],
  ] as const)
    it(`without a clock: a loss of ${seconds} s that hold-up bridges is ${code} by the uptime, at no time, and not in 1970`, async () => {
      const bench = await make({ timeIsSet: false, mains: { holdUpCapacityJ: 100_000 } });
      await bench.run(60_000);
      await lose(bench, seconds);
      assert.equal(bench.boots, 1);
      assert.deepEqual(bench.alertCodes, [code]);
      assert.deepEqual(bench.context.alerts()[0]?.values, [UNSET_TIME, UNSET_TIME]);
      assert.deepEqual(
        bench.context.powerLog.entries().map(({ timeS }) => timeS),
        [UNSET_TIME, UNSET_TIME],
      );
    });

  it("keeps to the power log: 8F57, 8F35 and 8F36 are in no other, and 8F57 is told to nobody", async () => {
    const bench = await make();
    await lose(bench, 4);
    await lose(bench, 200);
    assert.deepEqual(bench.powerCodes, ["8f57", "8f35", "8f57", "8f36"]);
    assert.deepEqual([bench.eventCodes, bench.securityCodes, bench.alertCodes], [[], [], ["8f35", "8f36"]]);
  });

  it("after a cut at any flash operation of an outage: at most one report, and one if the loss was recorded", async () => {
    await cutEverywhere(
      () => make(),
      (bench) => lose(bench, 4),
      async (bench, cut) => {
        const recorded = bench.context.journal.get("outage/supply") !== undefined;
        await bench.run(20_000);
        assert.ok(bench.alertCodes.length <= 1, cut);
        if (recorded) assert.equal(bench.alertCodes.length, 1, cut);
        const logged = bench.powerCodes.filter((code) => code !== "8f57");
        assert.deepEqual(logged, bench.alertCodes, `${cut}: log and alert agree`);
      },
    );
  });
});
