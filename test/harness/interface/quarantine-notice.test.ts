import assert from "node:assert/strict";
import { readResponse, writeResponse } from "../../../harness/interface/duis-response.ts";
import { supplier, ThresholdBench, thresholdFile } from "../headend/thresholds/bench.ts";
import { schemaFaults } from "./schema-faults.ts";

describe("the notices of quarantined requests, in DUIS's XML", () => {
  it("are valid, and read back, in each of the three kinds", async function () {
    const bench = new ThresholdBench();
    bench.detection.install(thresholdFile(["count,7.4,,,0,,", "above,6.4.1,LoadLimitPowerThreshold,,5,,"]));
    bench.detection.setDccThresholds({ counts: [{ reference: "4.8.1", quarantine: 0 }], limits: [] });
    bench.verdicts(1, "7.4");
    bench.verdicts(1, "4.8.1");
    bench.verdicts(1, "6.4.1", { LoadLimitPowerThreshold: 6 });
    await bench.wait(60);
    const messages = bench.notices.map(({ body }) => ({ code: "I0", timeMs: bench.nowS * 1000, body }));
    const documents = messages.map(writeResponse);
    assert.deepEqual(
      documents.map((xml) => /<(?:\w+:)?(AD\w+Breach)>/.exec(xml)?.[1]),
      ["ADUserThresholdBreach", "ADDCCThresholdBreach", "ADAttributeLimitsBreach"],
    );
    for (const [i, xml] of documents.entries()) {
      const { body } = readResponse(xml);
      assert.deepEqual(body, messages[i]?.body);
      bench.detection.told(supplier, body);
    }
    assert.ok(bench.detection.anomalies().every(({ toldS }) => toldS === bench.nowS));
    assert.deepEqual(schemaFaults(this, new Map(documents.map((xml, i) => [`notice-${i}`, xml]))), []);
  });
});
