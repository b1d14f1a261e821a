import assert from "node:assert/strict";
import fc from "fast-check";
import {
  civilDate,
  type DatePattern,
  dayNumber,
  latestMatch,
  matchesDate,
  readDatePattern,
  weekday,
} from "../../../../firmware/features/calendar-time.ts";
import {
  blockInForce,
  book,
  emptyCounters,
  emptyRegisters,
  type TariffRegisters,
} from "../../../../firmware/features/metering/registers.ts";
import { randomisedOffsetS } from "../../../../firmware/features/randomised-offset/feature.ts";
import {
  type Calendar,
  nextSwitchAfter,
  rateAt,
  type Season,
  seasonAt,
} from "../../../../firmware/features/tariff/calendar.ts";
import { calendarValue } from "../../../../firmware/model/index.ts";

const day = (text: string) => Date.parse(`${text}T00:00Z`) / 86_400_000;
const at = (text: string) => Date.parse(`${text}Z`) / 1000;
/** Of a date as COSEM has it; undefined for what is none, or never comes. */
const patternOf = (hex: string): DatePattern | undefined => {
  const date = calendarValue("date", Buffer.from(hex, "hex"));
  return typeof date === "string" ? undefined : readDatePattern(date);
};
const pattern = (hex: string) => patternOf(hex) as DatePattern;
const tou = (index: number) => ({ kind: "tou", index }) as const;
const block = (index: number) => ({ kind: "block", index }) as const;

describe("calendar dates", () => {
  it("refuse days that no year has, and 29 February of a common one", () => {
    for (const unreal of ["ffff021eff", "ffff041fff", "07e9021dff", "0834021dff", "ffff0b1fff", "ffff001fff"])
      assert.equal(pattern(unreal), undefined, unreal);
    for (const real of ["ffff021dff", "07e8021dff", "ffffff1fff", "ffff02feff", "ffff021c07"])
      assert.notEqual(pattern(real), undefined, real);
  });

  it("agree with the host's calendar, both ways, from 1970 to 2100", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 47_847 }), (days) => {
        const host = new Date(days * 86_400_000);
        const date = { year: host.getUTCFullYear(), month: host.getUTCMonth() + 1, day: host.getUTCDate() };
        assert.deepEqual(civilDate(days), date);
        assert.equal(dayNumber(date), days);
        assert.equal(weekday(days), host.getUTCDay() === 0 ? 7 : host.getUTCDay());
      }),
      { seed: 7 },
    );
  });

  const cases: [hex: string, what: string, yes: string[], no: string[]][] = [
    ["ffffffffff", "every day", ["2025-01-01", "2024-02-29"], []],
    ["07e90501ff", "one date", ["2025-05-01"], ["2026-05-01", "2025-05-02"]],
    ["ffff0c19ff", "every Christmas", ["2025-12-25", "2031-12-25"], ["2025-12-24"]],
    ["ffffff01ff", "the first of every month", ["2025-03-01", "2025-04-01"], ["2025-03-02"]],
    ["ffffffff07", "every Sunday", ["2025-01-05"], ["2025-01-06"]],
    ["fffffffeff", "the last day of a month", ["2024-02-29", "2025-02-28", "2025-12-31"], ["2024-02-28"]],
    ["fffffffdff", "the second last day", ["2024-02-28", "2025-12-30"], ["2025-12-31"]],
    ["ffff03fe07", "the last Sunday of March", ["2025-03-30", "2026-03-29"], ["2025-03-23", "2025-04-27"]],
    ["ffff050801", "the second Monday of May", ["2025-05-12", "2028-05-08"], ["2025-05-05", "2025-05-19"]],
  ];
  for (const [hex, what, yes, no] of cases)
    it(`pattern ${hex} is ${what}`, () => {
      for (const date of yes) assert.ok(matchesDate(pattern(hex), day(date)), date);
      for (const date of no) assert.ok(!matchesDate(pattern(hex), day(date)), date);
    });

  it("refuse octets that name no date", () => {
    for (const hex of [
      "07e90001ff",
      "07e90d01ff",
      "07e90100ff",
      "07e90120ff",
      "07e9010100",
      "07e9010108",
      "0000010101",
    ])
      assert.equal(patternOf(hex), undefined, hex);
  });

  it("the latest match is the nearest earlier day that matches, found by walking back", () => {
    const part = (min: number, max: number) => fc.option(fc.integer({ min, max }), { nil: undefined });
    fc.assert(
      fc.property(
        part(2023, 2026),
        part(1, 12),
        fc.option(fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constantFrom("last", "second-last")), {
          nil: undefined,
        }),
        part(1, 7),
        fc.integer({ min: day("2025-01-01"), max: day("2026-12-31") }),
        (year, month, dayOfMonth, dayOfWeek, days) => {
          const wanted = { year, month, day: dayOfMonth, weekday: dayOfWeek } as DatePattern;
          const found = latestMatch(wanted, days);
          let walk: number | undefined = days;
          while (walk > days - 1600 && !matchesDate(wanted, walk)) walk--;
          if (walk === days - 1600) walk = undefined;
          if (walk !== undefined || (found !== undefined && found > days - 1600)) assert.equal(found, walk);
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });

  it("find 29 February years back", () => {
    assert.equal(latestMatch(pattern("ffff021dff"), day("2027-06-01")), day("2024-02-29"));
    assert.equal(pattern("ffff021eff"), undefined, "a date that never comes is not taken");
  });
});

