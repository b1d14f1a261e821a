import assert from "node:assert/strict";
import fc from "fast-check";
import type { AuxiliarySettings } from "../../../../firmware/features/auxiliary/feature.ts";
import { auxiliaryFeature, openAuxiliaryLogs } from "../../../../firmware/features/auxiliary/feature.ts";
import type { HomeSwitches } from "../../../../firmware/features/auxiliary/outputs.ts";
import { randomisedOffsetFeature } from "../../../../firmware/features/randomised-offset/feature.ts";
import { calendarOctets, type objects } from "../../../../firmware/model/index.ts";
import { cutEverywhere, FeatureBench, startUtcS, supplierOrigin } from "../../../support/feature-bench.ts";

const NOW = 0;
const hour = 3600;
const script = Uint8Array.of(0, 0, 10, 0, 103, 255);
const five = ["proportional", "switch", "proportional", "none", "00DB123456789097"] as const;

const make = (settings: Partial<AuxiliarySettings> = {}, limitS = 0, home?: HomeSwitches) =>
  FeatureBench.start({}, async (context) => {
    const offset = randomisedOffsetFeature(context, { number: 5000, limitS });
    const auxiliary = auxiliaryFeature(context, {
      futureDated: context.futureDated,
      logs: await openAuxiliaryLogs(context.journal),
      settings: {
        auxiliaryControllers: five,
        boostFunction: true,
        boostPeriodsMin: [15, 30, 45, 60],
        ...settings,
      },
      offset,
      ...(home && { home }),
    });
    return { features: [offset, auxiliary], auxiliary };
  });
type Bench = Awaited<ReturnType<typeof make>>;

const levels = ({ board }: Bench, n: number) => {
  const { output, input } = board.mockAuxiliary.levels(n);
  return [output, input];
};
const text = async (bench: Bench, n: 1 | 2 | 3 | 4 | 5) => (await bench.get(`auxiliaryState${n}`, 2)).value;
/** [seconds since the start, selector, outcome, HAN command] */
const log = async (bench: Bench) =>
  ((await bench.get("auxiliaryLog", 2)).value as [number, number, number, number][]).map(
    ([time, ...rest]) => [time - startUtcS, ...rest],
  );

let commands = 0n;
const origin = () => ({ ...supplierOrigin, counter: ++commands });
const execute = async (bench: Bench, selector: number, from = origin()) =>
  (await bench.call("auxiliaryControl", 1, selector, from)).status;
/** ECS47a: seconds from the start. */
async function state(bench: Bench, n: 1 | 2 | 3 | 4 | 5, fromS: number, untilS: number, selector: number) {
  const start = (await bench.set(`auxiliaryStart${n}`, 2, [0, startUtcS + fromS])).status;
  const end = (await bench.set(`auxiliaryEnd${n}`, 2, [0, startUtcS + untilS])).status;
  return [start, end, await execute(bench, selector)];
}
async function limit(bench: Bench, n: 1 | 2 | 3, fromS: number, untilS: number, selector: number) {
  const start = (await bench.set(`auxiliaryLimitStart${n}`, 2, startUtcS + fromS)).status;
  const end = (await bench.set(`auxiliaryLimitEnd${n}`, 2, startUtcS + untilS)).status;
  return [start, end, (await bench.call("auxiliaryLimitControl", 1, selector, origin())).status];
}

interface EntrySpec {
  at: string;
  selector: number;
  weekdays?: string;
  special?: string;
  from?: object;
  to?: object;
}
const entry = (
  i: number,
  { at, selector, weekdays = "1111111", special = "", from = {}, to = {} }: EntrySpec,
) => {
  const [h, minute] = at.split(":").map(Number) as [number, number];
  const start = calendarOctets("time", { hour: h, minute, second: 0, hundredth: 0 });
  const [begins, ends] = [calendarOctets("date", from), calendarOctets("date", to)];
  return [i + 1, true, script, selector, start, 0xffff, weekdays, special, begins, ends];
};
async function calendar(bench: Bench, entries: EntrySpec[], special: [object, number][] = [], atS = NOW) {
  const days = special.map(([date, day], i) => [i + 1, calendarOctets("date", date), day]);
  const statuses = [
    (await bench.set("auxiliarySpecialDays", 2, days)).status,
    (
      await bench.set(
        "auxiliarySchedule",
        2,
        entries.map((each, i) => entry(i, each)),
      )
    ).status,
    (await bench.set("auxiliaryScheduleActivation", 6, atS)).status,
    (await bench.set("auxiliarySpecialDaysActivation", 6, atS)).status,
  ];
  await bench.run(0);
  return statuses;
}
/** 2025-01-01, on which the bench begins, is a Wednesday. */
const at = (day: number, hours: number) => startUtcS + day * 24 * hour + hours * hour;

