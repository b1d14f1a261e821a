import assert from "node:assert/strict";
import { hasCode } from "../../../../hal/base/coded-error.ts";
import { requestIdOf } from "../../../../harness/headend/dcc/messages.ts";
import type { Notice } from "../../../../harness/headend/thresholds/notices.ts";
import { exitFile, secondSupplier, supplier, ThresholdBench } from "./bench.ts";

const dcc = (
  bench: ThresholdBench,
  ...counts: { reference?: string; warning?: number; quarantine?: number }[]
) => bench.detection.setDccThresholds({ counts, limits: [] });

describe("threshold anomaly detection", () => {
  it("lets pass what no threshold is for", () => {
    const bench = new ThresholdBench();
    assert.deepEqual(bench.verdicts(3), ["pass", "pass", "pass"]);
  });

  it("warns above one level, quarantines above the other, and counts only what passes", async () => {
    const bench = new ThresholdBench({ windowS: 3600, windowSteps: 60 });
    dcc(bench, { warning: 1, quarantine: 2 });
    assert.deepEqual(bench.verdicts(4), ["pass", "warned", "quarantined", "quarantined"]);
    await bench.wait(3600 + 60);
    assert.deepEqual(bench.verdicts(3), ["pass", "warned", "quarantined"]);
  });

  it("counts a variant, a service reference with all its variants, and all together", () => {
    const bench = new ThresholdBench();
    dcc(bench, { reference: "4.8.1", quarantine: 1 }, { reference: "4.8", quarantine: 3 }, { quarantine: 5 });
    assert.deepEqual(bench.verdicts(2, "4.8.1"), ["pass", "quarantined"]);
    assert.deepEqual(bench.verdicts(3, "4.8.2"), ["pass", "pass", "quarantined"]);
    assert.deepEqual(bench.verdicts(3, "7.4"), ["pass", "pass", "quarantined"]);
  });

  it("counts the DCC's own over all users", () => {
    const bench = new ThresholdBench();
    dcc(bench, { quarantine: 2 });
    const verdicts = [supplier, secondSupplier, supplier].map(
      (user) => bench.detection.check(bench.request("7.4", {}, user)).verdict,
    );
    assert.deepEqual(verdicts, ["pass", "pass", "quarantined"]);
  });

  it("neither counts nor judges the transform of a critical request, but its signed pre-command", () => {
    const bench = new ThresholdBench();
    bench.detection.setDccThresholds({
      counts: [{ quarantine: 1 }],
      limits: [
        { reference: "6.4.1", attribute: "LoadLimitPowerThreshold", side: "above", quarantine: 20_000 },
      ],
    });
    const parameters = { LoadLimitPowerThreshold: 20_001 };
    assert.deepEqual(bench.verdicts(2, "6.4.1", parameters, supplier, 4), ["pass", "pass"]);
    const { parameters: _, ...header } = bench.request("6.4.1", {}, supplier, 5);
    const signed = { ...header, signedPreCommand: Uint8Array.of(0xdf) };
    const verdict = bench.detection.check(signed, parameters);
    assert.equal(verdict.verdict === "quarantined" && verdict.kind, "ADAttributeLimitsBreach");
    assert.equal(bench.detection.check(signed, { LoadLimitPowerThreshold: 20_000 }).verdict, "pass");
  });

  it("warns a user of one threshold once in a while, whatever the number of requests", async () => {
    const bench = new ThresholdBench({ warnOnceInS: 1000 });
    dcc(bench, { warning: 2 });
    bench.verdicts(10);
    assert.deepEqual(
      bench.warnings.map(({ user, breach }) => [user, breach.rule, breach.got, breach.limit]),
      [[supplier, "all", 3, 2]],
    );
    await bench.wait(1000);
    bench.verdicts(5);
    assert.equal(bench.warnings.length, 2);
  });

  it("tells of each quarantined request with its RequestID and event, in batches, and when it was told", async () => {
    const bench = new ThresholdBench({ noticeEveryS: 60, noticeBatch: 2, maxInAll: 10 });
    dcc(bench, { quarantine: 0 });
    const requests = Array.from({ length: 3 }, () => bench.request());
    for (const request of requests) bench.detection.check(request);
    await bench.wait(59);
    assert.equal(bench.notices.length, 0);
    await bench.wait(1);
    assert.equal(bench.notices.length, 2);
    await bench.wait(60);
    assert.deepEqual(
      bench.notices.map(({ body }) => body),
      requests.map((request, i) => ({
        DCCAlertMessage: {
          DCCAlertCode: "N45",
          DCCAlert: {
            QuarantinedRequest: {
              ADDCCThresholdBreach: { RequestID: requestIdOf(request), QuarantineEventRef: BigInt(i + 1) },
            },
          },
        },
      })),
    );
    const body = bench.notices[1]?.body as Notice["body"];
    bench.detection.told(secondSupplier, body);
    bench.detection.told(supplier, body);
    await bench.wait(10);
    bench.detection.told(supplier, body);
    bench.detection.told(supplier, {
      DeviceAlertMessage: { AlertCode: "8F35", GBCSPayload: new Uint8Array(1) },
    });
    bench.detection.told(supplier, {
      DCCAlertMessage: {
        DCCAlertCode: "AD1",
        DCCAlert: { PowerOutageEvent: { CommsHubDeviceID: supplier, StartDateTime: 1, MPxN: "1" } },
      },
    });
    const delays = bench.detection
      .anomalies(supplier)
      .map(({ quarantinedS, noticedS = 0, toldS }) => [
        noticedS - quarantinedS,
        toldS && toldS - quarantinedS,
      ]);
    assert.deepEqual(delays, [
      [60, undefined],
      [60, 120],
      [120, undefined],
    ]);
  });

  it("refuses what finds no room, and keeps one user's flood out of the others' part", () => {
    const bench = new ThresholdBench({ maxPerUser: 2, maxInAll: 3, noticeBatch: 1 });
    dcc(bench, { quarantine: 0 });
    assert.deepEqual(bench.verdicts(4), ["quarantined", "quarantined", "refused", "refused"]);
    assert.deepEqual(bench.verdicts(2, "7.4", {}, secondSupplier), ["quarantined", "refused"]);
  });

  it("bounds the memory of requests, not their number alone", () => {
    const bench = new ThresholdBench({ maxOctetsPerUser: 10_000, maxOctetsInAll: 15_000 });
    dcc(bench, { quarantine: 0 });
    const big = { Message: "x".repeat(4_000), Octets: new Uint8Array(500) };
    assert.deepEqual(bench.verdicts(2, "3.1", big), ["quarantined", "refused"]);
    assert.deepEqual(bench.verdicts(2, "7.4"), ["quarantined", "quarantined"]);
    assert.deepEqual(bench.verdicts(1, "3.1", big, secondSupplier), ["refused"]);
    const [first] = bench.detection.anomalies(supplier);
    bench.detection.release(exitFile([`${first?.requestId},1,delete`]));
    assert.deepEqual(bench.verdicts(1, "3.1", big, secondSupplier), ["quarantined"]);
    bench.restart(bench.detection.snapshot());
    assert.deepEqual(bench.verdicts(1, "3.1", big), ["refused"]);
  });

  it("deletes what has lain too long, and says so", async () => {
    const bench = new ThresholdBench({ keepS: 3600 });
    dcc(bench, { quarantine: 0 });
    bench.verdicts(2);
    await bench.wait(1800);
    bench.verdicts(1);
    await bench.wait(1799);
    assert.deepEqual(bench.ended, []);
    await bench.wait(1);
    assert.deepEqual(bench.ended, [
      { eventReference: 1, end: "expired" },
      { eventReference: 2, end: "expired" },
    ]);
    await bench.wait(1800);
    assert.equal(bench.ended.length, 3);
    assert.equal(bench.scheduler.pending, 0);
  });

  it("takes no settings that would tell users too late", () => {
    for (const settings of [{ noticeBatch: 10 }, { keepS: 60 }, { windowS: 0 }, { windowSteps: 1.5 }])
      assert.throws(
        () => new ThresholdBench(settings),
        (e) => hasCode(e, "thresholds/settings"),
        JSON.stringify(settings),
      );
  });
});
