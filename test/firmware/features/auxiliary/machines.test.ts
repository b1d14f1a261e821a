import assert from "node:assert/strict";
import fc from "fast-check";
import {
  calendarLevelAt,
  isSchedule,
  nextEntryAfter,
  readSchedule,
  readSpecialDays,
  type ScheduleEntries,
  type SpecialDays,
} from "../../../../firmware/features/auxiliary/calendar.ts";
import { type Fitted, readType, typeOctets } from "../../../../firmware/features/auxiliary/controllers.ts";
import { decide, nextChangeAfter, press } from "../../../../firmware/features/auxiliary/machine.ts";
import {
  channelOctet,
  readCalendarTarget,
  readOlder,
  readTarget,
} from "../../../../firmware/features/auxiliary/selector.ts";
import { changeText, readStateText, stateText } from "../../../../firmware/features/auxiliary/state-text.ts";
import {
  civilDate,
  latestMatch,
  latestMatchBackwards,
  weekday,
} from "../../../../firmware/features/calendar-time.ts";

const runs = { seed: 1, numRuns: 300 };
const daySeconds = 86_400;
const script = Uint8Array.of(0, 0, 10, 0, 103, 255);
const channel = { controller: 1, way: "output" } as const;

describe("auxiliary selectors", () => {
  it("mean what the reference commands mean by them", () => {
    assert.deepEqual(readTarget(0x1564), { controller: 5, way: "output", level: 100 });
    assert.deepEqual(readTarget(0x2332), { controller: 3, way: "input", level: 50 });
    assert.deepEqual(readCalendarTarget(0x11b2), { controller: 1, way: "output", level: 50 });
    assert.deepEqual(readCalendarTarget(0x101), { controller: 1, way: "output", level: 100 });
    assert.deepEqual(readCalendarTarget(0x202), { controller: 2, way: "output", level: 0 });
    assert.deepEqual(readOlder(0x111), { controller: 1, script: "activate" });
    assert.deepEqual(readOlder(0x520), { controller: 5, script: "reset" });
  });

  it("are of one form or none, and name a controller and a level that there are", () => {
    for (let selector = 0; selector <= 0xffff; selector++) {
      const [newer, older] = [readTarget(selector), readOlder(selector)];
      assert.ok(newer === undefined || older === undefined, selector.toString(16));
      if (newer !== undefined) assert.equal(channelOctet(newer) * 256 + newer.level, selector);
      const calendar = readCalendarTarget(selector);
      if (calendar === undefined) continue;
      assert.ok(calendar.level >= 0 && calendar.level <= 100);
      assert.equal(newer, undefined, "a calendar's selector is no command's");
    }
  });
});

describe("what is wired to a controller", () => {
  it("is read as it was written, and from nothing else", () => {
    const all: Fitted[] = ["none", "switch", "proportional", "00DB123456789097"];
    for (const fitted of all) assert.equal(readType(typeOctets(fitted)), fitted);
    for (const octets of [Uint8Array.of(0), new Uint8Array(2), new Uint8Array(7)])
      assert.equal(readType(octets), undefined);
  });
});

describe("the level of an auxiliary channel", () => {
  const level = fc.integer({ min: 0, max: 100 });
  const period = fc
    .tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 }))
    .map(([fromS, lastsS]) => ({ fromS, untilS: fromS + lastsS }));
  const hold = fc.tuple(period, level).map(([of, percent]) => ({ ...of, level: percent }));
  const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
  const deciders = fc.record({
    hold: maybe(hold),
    limit: maybe(hold),
    boost: maybe(period),
    calendar: maybe(level),
  });
  const holds = (of: { fromS: number; untilS: number } | undefined, atS: number) =>
    of !== undefined && of.fromS <= atS && atS < of.untilS;

  it("is the command's, else the boost's, else the calendar's, and never above a limit", () => {
    fc.assert(
      fc.property(deciders, fc.integer({ min: 0, max: 120 }), (given, atS) => {
        const wanted = holds(given.hold, atS)
          ? given.hold!.level
          : holds(given.boost, atS)
            ? 100
            : (given.calendar ?? 0);
        const most = holds(given.limit, atS) ? given.limit!.level : 100;
        assert.equal(decide(given, atS), Math.min(wanted, most));
      }),
      runs,
    );
  });

  it("changes at no other moment than the next change says", () => {
    fc.assert(
      fc.property(deciders, (given) => {
        for (let atS = 0; atS < 120; ) {
          const next = nextChangeAfter([given.hold, given.limit, given.boost], atS) ?? 120;
          const now = decide(given, atS);
          for (let between = atS; between < next; between++) assert.equal(decide(given, between), now);
          atS = next;
        }
      }),
      runs,
    );
  });
});

