import assert from "node:assert/strict";
import type { AlertRequest } from "../../../../firmware/features/feature.ts";
import {
  type HubOutageSettings,
  hubOutageFeature,
} from "../../../../firmware/features/hub-outage/feature.ts";
import type { Listener, SendOutcome } from "../../../../hal/board.ts";
import { type BenchOptions, FeatureBench, startUtcS } from "../../../support/feature-bench.ts";

interface Attempt {
  readonly atS: number;
  readonly alert: AlertRequest;
  readonly done: Listener<SendOutcome>;
}

/** A hub whose WAN answers as `outcomes` says, one by one (undefined: never), each attempt for its energy. */
async function make(
  outcomes: (SendOutcome | undefined)[],
  settings: Partial<HubOutageSettings> = {},
  options: BenchOptions = {},
) {
  const attempts: Attempt[] = [];
  const bench = await FeatureBench.start({ hub: true, ...options }, (context) => ({
    features: [
      hubOutageFeature(context, {
        settings,
        sendNow: async (alert, done) => {
          attempts.push({ atS: bench0() / 1000, alert, done });
          context.board.mockMains.spend("wanMessageJ");
          const outcome = outcomes[attempts.length - 1];
          if (outcome !== undefined) context.board.clock.after(500, () => done(outcome));
        },
      }),
    ],
  }));
  const bench0 = () => bench.scheduler.nowMs;
  return { bench, attempts };
}
const outcomesOf = (bench: FeatureBench<never>) =>
  bench.observations.filter((each) => each.kind === "last-gasp").map((each) => each.outcome);

const lastGasp = (lostS: number) => ({
  alertCode: 0xf001,
  message: 0xf001,
  to: "wanProvider",
  values: [lostS],
});

describe("outage feature of the hub", () => {
  it("logs a loss under three minutes and tells nobody", async () => {
    const { bench, attempts } = await make([]);
    bench.board.mockMains.lose();
    await bench.run(179_000);
    bench.board.mockMains.restore();
    await bench.run(600_000);
    assert.deepEqual([attempts.length, bench.alertCodes, bench.eventCodes], [0, [], ["8f57", "8f35"]]);
  });

  it("sends the Power Outage Event once at three minutes, within the hold-up energy", async () => {
    const { bench, attempts } = await make(["delivered"]);
    bench.board.mockMains.lose();
    await bench.run(600_000);
    assert.deepEqual(
      attempts.map(({ atS, alert }) => [Math.round(atS), alert]),
      [[180, lastGasp(startUtcS)]],
    );
    assert.equal(bench.board.powered, false);
    bench.board.mockMains.restore();
    await bench.run(60_000);
    assert.deepEqual(
      [bench.boots, bench.eventCodes, outcomesOf(bench as never)],
      [2, ["8f57", "8f36"], ["delivered"]],
    );
  });

  it("tries again while the WAN fails and energy lasts, and then gives up", async () => {
    const { bench, attempts } = await make(["failed", "failed", "failed", "failed", "failed", "failed"]);
    bench.board.mockMains.lose();
    await bench.run(600_000);
    assert.ok(attempts.length >= 3 && attempts.length <= 5, `${attempts.length} attempts`);
    const outcomes = outcomesOf(bench as never);
    assert.deepEqual(outcomes, [...attempts.map(() => "failed"), "out-of-energy"]);
  });

  it("counts an attempt without an answer as failed, and ignores the answer that comes too late", async () => {
    const { bench, attempts } = await make([undefined, "delivered"]);
    bench.board.mockMains.lose();
    await bench.run(190_000);
    assert.equal(attempts.length, 1);
    await bench.run(8000);
    assert.equal(attempts.length, 2);
    await attempts[0]?.done("failed");
    await bench.run(1000);
    assert.deepEqual(outcomesOf(bench as never), ["failed", "delivered"]);
  });

  it("stops trying when the supply is back", async () => {
    const { bench, attempts } = await make(["failed", "delivered"]);
    bench.board.mockMains.lose();
    await bench.run(181_500);
    bench.board.mockMains.restore();
    await bench.run(60_000);
    assert.deepEqual([attempts.length, bench.eventCodes], [1, ["8f57", "8f36"]]);
  });

  it("stays silent when hold-up cannot last three minutes, or too little is left for an attempt", async () => {
    const short = await make(["delivered"], {}, { mains: { holdUpCapacityJ: 20 } });
    short.bench.board.mockMains.lose();
    await short.bench.run(600_000);
    assert.deepEqual([short.attempts.length, short.bench.board.powered], [0, false]);
    const low = await make(["delivered"], {}, { mains: { holdUpCapacityJ: 40 } });
    low.bench.board.mockMains.lose();
    await low.bench.run(600_000);
    assert.deepEqual([low.attempts.length, outcomesOf(low.bench as never)], [0, ["out-of-energy"]]);
    low.bench.board.mockMains.restore();
    await low.bench.run(60_000);
    assert.deepEqual(low.bench.eventCodes, ["8f57", "8f36"]);
  });

  it("reports earlier where the settings say so", async () => {
    const { bench, attempts } = await make(
      ["delivered"],
      { outageAlertAfterMs: 30_000 },
      { mains: { holdUpCapacityJ: 20 } },
    );
    bench.board.mockMains.lose();
    await bench.run(40_000);
    assert.deepEqual(
      attempts.map(({ alert }) => alert),
      [lastGasp(startUtcS)],
    );
  });

  it("times the three minutes from the last loss of a flapping supply", async () => {
    const { bench, attempts } = await make(["delivered"]);
    bench.board.mockMains.flap({ count: 60, lostMs: 4000, presentMs: 1000 });
    await bench.run(300_000);
    assert.deepEqual([attempts.length, bench.eventCodes], [0, ["8f57"]]);
    await bench.run(10_000);
    assert.deepEqual(bench.eventCodes, ["8f57", "8f36"]);
  });
});
