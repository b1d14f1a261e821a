import assert from "node:assert/strict";
import { playBurst } from "../../bench/kpi11.ts";

const burst = { title: "a burst", users: 2, requests: 300, perSecond: 10, threshold: 100 };

describe("KPI 11 over a burst that passes the quarantine threshold", () => {
  it("is 100 % of users that can be reached, each within a batch and the way to it", async () => {
    const { passed, refused, kpi, toldInTime } = await playBurst(burst);
    assert.deepEqual([passed, refused, toldInTime], [200, 0, 400]);
    const { share, anomalous, late, worstS } = kpi;
    assert.deepEqual([share, anomalous, late, worstS], [100, 400, 0, 61]);
  });

  it("falls by those that heard too late, as the users count them", async () => {
    const { kpi, toldInTime } = await playBurst({ ...burst, unreachable: { fromS: 60, untilS: 1825 } });
    assert.equal(kpi.within, toldInTime);
    assert.equal(kpi.late, 400 - toldInTime);
    assert.ok(kpi.late > 0 && toldInTime > 0, `${toldInTime} in time`);
  });
});