const calendar: Calendar = {
  seasons: [
    { name: "winter", start: pattern("ffff0a1bff"), atS: 0, week: "w" },
    { name: "summer", start: pattern("ffff031dff"), atS: 0, week: "s" },
  ],
  weeks: [
    { name: "w", days: [1, 1, 1, 1, 1, 3, 3] },
    { name: "s", days: [2, 2, 2, 2, 2, 3, 3] },
  ],
  days: [
    {
      id: 1,
      switches: [
        { atS: 0, rate: tou(2) },
        { atS: 7 * 3600, rate: tou(1) },
      ],
    },
    {
      id: 2,
      switches: [
        { atS: 6 * 3600, rate: tou(1) },
        { atS: 23 * 3600, rate: tou(2) },
      ],
    },
    { id: 3, switches: [{ atS: 0, rate: block(1) }] },
  ],
  specialDays: [{ index: 1, date: pattern("ffff0c19ff"), dayId: 3 }],
};

describe("tariff calendar", () => {
  const cases: [string, ReturnType<typeof tou> | ReturnType<typeof block>, string][] = [
    ["2025-11-03T06:59:59", tou(2), "a winter Monday before seven"],
    ["2025-11-03T07:00:00", tou(1), "from seven on"],
    ["2026-01-05T08:00:00", tou(1), "winter goes on over the new year"],
    ["2026-03-28T12:00:00", block(1), "a Saturday"],
    ["2026-03-30T05:59:59", block(1), "before a day's first switch the Sunday before's last rate holds"],
    ["2026-03-30T06:00:00", tou(1), "the first summer Monday"],
    ["2026-03-31T05:00:00", tou(2), "the night rate of the day before"],
    ["2026-07-01T23:00:00", tou(2), "a summer night"],
    ["2025-12-25T12:00:00", block(1), "Christmas, a Thursday, is a special day"],
    ["2025-12-26T00:00:00", tou(2), "and over the next day"],
  ];
  for (const [when, rate, what] of cases)
    it(`${what}: ${when}`, () => assert.deepEqual(rateAt(calendar, at(when)), rate));

  it("says nothing where there is none", () => {
    const empty = { seasons: [], weeks: [], days: [], specialDays: [] };
    assert.equal(rateAt(empty, at("2025-01-01T00:00")), undefined);
  });

  it("a season of an explicit year begins in that year and stays; before all of them the first listed holds", () => {
    const seasons = [
      { name: "winter", start: pattern("07de0a1bff"), atS: 0, week: "w" },
      { name: "summer", start: pattern("07df031dff"), atS: 22 * 3600, week: "s" },
    ];
    assert.equal(seasonAt(seasons, at("2014-12-01T00:00"))?.name, "winter");
    assert.equal(seasonAt(seasons, at("2020-12-01T00:00"))?.name, "summer");
    assert.equal(seasonAt(seasons, at("2010-01-01T00:00"))?.name, "winter");
  });

  it("a season that begins in the evening changes the rate then", () => {
    const [winter, summer] = calendar.seasons as [Season, Season];
    const evening = { ...calendar, seasons: [winter, { ...summer, atS: 22 * 3600 }] };
    // 29 March 2027 is a Monday: winter's day has rate 1 from seven on, summer's until 23:00.
    assert.deepEqual(nextSwitchAfter(evening, at("2027-03-29T08:00:00")), at("2027-03-29T22:00:00"));
    assert.deepEqual(rateAt(evening, at("2027-03-29T21:59:59")), tou(1));
    assert.deepEqual(rateAt(evening, at("2027-03-29T23:00:00")), tou(2));
  });

  it("a special day that names a day which does not exist is an ordinary day", () => {
    const odd = { ...calendar, specialDays: [{ index: 1, date: pattern("ffffffffff"), dayId: 9 }] };
    assert.deepEqual(rateAt(odd, at("2025-11-03T07:00:00")), tou(1));
  });

  it("between a moment and the next switch the rate does not change", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at("2025-01-01T00:00"), max: at("2027-01-01T00:00") }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (utcS, share) => {
          const next = nextSwitchAfter(calendar, utcS);
          assert.ok(next > utcS && next - utcS <= 86_400);
          const between = utcS + Math.floor((next - utcS) * share);
          assert.deepEqual(rateAt(calendar, between), rateAt(calendar, utcS));
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });

  it("the randomised offset is number times limit by 10,000, rounded", () => {
    assert.deepEqual(
      [randomisedOffsetS(1, 900), randomisedOffsetS(5000, 900), randomisedOffsetS(10_000, 1799)],
      [0, 450, 1799],
    );
  });
});