describe("auxiliary control", () => {
  it("follows its calendar by weekday, both ways of a proportional controller, and a switch by 100 or less", async () => {
    const bench = await make();
    const entries = [
      { at: "02:00", selector: 0x1180 + 60 },
      { at: "03:00", selector: 0x2180 + 30, weekdays: "1111100" },
      { at: "04:00", selector: 0x1180, weekdays: "1111100" },
      { at: "02:30", selector: 0x1280 + 100 },
      { at: "05:00", selector: 0x1280 + 99 },
    ];
    assert.deepEqual(await calendar(bench, entries), [0, 0, 0, 0]);
    assert.deepEqual(levels(bench, 1), [0, 30], "as if it had been in force yesterday");
    await bench.runTo(at(0, 2.5));
    assert.deepEqual(
      [levels(bench, 1), levels(bench, 2)],
      [
        [60, 30],
        [100, 0],
      ],
    );
    await bench.runTo(at(0, 5));
    assert.deepEqual(
      [levels(bench, 1), levels(bench, 2)],
      [
        [0, 30],
        [0, 0],
      ],
    );
    await bench.runTo(at(3, 12));
    assert.deepEqual(levels(bench, 1), [60, 30], "on Saturday nothing takes it back to 0");
    assert.equal(await text(bench, 1), '{"outputState": 60, "inputState": 30}');
    assert.equal((await bench.get("auxiliarySwitch2", 2)).value, false);
    assert.deepEqual((await log(bench)).slice(0, 4), [
      [0, 0x211e, 1, 0],
      [2 * hour, 0x113c, 1, 0],
      [2.5 * hour, 0x211, 1, 0],
      [4 * hour, 0x1100, 1, 0],
    ]);
    assert.deepEqual(bench.alertCodes.slice(0, 4), ["8f88", "8f88", "8131", "8f88"]);
    assert.deepEqual(bench.eventCodes, [], "the auxiliary log has them, the event log not");
  });

  it("runs on a special day what has that day's bit, and nothing else; in a period only what lies in it", async () => {
    const bench = await make();
    const entries = [
      { at: "01:00", selector: 0x1180 + 10 },
      { at: "02:00", selector: 0x1180 + 20, weekdays: "0000000", special: "01" },
      { at: "03:00", selector: 0x1180 + 30, from: { month: 12, day: 20 }, to: { month: 1, day: 1 } },
    ];
    const special = [[{ month: 1, day: 3 }, 2]] as [object, number][];
    await calendar(bench, entries, special);
    await bench.runTo(at(0, 4));
    assert.deepEqual(levels(bench, 1), [30, 0]);
    await bench.runTo(at(1, 4));
    assert.deepEqual(levels(bench, 1), [10, 0]);
    await bench.runTo(at(2, 1.5));
    assert.deepEqual(levels(bench, 1), [10, 0], "since yesterday");
    await bench.runTo(at(2, 4));
    assert.deepEqual(levels(bench, 1), [20, 0]);
  });

  it("takes the older form's calendar, on and off, and types with it (ECS46c, ECS61a)", async () => {
    const bench = await make();
    assert.equal((await bench.set("auxiliaryType4", 2, new Uint8Array(8))).status, 0);
    const entries = [
      { at: "06:00", selector: 0x401 },
      { at: "10:00", selector: 0x402 },
    ];
    await calendar(bench, entries);
    await bench.runTo(at(0, 7));
    assert.equal((await bench.get("auxiliarySwitch4", 2)).value, true);
    await bench.runTo(at(0, 11));
    assert.equal((await bench.get("auxiliarySwitch4", 2)).value, false);
    assert.deepEqual(await log(bench), [
      [6 * hour, 0x411, 1, 0],
      [10 * hour, 0x412, 1, 0],
    ]);
    for (const octets of [Uint8Array.of(1), new Uint8Array(3)])
      assert.equal((await bench.set("auxiliaryType4", 2, octets)).status, 250);
  });

  it("keeps a future-dated calendar aside until its time, and refuses one that means nothing", async () => {
    const bench = await make();
    await calendar(bench, [{ at: "00:10", selector: 0x1180 + 10 }]);
    await calendar(bench, [{ at: "00:20", selector: 0x1180 + 20 }], [], startUtcS + 2 * hour);
    await bench.runTo(at(0, 1));
    assert.deepEqual(levels(bench, 1), [10, 0]);
    await bench.runTo(at(0, 2));
    assert.deepEqual(levels(bench, 1), [20, 0], "what the new one would have run by now holds");
    assert.deepEqual(bench.alertCodes.filter((code) => code === "8f66").length, 2);
    for (const selector of [0x1680, 0x3180, 0x11e5, 0x1132, 0x603])
      assert.equal((await calendar(bench, [{ at: "00:10", selector }]))[1], 250, selector.toString(16));
    assert.equal(((await bench.get("auxiliaryScheduleInForce", 2)).value as unknown[]).length, 1);
  });

  it("is late by the randomised offset with its calendar, not with commands", async () => {
    const bench = await make({}, 1200);
    await calendar(bench, [
      { at: "00:00", selector: 0x1180 },
      { at: "01:00", selector: 0x11e4 },
    ]);
    await bench.runTo(at(0, 1) + 599);
    assert.deepEqual(levels(bench, 1), [0, 0]);
    await bench.runTo(at(0, 1) + 600);
    assert.deepEqual(levels(bench, 1), [100, 0]);
    assert.deepEqual(await state(bench, 1, 2 * hour, 3 * hour, 0x1100), [0, 0, 0]);
    await bench.runTo(at(0, 2));
    assert.deepEqual(levels(bench, 1), [0, 0]);
  });

  it("holds a state from its start to its end, then goes back to the calendar (ECS47a)", async () => {
    const bench = await make();
    await calendar(bench, [{ at: "00:00", selector: 0x1180 + 40 }]);
    assert.deepEqual(await state(bench, 1, hour, 2 * hour, 0x115a), [0, 0, 0]);
    assert.deepEqual(levels(bench, 1), [40, 0]);
    await bench.runTo(at(0, 1));
    assert.deepEqual(levels(bench, 1), [90, 0]);
    await bench.powerCycle();
    assert.deepEqual(levels(bench, 1), [90, 0]);
    await bench.runTo(at(0, 2));
    assert.deepEqual(levels(bench, 1), [40, 0]);
    assert.deepEqual(await state(bench, 2, 3 * hour, 4 * hour, 0x1264), [0, 0, 0]);
    assert.deepEqual(await state(bench, 3, 3 * hour, 4 * hour, 0x2332), [0, 0, 0]);
    await bench.runTo(at(0, 3.5));
    assert.deepEqual(
      [levels(bench, 2), levels(bench, 3)],
      [
        [100, 0],
        [0, 50],
      ],
    );
  });

  it("refuses an end before its start or a day after it, what no controller does, and what is not fitted", async () => {
    const bench = await make();
    assert.deepEqual((await state(bench, 1, hour, hour, 0x1132)).slice(0, 2), [0, 250]);
    assert.deepEqual((await state(bench, 1, hour, 25 * hour + 1, 0x1132)).slice(0, 2), [0, 250]);
    assert.deepEqual(await state(bench, 1, hour, 25 * hour, 0x1165), [0, 0, 250], "101 %");
    assert.deepEqual(await state(bench, 4, 0, hour, 0x1464), [0, 0, 250], "none there");
    assert.deepEqual(await state(bench, 2, 0, hour, 0x2264), [0, 0, 250], "a switch has no input");
    assert.equal(await execute(bench, 0x1364), 250, "without times");
    assert.equal(await execute(bench, 0x111), 250, "the older form wants minutes");
    assert.deepEqual(await limit(bench, 2 as 1, 0, hour, 0x1232), [0, 0, 250], "no limit of a switch");
  });

  it("switches for some minutes, and resets to the calendar (ECS47)", async () => {
    const bench = await make();
    await bench.set("auxiliaryStart2", 2, [1, 30]);
    await bench.set("auxiliaryEnd2", 2, [1, 60]);
    assert.equal(await execute(bench, 0x211), 0);
    assert.deepEqual(levels(bench, 2), [100, 0]);
    await bench.run(30 * 60_000);
    assert.deepEqual(levels(bench, 2), [0, 0]);
    assert.equal(await execute(bench, 0x212), 0);
    assert.equal(await execute(bench, 0x220), 0);
    assert.deepEqual(await log(bench), [
      [0, 0x211, 1, 0],
      [1800, 0x212, 1, 0],
      [1800, 0x212, 1, 0],
      [1800, 0x220, 1, 0],
    ]);
    assert.equal((await bench.call("auxiliaryLog", 1, 0)).status, 0);
    assert.deepEqual(await log(bench), []);
    assert.deepEqual(bench.securityCodes, ["8f52"]);
  });

  it("bounds a controller by a limit, and tells its beginning and its end (ECS47e, ECS101, ECS102)", async () => {
    const bench = await make();
    await calendar(bench, [{ at: "00:00", selector: 0x1180 + 80 }]);
    assert.deepEqual(await limit(bench, 1, hour, 2 * hour, 0x1132), [0, 0, 0]);
    assert.deepEqual(levels(bench, 1), [80, 0]);
    await bench.runTo(at(0, 1));
    assert.deepEqual(levels(bench, 1), [50, 0]);
    await state(bench, 1, hour, 3 * hour, 0x1164);
    assert.deepEqual(levels(bench, 1), [50, 0], "a supplier's command does not go past it");
    await bench.runTo(at(0, 2));
    assert.deepEqual(levels(bench, 1), [100, 0]);
    const told = bench.context.alerts().filter(({ message }) => message === 0x121 || message === 0x122);
    assert.deepEqual(
      told.map(({ code, to, values }) => [code.toString(16), to, values]),
      [
        ["8f86", "supplier", [0x11, startUtcS + hour, startUtcS + 2 * hour, 50]],
        ["8f87", "supplier", [0x11, 100]],
      ],
    );
  });

  it("boosts those that obey the button, longer with each press, and logs it (ECS62, ECS61c)", async () => {
    const bench = await make();
    const press = async () => {
      bench.board.mockUserInterface.press("b");
      await bench.run(1000);
    };
    await press();
    assert.deepEqual(bench.eventCodes, ["8162"], "nobody obeys it");
    assert.equal((await bench.set("boostControl2", 2, true)).status, 0);
    await press();
    assert.deepEqual(
      [levels(bench, 1), levels(bench, 2)],
      [
        [0, 0],
        [100, 0],
      ],
    );
    await press();
    await bench.run(29 * 60_000);
    assert.deepEqual(levels(bench, 2), [100, 0]);
    await bench.run(60_000);
    assert.deepEqual(levels(bench, 2), [0, 0]);
    for (let i = 0; i < 5; i++) await press();
    assert.deepEqual(levels(bench, 2), [0, 0], "the fifth press cancels");
    const uses = (await bench.get("boostLog", 2)).value as [number, number][];
    assert.deepEqual(
      uses.map(([start, end]) => end - start),
      [1800, 4],
    );
    assert.equal((await bench.get("boostAvailable", 2)).value, true);
  });

  it("answers a fault of an output, takes the command back, and tries no further (811A)", async () => {
    const bench = await make();
    bench.board.mockAuxiliary.stuck.add(2);
    await bench.set("auxiliaryStart2", 2, [1, 30]);
    const command = origin();
    assert.equal(await execute(bench, 0x211, command), 1);
    assert.equal(await execute(bench, 0x211, command), 1, "again, as after a power cut");
    assert.deepEqual(await log(bench), [[0, 0x211, 2, 0]]);
    assert.deepEqual(bench.alertCodes, ["811a"]);
    bench.board.mockAuxiliary.stuck.clear();
    await bench.run(60_000);
    assert.deepEqual(levels(bench, 2), [0, 0]);
  });

  it("does not know what a switch of the home network did: nothing drives those yet", async () => {
    const bench = await make();
    await bench.set("auxiliaryStart5", 2, [1, 30]);
    assert.equal(await execute(bench, 0x511), 0);
    assert.deepEqual(await log(bench), [[0, 0x511, 0, startUtcS]]);
    assert.equal(await text(bench, 5), "{}");
    assert.deepEqual(bench.alertCodes, []);
  });

  it("hears of a switch of the home network what it did, where something drives those", async () => {
    const driven: [string, boolean, number][] = [];
    let answer: (done: boolean) => Promise<void> = async () => {};
    const bench = await make({}, 0, {
      async drive(eui, on, eventId, answered) {
        driven.push([eui, on, eventId]);
        answer = answered;
      },
    });
    await bench.set("auxiliaryStart5", 2, [1, 30]);
    assert.equal(await execute(bench, 0x511), 0);
    assert.deepEqual(driven, [["00DB123456789097", true, startUtcS]]);
    await bench.run(5000);
    await answer(true);
    assert.deepEqual(await log(bench), [
      [0, 0x511, 0, startUtcS],
      [5, 0x500, 1, startUtcS],
    ]);
    assert.equal(await text(bench, 5), '{"outputState": 100, "inputState": 0}');
    assert.deepEqual(bench.alertCodes, ["8131"]);
    await bench.run(30 * 60_000);
    assert.equal(driven.at(-1)?.[1], false);
    await answer(false);
    assert.deepEqual((await log(bench)).at(-1)?.slice(1, 3), [0x500, 2]);
    assert.equal(bench.alertCodes.at(-1), "811a");
  });

  it("has a command done once or not at all wherever the power is cut, and its outputs where they belong", async () => {
    const command = origin();
    const begin = async () => {
      const bench = await make();
      await bench.set("auxiliaryStart1", 2, [1, 30]);
      return bench;
    };
    const cuts = await cutEverywhere(
      begin,
      (bench) => bench.call("auxiliaryControl", 1, 0x111, command),
      async (bench, cut) => {
        assert.equal((await bench.call("auxiliaryControl", 1, 0x111, command)).status, 0, cut);
        assert.deepEqual(levels(bench, 1), [100, 0], cut);
        assert.equal((await log(bench)).length, 1, cut);
        assert.deepEqual(bench.alertCodes, ["8f88"], cut);
      },
    );
    assert.ok(cuts > 3);
  });

  it("tells a limit once, and its end once, wherever the power is cut", async () => {
    const command = origin();
    const begin = async () => {
      const bench = await make();
      await bench.set("auxiliaryLimitStart1", 2, startUtcS);
      await bench.set("auxiliaryLimitEnd1", 2, startUtcS + 60);
      return bench;
    };
    await cutEverywhere(
      begin,
      async (bench) => {
        await bench.call("auxiliaryLimitControl", 1, 0x1132, command);
        await bench.run(61_000);
      },
      async (bench, cut) => {
        assert.equal((await bench.call("auxiliaryLimitControl", 1, 0x1132, command)).status, 0, cut);
        await bench.run(120_000);
        assert.deepEqual(bench.alertCodes, ["8f86", "8f87"], cut);
      },
    );
  });
});