describe("the boost button", () => {
  it("gives the next longer period with each press, from the first one, and then cancels", () => {
    const periods = [15, 30, 45, 60];
    let boost = undefined as Parameters<typeof press>[0];
    for (const [i, minutes] of periods.entries()) {
      const pressed = press(boost, 1000 + i, periods);
      assert.notEqual(pressed, "cancelled");
      if (pressed !== "cancelled") boost = pressed.boost;
      assert.deepEqual(boost, { fromS: 1000, untilS: 1000 + 60 * minutes });
    }
    assert.equal(press(boost, 1010, periods), "cancelled");
  });
});

describe("the auxiliary calendar", () => {
  const date = fc
    .record({
      year: fc.option(fc.integer({ min: 2024, max: 2026 }), { nil: undefined }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 28 }),
    })
    .map((parts) => Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)));
  const bits = (count: number) =>
    fc.array(fc.constantFrom("0", "1"), { minLength: count, maxLength: count }).map((all) => all.join(""));
  const entries: fc.Arbitrary<ScheduleEntries> = fc
    .array(
      fc.record({
        hour: fc.integer({ min: 0, max: 23 }),
        level: fc.integer({ min: 0, max: 100 }),
        weekdays: bits(7),
        specialDays: bits(2),
        from: fc.oneof(fc.constant({}), date),
        to: fc.oneof(fc.constant({}), date),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((all) =>
      all.map(({ hour, level, ...of }, i) => ({
        ...{ ...of, index: i + 1, enabled: true, script, window: 0xffff, selector: 0x1180 + level },
        start: { hour, minute: 0, second: 0, hundredth: 0 },
      })),
    );
  const special: fc.Arbitrary<SpecialDays> = fc
    .array(date, { maxLength: 2 })
    .map((dates) => dates.map((on, i) => ({ index: i + 1, date: on, day: i + 1 })));
  const beginDay = Date.UTC(2025, 0, 1) / 1000 / daySeconds;

  it("is at one level from each moment to the next that it names", () => {
    fc.assert(
      fc.property(entries, special, fc.integer({ min: 0, max: 700 }), (schedule, days, after) => {
        assert.ok(isSchedule(schedule));
        const calendar = { entries: readSchedule(schedule), specialDays: readSpecialDays(days) };
        let atS = (beginDay + after) * daySeconds;
        for (let i = 0; i < 6; i++) {
          const next = nextEntryAfter(calendar, atS);
          assert.ok(next > atS && next <= (Math.floor(atS / daySeconds) + 1) * daySeconds);
          const level = calendarLevelAt(calendar, channel, atS);
          assert.equal(calendarLevelAt(calendar, channel, next - 1), level);
          atS = next;
        }
      }),
      runs,
    );
  });

  it("is where somebody would have it who switched by hand at each entry of each day", () => {
    const sameDate = (on: { year?: number; month?: number; day?: number }, day: number) => {
      const { year, month, day: dayOfMonth } = civilDate(day);
      return (on.year ?? year) === year && on.month === month && on.day === dayOfMonth;
    };
    /** A year's worth, day by day; entries without a period. */
    fc.assert(
      fc.property(entries, special, (schedule, days) => {
        const always = schedule.map((entry) => ({ ...entry, from: {}, to: {} }));
        const calendar = { entries: readSchedule(always), specialDays: readSpecialDays(days) };
        let level: number | undefined;
        for (let day = beginDay - 400; day < beginDay + 40; day++) {
          const named = days.find(({ date: on }) => sameDate(on, day));
          for (let hour = 0; hour < 24; hour++)
            for (const { start, selector, weekdays, specialDays } of always) {
              const runs = named ? specialDays[named.day - 1] === "1" : weekdays[weekday(day) - 1] === "1";
              if (start.hour === hour && runs) level = selector - 0x1180;
            }
          if (day >= beginDay)
            assert.equal(calendarLevelAt(calendar, channel, (day + 1) * daySeconds - 1), level);
        }
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it("finds the beginnings and ends of its periods day by day backwards as it does by themselves", () => {
    const part = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });
    const pattern = fc.record({
      year: fc.option(fc.integer({ min: 2018, max: 2030 }), { nil: undefined }),
      month: part(12),
      day: part(28),
      weekday: part(7),
    });
    fc.assert(
      fc.property(pattern, fc.integer({ min: 20_000, max: 21_000 }), (dates, first) => {
        const backwards = latestMatchBackwards(dates);
        for (let days = first; days > first - 400; days -= 13)
          assert.equal(backwards(days), latestMatch(dates, days));
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it("runs in a season of every year, also over New Year, and in one of a year once", () => {
    const during = (from: object, to: object) => {
      const [only] = [{ ...{ index: 1, enabled: true, script, selector: 0x11e4, window: 0xffff } }];
      const entry = {
        ...only!,
        ...{ start: { hour: 0, minute: 0, second: 0 }, weekdays: "1111111", specialDays: "", from, to },
      };
      const stop = { ...entry, index: 2, selector: 0x1180, start: { hour: 12, minute: 0, second: 0 } };
      const calendar = {
        entries: readSchedule([entry, { ...stop, from: {}, to: {} }] as ScheduleEntries),
        specialDays: [],
      };
      return (text: string) => calendarLevelAt(calendar, channel, Date.parse(text) / 1000 + hourS) === 100;
    };
    const hourS = 3600;
    const winter = during({ month: 10, day: 1 }, { month: 3, day: 31 });
    assert.deepEqual(
      ["2024-12-24", "2025-01-01", "2025-03-31", "2025-04-01", "2025-09-30", "2025-10-01"].map(winter),
      [true, true, true, false, false, true],
    );
    const once = during({ year: 2025, month: 6, day: 21 }, { year: 2025, month: 12, day: 21 });
    assert.deepEqual(["2025-06-20", "2025-06-21", "2025-12-21", "2025-12-22", "2026-07-01"].map(once), [
      false,
      true,
      true,
      false,
      false,
    ]);
    const since = during({ year: 2025, month: 6, day: 21 }, {});
    assert.deepEqual(["2025-06-20", "2025-06-21", "2031-01-01"].map(since), [false, true, true]);
    const until = during({}, { year: 2025, month: 6, day: 21 });
    assert.deepEqual(["2020-01-01", "2025-06-21", "2025-06-22"].map(until), [true, true, false]);
  });
});

describe("the state of a controller as text", () => {
  it("is read as it was written", () => {
    const percent = fc.integer({ min: 0, max: 100 });
    const state = fc.record(
      { output: percent, input: percent, otherData: fc.string() },
      { requiredKeys: ["output", "input"], noNullPrototype: true },
    );
    fc.assert(
      fc.property(state, (of) => assert.deepEqual(readStateText(stateText(of)), of)),
      runs,
    );
    assert.equal(readStateText(stateText(undefined)), undefined);
  });

  it("is that of the reference messages", () => {
    assert.equal(
      stateText({ output: 100, input: 0, otherData: "A" }),
      '{"outputState": 100, "inputState": 0, "other-data": "A"}',
    );
    assert.equal(
      changeText({ output: 100, input: 0 }),
      '{"outputState":"100","inputState":"0","other-data":""}',
    );
  });
});
