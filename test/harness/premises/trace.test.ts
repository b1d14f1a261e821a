import assert from "node:assert/strict";
import { Trace } from "../../../harness/premises/trace.ts";

describe("the trace", () => {
  const start = Date.parse("2026-12-01T00:00:00Z");

  it("gives each event its virtual time, UTC and number", () => {
    let now = 0;
    const trace = new Trace(start, () => now);
    trace.record({ source: "hub", kind: "boot" });
    now = 1500;
    trace.record({ source: "esme", kind: "alert", alertCode: 0x8f36 });
    assert.deepEqual(trace.events, [
      { t: 0, at: "2026-12-01T00:00:00.000Z", seq: 0, source: "hub", kind: "boot" },
      { t: 1500, at: "2026-12-01T00:00:01.500Z", seq: 1, source: "esme", kind: "alert", alertCode: 0x8f36 },
    ]);
    assert.deepEqual(trace.of("alert", "hub"), []);
    assert.equal(trace.of("alert").length, 1);
  });

  it("writes one JSON object a line: bytes as hex, big integers as text", () => {
    const trace = new Trace(start, () => 0);
    trace.record({
      source: "wan",
      kind: "message",
      hex: Uint8Array.of(0xd1, 2),
      counter: 2n ** 60n,
      gone: undefined,
    });
    trace.record({ source: "wan", kind: "fault", error: new Error("why"), list: [1n, [Uint8Array.of(0)]] });
    const [first, second, end] = trace.toNdjson().split("\n");
    assert.equal(JSON.parse(first!).hex, "D102");
    assert.equal(JSON.parse(first!).counter, "1152921504606846976");
    assert.ok(!("gone" in JSON.parse(first!)));
    assert.deepEqual(JSON.parse(second!).list, ["1", ["00"]]);
    assert.equal(JSON.parse(second!).error, "why");
    assert.equal(end, "");
  });

  it("does not let an event's own fields hide when it happened", () => {
    const trace = new Trace(start, () => 7);
    assert.equal(trace.record({ source: "hub", kind: "x", t: 99, seq: 5 }).t, 7);
  });
});
