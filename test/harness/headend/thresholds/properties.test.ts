/** What holds of threshold anomaly detection whatever comes, in whatever order, at whatever time, over restarts. */
import assert from "node:assert/strict";
import { decode, encode } from "cbor-x";
import fc from "fast-check";
import { requestIdOf } from "../../../../harness/headend/dcc/messages.ts";
import type { AnomalySnapshot } from "../../../../harness/headend/thresholds/anomalies.ts";
import type { Quarantined } from "../../../../harness/headend/thresholds/quarantine.ts";
import { NOTICE_LIMIT_S } from "../../../../harness/headend/thresholds/settings.ts";
import { WindowCount } from "../../../../harness/headend/thresholds/window-count.ts";
import { exitFile, secondSupplier, supplier, ThresholdBench } from "./bench.ts";

const settings = { windowS: 600, windowSteps: 10, maxPerUser: 20, maxInAll: 30, noticeBatch: 5, keepS: 4000 };
const stepS = settings.windowS / settings.windowSteps;
const users = [supplier, secondSupplier];
const references = ["7.4", "4.8.1", "4.8.2"];
/** Through a store, as `serve` keeps it. */
const stored = (snapshot: AnomalySnapshot): AnomalySnapshot => decode(encode(snapshot)) as AnomalySnapshot;

