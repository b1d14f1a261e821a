import assert from "node:assert/strict";
import fc from "fast-check";
import type { UserRequest } from "../../../../harness/headend/dcc/messages.ts";
import { type Outside, outside } from "./outside.ts";

/** What may happen: a request of a kind, one again, time that passes, and a restart of the DCC. */
const happenings = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("read", "held", "first", "next", "signed", "local") },
    { weight: 2, arbitrary: fc.constant("again") },
    { weight: 2, arbitrary: fc.constantFrom("second", "minute", "hour") },
    { weight: 3, arbitrary: fc.constant("restart") },
  ),
  { minLength: 5, maxLength: 25 },
);
const passes: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000 };

describe("the DCC over restarts", () => {
  let desk: Outside;
  before(async () => {
    desk = await outside();
  });

  function make(kind: string, made: readonly UserRequest[]): UserRequest {
    if (kind === "held") return desk.request("4.1.1", {}, { more: { heldUntilS: desk.home.nowS + 1800 } });
    if (kind === "signed")
      return desk.signed("6.11", { CurrentDateTime: desk.home.nowS, TolerancePeriod: 86_400 });
    if (kind === "first") return desk.request("7.4", {}, { more: { firstInSequence: true } });
    const last = made.findLast(({ firstInSequence, preceding }) => firstInSequence || preceding);
    if (kind === "next" && last !== undefined) {
      const target = last.target.replace(/..(?=.)/g, "$&-");
      const preceding = `${last.originator.replace(/..(?=.)/g, "$&-")}:${target}:${last.counter}`;
      return desk.request("7.4", {}, { more: { preceding } });
    }
    return desk.request("7.4", {}, { variant: kind === "local" ? 2 : 1 });
  }

  it("acts on no request twice, and loses no answer, whatever is retried and whenever it starts again (property)", async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (all) => {
        const made: UserRequest[] = [];
        const before = desk.home.trace.events.length;
        for (const [i, happening] of all.entries()) {
          if (happening === "restart") desk.restart();
          else if (happening in passes) await desk.home.run(passes[happening] as number);
          else if (happening === "again" && made.length > 0) {
            const request = made[i % made.length] as UserRequest;
            const first = desk.accept(request);
            assert.deepEqual(desk.accept(request), first);
          } else {
            const request = make(happening, made);
            made.push(request);
            assert.match(desk.accept(request).code, /^I(0|99)$/);
          }
        }
        desk.restart();
        await desk.home.run(2 * 3_600_000);
        for (const request of made) {
          const answers = desk.codesFor(request);
          assert.deepEqual(answers, request.commandVariant === 2 ? [] : ["I0"]);
        }
        const sent = desk.home.trace.events
          .slice(before)
          .filter((event) => event.kind === "message" && event.direction === "down")
          .map((event) => Buffer.from(event.hex as Uint8Array).toString("hex"));
        assert.equal(new Set(sent).size, sent.length, "each command went out once");
        assert.equal(sent.length, made.filter(({ commandVariant }) => commandVariant !== 2).length);
      }),
      { seed: 11, numRuns: 25 },
    );
  });

  it("makes no pre-command again that was signed, and remembers those that are not yet", async () => {
    const request = desk.signed("7.2");
    desk.restart();
    assert.equal(desk.accept(request).code, "I99");
    desk.restart();
    assert.equal(desk.accept(request).code, "I99", "the answer that it had");
    assert.equal(desk.accept({ ...request, counter: request.counter + 1n }).code, "E41");
    await desk.home.run(60_000);
    assert.deepEqual(desk.codesFor(request), ["I0"]);
  });

  it("keeps what the anomaly detection has counted, and what lies in quarantine", async () => {
    desk = await outside();
    desk.dcc.anomalies.setDccThresholds({ counts: [{ reference: "7.4", quarantine: 1 }], limits: [] });
    const requests = [1, 2, 3].map(() => desk.request("7.4"));
    for (const request of requests.slice(0, 2)) assert.equal(desk.accept(request).code, "I99");
    desk.restart();
    assert.equal(desk.accept(requests[2] as UserRequest).code, "I99");
    await desk.home.run(60_000);
    assert.deepEqual(
      requests.map((request) => desk.codesFor(request).join()),
      ["I0", "", ""],
    );
    assert.equal(desk.dcc.anomalies.anomalies().length, 2);
  });
});