describe("auxiliary control: what a bench loads", () => {
  const loads = (bench: Bench, path: string) => {
    const [name, member] = path.split(".") as [keyof typeof objects, string];
    const served = bench.built.auxiliary.objects.find(({ object }) => object.name === name);
    const found = served?.members.get(member);
    assert.ok(found?.load && found.get, path);
    return {
      get: async () => ((await found.get!(undefined)) as { value: unknown }).value,
      load: found.load.bind(found),
    };
  };

  it("shows exactly what it was brought to", async () => {
    const bench = await make();
    const scheduleEntry = {
      ...{
        index: 1,
        enabled: true,
        script,
        selector: 8576,
        start: { hour: 9, minute: 0, second: 0, hundredth: 0 },
      },
      ...{
        window: 65535,
        weekdays: "1111100",
        specialDays: "101",
        from: { year: 2015, month: 6, day: 21 },
        to: {},
      },
    };
    const values: [string, unknown][] = [
      ["auxiliaryLabel3.value", "immersion heater"],
      ["auxiliaryType1.value", Uint8Array.of(0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef)],
      ["auxiliaryType2.value", new Uint8Array(8)],
      ["auxiliaryType4.value", new Uint8Array()],
      ["auxiliaryState1.value", '{"outputState": 0, "inputState": 0}'],
      ["auxiliaryState2.value", '{"outputState": 100, "inputState": 0, "other-data": "StateA"}'],
      ["auxiliaryState3.value", '{"outputState": 33, "inputState": 100}'],
      ["auxiliaryState4.value", "{}"],
      ["auxiliarySwitch2.outputState", true],
      ["auxiliarySpecialDaysInForce.entries", [{ index: 1, date: { month: 12, day: 25 }, day: 1 }]],
      ["auxiliaryScheduleInForce.entries", [scheduleEntry]],
      ["boostControl5.value", true],
      ["boostAvailable.value", false],
      [
        "boostLog.buffer",
        Array.from({ length: 25 }, (_, i) => ({ start: startUtcS + i, end: startUtcS + 900 + i })),
      ],
      [
        "auxiliaryLog.buffer",
        Array.from({ length: 100 }, (_, i) => ({
          ...{ time: startUtcS + 60 * i, controller: 0x211 + i },
          ...{
            outcome: (["unknown", "success", "failure"] as const)[i % 3],
            hanCommand: i === 0 ? 0xffff_ffff : i,
          },
        })),
      ],
    ];
    for (const [path, value] of values) {
      const member = loads(bench, path);
      await member.load(value);
      assert.deepEqual(await member.get(), value, path);
    }
    await bench.powerCycle();
    for (const [path, value] of values.slice(9))
      assert.deepEqual(await loads(bench, path).get(), value, `${path} after a restart`);
    await loads(bench, "auxiliaryLog.buffer").load([]);
    assert.deepEqual(await loads(bench, "auxiliaryLog.buffer").get(), []);
  });

  it("is any calendar, log or name that their types allow", async () => {
    const bench = await make();
    const octet = (max: number, min = 0) => fc.integer({ min, max });
    const bits = (count: number) =>
      fc.array(fc.constantFrom("0", "1"), { minLength: count, maxLength: count }).map((all) => all.join(""));
    const date = fc.record({ month: octet(12, 1), day: octet(28, 1) }, { noNullPrototype: true });
    const entry = fc.record(
      {
        ...{ index: octet(0xffff), enabled: fc.boolean(), script: fc.constant(script) },
        ...{ selector: octet(0xffff), window: octet(0xffff), weekdays: bits(7), specialDays: bits(4) },
        start: fc.record({ hour: octet(23), minute: octet(59) }, { noNullPrototype: true }),
        ...{ from: date, to: date },
      },
      { noNullPrototype: true },
    );
    const outcome = fc.constantFrom("unknown", "success", "failure");
    const time = octet(0xffff_fffe, 1_000_000_000);
    const logged = fc.record(
      { time, controller: octet(0xffff), outcome, hanCommand: octet(0xffff_ffff) },
      { noNullPrototype: true },
    );
    const special = fc.record({ index: octet(0xffff), date, day: octet(255) }, { noNullPrototype: true });
    const boosted = fc.record({ start: time, end: time }, { noNullPrototype: true });
    const members: [string, fc.Arbitrary<unknown>][] = [
      ["auxiliaryScheduleInForce.entries", fc.array(entry, { maxLength: 12 })],
      ["auxiliarySpecialDaysInForce.entries", fc.array(special, { maxLength: 20 })],
      ["auxiliaryLog.buffer", fc.array(logged, { maxLength: 30 })],
      ["boostLog.buffer", fc.array(boosted, { maxLength: 25 })],
      ["auxiliaryLabel1.value", fc.string({ maxLength: 22 })],
    ];
    for (const [path, values] of members)
      await fc.assert(
        fc.asyncProperty(values, async (value) => {
          await loads(bench, path).load(value);
          assert.deepEqual(await loads(bench, path).get(), value, path);
        }),
        { seed: 1, numRuns: 15 },
      );
  });
});
