import assert from "node:assert/strict";
import { DCC, mark } from "../../../harness/headend/markings.ts";
import { kpi11, kpi11Lines } from "../../../harness/reports/service-measures.ts";

describe("KPI 11", () => {
  const at = (quarantinedS: number, toldS?: number) => ({
    quarantinedS,
    ...(toldS !== undefined && { toldS }),
  });

  it("counts 30 minutes sharp as in time, what was never told as late, and what is not due not at all", () => {
    const notices = [at(0, 1800), at(0, 1801), at(0, 10), at(199), at(200), at(500)];
    assert.deepEqual(kpi11(notices, 2000), {
      measure: "KPI 11",
      ...{ anomalous: 4, within: 2, late: 2, open: 2 },
      ...{ share: 50, medianS: 1800, worstS: 1801 },
    });
  });

  it("has no share where there was nothing to tell", () => {
    assert.equal(kpi11([], 0).share, undefined);
    assert.match(kpi11Lines(mark(kpi11([at(0)], 5), "none", DCC)).join("\n"), /^unmarked\nKPI 11: – of/);
  });

  it("carries its marking in its first line, with what a breach costs", () => {
    const [first] = kpi11Lines(
      mark(kpi11([], 0), "confidential", DCC, { concernsDcc: true, couldHarm: true }),
    );
    assert.equal(first, "confidential (marked by DCC; liability up to £1,000,000)");
  });
});