describe("tariff registers", () => {
  const rates = [tou(1), tou(48), block(1), block(8)];

  it("fill the blocks of a time of use in order", () => {
    const terms = { rate: block(2), thresholds: [100, 250] };
    const counted = (importWh: number) => ({ importWh, secondaryImportWh: 0 });
    let registers: TariffRegisters = { ...emptyRegisters, ...terms };
    registers = book(registers, counted(60));
    assert.deepEqual(registers.blocks.slice(4, 8), [60, 0, 0, 0]);
    registers = book(registers, counted(400));
    assert.deepEqual(registers.blocks.slice(4, 8), [100, 150, 150, 0]);
    assert.equal(blockInForce(registers), 3);
  });

  it("fill the first block again when the counters were set to zero, and go on growing themselves", () => {
    const counted = (importWh: number) => ({ importWh, secondaryImportWh: 0 });
    const full = book({ ...emptyRegisters, rate: block(1), thresholds: [100] }, counted(150));
    const next = book({ ...full, counters: emptyCounters }, counted(180));
    assert.deepEqual(next.blocks.slice(0, 2), [130, 50]);
    assert.deepEqual(next.counters.slice(0, 2), [30, 0]);
    assert.equal(blockInForce(next), 1);
  });

  it("never lose or invent a watt-hour, over any sequence of rates, thresholds and readings", () => {
    const step = fc.record({
      wh: fc.integer({ min: 0, max: 100_000 }),
      rate: fc.constantFrom(...rates),
      thresholds: fc.uniqueArray(fc.integer({ min: 0, max: 200_000 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.array(step), (firstWh, steps) => {
        let registers: TariffRegisters = { ...emptyRegisters, bookedWh: firstWh };
        let total = 0;
        for (const { wh, rate, thresholds } of steps) {
          total += wh;
          registers = {
            ...book(registers, { importWh: (firstWh + total) >>> 0, secondaryImportWh: total }),
            rate,
            secondaryRate: { kind: "secondary", index: 1 + (wh % 4) },
            thresholds: thresholds.sort((a, b) => a - b),
          };
        }
        const booked = [...registers.tou, ...registers.blocks].reduce((sum, each) => sum + each, 0);
        assert.equal(booked, total);
        assert.equal(
          registers.secondaryTou.reduce((sum, each) => sum + each, 0),
          total,
        );
      }),
      { seed: 7 },
    );
  });
});