describe("a window of counting", () => {
  it("holds no less than its seconds, and no more than a step more, wherever time goes on", () => {
    const moves = fc.array(fc.tuple(fc.nat(200), fc.boolean()), { maxLength: 300 });
    fc.assert(
      fc.property(moves, fc.nat(1000), (steps, from) => {
        let window = new WindowCount(settings.windowS, settings.windowSteps);
        const times: number[] = [];
        let nowS = from;
        for (const [afterS, restart] of steps) {
          nowS += afterS;
          window.add(nowS);
          times.push(nowS);
          if (restart) window = new WindowCount(settings.windowS, settings.windowSteps, window.snapshot());
          const within = (seconds: number) => times.filter((timeS) => timeS > nowS - seconds).length;
          assert.ok(window.at(nowS) >= within(settings.windowS));
          assert.ok(window.at(nowS) <= within(settings.windowS + stepS));
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("frees nothing when the clock is set back", () => {
    const window = new WindowCount(600, 10);
    window.add(10_000);
    window.add(5_000);
    assert.equal(window.at(0), 2);
    assert.equal(window.at(10_599), 2);
    assert.equal(window.at(10_660), 0);
  });
});

const request = fc.record({
  does: fc.constant("request" as const),
  user: fc.constantFrom(...users),
  reference: fc.constantFrom(...references),
  times: fc.integer({ min: 1, max: 12 }),
});
const wait = fc.record({ does: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 900 }) });
const release = fc.record({
  does: fc.constant("release" as const),
  user: fc.constantFrom(...users),
  picks: fc.array(fc.tuple(fc.nat(30), fc.constantFrom("process", "delete")), { minLength: 1, maxLength: 6 }),
});
const restart = fc.record({ does: fc.constant("restart" as const) });
const script = fc.array(
  fc.oneof({ arbitrary: request, weight: 6 }, { arbitrary: wait, weight: 4 }, release, restart),
  { maxLength: 60 },
);
const levels = fc.record({
  all: fc.nat(15),
  reference: fc.nat(10),
  warning: fc.option(fc.nat(5), { nil: undefined }),
});

/** Plays a script, and notes what became of each request. */
async function play(steps: typeof script extends fc.Arbitrary<infer S> ? S : never, told: Levels) {
  const bench = new ThresholdBench(settings);
  bench.detection.setDccThresholds({
    counts: [{ quarantine: told.all }, { reference: "4.8", quarantine: told.reference, ...warningOf(told) }],
    limits: [],
  });
  const fates: Record<string, string[]> = {};
  const passed: { readonly timeS: number; readonly reference: string }[] = [];
  const note = (id: string, fate: string) => {
    fates[id] = [...(fates[id] ?? []), fate];
  };
  const taken = ({ request: own }: Quarantined, fate: string) => note(requestIdOf(own), fate);
  for (const step of steps)
    if (step.does === "wait") await bench.wait(step.seconds);
    else if (step.does === "restart") bench.restart(stored(bench.detection.snapshot()));
    else if (step.does === "request")
      for (let i = 0; i < step.times; i++) {
        const one = bench.request(step.reference, {}, step.user);
        const { verdict } = bench.detection.check(one);
        note(requestIdOf(one), verdict);
        if (verdict === "pass" || verdict === "warned")
          passed.push({ timeS: bench.nowS, reference: step.reference });
      }
    else {
      const waiting = bench.detection.anomalies(step.user).filter(({ end }) => end === undefined);
      const picks = new Map(step.picks.map(([at, action]) => [waiting[at % waiting.length], action]));
      const lines = [...picks].flatMap(([one, action]) =>
        one === undefined ? [] : [`${one.requestId},${one.eventReference},${action}`],
      );
      const released = bench.detection.release(exitFile(lines, step.user));
      for (const entry of released.process) taken(entry, "processed");
      for (const entry of released.delete) taken(entry, "deleted");
    }
  return { bench, fates, passed };
}
type Levels = typeof levels extends fc.Arbitrary<infer L> ? L : never;
const warningOf = ({ warning }: Levels) => (warning === undefined ? {} : { warning });

describe("threshold anomaly detection, whatever comes", () => {
  it("lets no more pass in any window than its threshold", async () => {
    await fc.assert(
      fc.asyncProperty(script, levels, async (steps, told) => {
        const { passed } = await play(steps, told);
        for (const [i, { timeS }] of passed.entries()) {
          const window = passed.slice(i).filter((one) => one.timeS < timeS + settings.windowS);
          assert.ok(window.length <= told.all);
          assert.ok(window.filter(({ reference }) => reference !== "7.4").length <= told.reference);
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it("lets pass what a window has room for", async () => {
    await fc.assert(
      fc.asyncProperty(script, levels, async (steps, told) => {
        const { bench } = await play(steps, told);
        await bench.wait(settings.windowS + stepS);
        const verdicts = bench.verdicts(told.all + 1, "7.4");
        assert.ok(verdicts.slice(0, -1).every((verdict) => verdict === "pass"));
        assert.notEqual(verdicts.at(-1), "pass");
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  it("loses no request and gives none out twice, and tells of each that waits within 30 minutes", async () => {
    await fc.assert(
      fc.asyncProperty(script, levels, async (steps, told) => {
        const { bench, fates } = await play(steps, told);
        const anomalies = bench.detection.anomalies();
        for (const { requestId, end } of anomalies)
          fates[requestId]?.push(end === undefined ? "waits" : end === "expired" ? end : "remembered");
        const lives = Object.values(fates).map((fate) => fate.join());
        for (const life of lives)
          assert.match(
            life,
            /^(pass|warned|refused|quarantined,(waits|expired|processed,remembered|deleted,remembered))$/,
          );
        await bench.wait(NOTICE_LIMIT_S);
        for (const { quarantinedS, noticedS, end } of bench.detection.anomalies())
          assert.ok(end !== undefined || (noticedS as number) - quarantinedS <= NOTICE_LIMIT_S);
        const events = bench.notices.map(({ eventReference }) => eventReference);
        assert.equal(new Set(events).size, events.length);
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  it("finds again what a store has kept since the last snapshot", () => {
    const bench = new ThresholdBench(settings);
    bench.detection.setDccThresholds({ counts: [{ quarantine: 0 }], limits: [] });
    bench.verdicts(2);
    const old = bench.detection.snapshot();
    bench.verdicts(2);
    const waiting = bench.detection.snapshot().quarantine.waiting;
    bench.restart({ ...old, quarantine: { ...old.quarantine, waiting } });
    bench.verdicts(1);
    assert.deepEqual(
      bench.detection.anomalies().map(({ eventReference }) => eventReference),
      [1, 2, 3, 4, 5],
    );
  });

  it("names no event again after a restart, though nothing waits", () => {
    const bench = new ThresholdBench(settings);
    bench.detection.setDccThresholds({ counts: [{ quarantine: 0 }], limits: [] });
    bench.verdicts(1);
    const [first] = bench.detection.anomalies();
    bench.detection.release(exitFile([`${first?.requestId},1,delete`]));
    bench.restart(stored(bench.detection.snapshot()));
    bench.verdicts(1);
    assert.deepEqual(
      bench.detection.anomalies().map(({ eventReference }) => eventReference),
      [1, 2],
    );
  });

  it("keeps no more than its bounds, however many come", () => {
    const bench = new ThresholdBench({ ...settings, maxRemembered: 50 });
    bench.detection.setDccThresholds({
      counts: [{ quarantine: 10 }, { reference: "7.4", quarantine: 10 }],
      limits: [],
    });
    const size = () => encode(bench.detection.snapshot()).length;
    bench.verdicts(1000);
    const before = size();
    for (let i = 0; i < 20_000; i++)
      bench.detection.check(bench.request(`9.${i}`, {}, i.toString(16).padStart(16, "0")));
    assert.ok(bench.detection.anomalies().length <= settings.maxInAll);
    assert.ok(size() < before * 2, `${before} octets became ${size()}`);
  });
});
