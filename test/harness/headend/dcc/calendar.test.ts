import assert from "node:assert/strict";
import fc from "fast-check";
import { Agenda } from "../../../../harness/headend/dcc/agenda.ts";
import { type Frequency, midnightS, nextS, timeS } from "../../../../harness/headend/dcc/calendar.ts";

const iso = (s: number) => new Date(s * 1000).toISOString().slice(0, 16);
const at = (text: string) => Date.parse(`${text}:00Z`) / 1000;

describe("the times of a schedule", () => {
  const cases: readonly [Frequency, string, string, string][] = [
    ["Daily", "2026-01-01T03:00", "2026-01-01T03:00", "2026-01-01T03:00"],
    ["Daily", "2026-01-01T03:00", "2026-02-10T03:01", "2026-02-11T03:00"],
    ["Weekly", "2026-01-01T03:00", "2026-01-02T00:00", "2026-01-08T03:00"],
    ["Monthly", "2026-01-31T03:00", "2026-02-01T00:00", "2026-02-28T03:00"],
    ["Monthly", "2026-01-31T03:00", "2026-02-28T03:01", "2026-03-31T03:00"],
    ["Quarterly", "2026-01-31T03:00", "2026-02-01T00:00", "2026-04-30T03:00"],
    ["Half-Yearly", "2026-08-31T00:00", "2026-09-01T00:00", "2027-02-28T00:00"],
    ["Yearly", "2024-02-29T12:30", "2024-03-01T00:00", "2025-02-28T12:30"],
    ["Yearly", "2024-02-29T12:30", "2027-12-01T00:00", "2028-02-29T12:30"],
    ["Monthly", "2026-05-10T03:00", "2026-01-01T00:00", "2026-05-10T03:00"],
  ];
  for (const [frequency, start, from, expected] of cases)
    it(`${frequency} from ${start}, not before ${from}: ${expected}`, () =>
      assert.equal(iso(nextS(frequency, at(start), at(from))), expected));

  it("are never before they are asked for, and none lies between (property)", () => {
    const frequencies: Frequency[] = ["Daily", "Weekly", "Monthly", "Quarterly", "Half-Yearly", "Yearly"];
    const times = fc.integer({ min: at("2020-01-01T00:00"), max: at("2040-01-01T00:00") });
    fc.assert(
      fc.property(fc.constantFrom(...frequencies), times, times, (frequency, startS, fromS) => {
        const next = nextS(frequency, startS, fromS);
        assert.ok(next >= fromS && next >= startS);
        assert.equal(nextS(frequency, startS, next), next);
        if (next > fromS) assert.equal(nextS(frequency, startS, next - 1), next);
        assert.ok(nextS(frequency, startS, next + 1) > next);
        assert.equal((next - startS) % 86_400, 0);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it("read days and times of day as DUIS writes them", () => {
    assert.equal(iso(midnightS("2026-11-29Z") + timeS("07:30:00")), "2026-11-29T07:30");
    assert.equal(timeS("23:59:59.99Z"), 86_399);
  });
});

describe("the DCC's agenda", () => {
  it("runs each thing once, in order, whatever is added, removed and restored between (property)", () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ add: fc.integer({ min: 0, max: 400_000_000 }) }),
        fc.record({ run: fc.integer({ min: 1, max: 100_000_000 }) }),
        fc.constant({ restore: true as const }),
        fc.constant({ remove: true as const }),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        let nowMs = 0;
        let timers: { readonly atMs: number; readonly action: () => void }[] = [];
        const ports = {
          nowMs: () => nowMs,
          after: (delayMs: number, action: () => void) => {
            const timer = { atMs: nowMs + delayMs, action };
            timers.push(timer);
            return () => {
              timers = timers.filter((each) => each !== timer);
            };
          },
        };
        const ran: { readonly id: number; readonly atMs: number }[] = [];
        const make = () => new Agenda<{ id: number; atMs: number }>(ports, (item) => void ran.push(item));
        let agenda = make();
        let made = 0;
        const removed: number[] = [];
        const run = (ms: number) => {
          const end = nowMs + ms;
          for (;;) {
            const [next] = timers.filter((each) => each.atMs <= end).toSorted((a, b) => a.atMs - b.atMs);
            if (next === undefined) break;
            nowMs = Math.max(nowMs, next.atMs);
            timers = timers.filter((each) => each !== next);
            next.action();
          }
          nowMs = end;
        };
        for (const step of all) {
          if ("add" in step) agenda.add(nowMs + step.add, { id: made++, atMs: nowMs + step.add });
          else if ("run" in step) run(step.run);
          else if ("remove" in step)
            removed.push(...agenda.remove(({ id }) => id % 5 === 0).map(({ id }) => id));
          else {
            const kept = structuredClone(agenda.snapshot());
            timers = [];
            agenda = make();
            agenda.restore(kept);
          }
          assert.ok(ran.every(({ atMs }) => atMs <= nowMs));
        }
        run(500_000_000);
        assert.equal(agenda.size, 0);
        const ids = ran.map(({ id }) => id);
        assert.deepEqual(
          [...ids, ...removed].sort((a, b) => a - b),
          [...Array(made).keys()],
        );
        assert.ok(ran.every(({ atMs }, i) => i === 0 || atMs >= (ran[i - 1]?.atMs ?? 0)));
      }),
      { seed: 6, numRuns: 200 },
    );
  });
});
